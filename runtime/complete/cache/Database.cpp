#include "runtime/complete/cache/Database.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weft::complete {

namespace {

constexpr int waitMilliseconds = 2000;

/// Makes the file where there is none: SQLite would make one that others can read, and would
/// wait for ever on a pipe.
Result<void> ensureFile(const std::string &path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) == 0)
    return S_ISREG(status.st_mode) ? Result<void>()
                                   : fail(path + ": expected a file, found something else");
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    return fail(path + ": " + std::strerror(errno));
  ::close(file);
  return {};
}

} // namespace

void Database::Close::operator()(sqlite3 *connection) const { sqlite3_close(connection); }
void Database::Statement::Finalize::operator()(sqlite3_stmt *statement) const {
  sqlite3_finalize(statement);
}

Result<Database> Database::open(const std::string &path) {
  if (auto there = ensureFile(path); !there)
    return failFrom(there);
  sqlite3 *connection = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &connection,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(path, connection);
  if (code != SQLITE_OK)
    return tl::unexpected<Error>(database.lastError());
  sqlite3_extended_result_codes(connection, 1);
  sqlite3_busy_timeout(connection, waitMilliseconds);
  sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, mostValueBytes);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  // Nothing waits for the disk: after a loss of power a cache may be damaged, which is noticed.
  if (auto set = database.execute("PRAGMA cell_size_check = ON; PRAGMA synchronous = OFF"); !set)
    return failFrom(set);
  return database;
}

Error Database::lastError() const {
  // Without a connection there was no memory for one.
  const int code = connection ? sqlite3_errcode(connection.get()) & 0xff : SQLITE_NOMEM;
  if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
    return {path + " is damaged, or something else than a completion cache; remove it or name "
                   "another file"};
  if (code == SQLITE_BUSY)
    return {path + ": another process has had it locked for more than two seconds"};
  return {path + ": " + (connection ? sqlite3_errmsg(connection.get()) : "out of memory")};
}

Result<void> Database::execute(const char *statements) {
  if (sqlite3_exec(connection.get(), statements, nullptr, nullptr, nullptr) == SQLITE_OK)
    return {};
  return tl::unexpected<Error>(lastError());
}

Result<Database::Statement> Database::prepare(std::string_view statement) {
  sqlite3_stmt *prepared = nullptr;
  if (sqlite3_prepare_v2(connection.get(), statement.data(), int(statement.size()), &prepared,
                         nullptr) != SQLITE_OK)
    return tl::unexpected<Error>(lastError());
  return Statement(*this, prepared);
}

Result<int64_t> Database::number(std::string_view statement) {
  auto prepared = prepare(statement);
  if (!prepared)
    return failFrom(prepared);
  auto row = prepared->step();
  if (!row)
    return failFrom(row);
  return *row ? prepared->number(0) : 0;
}

Database::Statement &Database::Statement::bind(int place, int64_t value) {
  sqlite3_bind_int64(statement.get(), place, value);
  return *this;
}

Database::Statement &Database::Statement::bind(int place, std::string_view bytes) {
  sqlite3_bind_blob64(statement.get(), place, bytes.data() ? bytes.data() : "", bytes.size(),
                      SQLITE_STATIC);
  return *this;
}

Result<bool> Database::Statement::step() {
  const int code = sqlite3_step(statement.get());
  if (code == SQLITE_ROW || code == SQLITE_DONE)
    return code == SQLITE_ROW;
  return tl::unexpected<Error>(database->lastError());
}

Result<void> Database::Statement::run() {
  auto row = step();
  return row ? Result<void>() : failFrom(row);
}

int64_t Database::Statement::number(int column) const {
  return sqlite3_column_int64(statement.get(), column);
}

std::string_view Database::Statement::bytes(int column) const {
  // The bytes first: asking for them may change their number.
  const auto *data = static_cast<const char *>(sqlite3_column_blob(statement.get(), column));
  const auto size = size_t(sqlite3_column_bytes(statement.get(), column));
  return data ? std::string_view(data, size) : std::string_view();
}

Result<Transaction> Transaction::begin(Database &database) {
  if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun)
    return failFrom(begun);
  return Transaction(database);
}

Transaction::~Transaction() {
  if (database)
    (void)database->execute("ROLLBACK");
}

Result<void> Transaction::commit() {
  auto committed = database->execute("COMMIT");
  if (committed)
    database = nullptr;
  return committed;
}

} // namespace weft::complete
