// A SQLite file, as far as a completion cache needs one.
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

/// A connection that treats what is in the file as hostile: no triggers, no views, no
/// functions from its schema, values of at most `mostValueBytes`. Errors are one line that
/// begins with the path. Not thread-safe; other processes may use the file at the same time,
/// and are waited for up to two seconds.
class Database {
public:
  static constexpr int mostValueBytes = 64 << 20;

  /// Makes the file, for its owner alone, where there is none. Errors: it cannot be opened, or
  /// is something else than a file.
  static Result<Database> open(const std::string &path);
  Database(Database &&) noexcept = default;
  Database &operator=(Database &&) noexcept = default;

  /// Runs statements that need no values and whose rows do not matter.
  Result<void> execute(const char *statements);

  class Statement;
  Result<Statement> prepare(std::string_view statement);
  /// The first value of the first row; 0 where there is none.
  Result<int64_t> number(std::string_view statement);
  Error lastError() const;

private:
  struct Close {
    void operator()(sqlite3 *) const;
  };
  Database(std::string path, sqlite3 *connection) : path(std::move(path)), connection(connection) {}

  std::string path;
  std::unique_ptr<sqlite3, Close> connection;
};

/// One run of a statement. Places of values count from 1, columns from 0. The database must
/// outlive it and stay where it is.
class Database::Statement {
public:
  Statement &bind(int place, int64_t value);
  /// As a blob. The bytes must outlive the statement.
  Statement &bind(int place, std::string_view bytes);
  /// Whether there is one more row.
  Result<bool> step();
  /// Of a statement that gives no rows.
  Result<void> run();
  int64_t number(int column) const;
  /// Valid until the next step.
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

/// From begin() to commit(), or back to where it began.
class Transaction {
public:
  /// Waits for the right to write. Errors: another process kept it too long.
  static Result<Transaction> begin(Database &database);
  Transaction(Transaction &&other) noexcept : database(std::exchange(other.database, nullptr)) {}
  Transaction &operator=(Transaction &&) = delete;
  ~Transaction();
  Result<void> commit();

private:
  explicit Transaction(Database &database) : database(&database) {}
  Database *database;
};

} // namespace weft::complete
