// Every op, attribute and type through printer and parser.

#include "tests/ir/Parse.h"

#include "llvm/ADT/StringSet.h"
#include <gtest/gtest.h>

using namespace mlir;
using namespace weft;

namespace {

const char *const everything = R"(
weft.parameter @table : tensor<16x8xbf16> from
  [#weft.source<tensor = "wte", file = "a b.gguf", offset = 4096, type = tensor<10x8xf16>>,
   #weft.source<tensor = "more", file = "c", offset = 0, type = tensor<8x6xf32>,
                transposed = true>]
weft.parameter @q : tensor<8x8xf32, #weft.block<bits = 4, size = 8, scale = f16, bias = 8,
    tiled = <rows = 16, depth = 4>>> from
  [#weft.source<tensor = "q", file = "c", offset = 1,
    type = tensor<8x8xf32, #weft.block<bits = 8, size = 4, scale = bf16>>>]
weft.parameter @dense : tensor<8x8xf16, #weft.tiled<rows = 8, depth = 2>> from
  [#weft.source<tensor = "d", file = "c", offset = 7, type = tensor<8x8xf32>>]
weft.parameter @norm : tensor<8xf32> = dense<1.0> : tensor<8xf32>
weft.parameter @frequencies : tensor<2xf32> = dense<[1.0, 0.01]> : tensor<2xf32>
weft.state @kv : !weft.kv<heads = 1, head_dim = 4, element = f16>
weft.state @blocks : !weft.kv<heads = 2, head_dim = 64, element = f32, blocks = #weft.block<bits = 8, size = 32, scale = f16>>

func.func private @kernel(%x: tensor<?x8xf32>) -> tensor<?x8xf32> attributes {weft.kernel} {
  %0 = weft.silu %x : tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}

func.func @forward(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>,
                   %rows: tensor<?xi32> {weft.rows}) -> tensor<?x8xf32> {
  %table = weft.weight @table : tensor<16x8xbf16>
  %norm = weft.weight @norm : tensor<8xf32>
  %frequencies = weft.weight @frequencies : tensor<2xf32>
  %q = weft.weight @q : tensor<8x8xf32, #weft.block<bits = 4, size = 8, scale = f16, bias = 8,
      tiled = <rows = 16, depth = 4>>>
  %kv = weft.recall @kv : !weft.kv<heads = 1, head_dim = 4, element = f16>
  %x = weft.embed %tokens in %table : (tensor<?xi32>, tensor<16x8xbf16>) -> tensor<?x8xf32>
  %n = weft.rms_norm %x, %norm epsilon 1.0e-5 : tensor<?x8xf32>, tensor<8xf32>
  %l = weft.layer_norm %n, %norm, %norm epsilon 1.0e-5
      : tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>
  %i = weft.quantize %l : tensor<?x8xf32>
      -> tensor<?x8xf32, #weft.block<bits = 8, size = 8, scale = f32, split = true>>
  %p = weft.linear %i, %q
      : (tensor<?x8xf32, #weft.block<bits = 8, size = 8, scale = f32, split = true>>,
         tensor<8x8xf32, #weft.block<bits = 4, size = 8, scale = f16, bias = 8,
             tiled = <rows = 16, depth = 4>>>) -> tensor<?x8xf32>
  %k = weft.columns %p from 4 : (tensor<?x8xf32>) -> tensor<?x4xf32>
  %t = weft.rope_table %positions, %frequencies : (tensor<?xi32>, tensor<2xf32>) -> tensor<?x4xf32>
  %r = weft.rope %p by %t heads 2 halves : tensor<?x8xf32>, tensor<?x4xf32>
  %s = weft.rope %r by %t heads 2 neighbours : tensor<?x8xf32>, tensor<?x4xf32>
  %kv2 = weft.append %k, %k to %kv at %positions, %sequences
      : tensor<?x4xf32>, tensor<?x4xf32>, !weft.kv<heads = 1, head_dim = 4, element = f16>,
        tensor<?xi32>, tensor<?xi32>
  %near = weft.attend %s in %kv2 at %positions, %sequences heads 2 scale 5.0e-1 window 7
      : tensor<?x8xf32>, !weft.kv<heads = 1, head_dim = 4, element = f16>, tensor<?xi32>,
        tensor<?xi32>
  %a = weft.attend %s in %kv2 at %positions, %sequences heads 2 scale 5.0e-1
      : tensor<?x8xf32>, !weft.kv<heads = 1, head_dim = 4, element = f16>, tensor<?xi32>,
        tensor<?xi32>
  %b = weft.add %a, %norm : tensor<?x8xf32>, tensor<8xf32>
  %c = weft.mul %b, %a : tensor<?x8xf32>, tensor<?x8xf32>
  %g = weft.gelu %c : tensor<?x8xf32>
  %d = weft.dispatch @kernel(%g) {at = [#weft.size<constant = 64>], barrier,
                                  size = [#weft.size<tokens = 32, rows = 4>]}
      : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %o = weft.take_rows %d at %rows : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  return %o : tensor<?x8xf32>
}
)";

std::string print(ModuleOp module, OpPrintingFlags flags = {}) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module->print(stream, flags);
  return text;
}

TEST(RoundTrip, EverythingIsParsedAsItWasPrinted) {
  test::Context context;
  auto first = context.parse(everything);
  ASSERT_TRUE(first) << context.diagnostics;
  std::string text = print(*first);
  auto second = context.parse(text);
  ASSERT_TRUE(second) << context.diagnostics << text;
  EXPECT_EQ(print(*second), text);
  auto generic = context.parse(print(*first, OpPrintingFlags().printGenericOpForm()));
  ASSERT_TRUE(generic) << context.diagnostics;
  EXPECT_EQ(print(*generic), text);
}

TEST(RoundTrip, EveryOpOfTheDialectIsThere) {
  test::Context context;
  auto module = context.parse(everything);
  ASSERT_TRUE(module) << context.diagnostics;
  llvm::StringSet<> found;
  module->walk([&](Operation *op) { found.insert(op->getName().getStringRef()); });
  for (RegisteredOperationName name : context.context.getRegisteredOperationsByDialect("weft"))
    EXPECT_TRUE(found.contains(name.getStringRef())) << name.getStringRef().str();
}

TEST(RoundTrip, StorageIsTheTypeOfAParameter) {
  test::Context context;
  for (Scalar scalar : {Scalar::F32, Scalar::F16, Scalar::BF16})
    for (Storage storage : {Storage::dense(scalar), Storage::q8(scalar), Storage::q4(scalar),
                            Storage::normal4(64, scalar),
                            Storage::normal4(32, Scalar::F8), Storage::q4K(), Storage::q6K()})
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
