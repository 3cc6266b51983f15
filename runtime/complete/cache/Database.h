// A SQLite database, with what the completion cache needs of it.
#pragma once

#include "runtime/base/Error.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace weft::complete {

/// A connection that does not trust the file: triggers, views and functions of its schema are
/// disabled, and values have at most `mostValueBytes`. Errors are one line that begins with the
/// path. Not thread-safe. Other processes may use the file at the same time; it waits up to two
/// seconds for them.
class Database {
public:
  static constexpr int mostValueBytes = 64 << 20;

  /// Opens the file, creating it (readable only by its owner) if there is none. Errors: it cannot
  /// be opened, or is not a regular file.
  static Result<Database> open(const std::string &path);
  Database(Database &&) noexcept = default;
  Database &operator=(Database &&) noexcept = default;

  /// Runs statements without parameters and ignores their result rows.
  Result<void> execute(const char *statements);

  class Statement;
  /// Prepares one statement.
  Result<Statement> prepare(std::string_view statement);
  /// Runs `statement` and returns the first value of its first result row, or 0 if there is none.
  Result<int64_t> number(std::string_view statement);
  /// Returns SQLite's last error on this connection.
  Error lastError() const;

private:
  struct Close {
    void operator()(sqlite3 *) const;
  };
  Database(std::string path, sqlite3 *connection) : path(std::move(path)), connection(connection) {}

  std::string path;
  std::unique_ptr<sqlite3, Close> connection;
};

/// A prepared statement, for one execution. Parameters are numbered from 1, columns from 0. The
/// database must outlive it and must not be moved.
class Database::Statement {
public:
  /// Binds an integer to the parameter `place`.
  Statement &bind(int place, int64_t value);
  /// Binds `bytes` as a blob. They must outlive the statement.
  Statement &bind(int place, std::string_view bytes);
  /// Advances to the next result row. Returns false if there is none.
  Result<bool> step();
  /// Executes a statement without result rows.
  Result<void> run();
  int64_t number(int column) const;
  /// Returns a blob, valid until the next step().
  std::string_view bytes(int column) const;

private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt *) const;
  };
  Statement(Database &database, sqlite3_stmt *statement)
      : database(&database), statement(statement) {}

  Database *database;
  std::unique_ptr<sqlite3_stmt, Finalize> statement;
};

/// A write transaction. If it is destroyed before commit(), it is rolled back.
class Transaction {
public:
  /// Waits for the write lock. Errors: another process has kept it for more than two seconds.
  static Result<Transaction> begin(Database &database);
  Transaction(Transaction &&other) noexcept : database(std::exchange(other.database, nullptr)) {}
  Transaction &operator=(Transaction &&) = delete;
  ~Transaction();
  /// Makes the changes permanent.
  Result<void> commit();

private:
  explicit Transaction(Database &database) : database(&database) {}
  Database *database;
};

} // namespace weft::complete
