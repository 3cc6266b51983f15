#include "runtime/complete/cache/CompletionCache.h"

#include <algorithm>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace weft::complete {

using complete::Database;
using complete::Transaction;

namespace {

constexpr int64_t applicationId = 0x57454654; // "WEFT", in the header of the file
constexpr int64_t version = 1;

constexpr std::string_view tableText =
    "CREATE TABLE answers (key BLOB PRIMARY KEY, answer BLOB NOT NULL, hash BLOB NOT NULL, "
    "bytes INTEGER NOT NULL, used INTEGER NOT NULL)";
constexpr std::string_view indexText = "CREATE INDEX answers_by_use ON answers (used, bytes)";

/// What a completion takes beside its own bytes, about.
constexpr uint64_t rowBytes = 96;

using Hash = XXH128_canonical_t;

std::string_view bytesOf(const Hash &hash) {
  return {reinterpret_cast<const char *>(hash.digest), sizeof hash.digest};
}

Hash hashOf(std::string_view bytes) {
  Hash hash;
  XXH128_canonicalFromHash(&hash, XXH3_128bits(bytes.data(), bytes.size()));
  return hash;
}

/// Of a completion and its request, so that no row passes for another's.
Hash hashOf(const Hash &key, std::string_view completion) {
  Hash hash;
  XXH3_state_t state;
  XXH3_128bits_reset(&state);
  XXH3_128bits_update(&state, key.digest, sizeof key.digest);
  XXH3_128bits_update(&state, completion.data(), completion.size());
  XXH128_canonicalFromHash(&hash, XXH3_128bits_digest(&state));
  return hash;
}

/// Of several processes that find the file empty, one makes the table.
Result<void> makeTable(Database &database) {
  auto transaction = Transaction::begin(database);
  if (!transaction)
    return failFrom(transaction);
  auto made = database.number("SELECT count(*) FROM sqlite_schema");
  if (!made || *made > 0)
    return made ? Result<void>() : failFrom(made);
  const std::string statements = std::string(tableText) + ";" + std::string(indexText) +
                                 "; PRAGMA application_id = " + std::to_string(applicationId) +
                                 "; PRAGMA user_version = " + std::to_string(version);
  if (auto done = database.execute(statements.c_str()); !done)
    return done;
  return transaction->commit();
}

/// Whether the file has the table, its index and nothing else, so that no statement does more
/// than it says.
Result<bool> hasOnlyTheTable(Database &database) {
  auto others = database.prepare("SELECT count(*) FROM sqlite_schema WHERE NOT coalesce("
                                 "coalesce(CAST(sql AS BLOB) IN (?1, ?2), 0) OR "
                                 "(name = 'sqlite_autoindex_answers_1' AND sql IS NULL), 0)");
  if (!others)
    return failFrom(others);
  auto row = others->bind(1, tableText).bind(2, indexText).step();
  if (!row)
    return failFrom(row);
  return others->number(0) == 0;
}

Result<void> check(Database &database, const std::string &path) {
  auto objects = database.number("SELECT count(*) FROM sqlite_schema");
  auto id = database.number("PRAGMA application_id");
  if (!objects || !id)
    return objects ? failFrom(id) : failFrom(objects);
  if (*objects == 0 && *id == 0) {
    if (auto made = makeTable(database); !made)
      return made;
    id = database.number("PRAGMA application_id");
  }
  auto found = database.number("PRAGMA user_version");
  if (!id || !found)
    return id ? failFrom(found) : failFrom(id);
  if (*id != applicationId)
    return fail(path + " is a database, but no completion cache; name another file");
  if (*found != version)
    return fail(path + ": expected a completion cache of version " + std::to_string(version) +
                ", found version " + std::to_string(*found) + "; remove it or name another file");
  auto plain = hasOnlyTheTable(database);
  if (!plain)
    return failFrom(plain);
  if (!*plain)
    return fail(path +
                " has other tables than a completion cache has; remove it or name another file");
  return {};
}

/// The next number in the order of use.
constexpr const char *nextUse = "(SELECT coalesce(max(used), 0) + 1 FROM answers)";

Result<void> noteUse(Database &database, const Hash &key) {
  auto transaction = Transaction::begin(database);
  if (!transaction)
    return failFrom(transaction);
  auto update =
      database.prepare(std::string("UPDATE answers SET used = ") + nextUse + " WHERE key = ?1");
  if (!update)
    return failFrom(update);
  if (auto done = update->bind(1, bytesOf(key)).run(); !done)
    return done;
  return transaction->commit();
}

Result<void> insert(Database &database, const Hash &key, std::string_view completion) {
  auto statement = database.prepare(
      std::string("INSERT OR REPLACE INTO answers (key, answer, hash, bytes, used) "
                  "VALUES (?1, ?2, ?3, ?4, ") +
      nextUse + ")");
  if (!statement)
    return failFrom(statement);
  const Hash hash = hashOf(key, completion);
  return statement->bind(1, bytesOf(key))
      .bind(2, completion)
      .bind(3, bytesOf(hash))
      .bind(4, int64_t(completion.size() + rowBytes))
      .run();
}

/// Removes what was used longest ago, as long as all together have more than `mostBytes`.
Result<void> shrink(Database &database, uint64_t mostBytes) {
  auto all = database.number("SELECT sum(bytes) FROM answers");
  if (!all || uint64_t(std::max<int64_t>(*all, 0)) <= mostBytes)
    return all ? Result<void>() : failFrom(all);
  auto statement = database.prepare(
      "DELETE FROM answers WHERE rowid IN (SELECT rowid FROM (SELECT rowid, sum(bytes) OVER "
      "(ORDER BY used DESC ROWS UNBOUNDED PRECEDING) AS newer FROM answers) WHERE newer > ?1)");
  if (!statement)
    return failFrom(statement);
  return statement->bind(1, int64_t(mostBytes)).run();
}

} // namespace

Result<CompletionCache> CompletionCache::open(const std::string &path, uint64_t mostBytes) {
  auto opened = Database::open(path);
  if (!opened)
    return failFrom(opened);
  auto database = std::make_unique<Database>(std::move(*opened));
  if (auto checked = check(*database, path); !checked)
    return failFrom(checked);
  mostBytes = std::min<uint64_t>(mostBytes, INT64_MAX);
  return CompletionCache(path, std::move(database), mostBytes);
}

Result<std::optional<std::string>> CompletionCache::find(std::string_view request) {
  const Hash key = hashOf(request);
  std::string completion;
  {
    auto statement = database->prepare("SELECT answer, hash FROM answers WHERE key = ?1");
    if (!statement)
      return failFrom(statement);
    auto row = statement->bind(1, bytesOf(key)).step();
    if (!row)
      return failFrom(row);
    if (!*row)
      return std::nullopt;
    completion = statement->bytes(0);
    if (statement->bytes(1) != bytesOf(hashOf(key, completion)))
      return fail(path + ": the stored completion is damaged; remove the file or name another");
  }
  (void)noteUse(*database, key); // the completion is as good where nothing can be written
  return completion;
}

Result<void> CompletionCache::store(std::string_view request, std::string_view completion) {
  if (completion.size() + rowBytes > std::min<uint64_t>(mostBytes, Database::mostValueBytes))
    return {};
  const Hash key = hashOf(request);
  auto transaction = Transaction::begin(*database);
  if (!transaction)
    return failFrom(transaction);
  if (auto done = insert(*database, key, completion); !done)
    return done;
  if (auto done = shrink(*database, mostBytes); !done)
    return done;
  return transaction->commit();
}

} // namespace weft::complete
