#include "backends/cpu/row/RowKernel.h"

#include "backends/cpu/VectorMath.h"
#include "backends/cpu/row/BlockEncoder.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace weft::cpu {

LogicalResult RowKernel::check() {
  for (EmbedOp embed : kernel.getOps<EmbedOp>()) {
    Storage table = storageOf(embed.getTable().getType());
    if (table.bits == 4 && table.bias == 0 && !table.hasLevels() && !table.hasSuperBlocks())
      return embed.emitError("the CPU backend reads embeddings in codes of 4 bits with a bias or "
                             "levels, found ")
             << embed.getTable().getType();
  }
  return success();
}

LogicalResult RowKernel::generate() {
  if (failed(check()))
    return failure();
  LogicalResult done = success();
  k.loop(k.groupBegin(), k.groupEnd(), k.index(1), [&](Val row) {
    current = row;
    rows.clear();
    for (Operation &op : kernel.getBody().front().without_terminator()) {
      k.builder.setLoc(op.getLoc());
      if (succeeded(done))
        done = visit(&op);
    }
  });
  return done;
}

LogicalResult RowKernel::visit(Operation *op) {
  auto binary = [&](auto op) {
    const RowValue lhs = row(op.getLhs()), rhs = row(op.getRhs());
    defineLazily(op.getResult(), [lhs, rhs](Val column, int64_t count) {
      Val a = lhs.read(column, count), b = rhs.read(column, count);
      return std::is_same_v<decltype(op), AddOp> ? a + b : a * b;
    });
  };
  auto unary = [&](auto op) {
    const RowValue in = row(op.getInput());
    defineLazily(op.getResult(), [in](Val column, int64_t count) {
      Val x = in.read(column, count);
      return std::is_same_v<decltype(op), SiluOp> ? silu(x) : gelu(x);
    });
  };
  bool known = Ops::visit(
      op, llvm::makeVisitor([&](AddOp op) { binary(op); }, [&](MulOp op) { binary(op); },
                            [&](SiluOp op) { unary(op); }, [&](GeluOp op) { unary(op); },
                            [&](ColumnsOp op) { columns(op); }, [&](RmsNormOp op) { rmsNorm(op); },
                            [&](LayerNormOp op) { layerNorm(op); },
                            [&](QuantizeOp op) { quantize(op); }, [&](EmbedOp op) { embed(op); },
                            [&](TakeRowsOp op) { takeRows(op); },
                            [&](RopeTableOp op) { ropeTable(op); }, [&](RopeOp op) { rope(op); },
                            [&](AppendOp op) { append(op); }));
  return known ? success() : op->emitOpError("is unknown to the row kernels of the CPU backend");
}

void RowKernel::columns(ColumnsOp op) {
  const RowValue in = row(op.getInput());
  int64_t begin = op.getBegin(), width = op.getResult().getType().getDimSize(1);
  if (in.base && !destination(op.getResult())) {
    rows[op] = inMemory(k.address(in.base, k.index(4 * begin)), width);
    return;
  }
  defineLazily(op.getResult(),
               [in, begin](Val column, int64_t count) { return in.read(column + begin, count); });
}

Val RowKernel::pointer(Value argument) {
  return k.binding(cast<BlockArgument>(argument).getArgNumber());
}

Val RowKernel::integer(Value value) {
  return k.load(k.i32(), pointer(value), current * 4).to(k.i64());
}

RowValue RowKernel::inMemory(Val base, int64_t columns) {
  RowValue result;
  result.columns = columns;
  result.base = base;
  result.read = [this, base](Val column, int64_t count) {
    return k.loadFirst(k.floats(), base, column * 4, count);
  };
  return result;
}

const RowValue &RowKernel::row(Value value) {
  auto [entry, isNew] = rows.try_emplace(value);
  if (!isNew)
    return entry->second;
  // An argument: a vector that goes with every row, or a row of a matrix.
  auto type = cast<RankedTensorType>(value.getType());
  int64_t columns = type.getShape().back();
  Val base = pointer(value);
  if (type.getRank() == 2)
    base = k.address(base, current * (4 * columns));
  return entry->second = inMemory(base, columns);
}

Val RowKernel::destination(Value value) {
  Operation *terminator = kernel.getBody().front().getTerminator();
  unsigned number = kernel.getNumArguments();
  for (Value result : terminator->getOperands()) {
    auto type = dyn_cast<RankedTensorType>(result.getType());
    if (!type)
      continue; // A state: it has no memory of its own here.
    if (result == value)
      return k.address(k.binding(number),
                       current * storageOf(type).rowBytes(type.getShape().back()));
    ++number;
  }
  return {};
}

void RowKernel::defineLazily(Value value, std::function<Val(Val, int64_t)> read) {
  int64_t columns = cast<RankedTensorType>(value.getType()).getDimSize(1);
  auto storeRow = [&](Val base) {
    forColumns(columns, [&](Val column, int64_t count) {
      k.storeFirst(read(column, count), base, column * 4, count);
    });
  };
  if (destination(value) || !value.hasOneUse())
    return defineInMemory(value, storeRow);
  RowValue result;
  result.columns = columns;
  result.read = std::move(read);
  rows[value] = std::move(result);
}

void RowKernel::defineInMemory(Value value, function_ref<void(Val)> write) {
  int64_t columns = cast<RankedTensorType>(value.getType()).getDimSize(1);
  Val base = destination(value);
  if (!base)
    base = k.scratch(4 * columns);
  write(base);
  rows[value] = inMemory(base, columns);
}

void RowKernel::forColumns(int64_t columns, function_ref<void(Val, int64_t)> body) {
  int64_t lanes = k.lanes(), whole = columns / lanes * lanes;
  if (whole)
    k.loop(k.index(0), k.index(whole), k.index(lanes), [&](Val column) { body(column, lanes); });
  if (whole != columns)
    body(k.index(whole), columns - whole);
}

Val RowKernel::foldColumns(int64_t columns, double initial,
                           function_ref<Val(Val, Val, int64_t)> body) {
  int64_t lanes = k.lanes(), whole = columns / lanes * lanes;
  Val accumulator = k.constant(k.floats(), initial);
  if (whole)
    accumulator = k.loop(k.index(0), k.index(whole), k.index(lanes), {accumulator},
                         [&](Val column, ArrayRef<Val> carried) -> SmallVector<Val> {
                           return {body(carried[0], column, lanes)};
                         })[0];
  if (whole != columns)
    accumulator = body(accumulator, k.index(whole), columns - whole);
  return accumulator;
}

void RowKernel::rmsNorm(RmsNormOp op) {
  const RowValue in = row(op.getInput()), weight = row(op.getWeight());
  Val squares = foldColumns(in.columns, 0, [&](Val sum, Val column, int64_t count) {
    Val x = k.keepFirst(in.read(column, count), count);
    return fma(x, x, sum);
  });
  Val mean = sumLanes(squares) / double(in.columns);
  Val factor = k.real(1) / squareRoot(mean + op.getEpsilon().convertToDouble());
  defineLazily(op.getResult(), [=](Val column, int64_t count) {
    return in.read(column, count) * factor * weight.read(column, count);
  });
}

void RowKernel::layerNorm(LayerNormOp op) {
  const RowValue in = row(op.getInput()), weight = row(op.getWeight()), bias = row(op.getBias());
  Val sum = foldColumns(in.columns, 0, [&](Val total, Val column, int64_t count) {
    return total + k.keepFirst(in.read(column, count), count);
  });
  Val mean = sumLanes(sum) / double(in.columns);
  Val squares = foldColumns(in.columns, 0, [&](Val total, Val column, int64_t count) {
    Val x = k.keepFirst(in.read(column, count) - mean, count);
    return fma(x, x, total);
  });
  Val variance = sumLanes(squares) / double(in.columns);
  Val factor = k.real(1) / squareRoot(variance + op.getEpsilon().convertToDouble());
  defineLazily(op.getResult(), [=](Val column, int64_t count) {
    Val x = (in.read(column, count) - mean) * factor;
    return fma(x, weight.read(column, count), bias.read(column, count));
  });
}

void RowKernel::quantize(QuantizeOp op) {
  const RowValue in = row(op.getInput());
  Storage storage = storageOf(op.getResult().getType());
  int64_t block = storage.block, blocks = storage.blocksPerRow(in.columns), lanes = k.lanes();
  Val out = destination(op.getResult());
  if (!out)
    return; // Nothing outside reads it.
  Val codes = out, scales = k.address(out, k.index(blocks * block)),
      sums = k.address(scales, k.index(blocks * 4));
  // One block that has `width` elements; the rest of its codes are zero.
  auto quantizeBlock = [&](Val number, int64_t width) {
    Val first = number * block;
    SmallVector<Val> parts;
    for (int64_t i = 0; i < block; i += lanes) {
      int64_t count = std::clamp<int64_t>(width - i, 0, lanes);
      Val x = k.constant(k.floats(), 0);
      if (count)
        x = k.keepFirst(in.read(first + i, count), count);
      parts.push_back(x);
    }
    EncodedBlock encoded = encodeBlock(k, parts, Scalar::F32);
    Val sum = k.constant(k.vectorOf(lanes, k.i32()), 0);
    for (auto [i, code] : llvm::enumerate(encoded.codes)) {
      sum = sum + code;
      k.store(code.to(k.i8()), codes, first + double(i * lanes), 1);
    }
    k.store(encoded.scale, scales, number * 4);
    // What a product with unsigned weights (bias 128) starts from: Storage.h, Split.
    k.store(sumLanes(sum) * -128.0, sums, number * 4);
  };
  int64_t whole = in.columns / block;
  if (whole)
    k.loop(k.index(0), k.index(whole), k.index(1),
           [&](Val number) { quantizeBlock(number, block); });
  if (whole != blocks)
    quantizeBlock(k.index(whole), in.columns - whole * block);
}

} // namespace weft::cpu
