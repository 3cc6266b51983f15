// What was stored comes back, and whatever a file holds, nothing worse than an error does.
#include "runtime/complete/cache/CompletionCache.h"
#include "tests/Shared.h"

#include <algorithm>
#include <fstream>
#include <gmock/gmock.h>
#include <random>
#include <sqlite3.h>
#include <sstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace weft;
using namespace weft::complete;
using testing::HasSubstr;

namespace {

constexpr uint64_t roomy = 1 << 20;

std::string readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void writeFile(const std::string &path, const std::string &bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

class StoredTexts : public testing::Test {
protected:
  test::TemporaryFolder folder;
  const std::string path = folder.file("answers.db");

  CompletionCache open(uint64_t mostBytes = roomy) {
    auto cache = CompletionCache::open(path, mostBytes);
    if (!cache)
      throw std::runtime_error(cache.error().message);
    return std::move(*cache);
  }
  static std::string found(CompletionCache &cache, const std::string &request) {
    auto answer = cache.find(request);
    return !answer ? "error: " + answer.error().message : answer->value_or("nothing");
  }
  std::string refusal() {
    auto cache = CompletionCache::open(path, roomy);
    return cache ? "none" : cache.error().message;
  }
  /// Runs SQL on the file, as another program might.
  void sql(const std::string &statements) {
    sqlite3 *connection = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &connection), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(connection, statements.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(connection);
    sqlite3_close(connection);
  }
};

TEST_F(StoredTexts, AreThereInLaterRuns) {
  const std::string bytes("an \0 answer\xff", 12);
  {
    CompletionCache cache = open();
    EXPECT_EQ(found(cache, "question"), "nothing");
    ASSERT_TRUE(cache.store("question", bytes));
    ASSERT_TRUE(cache.store("", ""));
  }
  CompletionCache cache = open();
  EXPECT_EQ(found(cache, "question"), bytes);
  EXPECT_EQ(found(cache, ""), "");
  EXPECT_EQ(found(cache, "questio"), "nothing");
  ASSERT_TRUE(cache.store("question", "another"));
  EXPECT_EQ(found(cache, "question"), "another");
}

TEST_F(StoredTexts, AreTheirOwnersAlone) {
  open();
  struct stat status = {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(StoredTexts, NotUsedForLongestGoFirst) {
  CompletionCache cache = open(5000);
  const std::string answer(1000, 'a'); // four of these fit
  for (const char *request : {"1", "2", "3", "4"})
    ASSERT_TRUE(cache.store(request, answer));
  EXPECT_EQ(found(cache, "1"), answer); // now "2" is the oldest
  ASSERT_TRUE(cache.store("5", answer));
  EXPECT_EQ(found(cache, "1"), answer);
  EXPECT_EQ(found(cache, "2"), "nothing");
  EXPECT_EQ(found(cache, "3"), answer);
  ASSERT_TRUE(cache.store("large", std::string(6000, 'b')));
  EXPECT_EQ(found(cache, "large"), "nothing");
  EXPECT_EQ(found(cache, "5"), answer);
}

TEST_F(StoredTexts, TakeNoMoreOfTheDiskThanTheLimit) {
  CompletionCache cache = open(200'000);
  for (int i = 0; i < 500; ++i)
    ASSERT_TRUE(cache.store(std::to_string(i), std::string(3000, char('a' + i % 26))));
  EXPECT_LT(std::filesystem::file_size(path), 400'000u);
}

TEST_F(StoredTexts, OfSeveralProcessesAreInOneFile) {
  constexpr int processes = 4, answers = 15;
  std::vector<pid_t> children;
  for (int process = 0; process < processes; ++process) {
    const pid_t child = fork();
    if (child == 0) {
      bool good = true;
      auto cache = CompletionCache::open(path, roomy); // all at once, on no file
      for (int i = 0; good && i < answers; ++i) {
        const std::string name = std::to_string(process * answers + i);
        good = cache && cache->store(name, "to " + name) && cache->find("0");
      }
      _exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  for (pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  CompletionCache cache = open();
  for (int i = 0; i < processes * answers; ++i)
    EXPECT_EQ(found(cache, std::to_string(i)), "to " + std::to_string(i));
}

TEST_F(StoredTexts, AreNotOfSomethingElse) {
  writeFile(path, std::string(5000, 'x'));
  EXPECT_THAT(refusal(), HasSubstr(path + " is damaged, or something else"));
  std::filesystem::remove(path);
  sql("CREATE TABLE bookmarks (url TEXT)");
  EXPECT_THAT(refusal(), HasSubstr("is a database, but no completion cache"));
  std::filesystem::remove(path);
  std::filesystem::create_directory(path);
  EXPECT_THAT(refusal(), HasSubstr("expected a file"));
  std::filesystem::remove(path);
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0); // opening it as a file would wait for ever
  EXPECT_THAT(refusal(), HasSubstr("expected a file"));
  EXPECT_THAT(CompletionCache::open(folder.file("no/such"), roomy).error().message,
              HasSubstr("no/such: No such file"));
}

TEST_F(StoredTexts, OfAnotherVersionAreRefused) {
  open();
  sql("PRAGMA user_version = 7");
  EXPECT_THAT(refusal(), HasSubstr("expected a completion cache of version 1, found version 7"));
}

TEST_F(StoredTexts, WithTriggersAreRefused) {
  open();
  sql("CREATE TRIGGER forge AFTER INSERT ON answers BEGIN DELETE FROM answers; END");
  EXPECT_THAT(refusal(), HasSubstr("other tables than"));
}

TEST_F(StoredTexts, ThatWereChangedAreNotGiven) {
  ASSERT_TRUE(open().store("question", "the answer"));
  sql("UPDATE answers SET answer = CAST('the arrow' AS BLOB)");
  CompletionCache cache = open();
  EXPECT_THAT(found(cache, "question"), HasSubstr("the stored completion is damaged"));
}

TEST_F(StoredTexts, WaitForAnotherProgram) {
  CompletionCache cache = open();
  sqlite3 *other = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);
  auto stored = cache.store("a", "b");
  ASSERT_FALSE(stored);
  EXPECT_THAT(stored.error().message, HasSubstr("another process has had it locked"));
  sqlite3_close(other);
  EXPECT_TRUE(cache.store("a", "b"));
}

TEST_F(StoredTexts, OfADamagedFileAreRightOrErrors) {
  {
    CompletionCache cache = open();
    for (int i = 0; i < 40; ++i)
      ASSERT_TRUE(cache.store(std::to_string(i), std::string(size_t(i) * 100, char('a' + i % 26))));
  }
  const std::string whole = readFile(path);
  std::mt19937 random(11);
  int errors = 0;
  for (int round = 0; round < 300; ++round) {
    std::string bytes = whole;
    if (round % 10 == 0)
      bytes.resize(random() % bytes.size());
    else
      for (int i = 0; i < 1 + round % 20; ++i)
        bytes[round % 3 ? random() % bytes.size() : random() % 200] = char(random());
    writeFile(path, bytes);
    auto cache = CompletionCache::open(path, 20'000);
    for (int i = 0; cache && i < 40; i += 7) {
      auto answer = cache->find(std::to_string(i));
      if (answer && *answer)
        EXPECT_EQ(**answer, std::string(size_t(i) * 100, char('a' + i % 26))) << round;
      errors += !answer;
    }
    errors += !cache || !cache->store("new", std::string(3000, 'n'));
    std::filesystem::remove(path + "-journal");
  }
  EXPECT_GT(errors, 50);
}

} // namespace
