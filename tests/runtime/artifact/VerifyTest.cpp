// One wrong field at a time: each is refused with a line that names it.
#include "SyntheticArtifact.h"

#include "runtime/artifact/SegmentHash.h"
#include "tests/Shared.h"

#include <gmock/gmock.h>

namespace weft::test {
namespace {

using schema::ArrangementKind;
using schema::Scalar;
using schema::Space;
using schema::Symbol;

struct Case {
  const char *name;
  void (*change)(SyntheticArtifact &);
  const char *error;
};

void PrintTo(const Case &test, std::ostream *out) { *out << test.name; }

class VerifyTest : public testing::TestWithParam<Case> {};

TEST_P(VerifyTest, IsRefused) {
  TemporaryFolder folder;
  SyntheticArtifact model = additiveModel();
  GetParam().change(model);
  ASSERT_TRUE(model.write(folder.file("model.weft")));
  auto opened = Artifact::open(folder.file("model.weft"));
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, testing::HasSubstr(GetParam().error));
  EXPECT_EQ(opened.error().message.find('\n'), std::string::npos);
}

schema::Storage q4(ArrangementKind arrangement, uint16_t rows, uint16_t depth) {
  return {Scalar::F16, 4, arrangement, 32, 8, rows, depth};
}

schema::Segment moved(const schema::Segment &segment, uint64_t offset) {
  return {offset, segment.bytes(), segment.hash()};
}

/// Six bits, blocks of 16.
schema::Storage q6(ArrangementKind arrangement, uint16_t rows, uint16_t depth) {
  return {Scalar::F16, 6, arrangement, 16, 32, rows, depth};
}

const Case cases[] = {
    {"SegmentNotAligned",
     [](auto &a) { a.changeWeights = [](auto &s) { s = moved(s, s.offset() + 64); }; },
     "weights: expected an offset that is a multiple of 4096"},
    {"SegmentBeyondFile",
     [](auto &a) { a.changeWeights = [](auto &s) { s = moved(s, uint64_t(1) << 63); }; },
     "weights: expected it inside the file"},
    {"SegmentLengthWraps",
     [](auto &a) {
       a.changeWeights = [](auto &s) { s = {s.offset(), UINT64_MAX - 100, s.hash()}; };
     },
     "weights: expected it inside the file"},
    {"SegmentOverHeader", [](auto &a) { a.changeWeights = [](auto &s) { s = moved(s, 0); }; },
     "overlaps"},
    {"SegmentsOverlap",
     [](auto &a) {
       a.changeWeights = [](auto &s) { s = {s.offset(), s.bytes() + 4096, s.hash()}; };
     },
     "tokenizer at 8192 overlaps weights, which ends at"},
    {"WrongHash",
     [](auto &a) { a.changeWeights = [](auto &s) { s = {s.offset(), s.bytes(), s.hash() ^ 1}; }; },
     "damaged weights"},
    {"UnclaimedBytes",
     [](auto &a) {
       a.parameters.clear();
       a.programs.clear();
       a.changeWeights = [](auto &s) { s = {4096, 0, hashBytes({})}; };
     },
     "expected zeros between segments"},
    {"NoVocabulary", [](auto &a) { a.vocabulary = 0; }, "expected a vocabulary of 1 to"},
    {"NoContext", [](auto &a) { a.context = 0; }, "expected a context of 1 to"},
    {"ParameterNotAligned", [](auto &a) { a.parameters[1].offset = 32; },
     "parameter 'embedding': expected an offset that is a multiple of 64, found 32"},
    {"ParameterBeyondWeights", [](auto &a) { a.parameters[1].offset = 128; },
     "parameter 'embedding': expected it inside the 92 bytes of the weights"},
    {"ParameterTooSmall", [](auto &a) { a.parameters[1].bytes = 24; },
     "expected at least 28 bytes for its shape and storage, found 24"},
    {"ParameterOverflows",
     [](auto &a) { a.parameters[1].shape = {uint64_t(1) << 40, uint64_t(1) << 40}; },
     "more than 2^64"},
    {"ParameterOfNoRows", [](auto &a) { a.parameters[1].shape = {0, 7}; },
     "expected dimension 0 to be at least 1"},
    {"ParameterOfManyDimensions", [](auto &a) { a.parameters[1].shape.assign(9, 1); },
     "at most 8 dimensions"},
    {"TilesNeedTheirPadding",
     [](auto &a) {
       // Two tiles of 8 rows, two blocks of 16 bytes of codes and a scale each.
       a.parameters[0] = {"q", {9, 33}, q4(ArrangementKind::Tiled, 8, 4), 0, 16 * 2 * 18 - 1};
       a.weights.resize(4096);
     },
     "expected at least 576 bytes"},
    {"SuperBlocksNeedTheirScales",
     [](auto &a) {
       // Two tiles of 8 rows of two super-blocks: codes, a sub-scale for each block, a scale.
       a.parameters[0] = {"q", {9, 512}, q6(ArrangementKind::Tiled, 8, 4), 0, 16 * 2 * 210 - 1, 16};
       a.weights.resize(8192);
     },
     "expected at least 6720 bytes"},
    {"SuperBlocksNeedTheirMinima",
     [](auto &a) {
       a.parameters[0] = {"q", {9, 512}, q4(ArrangementKind::Tiled, 8, 4), 0, 16 * 2 * 148 - 1,
                          8,   true};
       a.weights.resize(8192);
     },
     "expected at least 4736 bytes"},
    {"SuperBlocksInPart",
     [](auto &a) {
       a.parameters[0] = {"q", {9, 320}, q6(ArrangementKind::Tiled, 8, 4), 0, 8192, 16};
       a.weights.resize(8192);
     },
     "expected rows of a multiple of 256, its super-blocks, found 320"},
    {"SuperBlocksInRows",
     [](auto &a) {
       a.parameters[0] = {"q", {9, 256}, q6(ArrangementKind::Rows, 1, 1), 0, 8192, 16};
       a.weights.resize(8192);
     },
     "expected super-blocks with scales of f16 in tiles"},
    {"SuperBlocksOfEightBits",
     [](auto &a) {
       a.parameters[0] = {"q", {9, 256}, {Scalar::F16, 8, ArrangementKind::Tiled, 16, 0, 8, 4},
                          0,   8192,     16};
       a.weights.resize(8192);
     },
     "expected codes of 4 or 6 bits in super-blocks, found 8"},
    {"SuperBlocksOfOddBlocks",
     [](auto &a) {
       a.parameters[0] = {"q", {9, 256}, {Scalar::F16, 6, ArrangementKind::Tiled, 8, 0, 8, 2},
                          0,   8192,     16};
       a.weights.resize(8192);
     },
     "expected a block length that is a multiple of 16 in super-blocks, found 8"},
    {"MinimaWithoutSuperBlocks",
     [](auto &a) {
       a.parameters[0] = {"q", {9, 64}, q4(ArrangementKind::Tiled, 8, 4), 0, 8192, 0, true};
       a.weights.resize(8192);
     },
     "expected minima with super-blocks only"},
    {"SixBitsWithoutSuperBlocks",
     [](auto &a) {
       a.parameters[0] = {"q", {9, 64}, q6(ArrangementKind::Tiled, 8, 4), 0, 8192};
       a.weights.resize(8192);
     },
     "codes of 4 or 8 bits, found 6"},
    {"SplitNeedsItsSums",
     [](auto &a) { a.parameters[0] = {"q", {1, 64}, q4(ArrangementKind::Split, 1, 1), 0, 2 * 18}; },
     "expected at least 44 bytes"},
    {"UnknownScalar",
     [](auto &a) { a.parameters[1].storage = {Scalar(9), 0, ArrangementKind::Rows, 0, 0, 1, 1}; },
     "expected a scalar of"},
    {"DenseIntegers",
     [](auto &a) { a.parameters[1].storage = {Scalar::I32, 0, ArrangementKind::Rows, 0, 0, 1, 1}; },
     "expected a scalar of"},
    {"FiveBits",
     [](auto &a) {
       a.parameters[1].storage = {Scalar::F16, 5, ArrangementKind::Rows, 32, 0, 1, 1};
     },
     "codes of 4 or 8 bits, found 5"},
    {"BlockOfNothing",
     [](auto &a) { a.parameters[1].storage = {Scalar::F16, 8, ArrangementKind::Rows, 0, 0, 1, 1}; },
     "even block length"},
    {"BiasBeyondCodes",
     [](auto &a) {
       a.parameters[1].storage = {Scalar::F16, 4, ArrangementKind::Rows, 32, 16, 1, 1};
     },
     "expected a bias of 0 to 15"},
    {"TileOfNothing", [](auto &a) { a.parameters[1].storage = q4(ArrangementKind::Tiled, 0, 4); },
     "tile of at least 1x1"},
    {"UnknownArrangement", [](auto &a) { a.parameters[1].storage = q4(ArrangementKind(7), 1, 1); },
     "expected an arrangement"},
    {"StateTooSmall", [](auto &a) { a.states[0].heads = 2; },
     "state 'kv': expected at least 8 bytes for each position"},
    {"UnknownState", [](auto &a) { a.states[0].kind = 200; }, "number 200"},
    {"RunsThatDoNotDivide", [](auto &a) { a.states[0].runs = 3; },
     "expected runs that 64 positions of 4 bytes divide into, found 3"},
    {"MoreRunsThanBytes", [](auto &a) { a.states[0].runs = UINT64_MAX; }, "divide into, found"},
    {"RunsOfOtherThanPositions", [](auto &a) { a.states[0].size = {64, 0, 0, 0, 4}; },
     "nothing but positions"},
    {"EndIdBeyondVocabulary", [](auto &a) { a.endIds.push_back(7); },
     "end tokens below the vocabulary of 7, found 7"},
    {"BeginIdBeyondVocabulary", [](auto &a) { a.beginId = -2; }, "begin token"},
    {"ChatTemplateTooLong", [](auto &a) { a.chatTemplate.assign((1 << 20) + 1, 'x'); },
     "text: expected a chat template of at most 1048576 bytes, found 1048577"},
    {"EndTokenTooLong", [](auto &a) { a.endToken.assign(4097, 'x'); }, "end token of at most 4096"},
    {"KernelOutsideCode", [](auto &a) { a.programs[0].kernels[3].entry = 5000; },
     "kernel 'head': expected its entry inside the 5000 bytes"},
    {"NoArchitecture", [](auto &a) { a.programs[0].architecture = ""; }, "architecture"},
    {"PortMissing", [](auto &a) { a.programs[0].inputs.pop_back(); }, "expected 4 inputs"},
    {"PortsSwapped", [](auto &a) { std::swap(a.programs[0].inputs[0], a.programs[0].inputs[1]); },
     "inputs 0 to be the Tokens"},
    {"PortTooSmall", [](auto &a) { a.programs[0].outputs[0].size = rowBytes(24); },
     "at least 28 bytes per row, found 24"},
    {"NoVariant", [](auto &a) { a.programs[0].steps[1].variants.clear(); },
     "step 1 'kv': expected at least one variant"},
    {"LastVariantNotForAll", [](auto &a) { a.programs[0].steps[1].variants[0].most = 8; },
     "the last one for any"},
    {"VariantNeverTaken", [](auto &a) { a.programs[0].steps[0].variants[0].most = 0; },
     "growing size"},
    {"UnknownKernel", [](auto &a) { a.programs[0].steps[0].variants[0].kernel = 4; },
     "expected a kernel below 4, found 4"},
    {"NoTile", [](auto &a) { a.programs[0].steps[0].variants[0].grid = {1, 0, Symbol::One}; },
     "count and tile of at least 1"},
    {"HugeGrid",
     [](auto &a) { a.programs[0].steps[0].variants[0].grid = {UINT64_MAX, 1, Symbol::One}; },
     "grid count of at most"},
    {"MoreThanAllShared", [](auto &a) { a.programs[0].steps[0].variants[1].shared = 17; },
     "variant 1: expected a share of at most 16 sixteenths, found 17"},
    {"UnknownAlternative",
     [](auto &a) { a.programs[0].steps[0].variants[0].alternatives = {{3, "", {}}, {4, "", {}}}; },
     "variant 0: alternative 1: expected a kernel below 4, found 4"},
    {"AlternativeTwice",
     [](auto &a) { a.programs[0].steps[0].variants[0].alternatives = {{3, "", {}}, {3, "", {}}}; },
     "variant 0: alternative 1: expected kernel 3 once, found it again"},
    {"AlternativeToItself",
     [](auto &a) { a.programs[0].steps[0].variants[0].alternatives = {{1, "", {}}}; },
     "variant 0: alternative 0: expected kernel 1 once, found it again"},
    {"TooManyAlternatives",
     [](auto &a) { a.programs[0].steps[0].variants[0].alternatives.resize(16); },
     "variant 0: expected at most 15 alternatives, found 16"},
    {"AlternativeOfAnotherPart",
     [](auto &a) {
       a.programs[0].parts = {{"other", "z80", "", a.programs[0].code}};
       a.programs[0].kernels.push_back({"embed.other", 16, 1});
       a.programs[0].steps[0].variants[0].alternatives = {{4, "", {}}};
     },
     "variant 0: alternative 0: expected a kernel of part 0, found one of 1"},
    {"TuningOfUnknownKernel", [](auto &a) { a.programs[0].tunings[1].kernel = 4; },
     "tuning 1: expected a kernel below 4, found 4"},
    {"TuningWithoutCandidates", [](auto &a) { a.programs[0].tunings[1].candidates.clear(); },
     "tuning 1: expected a choice below 0, found 0"},
    {"TuningOfUnknownChoice", [](auto &a) { a.programs[0].tunings[0].chosen = UINT32_MAX; },
     "tuning 0: expected a choice below 2, found 4294967295"},
    {"TuningOfNoTokens", [](auto &a) { a.programs[0].tunings[0].tokens = 0; },
     "tuning 0: expected at least one token and thread, found 0 and 2"},
    {"TuningOfNoThreads", [](auto &a) { a.programs[0].tunings[0].threads = 0; },
     "tuning 0: expected at least one token and thread, found 1 and 0"},
    {"TuningWithoutTime", [](auto &a) { a.programs[0].tunings[0].candidates[1].nanoseconds = 0; },
     "tuning 0: expected a time of at least 1 for candidate 1, found 0"},
    {"MoreResultsThanBindings", [](auto &a) { a.programs[0].steps[0].results = 4; },
     "step 0 'embedding': expected at most 3 results, its bindings, found 4"},
    {"KernelOfUnknownPart", [](auto &a) { a.programs[0].kernels[1].part = 1; },
     "kernel 'embed.one': expected a part of at most 0, found 1"},
    {"KernelOutsideTheCodeOfItsPart",
     [](auto &a) {
       a.programs[0].parts = {{"other", "z80", "", std::vector<std::byte>(16)}};
       a.programs[0].kernels[1].part = 1;
     },
     "kernel 'embed.one': expected its entry inside the 16 bytes of code, found offset 16"},
    {"VariantsOfTwoParts",
     [](auto &a) {
       a.programs[0].parts = {{"other", "z80", "", a.programs[0].code}};
       a.programs[0].kernels[1].part = 1;
     },
     "step 0 'embedding': expected variants of one part, found 1 and 0"},
    {"StateInTwoParts",
     [](auto &a) {
       a.programs[0].parts = {{"other", "z80", "", a.programs[0].code}};
       a.programs[0].kernels[3].part = 1;
     },
     "step 2 'head': expected state 0 in one part, found it in 0 and 1"},
    {"PartForNothing", [](auto &a) { a.programs[0].parts = {{"", "z80", "", a.programs[0].code}}; },
     "part 1: expected the name of its target"},
    {"TooManyParts",
     [](auto &a) { a.programs[0].parts.assign(9, {"other", "z80", "", a.programs[0].code}); },
     "expected at most 8 parts, found 9"},
    {"UnknownSymbol", [](auto &a) { a.programs[0].steps[0].symbol = Symbol(3); },
     "step 0 'embedding': expected a step over"},
    {"UnknownSpace", [](auto &a) { a.programs[0].steps[0].bindings[0].space = Space(9); },
     "binding 0: expected a space of"},
    {"UnknownParameter", [](auto &a) { a.programs[0].steps[0].bindings[1].index = 2; },
     "binding 1: expected a parameter below 2, found 2"},
    {"UnknownState", [](auto &a) { a.programs[0].steps[1].bindings[3].index = 1; },
     "expected a state below 1"},
    {"UnknownInput", [](auto &a) { a.programs[0].steps[1].bindings[1].index = 4; },
     "expected a input below 4"},
    {"SecondArena", [](auto &a) { a.programs[0].steps[1].bindings[0].index = 1; },
     "expected a arena below 1"},
    {"ArenaOffsetNotAligned",
     [](auto &a) { a.programs[0].steps[0].bindings[2].offset = tokenBytes(4); },
     "multiples of 64, found 4 per tokens"},
    {"BeyondArena", [](auto &a) { a.programs[0].steps[0].bindings[2].size = tokenBytes(68); },
     "within 64 bytes per tokens, found 0 + 68"},
    {"ArenaOffsetWraps",
     [](auto &a) {
       a.programs[0].steps[0].bindings[2].offset = tokenBytes(UINT64_MAX - 63);
       a.programs[0].steps[0].bindings[2].size = tokenBytes(64);
     },
     "expected offset + size within 64 bytes per tokens"},
    {"BeyondArenaByContext",
     [](auto &a) { a.programs[0].steps[0].bindings[2].size = {0, 4, 0, 1, 0}; },
     "within 0 bytes per context"},
    {"OffsetIntoParameter",
     [](auto &a) { a.programs[0].steps[0].bindings[1].offset = constantBytes(64); },
     "no offset outside the arena"},
    {"BeyondParameter",
     [](auto &a) { a.programs[0].steps[0].bindings[1].size = constantBytes(29); },
     "within 28 bytes per constant, found 0 + 29"},
    {"BeyondState", [](auto &a) { a.programs[0].steps[1].bindings[3].size = slotBytes(8); },
     "within 4 bytes per context * sequences"},
    {"BeyondOutput", [](auto &a) { a.programs[0].steps[2].bindings[4].size = rowBytes(32); },
     "within 28 bytes per rows"},
    {"HostileNames",
     [](auto &a) {
       a.parameters[1].name = "a\nb\x1b[31m" + std::string(5000, 'x');
       a.parameters[1].offset = 1;
     },
     "parameter 'a\\x0ab\\x1b[31mxxx"},
};

INSTANTIATE_TEST_SUITE_P(Fields, VerifyTest, testing::ValuesIn(cases), [](const auto &info) {
  return std::string(info.param.name) + "_" + std::to_string(info.index);
});

} // namespace
} // namespace weft::test
