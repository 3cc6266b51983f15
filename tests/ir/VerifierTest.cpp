// One piece of bad IR for each constraint that an op, attribute or type states, in the
// order of the .td files.

#include "tests/ir/Parse.h"

#include <gmock/gmock.h>

using namespace mlir;
using namespace weft;
using testing::HasSubstr;

namespace {

struct Case {
  const char *name;
  const char *text;
  const char *diagnostic;
};

void PrintTo(const Case &bad, std::ostream *stream) { *stream << bad.name; }

/// The body of a function over some values of every kind.
std::string inFunction(const std::string &body) {
  return R"(
weft.parameter @p : tensor<8xf32> = dense<1.0> : tensor<8xf32>
weft.state @kv : !weft.kv<heads = 2, head_dim = 4, element = f32>
func.func private @plain(%x: tensor<?x8xf32>)
func.func private @kernel(%x: tensor<?x8xf32>) -> tensor<?x8xf32> attributes {weft.kernel} {
  return %x : tensor<?x8xf32>
}
func.func @f(%x: tensor<?x8xf32>, %i: tensor<?xi32>, %v: tensor<8xf32>, %w: tensor<6x8xf32>,
             %w4: tensor<4xf32>,
             %kv: !weft.kv<heads = 2, head_dim = 4, element = f32>,
             %q: tensor<?x8xf32, #weft.block<bits = 8, size = 8, scale = f32, split = true>>,
             %b: tensor<6x8xf32, #weft.block<bits = 4, size = 4, scale = f16, bias = 8>>) {
  )" + body +
         "\n  return\n}\n";
}

class Module : public testing::TestWithParam<Case> {};
class Body : public testing::TestWithParam<Case> {};
std::string nameOfCase(const testing::TestParamInfo<Case> &info) { return info.param.name; }

TEST_P(Module, IsRefused) {
  test::Context context;
  EXPECT_FALSE(context.parse(GetParam().text));
  EXPECT_THAT(context.diagnostics, HasSubstr(GetParam().diagnostic));
}

TEST_P(Body, IsRefused) {
  test::Context context;
  EXPECT_FALSE(context.parse(inFunction(GetParam().text)));
  EXPECT_THAT(context.diagnostics, HasSubstr(GetParam().diagnostic));
}

TEST(Verifier, TakesTheFrameOfTheseTests) {
  test::Context context;
  EXPECT_TRUE(context.parse(inFunction(""))) << context.diagnostics;
}

#define SOURCE(type) "#weft.source<tensor = \"t\", file = \"f\", offset = 0, type = " type ">"

INSTANTIATE_TEST_SUITE_P(
    Attributes, Module,
    testing::Values(
        Case{"TiledRows", "func.func private @f(tensor<4x4xf32, #weft.tiled<rows = 0, depth = 1>>)",
             "expected 1 to 256 rows and a depth of 1 to 64, found 0 and 1"},
        Case{"TiledDepth",
             "func.func private @f(tensor<4x4xf32, #weft.tiled<rows = 8, depth = 65>>)",
             "found 8 and 65"},
        Case{"BlockBits",
             "func.func private @f(tensor<4x4xf32, #weft.block<bits = 5, size = 4, scale = f32>>)",
             "expected codes of 4 or 8 bits, found 5"},
        Case{"BlockSize",
             "func.func private @f(tensor<4x4xf32, #weft.block<bits = 4, size = 3, scale = f32>>)",
             "expected an even block size up to 65534, found 3"},
        Case{"BlockScale",
             "func.func private @f(tensor<4x4xf32, #weft.block<bits = 4, size = 4, scale = i8>>)",
             "expected a scale of f32, f16, bf16 or f8E4M3B11FNUZ, found 'i8'"},
        Case{"BlockBias",
             "func.func private @f(tensor<4x4xf32, "
             "#weft.block<bits = 4, size = 4, scale = f32, bias = 16>>)",
             "expected a bias of 0 to 15, found 16"},
        Case{"BlockLevels",
             "func.func private @f(tensor<4x4xf32, "
             "#weft.block<bits = 4, size = 4, scale = f32, levels = [1, 2]>>)",
             "expected 16 levels for codes of 4 bits with bias 0, found 2"},
        Case{"BlockLevelsGrow",
             "func.func private @f(tensor<4x4xf32, #weft.block<bits = 4, size = 4, scale = f32, "
             "levels = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 13, 14]>>)",
             "expected levels that grow"},
        Case{"SuperBlockNumbers",
             "func.func private @f(tensor<4x256xf32, "
             "#weft.block<bits = 5, size = 32, scale = f16, super = 8, mins = true>>)",
             "expected super-blocks of the numbers of Q4_K, Q6_K; found other ones"},
        Case{"SuperBlockBias",
             "func.func private @f(tensor<4x256xf32, "
             "#weft.block<bits = 6, size = 16, scale = f16, bias = 4294967328, super = 16>>)",
             "expected super-blocks of the numbers of Q4_K, Q6_K; found other ones"},
        Case{"SuperBlockScale",
             "func.func private @f(tensor<4x256xf32, "
             "#weft.block<bits = 4, size = 32, scale = f32, super = 8, mins = true>>)",
             "expected super-blocks of the numbers of Q4_K, Q6_K; found other ones"},
        Case{"SuperBlockRows",
             "func.func private @f(tensor<4x320xf32, "
             "#weft.block<bits = 4, size = 32, scale = f16, super = 8, mins = true>>)",
             "expected rows of a multiple of the 256 elements of a super-block, found 320"},
        Case{"SuperBlockSplit",
             "func.func private @f(tensor<4x256xf32, "
             "#weft.block<bits = 6, size = 16, scale = f16, bias = 32, split = true, super = 16>>)",
             "expected super-blocks in rows or tiles, found split ones"},
        Case{"SuperBlockDepth",
             "func.func private @f(tensor<4x256xf32, #weft.block<bits = 6, size = 16, scale = f16, "
             "bias = 32, tiled = <rows = 16, depth = 8>, super = 16>>)",
             "expected a depth of the tiles that divides the 12 bytes of a block's codes, found 8"},
        Case{"MinimaOfPlainBlocks",
             "func.func private @f(tensor<4x256xf32, "
             "#weft.block<bits = 4, size = 32, scale = f16, mins = true>>)",
             "expected minima with super-blocks only"},
        Case{"BlockArrangement",
             "func.func private @f(tensor<4x4xf32, #weft.block<bits = 4, size = 4, scale = f32, "
             "split = true, tiled = <rows = 4, depth = 1>>>)",
             "either split or tiled"},
        Case{"BlockDepth",
             "func.func private @f(tensor<4x4xf32, #weft.block<bits = 4, size = 4, scale = f32, "
             "tiled = <rows = 4, depth = 4>>>)",
             "expected a depth of the tiles that divides the 2 bytes of a block's codes, found 4"},
        Case{"SourceOffset",
             "weft.parameter @p : tensor<4xf32> from [#weft.source<tensor = \"t\", file = \"f\", "
             "offset = -1, type = tensor<4xf32>>]",
             "expected an offset of at least 0, found -1"},
        Case{"SourceShape", "weft.parameter @p : tensor<4xf32> from [" SOURCE("tensor<?xf32>") "]",
             "expected a static type of rank 1 or 2 for tensor 't'"},
        Case{"SourceElement",
             "weft.parameter @p : tensor<4xf32> from [" SOURCE("tensor<4xi32>") "]",
             "expected elements of f32, f16 or bf16 for tensor 't'"},
        Case{"KvHeads", "weft.state @s : !weft.kv<heads = 0, head_dim = 4, element = f32>",
             "expected at least one head of at least one element, found 0 heads of 4"},
        Case{"KvElement", "weft.state @s : !weft.kv<heads = 1, head_dim = 4, element = i8>",
             "expected elements of f32, f16 or bf16, found 'i8'"},
        Case{"KvBlocksOfF32",
             "weft.state @s : !weft.kv<heads = 1, head_dim = 64, element = f16, "
             "blocks = #weft.block<bits = 8, size = 32, scale = f16>>",
             "expected elements of f32 in blocks, found 'f16'"},
        Case{"KvBlocksOfEightBits",
             "weft.state @s : !weft.kv<heads = 1, head_dim = 64, element = f32, "
             "blocks = #weft.block<bits = 4, size = 32, scale = f16>>",
             "expected blocks of a multiple of 16 codes of 8 bits without a bias, found #weft.block<bits = 4"},
        Case{"KvBlocksOfWholeVectors",
             "weft.state @s : !weft.kv<heads = 1, head_dim = 64, element = f32, "
             "blocks = #weft.block<bits = 8, size = 24, scale = f16>>",
             "expected blocks of a multiple of 16 codes of 8 bits without a bias, found"}),
    nameOfCase);

INSTANTIATE_TEST_SUITE_P(
    Structure, Module,
    testing::Values(
        Case{"Parameter1Rank",
             "weft.parameter @p : tensor<1x1x1xf32> = dense<1.0> : tensor<1x1x1xf32>",
             "expected a static type of rank 1 or 2 of f32, f16 or bf16"},
        Case{"Parameter1Dynamic", "weft.parameter @p : tensor<?xf32> from []",
             "expected a static type of rank 1 or 2 of f32, f16 or bf16"},
        Case{"Parameter1Element", "weft.parameter @p : tensor<4xi32> = dense<1> : tensor<4xi32>",
             "expected a static type of rank 1 or 2 of f32, f16 or bf16"},
        Case{"Parameter2None", "weft.parameter @p : tensor<4xf32>",
             "expected either 'from' sources or '=' a value"},
        Case{"Parameter2Both",
             "weft.parameter @p : tensor<4xf32> from [" SOURCE(
                 "tensor<4xf32>") "] = dense<1.0> : tensor<4xf32>",
             "expected either 'from' sources or '=' a value"},
        Case{"Parameter3Rank",
             "weft.parameter @p : tensor<4x4xf32> from [" SOURCE("tensor<4xf32>") "]",
             "expected tensor 't' to fit 'tensor<4x4xf32>', found 'tensor<4xf32>'"},
        Case{"Parameter3Columns",
             "weft.parameter @p : tensor<4x4xf32> from [" SOURCE("tensor<4x5xf32>") "]",
             "expected tensor 't' to fit 'tensor<4x4xf32>'"},
        Case{"Parameter3Transposed",
             "weft.parameter @p : tensor<5x4xf32> from [#weft.source<tensor = \"t\", file = \"f\", "
             "offset = 0, type = tensor<5x4xf32>, transposed = true>]",
             "expected tensor 't' to fit 'tensor<5x4xf32>'"},
        Case{"Parameter3Rows",
             "weft.parameter @p : tensor<9x4xf32> from [" SOURCE("tensor<4x4xf32>") ", " SOURCE(
                 "tensor<4x4xf32>") "]",
             "expected sources of 9 rows, found 8"},
        Case{"Parameter4Shape", "weft.parameter @p : tensor<4xf32> = dense<1.0> : tensor<5xf32>",
             "expected a value of type 'tensor<4xf32>', found 'tensor<5xf32>'"},
        Case{"Parameter4Element", "weft.parameter @p : tensor<4xf16> = dense<1.0> : tensor<4xf16>",
             "expected a value"},
        Case{"StateType", "weft.state @s : tensor<4xf32>", "expected the type of a state"}),
    nameOfCase);

INSTANTIATE_TEST_SUITE_P(
    Structure, Body,
    testing::Values(
        Case{"WeightExists", "%0 = weft.weight @none : tensor<8xf32>", "no parameter 'none'"},
        Case{"WeightIsAParameter", "%0 = weft.weight @kv : tensor<8xf32>", "no parameter 'kv'"},
        Case{"WeightType", "%0 = weft.weight @p : tensor<8xf16>",
             "parameter 'p' has type 'tensor<8xf32>', found 'tensor<8xf16>'"},
        Case{"RecallExists",
             "%0 = weft.recall @p : !weft.kv<heads = 2, head_dim = 4, element = f32>",
             "no state 'p'"},
        Case{"RecallType",
             "%0 = weft.recall @kv : !weft.kv<heads = 2, head_dim = 4, element = f16>",
             "state 'kv' has type"},
        Case{"DispatchExists", "weft.dispatch @none(%x) : (tensor<?x8xf32>) -> ()",
             "no kernel 'none'"},
        Case{"DispatchIsAKernel", "weft.dispatch @plain(%x) : (tensor<?x8xf32>) -> ()",
             "no kernel 'plain'"},
        Case{"DispatchType", "weft.dispatch @kernel(%x) : (tensor<?x8xf32>) -> ()",
             "kernel 'kernel' has type '(tensor<?x8xf32>) -> tensor<?x8xf32>', found"}),
    nameOfCase);

INSTANTIATE_TEST_SUITE_P(
    RowsElementwiseNorm, Body,
    testing::Values(
        Case{"EmbedColumns",
             "weft.embed %i in %w : (tensor<?xi32>, tensor<6x8xf32>) -> tensor<?x7xf32>",
             "expected a plain result of 8 columns with the rows of 'tensor<?xi32>', found "
             "'tensor<?x7xf32>'"},
        Case{"EmbedRows",
             "weft.embed %i in %w : (tensor<?xi32>, tensor<6x8xf32>) -> tensor<3x8xf32>",
             "expected a plain result of 8 columns with the rows of 'tensor<?xi32>'"},
        Case{"TakeRows",
             "weft.take_rows %x at %i : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<4x8xf32>",
             "expected a result of 'tensor<?x8xf32>', found 'tensor<4x8xf32>'"},
        Case{"ColumnsEnd", "weft.columns %x from 5 : (tensor<?x8xf32>) -> tensor<?x4xf32>",
             "expected columns below 8, found 4 from 5"},
        Case{"ColumnsBegin", "weft.columns %x from -1 : (tensor<?x8xf32>) -> tensor<?x4xf32>",
             "expected columns below 8"},
        Case{"ColumnsRows", "weft.columns %x from 0 : (tensor<?x8xf32>) -> tensor<3x4xf32>",
             "expected plain values of the same rows"},
        Case{"AddRight", "weft.add %x, %w : tensor<?x8xf32>, tensor<6x8xf32>",
             "expected a right side of 'tensor<?x8xf32>' or 'tensor<8xf32>'"},
        Case{"MulRight",
             "%0 = weft.columns %x from 0 : (tensor<?x8xf32>) -> tensor<?x4xf32>\n"
             "weft.mul %0, %v : tensor<?x4xf32>, tensor<8xf32>",
             "expected a right side of 'tensor<?x4xf32>' or 'tensor<4xf32>'"},
        Case{"RmsNormWeight",
             "%0 = weft.columns %x from 0 : (tensor<?x8xf32>) -> tensor<?x4xf32>\n"
             "weft.rms_norm %0, %v epsilon 1.0e-5 : tensor<?x4xf32>, tensor<8xf32>",
             "expected a weight of 4 elements, found 'tensor<8xf32>'"},
        Case{"LayerNormWeight",
             "%0 = weft.columns %x from 0 : (tensor<?x8xf32>) -> tensor<?x4xf32>\n"
             "weft.layer_norm %0, %v, %v epsilon 1.0e-5 "
             ": tensor<?x4xf32>, tensor<8xf32>, tensor<8xf32>",
             "expected a weight of 4 elements, found 'tensor<8xf32>'"},
        Case{"LayerNormBias",
             "weft.layer_norm %x, %v, %w4 epsilon 1.0e-5 "
             ": tensor<?x8xf32>, tensor<8xf32>, tensor<4xf32>",
             "expected a bias of 8 elements, found 'tensor<4xf32>'"}),
    nameOfCase);

INSTANTIATE_TEST_SUITE_P(
    Product, Body,
    testing::Values(
        Case{"Linear1",
             "weft.linear %x, %w : (tensor<?x8xf32>, tensor<6x8xf32>) -> tensor<?x5xf32>",
             "expected a weight of 5x8, found 'tensor<6x8xf32>'"},
        Case{"Linear2Rows",
             "weft.linear %x, %w : (tensor<?x8xf32>, tensor<6x8xf32>) -> tensor<4x6xf32>",
             "expected a plain result with the rows of"},
        Case{"Linear2Encoding",
             "weft.linear %x, %w : (tensor<?x8xf32>, tensor<6x8xf32>) -> "
             "tensor<?x6xf32, #weft.tiled<rows = 1, depth = 1>>",
             "expected a plain result with the rows of"},
        Case{"Linear3Dense",
             "weft.linear %q, %w : (tensor<?x8xf32, #weft.block<bits = 8, size = 8, scale = f32, "
             "split = true>>, tensor<6x8xf32>) -> tensor<?x6xf32>",
             "expected a weight in blocks of 8, found 'tensor<6x8xf32>'"},
        Case{"Linear3Length",
             "weft.linear %q, %b : (tensor<?x8xf32, #weft.block<bits = 8, size = 8, scale = f32, "
             "split = true>>, tensor<6x8xf32, #weft.block<bits = 4, size = 4, scale = f16, "
             "bias = 8>>) -> tensor<?x6xf32>",
             "expected a weight in blocks of 8"},
        Case{
            "QuantizeShape",
            "weft.quantize %x : tensor<?x8xf32> -> tensor<?x4xf32, #weft.block<bits = 8, size = 4, "
            "scale = f32, split = true>>",
            "expected a result of the input's shape in split blocks"},
        Case{
            "QuantizeEncoding",
            "weft.quantize %x : tensor<?x8xf32> -> tensor<?x8xf32, #weft.block<bits = 8, size = 4, "
            "scale = f32>>",
            "expected a result of the input's shape in split blocks"},
        Case{
            "QuantizeScale",
            "weft.quantize %x : tensor<?x8xf32> -> tensor<?x8xf32, #weft.block<bits = 8, size = 4, "
            "scale = f16, split = true>>",
            "expected a result of the input's shape in split blocks"}),
    nameOfCase);

#define KV "!weft.kv<heads = 2, head_dim = 4, element = f32>"

INSTANTIATE_TEST_SUITE_P(
    Attention, Body,
    testing::Values(
        Case{"RopeTable",
             "weft.rope_table %i, %v : (tensor<?xi32>, tensor<8xf32>) -> tensor<?x8xf32>",
             "expected a result of 'tensor<?x16xf32>', found 'tensor<?x8xf32>'"},
        Case{"RopeTableRows",
             "weft.rope_table %i, %v : (tensor<?xi32>, tensor<8xf32>) -> tensor<3x16xf32>",
             "expected a result of 'tensor<?x16xf32>', found 'tensor<3x16xf32>'"},
        Case{"Rope1", "weft.rope %x by %x heads 3 halves : tensor<?x8xf32>, tensor<?x8xf32>",
             "expected a number of heads that divides 8, found 3"},
        Case{"Rope2", "weft.rope %x by %x heads 2 halves : tensor<?x8xf32>, tensor<?x8xf32>",
             "expected a table of an even number of columns up to 4, found 8"},
        Case{"AppendColumns",
             "%0 = weft.columns %x from 0 : (tensor<?x8xf32>) -> tensor<?x4xf32>\n"
             "weft.append %x, %0 to %kv at %i, %i : tensor<?x8xf32>, tensor<?x4xf32>, " KV
             ", tensor<?xi32>, tensor<?xi32>",
             "expected keys and values of 8 columns, found 'tensor<?x4xf32>'"},
        Case{"AttendHeads",
             "weft.attend %x in %kv at %i, %i heads 3 scale 1.0 : tensor<?x8xf32>, " KV
             ", tensor<?xi32>, tensor<?xi32>",
             "expected a multiple of 2 heads, found 3"},
        Case{"AttendColumns",
             "weft.attend %x in %kv at %i, %i heads 4 scale 1.0 : tensor<?x8xf32>, " KV
             ", tensor<?xi32>, tensor<?xi32>",
             "expected queries of 16 columns, found 'tensor<?x8xf32>'"},
        Case{"AttendWindow",
             "weft.attend %x in %kv at %i, %i heads 2 scale 1.0 window 0 : tensor<?x8xf32>, " KV
             ", tensor<?xi32>, tensor<?xi32>",
             "expected a window of 1 to 2^30 positions, found 0"}),
    nameOfCase);

} // namespace
