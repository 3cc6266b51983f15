// The dialect as a whole: what its files of tests must have, and its types of storage.

#include "tests/ir/Parse.h"

#include "llvm/ADT/StringSet.h"
#include <fstream>
#include <gtest/gtest.h>
#include <regex>
#include <set>

using namespace mlir;
using namespace weft;

namespace {

std::string contentsOf(const std::string &path) {
  std::ifstream file(std::string(WEFT_SOURCE_DIR "/") + path);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Dialect, EveryOpIsInTheRoundTrip) {
  test::Context context;
  auto module = context.parse(contentsOf("tests/ir/round-trip.mlir"));
  ASSERT_TRUE(module) << context.diagnostics;
  llvm::StringSet<> found;
  module->walk([&](Operation *op) { found.insert(op->getName().getStringRef()); });
  for (RegisteredOperationName name : context.context.getRegisteredOperationsByDialect("weft"))
    EXPECT_TRUE(found.contains(name.getStringRef())) << name.getStringRef().str();
}

/// "C1 of weft.columns", for every numbered constraint of a .td file.
std::set<std::string> constraintsOf(const std::string &file) {
  std::set<std::string> result;
  std::string text = contentsOf(file), owner;
  const std::regex line(
      R"re(\ndef Weft_\w+ ?: Weft_(\w+?)(?:Op)?<"(\w+)"(?:, "(\w+)")?|- \((C\d+)\))re");
  for (std::sregex_iterator at(text.begin(), text.end(), line), end; at != end; ++at) {
    const std::smatch &match = *at;
    if (match[4].matched)
      result.insert(match[4].str() + " of " + owner);
    else if (match[1] == "Attr" || match[1] == "Type")
      owner = (match[1] == "Attr" ? "#weft." : "!weft.") + match[3].str();
    else
      owner = "weft." + match[2].str();
  }
  return result;
}

TEST(Dialect, EveryConstraintHasACaseOfBadIR) {
  const std::string cases = contentsOf("tests/ir/invalid.mlir");
  size_t number = 0;
  for (const char *file :
       {"ir/WeftAttributes.td", "ir/ops/Structure.td", "ir/ops/Rows.td", "ir/ops/Elementwise.td",
        "ir/ops/Norm.td", "ir/ops/Product.td", "ir/ops/Attention.td"})
    for (const std::string &constraint : constraintsOf(file)) {
      EXPECT_NE(cases.find("// " + constraint + ":"), std::string::npos) << constraint;
      ++number;
    }
  EXPECT_GT(number, 40u);
}

TEST(Dialect, StorageIsTheTypeOfAParameter) {
  test::Context context;
  for (Scalar scalar : {Scalar::F32, Scalar::F16, Scalar::BF16})
    for (Storage storage : {Storage::dense(scalar), Storage::q8(scalar), Storage::q4(scalar),
                            Storage::normal4(64, scalar), Storage::normal4(32, Scalar::F8),
                            Storage::q4K(), Storage::q6K()})
      for (Arrangement arrangement : {Arrangement{}, {Arrangement::Kind::Tiled, 16, 4}}) {
        storage.arrangement = arrangement;
        auto plain = RankedTensorType::get({33, 512}, Float32Type::get(&context.context));
        RankedTensorType type = withStorage(plain, storage);
        EXPECT_EQ(storageOf(type), storage) << storage.describe();
        EXPECT_EQ(bytesOf(type), storage.bytes(33, 512));
        EXPECT_EQ(withStorage(type, Storage::dense(Scalar::F32)), plain);
      }
}

} // namespace
