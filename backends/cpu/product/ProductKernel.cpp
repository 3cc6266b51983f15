#include "backends/cpu/product/ProductKernel.h"

#include "backends/cpu/VectorMath.h"
#include "backends/cpu/product/IntegerDot.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace weft::cpu {

ProductKernel::ProductKernel(KernelBuilder &k, func::FuncOp kernel, const Schedule &schedule)
    : k(k), kernel(kernel), parts(tileRows / k.lanes()), schedule(schedule) {
  kernel.walk([&](LinearOp linear) { linears.push_back(linear); });
}

LogicalResult ProductKernel::check() {
  width = linears[0].getResult().getType().getDimSize(1);
  depth = linears[0].getInput().getType().getDimSize(1);
  input = storageOf(linears[0].getInput().getType());
  for (LinearOp linear : linears) {
    Storage weight = storageOf(linear.getWeight().getType());
    Arrangement expected = tiledArrangement(weight, /*product=*/true);
    if (weight.arrangement != expected)
      return linear.emitError("the CPU backend expects weights in tiles of 16 rows, found ")
             << linear.getWeight().getType();
    if (linear.getInput() != linears[0].getInput() ||
        linear.getResult().getType().getDimSize(1) != width || input.isBlock() != weight.isBlock())
      return linear.emitError("the products of one kernel share input, width and kind of storage");
    if (unsigned multiple = IntegerDotProduct::blockMultiple(weight.bits);
        weight.isBlock() && weight.block % multiple != 0)
      return linear.emitError("the CPU backend expects blocks of a multiple of ")
             << multiple << " elements, found " << weight.block;
    // Signed codes are bytes that multiply as they are, unsigned ones have to fit seven bits.
    if (weight.isBlock() && !weight.hasSuperBlocks() && !weight.hasLevels() &&
        (weight.bits == 8) != (weight.bias == 0))
      return linear.emitError("the CPU backend multiplies codes of 8 bits without a bias, and of 4 "
                              "bits with one or with levels, found ")
             << linear.getWeight().getType();
  }
  if (kernel.getNumResults() != 1)
    return kernel.emitError("a product kernel has one result");
  return success();
}

LogicalResult ProductKernel::generate(bool single) {
  if (failed(check()))
    return failure();
  int64_t tiles = input.isBlock() ? 1 : schedule.tiles;
  if (single) {
    forTiles(tiles, [&](Val tile, int64_t together) { block(tile, together, k.index(0), 1); });
    return success();
  }
  most = schedule.tokens;
  // All tiles pass over some tokens whose inputs stay in the second-level cache before the
  // next ones come.
  int64_t inputBytes = schedule.inputKib << 10;
  int64_t chunk = std::max<int64_t>(1, inputBytes / (input.rowBytes(depth) * most)) * most;
  // Each thread copies them for itself so that one step down the depth finds all its inputs
  // side by side: rows are too far apart for the first-level cache to hold them all. Very
  // long rows (past 16,384 where 12 tokens go together) would not fit the stack frame and are
  // read where they are, which is slower.
  constexpr int64_t mostPacked = 768 << 10; // of the frame's WEFT_KERNEL_STACK bytes
  if (!input.isBlock() && schedule.pack && chunk * depth * 4 <= mostPacked)
    packed = k.scratch(chunk * depth * 4);
  Val tokens = k.size(WEFT_TOKENS);
  if (rowSymbolOf(kernel.getBody().front().getTerminator()->getOperand(0)) == RowSymbol::Rows)
    tokens = k.size(WEFT_ROWS);
  k.loop(k.index(0), tokens, k.index(chunk), [&](Val first) {
    Val last = min(first + double(chunk), tokens);
    if (packed)
      pack(first, last);
    forTiles(tiles, [&](Val tile, int64_t together) { columns(tile, together, first, last); });
  });
  return success();
}

void ProductKernel::forTiles(int64_t most, function_ref<void(Val, int64_t)> body) {
  Val begin = k.groupBegin(), end = k.groupEnd();
  if (most > 1) {
    Val whole = begin + (end - begin) / double(most) * double(most);
    k.loop(begin, whole, k.index(most), [&](Val tile) { body(tile, most); });
    begin = whole;
  }
  k.loop(begin, end, k.index(1), [&](Val tile) { body(tile, 1); });
}

void ProductKernel::pack(Val first, Val last) {
  firstPacked = first;
  ColumnView view = columnViewOf(linears[0].getInput());
  Val base = k.binding(cast<BlockArgument>(view.base).getArgNumber());
  k.loop(first, last, k.index(1), [&](Val token) {
    Val row = k.address(base, (token * view.stride + double(view.begin)) * 4);
    Val place = k.address(packed, placeOfPacked(token) * 4);
    k.loop(k.index(0), k.index(depth), k.index(1), [&](Val column) {
      k.store(k.load(k.f32(), row, column * 4), place, column * (4 * most));
    });
  });
}

Val ProductKernel::placeOfPacked(Val token) {
  Val number = token - firstPacked;
  return number / double(most) * double(most * depth) + number % double(most);
}

void ProductKernel::columns(Val tile, int64_t tiles, Val first, Val last) {
  // What is left over goes by a third as many, then one by one.
  SmallVector<int64_t> counts{most};
  for (int64_t count : {most / 3, int64_t(1)})
    if (count >= 1 && count < counts.back())
      counts.push_back(count);
  for (int64_t count : counts) {
    Val end = first + (last - first) / double(count) * double(count);
    k.loop(first, end, k.index(count), [&](Val token) { block(tile, tiles, token, count); });
    first = end;
  }
}

void ProductKernel::block(Val tile, int64_t tiles, Val first, int64_t count) {
  Accumulators results = input.isBlock() ? multiplyBlocks(tile, tiles, first, count)
                                         : multiplyDense(tile, tiles, first, count);
  epilogue(tile, tiles, first, count, results);
}

ProductKernel::Accumulators ProductKernel::multiplyDense(Val tile, int64_t tiles, Val first,
                                                         int64_t count) {
  DenseInputs inputs;
  if (packed) {
    inputs = {k.address(packed, placeOfPacked(first) * 4), most, 1};
  } else {
    ColumnView view = columnViewOf(linears[0].getInput());
    Val base = k.binding(cast<BlockArgument>(view.base).getArgNumber());
    inputs = {k.address(base, (first * view.stride + double(view.begin)) * 4), 1, view.stride};
  }
  Accumulators results;
  for (LinearOp linear : linears)
    results.append(multiplyDense(linear, inputs, tile, tiles, count));
  return results;
}

ProductKernel::Accumulators ProductKernel::multiplyDense(LinearOp linear, const DenseInputs &inputs,
                                                         Val tile, int64_t tiles, int64_t count) {
  int64_t lanes = k.lanes(), unroll = schedule.unroll;
  Type element = linear.getWeight().getType().getElementType();
  int64_t bytes = element.getIntOrFloatBitWidth() / 8;
  Val base = k.binding(cast<BlockArgument>(linear.getWeight()).getArgNumber());
  SmallVector<Val> streams;
  for (int64_t t = 0; t < tiles; ++t)
    streams.push_back(k.address(base, (tile + double(t)) * (tileRows * depth * bytes)));

  auto step = [&](Val column, ArrayRef<Val> sums) {
    // Weights of one step stay in registers while the inputs come one by one.
    SmallVector<Val> weights, next(sums);
    for (Val stream : streams)
      for (int64_t p = 0; p < parts; ++p)
        weights.push_back(k.load(k.vectorOf(lanes, element), stream,
                                 (column * tileRows + double(p * lanes)) * bytes, lanes * bytes)
                              .to(k.f32()));
    for (int64_t c = 0; c < count; ++c) {
      Val offset = (column * inputs.columnStride + double(c * inputs.tokenStride)) * 4;
      Val value = k.load(k.f32(), inputs.base, offset).splat(lanes);
      for (auto [w, weight] : llvm::enumerate(weights))
        next[w * count + c] = fma(weight, value, sums[w * count + c]);
    }
    return next;
  };
  SmallVector<Val> sums(tiles * parts * count, k.constant(k.floats(), 0));
  int64_t whole = depth / unroll * unroll;
  if (whole)
    sums = k.loop(k.index(0), k.index(whole), k.index(unroll), sums,
                  [&](Val column, ArrayRef<Val> carried) {
                    SmallVector<Val> next(carried);
                    for (Val stream : streams)
                      askAhead(stream, column * (tileRows * bytes), unroll * tileRows * bytes);
                    for (int64_t u = 0; u < unroll; ++u)
                      next = step(column + double(u), next);
                    return next;
                  });
  for (int64_t column = whole; column < depth; ++column)
    sums = step(k.index(column), sums);
  return sums;
}

void ProductKernel::askAhead(Val base, Val offset, int64_t bytes) {
  constexpr int64_t line = 64;
  if (schedule.aheadKib > 0)
    for (int64_t at = 0; at < bytes; at += line)
      k.prefetch(base, offset + double(schedule.aheadKib * 1024 + at));
}

SmallVector<ProductKernel::Stream> ProductKernel::streamsOf(Val tile, int64_t tiles) {
  SmallVector<Stream> streams;
  for (LinearOp linear : linears)
    for (int64_t t = 0; t < tiles; ++t) {
      Storage storage = storageOf(linear.getWeight().getType());
      Val base = k.binding(cast<BlockArgument>(linear.getWeight()).getArgNumber());
      streams.push_back(
          {storage, k.address(base, (tile + double(t)) * double(storage.bytes(tileRows, depth))),
           tileRows * storage.block * storage.bits / 8, tileRows * bitsOf(storage.scalar) / 8});
    }
  return streams;
}

ProductKernel::Accumulators ProductKernel::multiplyBlocks(Val tile, int64_t tiles, Val first,
                                                          int64_t count) {
  Val rows = k.address(k.binding(cast<BlockArgument>(linears[0].getInput()).getArgNumber()),
                       first * input.rowBytes(depth));
  // One linear after the other. For one token a single stream of weights is what memory
  // delivers fastest; for many, all registers serve one linear, and the sums of the first
  // wait in the stack frame.
  Accumulators results;
  for (const Stream &stream : streamsOf(tile, tiles))
    results.append(multiplyStream(stream, rows, count));
  return results;
}

ProductKernel::Accumulators ProductKernel::multiplyStream(const Stream &stream, Val rows,
                                                          int64_t count) {
  Accumulators sums = stream.storage.hasSuperBlocks() ? multiplySuperBlocks(stream, rows, count)
                                                      : multiplyPlainBlocks(stream, rows, count);
  if (double factor = IntegerDotProduct(k, stream.storage).resultScale(); factor != 1.0)
    for (Val &sum : sums)
      sum = sum * factor;
  return sums;
}

ProductKernel::Accumulators ProductKernel::multiplyPlainBlocks(const Stream &stream, Val rows,
                                                               int64_t count) {
  int64_t blocks = input.blocksPerRow(depth), together = stream.storage.blocksTogether();
  int64_t blockBytes = stream.codeBytes + stream.scaleBytes;
  // `here` blocks from `number` on: all of a group, or all that is left.
  auto step = [&](Val number, int64_t here, ArrayRef<Val> carried) {
    SmallVector<Val> next(carried);
    SmallVector<Val> scales = scalesOf(stream, number, here);
    for (int64_t i = 0; i < here; ++i)
      multiplyBlock(stream, rows, number, i, here, ArrayRef(scales).slice(i * parts, parts), count,
                    next);
    return next;
  };
  SmallVector<Val> sums(parts * count, k.constant(k.floats(), 0));
  // A single token's steps are short: as many pairs of blocks make one round of the loop as
  // the schedule says.
  int64_t groups = count == 1 ? std::max<int64_t>(1, 2 * schedule.unroll / together) : 1, begin = 0;
  for (int64_t round : {groups * together, together}) {
    int64_t end = begin + (blocks - begin) / round * round;
    if (begin != end)
      sums = k.loop(k.index(begin), k.index(end), k.index(round), sums,
                    [&](Val number, ArrayRef<Val> carried) {
                      SmallVector<Val> next(carried);
                      askAhead(stream.base, number * blockBytes, round * blockBytes);
                      for (int64_t i = 0; i < round; i += together)
                        next = step(number + double(i), together, next);
                      return next;
                    });
    begin = end;
  }
  if (begin != blocks)
    sums = step(k.index(begin), blocks - begin, sums);
  return sums;
}

SmallVector<Val> ProductKernel::scalesOf(const Stream &stream, Val begin, int64_t here) {
  int64_t lanes = k.lanes(), all = here * tileRows;
  Scalar type = stream.storage.scalar;
  // Bytes are widened through 16 bits, twice as many at once.
  int64_t run = type == Scalar::F8 && all % (2 * lanes) == 0 ? 2 * lanes : lanes;
  Val group = begin * (stream.codeBytes + stream.scaleBytes);
  SmallVector<Val> scales;
  for (int64_t first = 0; first < all; first += run) {
    Val loaded = k.loadScalars(type, run, stream.base, group + double(first * bitsOf(type) / 8));
    for (int64_t lane = 0; lane < run; lane += lanes)
      scales.push_back(run == lanes ? loaded : loaded.slice(lane, lanes));
  }
  return scales;
}

void ProductKernel::multiplyBlock(const Stream &stream, Val rows, Val begin, int64_t offset,
                                  int64_t here, ArrayRef<Val> scales, int64_t count,
                                  Accumulators &sums) {
  int64_t lanes = k.lanes(), rowBytes = input.rowBytes(depth);
  int64_t sumsAt = input.blocksPerRow(depth) * (input.block + 4);
  Val number = begin + double(offset);
  IntegerDotProduct dot(k, stream.storage);
  SmallVector<Val> starts;
  for (int64_t c = 0; c < count; ++c) {
    Val stored = k.load(k.i32(), rows, number * 4 + double(c * rowBytes + sumsAt));
    starts.push_back(dot.sumStart(stored.splat(lanes)));
  }
  Val codes = begin * (stream.codeBytes + stream.scaleBytes) +
              double(here * stream.scaleBytes + offset * stream.codeBytes);
  SmallVector<Val> integers = sumCodes(stream, codes, rows, number, starts);
  for (int64_t p = 0; p < parts; ++p)
    for (int64_t c = 0; c < count; ++c) {
      Val &sum = sums[p * count + c];
      Val scale = scales[p] * inputScale(rows, number, c);
      sum = fma(integers[c * parts + p].to(k.f32()), scale, sum);
    }
}

Val ProductKernel::inputScale(Val rows, Val number, int64_t column) {
  int64_t at = column * input.rowBytes(depth) + input.blocksPerRow(depth) * input.block;
  return k.load(k.f32(), rows, number * 4 + double(at));
}

SmallVector<Val> ProductKernel::sumCodes(const Stream &stream, Val codesAt, Val rows, Val number,
                                         ArrayRef<Val> starts) {
  int64_t lanes = k.lanes(), rowBytes = input.rowBytes(depth), count = starts.size();
  IntegerDotProduct dot(k, stream.storage);
  SmallVector<Val> integers;
  for (Val start : starts)
    integers.append(parts, start);
  // Few sums would wait for themselves; sums of integers are the same in any order.
  int64_t chains = std::max<int64_t>(1, schedule.sums / int64_t(integers.size()));
  SmallVector<SmallVector<Val>> sums{integers};
  for (int64_t chain = 1; chain < chains; ++chain)
    sums.emplace_back(integers.size(), integers[0].like(0));
  int64_t next = 0;
  // Codes: [step][row][4 neighbours]; a step of 4-bit codes holds two quads. A tile of an odd
  // number of blocks need not end where vectors are aligned.
  for (int64_t step = 0; step < dot.steps(); ++step)
    for (int64_t p = 0; p < parts; ++p) {
      auto load = [&](int64_t byte) {
        return k.load(k.vectorOf(4 * lanes, k.i8()), stream.base,
                      codesAt + double(byte * tileRows + p * 4 * lanes), 4);
      };
      for (const auto &[codes, element] : dot.unpack(step, load)) {
        SmallVector<Val> &chain = sums[next++ / parts % chains];
        for (int64_t c = 0; c < count; ++c) {
          Val quad = dot.quadOf(rows, number * input.block + double(c * rowBytes), element);
          Val &sum = chain[c * parts + p];
          sum = dot.accumulate(sum, codes, quad);
        }
      }
    }
  for (int64_t chain = 1; chain < chains; ++chain)
    for (auto [sum, more] : llvm::zip(sums[0], sums[chain]))
      sum = sum + more;
  return sums[0];
}

Val ProductKernel::operand(Value value, Val token, Val column) {
  ColumnView view = columnViewOf(value);
  Val base = k.binding(cast<BlockArgument>(view.base).getArgNumber());
  Val place = column + double(view.begin);
  if (cast<RankedTensorType>(value.getType()).getRank() == 2)
    place = place + token * view.stride;
  if (hasTail())
    return k.loadFirst(k.floats(), base, place * 4, k.index(width) - column);
  return k.load(k.floats(), base, place * 4);
}

void ProductKernel::epilogue(Val tile, int64_t tiles, Val first, int64_t count,
                             const Accumulators &results) {
  Val out = k.binding(kernel.getNumArguments());
  Operation *terminator = kernel.getBody().front().getTerminator();
  for (int64_t t = 0; t < tiles; ++t)
    for (int64_t p = 0; p < parts; ++p)
      for (int64_t c = 0; c < count; ++c) {
        Val token = first + double(c);
        Val column = (tile + double(t)) * double(tileRows) + double(p * k.lanes());
        llvm::DenseMap<Value, Val> values;
        for (auto [l, linear] : llvm::enumerate(linears))
          values[linear.getResult()] = results[((l * tiles + t) * parts + p) * count + c];
        auto read = [&](Value value) {
          auto found = values.find(value);
          return found != values.end() ? found->second : operand(value, token, column);
        };
        for (Operation &op : kernel.getBody().front().without_terminator()) {
          k.builder.setLoc(op.getLoc());
          Epilogue::visit(
              &op, llvm::makeVisitor(
                       [&](AddOp add) { values[add] = read(add.getLhs()) + read(add.getRhs()); },
                       [&](MulOp mul) { values[mul] = read(mul.getLhs()) * read(mul.getRhs()); },
                       [&](SiluOp op) { values[op] = silu(read(op.getInput())); },
                       [&](GeluOp op) { values[op] = gelu(read(op.getInput())); }));
        }
        Val result = read(terminator->getOperand(0));
        Val place = (token * width + column) * 4;
        if (hasTail())
          k.storeFirst(result, out, place, k.index(width) - column);
        else
          k.store(result, out, place);
      }
}

} // namespace weft::cpu
