// The mistakes, each as a backend could make it.

#include "ir/reference/Ops.h"
#include "ir/storage/ScalarConversion.h"
#include "tests/conformance/Mutant.h"

#include <algorithm>
#include <cmath>
#include <span>

using namespace mlir;

namespace weft::test {

namespace {

using Computed = Result<Tensor>;
using ComputeOp = decltype(Mutant::compute);

/// A mistake in one op, which otherwise is computed right.
template <typename Op, typename Function> ComputeOp in(Function function) {
  return [function](OpCall &call) -> std::optional<Computed> {
    if (auto op = dyn_cast<Op>(call.op))
      return function(op, call);
    return std::nullopt;
  };
}

/// A mistake that follows the right result of an op.
template <typename Op, typename Function> ComputeOp after(Function function) {
  return in<Op>([function](Op op, OpCall &call) -> Computed {
    Computed result = call.compute();
    if (result)
      function(op, call, *result);
    return result;
  });
}

/// A mistake in each number, of those that the op has for input.
template <typename Op> ComputeOp inEach(float (*function)(float)) {
  return in<Op>([function](Op op, OpCall &call) -> Computed {
    Tensor result = call.get(op.getInput());
    for (float &value : result.values())
      value = function(value);
    return result;
  });
}

/// `tensor` with each of its indices changed by `function(index, its place)`.
template <typename Function> Tensor changed(const Tensor &tensor, Function function) {
  std::vector<int32_t> indices = tensor.indices();
  for (size_t i = 0; i < indices.size(); ++i)
    indices[i] = function(indices[i], int32_t(i));
  return Tensor::ofIndices(std::move(indices));
}

/// Rotary positions that are not those of the tokens.
template <typename Function> ComputeOp inPositionsOfRope(Function function) {
  return in<RopeTableOp>([function](RopeTableOp op, OpCall &call) {
    call.set(op.getPositions(), changed(call.get(op.getPositions()), function));
    return call.compute();
  });
}

/// Attention of queries at other positions, or of other sequences.
template <typename Function> ComputeOp inPositionsOfAttention(Function function) {
  return in<AttendOp>([function](AttendOp op, OpCall &call) {
    call.set(op.getPositions(), changed(call.get(op.getPositions()), function));
    return call.compute();
  });
}

/// Attention in a window of another length than `op` says.
Computed attendInWindow(AttendOp op, OpCall &call, std::optional<int64_t> window) {
  return reference::attend(call.get(op.getQueries()), call.state(op.getState()),
                           call.get(op.getPositions()), call.get(op.getSequences()), op.getHeads(),
                           op.getScale().convertToFloat(), window);
}

/// Attention in f32 whose exponentials are of the scores as they are.
Computed attendWithoutLargest(AttendOp op, OpCall &call) {
  const Tensor &queries = call.get(op.getQueries());
  const KvState &state = call.state(op.getState());
  const float scale = op.getScale().convertToFloat();
  const int64_t headDim = state.headDim, group = op.getHeads() / state.heads;
  Tensor result = Tensor::zeros(queries.shape());
  for (int64_t i = 0; i < queries.rows(); ++i)
    for (int64_t head = 0; head < int64_t(op.getHeads()); ++head) {
      const float *query = queries.row(i) + head * headDim;
      float *mixed = result.row(i) + head * headDim;
      const int32_t sequence = call.get(op.getSequences()).indices()[i];
      float sum = 0;
      for (int64_t j = 0; j <= call.get(op.getPositions()).indices()[i]; ++j) {
        const float *key = state.keysAt(sequence, j) + head / group * headDim;
        const float *value = state.valuesAt(sequence, j) + head / group * headDim;
        float score = 0;
        for (int64_t d = 0; d < headDim; ++d)
          score += query[d] * key[d];
        const float weight = std::exp(scale * score);
        sum += weight;
        for (int64_t d = 0; d < headDim; ++d)
          mixed[d] += weight * value[d];
      }
      for (int64_t d = 0; d < headDim; ++d)
        mixed[d] /= sum;
    }
  return result;
}

/// Query heads that take the key head `head % kvHeads` instead of `head / (heads / kvHeads)`.
Computed attendToOtherHeads(AttendOp op, OpCall &call) {
  const KvState &state = call.state(op.getState());
  const int64_t headDim = state.headDim, kvHeads = state.heads, group = op.getHeads() / kvHeads;
  auto moved = [&](const Tensor &from, bool back) {
    Tensor to = from;
    for (int64_t i = 0; i < from.rows(); ++i)
      for (int64_t head = 0; head < kvHeads * group; ++head) {
        int64_t other = head % kvHeads * group + head / kvHeads;
        std::copy_n(from.row(i) + (back ? other : head) * headDim, headDim,
                    to.row(i) + (back ? head : other) * headDim);
      }
    return to;
  };
  call.set(op.getQueries(), moved(call.get(op.getQueries()), false));
  Computed result = call.compute();
  return result ? Computed(moved(*result, true)) : result;
}

/// A variance as the mean of squares less the square of the mean, in f32.
Computed layerNormInOneSweep(LayerNormOp op, OpCall &call) {
  const Tensor &input = call.get(op.getInput());
  const float count = float(input.columns());
  Tensor result = Tensor::zeros(input.shape());
  for (int64_t i = 0; i < input.rows(); ++i) {
    float sum = 0, squares = 0;
    for (int64_t j = 0; j < input.columns(); ++j) {
      sum += input.row(i)[j];
      squares += input.row(i)[j] * input.row(i)[j];
    }
    const float mean = sum / count, variance = std::max(0.0f, squares / count - mean * mean);
    const float factor = 1 / std::sqrt(variance + op.getEpsilon().convertToFloat());
    for (int64_t j = 0; j < input.columns(); ++j)
      result.row(i)[j] = (input.row(i)[j] - mean) * factor * call.get(op.getWeight()).values()[j] +
                         call.get(op.getBias()).values()[j];
  }
  return result;
}

/// Sums of products that are kept in f16.
Computed linearInHalf(LinearOp op, OpCall &call) {
  const Tensor &input = call.get(op.getInput()), &weight = call.get(op.getWeight());
  Tensor result = Tensor::zeros({input.rows(), weight.rows()});
  for (int64_t i = 0; i < input.rows(); ++i)
    for (int64_t o = 0; o < weight.rows(); ++o)
      for (int64_t k = 0; k < input.columns(); ++k)
        result.row(i)[o] =
            roundTo(Scalar::F16, result.row(i)[o] + input.row(i)[k] * weight.row(o)[k]);
  return result;
}

/// Pairs of a rotation that are half a head apart, where fewer numbers are rotated too.
Computed ropeOverHalfAHead(RopeOp op, OpCall &call) {
  const Tensor &input = call.get(op.getInput()), &table = call.get(op.getTable());
  const int64_t headDim = input.columns() / op.getHeads(), count = table.columns() / 2;
  Tensor result = input;
  for (int64_t i = 0; i < input.rows(); ++i)
    for (int64_t begin = 0; begin < input.columns(); begin += headDim)
      for (int64_t f = 0; f < count; ++f) {
        const int64_t first = begin + f, second = first + headDim / 2;
        const float a = input.row(i)[first], b = input.row(i)[second];
        const float cosine = table.row(i)[f], sine = table.row(i)[count + f];
        result.row(i)[first] = a * cosine - b * sine;
        result.row(i)[second] = a * sine + b * cosine;
      }
  return result;
}

/// Changes the encoding of every weight of blocks that a kernel reads.
template <typename Function> auto inBlocks(Function function) {
  return [function](func::FuncOp kernel) {
    for (BlockArgument argument : kernel.getArguments())
      if (auto type = dyn_cast<RankedTensorType>(argument.getType()))
        if (auto block = dyn_cast_or_null<BlockAttr>(type.getEncoding()))
          argument.setType(
              RankedTensorType::get(type.getShape(), type.getElementType(), function(block)));
    kernel.setType(FunctionType::get(kernel.getContext(), kernel.getBody().getArgumentTypes(),
                                     kernel.getResultTypes()));
  };
}

BlockAttr withBias(BlockAttr block, int64_t bias) {
  return BlockAttr::get(block.getContext(), block.getBits(), block.getSize(), block.getScale(),
                        bias, block.getSplit(), block.getTiled(), block.getLevels(),
                        block.getSuper(), block.getMins());
}

BlockAttr withoutLastLevel(BlockAttr block) {
  std::vector<int8_t> levels(block.getLevels().asArrayRef());
  levels.back() = 103;
  return BlockAttr::get(block.getContext(), block.getBits(), block.getSize(), block.getScale(),
                        block.getBias(), block.getSplit(), block.getTiled(),
                        DenseI8ArrayAttr::get(block.getContext(), levels), block.getSuper(),
                        block.getMins());
}

/// No number is larger than those of the first half: their scale is too small for the others.
void limitToFirstHalf(std::span<float> block) {
  float largest = 0;
  for (float value : block.first((block.size() + 1) / 2))
    largest = std::max(largest, std::abs(value));
  for (float &value : block)
    value = std::clamp(value, -largest, largest);
}

void clearLastColumn(Tensor &tensor) {
  for (int64_t i = 0; i < tensor.rows(); ++i)
    tensor.row(i)[tensor.columns() - 1] = 0;
}

std::vector<Mutant> mutantsOfRows() {
  std::vector<Mutant> all;
  all.push_back({"SiluIsLeftOut", "elementwise", "33", inEach<SiluOp>([](float x) { return x; })});
  all.push_back({"GeluBySigmoid", "elementwise", "33",
                 inEach<GeluOp>([](float x) { return x / (1 + std::exp(-1.702f * x)); })});
  all.push_back({"ExponentialsOfSiluOverflow", "elementwise", "64, far from zero",
                 inEach<SiluOp>([](float x) { return x * std::exp(x) / (1 + std::exp(x)); })});
  all.push_back({"SumLeavesOutTheTail", "elementwise", "33",
                 after<AddOp>([](AddOp op, OpCall &call, Tensor &sum) {
                   for (int64_t i = 0; i < sum.rows(); ++i)
                     sum.row(i)[sum.columns() - 1] =
                         call.get(op.getLhs()).row(i)[sum.columns() - 1];
                 })});
  all.push_back({"RmsNormWithoutEpsilon", "norms", "33, near zero",
                 in<RmsNormOp>([](RmsNormOp op, OpCall &call) {
                   return reference::rmsNorm(call.get(op.getInput()), call.get(op.getWeight()), 0);
                 })});
  all.push_back({"LayerNormWithoutEpsilon", "norms", "33, near zero",
                 in<LayerNormOp>([](LayerNormOp op, OpCall &call) {
                   return reference::layerNorm(call.get(op.getInput()), call.get(op.getWeight()),
                                               call.get(op.getBias()), 0);
                 })});
  all.push_back(
      {"LayerNormInOneSweep", "norms", "257, far from zero", in<LayerNormOp>(layerNormInOneSweep)});
  all.push_back({"NormOfTheRowBefore", "norms", "64",
                 after<RmsNormOp>([](RmsNormOp, OpCall &, Tensor &result) {
                   for (int64_t i = result.rows() - 1; i > 0; --i)
                     std::copy_n(result.row(i - 1), result.columns(), result.row(i));
                 })});
  all.push_back(
      {"EmbedsTheNextToken", "embeddings", "f16, 33", in<EmbedOp>([](EmbedOp op, OpCall &call) {
         call.set(op.getIds(),
                  changed(call.get(op.getIds()), [](int32_t id, int32_t) { return id + 1; }));
         return call.compute();
       })});
  all.push_back(
      {"EmbedsFromTheFirstTile", "embeddings", "q8, 33", in<EmbedOp>([](EmbedOp op, OpCall &call) {
         call.set(op.getIds(),
                  changed(call.get(op.getIds()), [](int32_t id, int32_t) { return id % 16; }));
         return call.compute();
       })});
  all.push_back(
      {"TokensAreBytes", "embeddings", "q6_K, 768", in<EmbedOp>([](EmbedOp op, OpCall &call) {
         call.set(op.getIds(),
                  changed(call.get(op.getIds()), [](int32_t id, int32_t) { return id % 256; }));
         return call.compute();
       })});
  all.push_back({"TakesTheFirstRows", "wanted rows", "of products",
                 in<TakeRowsOp>([](TakeRowsOp op, OpCall &call) {
                   call.set(op.getRows(),
                            changed(call.get(op.getRows()), [](int32_t, int32_t i) { return i; }));
                   return call.compute();
                 })});
  all.push_back({"TakesTheLastRowAlone", "wanted rows", "of attention",
                 in<TakeRowsOp>([](TakeRowsOp op, OpCall &call) {
                   const int32_t last = int32_t(call.get(op.getInput()).rows()) - 1;
                   call.set(op.getRows(), changed(call.get(op.getRows()),
                                                  [=](int32_t, int32_t) { return last; }));
                   return call.compute();
                 })});
  all.push_back({"NanBecomesZero", "not a number", "elementwise, 33",
                 after<SiluOp>([](SiluOp, OpCall &, Tensor &result) {
                   for (float &value : result.values())
                     value = std::isnan(value) ? 0 : value;
                 })});
  all.push_back({"NanSpreadsOverATile", "not a number", "norm and product, 31 x 33",
                 after<LinearOp>([](LinearOp, OpCall &, Tensor &result) {
                   for (int64_t i = 0; i + 1 < result.rows(); i += 2)
                     for (int64_t o = 0; o < result.columns(); ++o)
                       result.row(i)[o] += 0 * result.row(i + 1)[o];
                 })});
  return all;
}

std::vector<Mutant> mutantsOfProducts() {
  std::vector<Mutant> all;
  all.push_back({"LeavesOutTheLastInput", "dense products", "f32, 31 x 33",
                 in<LinearOp>([](LinearOp op, OpCall &call) {
                   Tensor input = call.get(op.getInput());
                   clearLastColumn(input);
                   call.set(op.getInput(), std::move(input));
                   return call.compute();
                 })});
  all.push_back(
      {"LeavesOutTheLastOutput", "dense products", "f16, 31 x 33",
       after<LinearOp>([](LinearOp, OpCall &, Tensor &result) { clearLastColumn(result); })});
  all.push_back({"LeavesOutRowsBehindTheFirstTile", "dense products", "bf16, 31 x 33",
                 after<LinearOp>([](LinearOp, OpCall &, Tensor &result) {
                   for (int64_t i = 16; i < result.rows(); ++i)
                     std::fill_n(result.row(i), result.columns(), 0.0f);
                 })});
  all.push_back({"OneTokenGetsTheWrongForm", "dense products", "f32, 131 x 65",
                 after<LinearOp>([](LinearOp, OpCall &, Tensor &result) {
                   if (result.rows() == 1)
                     clearLastColumn(result);
                 })});
  all.push_back({"SumsInHalf", "dense products", "f16, 131 x 65", in<LinearOp>(linearInHalf)});
  all.push_back({"RunsDiffer",
                 "dense products",
                 "f32, 16 x 64",
                 after<LinearOp>([](LinearOp, OpCall &, Tensor &result) {
                   // One last bit, of another element each time, as where threads race.
                   static size_t count = 0;
                   float &value = result.values()[count++ % result.values().size()];
                   value = std::nextafter(value, INFINITY);
                 }),
                 {},
                 {},
                 "a second run gave other bits"});
  all.push_back({"SquareWeightIsTransposed", "several products", "with what follows them, f32, 31",
                 in<LinearOp>([](LinearOp op, OpCall &call) {
                   const Tensor &weight = call.get(op.getWeight());
                   Tensor transposed = weight;
                   for (int64_t i = 0; i < weight.rows(); ++i)
                     for (int64_t k = 0; k < weight.columns(); ++k)
                       transposed.row(i)[k] = weight.row(k)[i];
                   call.set(op.getWeight(), std::move(transposed));
                   return call.compute();
                 })});
  all.push_back({"ColumnsBeginEarly", "several products", "merged, read in place",
                 in<ColumnsOp>([](ColumnsOp op, OpCall &call) {
                   return reference::columns(call.get(op.getInput()),
                                             std::max<int64_t>(op.getBegin() - 1, 0),
                                             op.getType().getDimSize(1));
                 })});
  all.push_back({"ScaleOfHalfABlock", "products of blocks", "q8, 31 x 33",
                 in<QuantizeOp>([](QuantizeOp op, OpCall &call) {
                   const int64_t block = storageOf(op.getType()).block;
                   Tensor input = call.get(op.getInput());
                   for (int64_t i = 0; i < input.rows(); ++i)
                     for (int64_t begin = 0; begin < input.columns(); begin += block)
                       limitToFirstHalf(std::span(input.row(i) + begin,
                                                  std::min(block, input.columns() - begin)));
                   call.set(op.getInput(), std::move(input));
                   return call.compute();
                 })});
  all.push_back({"WrongZero",
                 "products of GGUF's blocks",
                 "Q4_0, 31 x 33",
                 {},
                 {},
                 inBlocks([](BlockAttr block) {
                   return block.getBias() ? withBias(block, block.getBias() - 1) : block;
                 })});
  all.push_back(
      {"WrongLevel", "embeddings", "q4 with levels, 64", {}, {}, inBlocks([](BlockAttr block) {
         return block.getLevels() ? withoutLastLevel(block) : block;
       })});
  all.push_back({"MinimaAreLeftOut", "super-blocks", "q4_K, 31 x 512",
                 in<LinearOp>([](LinearOp op, OpCall &call) {
                   // Code 0 occurs in next to every block, and stands for less the minimum.
                   Tensor weight = call.get(op.getWeight());
                   for (auto block = weight.values().begin(); block < weight.values().end();
                        block += 32) {
                     const float least = *std::min_element(block, block + 32);
                     std::for_each(block, block + 32, [=](float &value) { value -= least; });
                   }
                   call.set(op.getWeight(), std::move(weight));
                   return call.compute();
                 })});
  return all;
}

std::vector<Mutant> mutantsOfAttention() {
  std::vector<Mutant> all;
  const std::string rope = "rotary positions", small = "f32 cache, 8 heads of 8 for 4",
                    again = "f32 cache, positions written again";
  all.push_back({"RopeWithTheOtherPairs", rope, "neighbours, heads of 8, 4 pairs",
                 in<RopeOp>([](RopeOp op, OpCall &call) {
                   return reference::rope(call.get(op.getInput()), call.get(op.getTable()),
                                          op.getHeads(), reference::Pairs::Halves);
                 })});
  all.push_back({"RopePairsHalfAHeadApart", rope, "halves, heads of 80, 16 pairs",
                 in<RopeOp>(ropeOverHalfAHead)});
  all.push_back({"RopeTurnsBackwards", rope, "halves, heads of 10, 5 pairs",
                 inPositionsOfRope([](int32_t position, int32_t) { return -position; })});
  all.push_back({"RopeIsOnePositionLate", rope, "halves, heads of 8, 4 pairs",
                 inPositionsOfRope([](int32_t position, int32_t) { return position + 1; })});
  all.push_back({"RopeCountsFromTheBatch", rope, "halves, heads of 8, 4 pairs",
                 inPositionsOfRope([](int32_t, int32_t i) { return i; })});
  all.push_back({"PositionsOfRopeInHalf", rope, "halves, from position 4000",
                 inPositionsOfRope([](int32_t position, int32_t) {
                   return int32_t(roundTo(Scalar::F16, float(position)));
                 })});
  all.push_back({"MaskIsOneLate", "attention", small,
                 inPositionsOfAttention([](int32_t position, int32_t) { return position + 1; })});
  all.push_back(
      {"MaskIsOneEarly", "attention", small, inPositionsOfAttention([](int32_t position, int32_t) {
         return std::max(0, position - 1);
       })});
  all.push_back(
      {"AttendsToTheLastPageAlone", "attention", small,
       in<AttendOp>([](AttendOp op, OpCall &call) { return attendInWindow(op, call, 64); })});
  all.push_back({"AttendsToOtherHeads", "attention", small, in<AttendOp>(attendToOtherHeads)});
  all.push_back(
      {"ExponentialsOverflow", "attention", "large scores", in<AttendOp>(attendWithoutLargest)});
  all.push_back({"WindowIsOneLong", "attention in a window", "of 17",
                 in<AttendOp>([](AttendOp op, OpCall &call) {
                   return attendInWindow(op, call, *op.getWindow() + 1);
                 })});
  all.push_back({"WindowIsOneShort", "attention in a window", "of 65",
                 in<AttendOp>([](AttendOp op, OpCall &call) {
                   return attendInWindow(op, call, *op.getWindow() - 1);
                 })});
  all.push_back(
      {"WindowIsLeftOut", "attention in a window", "of 90",
       in<AttendOp>([](AttendOp op, OpCall &call) { return attendInWindow(op, call, {}); })});
  all.push_back({"SequencesAreOne", "sequences of one batch", "f32 cache",
                 in<AttendOp>([](AttendOp op, OpCall &call) {
                   call.set(op.getSequences(), changed(call.get(op.getSequences()),
                                                       [](int32_t, int32_t) { return 0; }));
                   return call.compute();
                 })});
  all.push_back({"SequenceOfTheFirstToken", "sequences of one batch", "cache of blocks",
                 in<AttendOp>([](AttendOp op, OpCall &call) {
                   const int32_t first = call.get(op.getSequences()).indices()[0];
                   call.set(op.getSequences(), changed(call.get(op.getSequences()),
                                                       [=](int32_t, int32_t) { return first; }));
                   return call.compute();
                 })});
  all.push_back({"AppendsOnePositionLate", "attention", small, {}, [](AppendOp op, OpCall &call) {
                   call.set(op.getPositions(),
                            changed(call.get(op.getPositions()),
                                    [](int32_t position, int32_t) { return position + 1; }));
                 }});
  all.push_back({"AppendsKeysAsValues", "attention", small, {}, [](AppendOp op, OpCall &call) {
                   call.set(op.getValues(), call.get(op.getKeys()));
                 }});
  all.push_back(
      {"AppendsTheFirstTokensAlone", "attention", small, {}, [](AppendOp op, OpCall &call) {
         Tensor keys = call.get(op.getKeys());
         for (int64_t i = 32; i < keys.rows(); ++i)
           std::fill_n(keys.row(i), keys.columns(), 0.0f);
         call.set(op.getKeys(), std::move(keys));
       }});
  all.push_back({"KeepsWhatWasWritten", "attention", again, {}, [](AppendOp op, OpCall &call) {
                   Tensor keys = call.get(op.getKeys()), values = call.get(op.getValues());
                   KvState &state = call.state(op.getState());
                   for (int64_t i = 0; i < keys.rows(); ++i) {
                     const int32_t sequence = call.get(op.getSequences()).indices()[i],
                                   position = call.get(op.getPositions()).indices()[i];
                     const float *key = state.keysAt(sequence, position);
                     if (std::all_of(key, key + keys.columns(), [](float k) { return k == 0; }))
                       continue;
                     std::copy_n(key, keys.columns(), keys.row(i));
                     std::copy_n(state.valuesAt(sequence, position), values.columns(),
                                 values.row(i));
                   }
                   call.set(op.getKeys(), std::move(keys));
                   call.set(op.getValues(), std::move(values));
                 }});
  all.push_back({"AttendsToWhatIsBehindTheEnd", "attention", again,
                 inPositionsOfAttention([](int32_t position, int32_t) { return position | 3; })});
  return all;
}

} // namespace

std::vector<Mutant> allMutants() {
  std::vector<Mutant> all;
  for (auto some : {mutantsOfRows, mutantsOfProducts, mutantsOfAttention})
    std::ranges::move(some(), std::back_inserter(all));
  return all;
}

} // namespace weft::test
