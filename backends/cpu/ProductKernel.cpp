#include "backends/cpu/ProductKernel.h"

#include "backends/cpu/IntegerDot.h"
#include "backends/cpu/VectorMath.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace weft::cpu {

ProductKernel::ProductKernel(KernelBuilder &k, func::FuncOp kernel)
    : k(k), kernel(kernel), parts(tileRows / k.lanes()) {
  kernel.walk([&](LinearOp linear) { linears.push_back(linear); });
}

LogicalResult ProductKernel::check() {
  width = linears[0].getResult().getType().getDimSize(1);
  depth = linears[0].getInput().getType().getDimSize(1);
  input = storageOf(linears[0].getInput().getType());
  for (LinearOp linear : linears) {
    Storage weight = storageOf(linear.getWeight().getType());
    Arrangement expected{Arrangement::Kind::Tiled, tileRows, weight.isBlock() ? blockDepth : 1};
    if (weight.arrangement != expected)
      return linear.emitError("the CPU backend expects weights in tiles of 16 rows, found ")
             << linear.getWeight().getType();
    if (linear.getInput() != linears[0].getInput() ||
        linear.getResult().getType().getDimSize(1) != width || input.isBlock() != weight.isBlock())
      return linear.emitError("the products of one kernel share input, width and kind of storage");
    Storage first = storageOf(linears[0].getWeight().getType());
    if ((weight.hasSuperBlocks() || first.hasSuperBlocks()) && !weight.sameNumbers(first))
      return linear.emitError("the products of one kernel share the numbers of super-blocks");
    if (unsigned multiple = IntegerDotProduct::blockMultiple(weight.bits);
        weight.isBlock() && weight.block % multiple != 0)
      return linear.emitError("the CPU backend expects blocks of a multiple of ")
             << multiple << " elements, found " << weight.block;
  }
  if (kernel.getNumResults() != 1)
    return kernel.emitError("a product kernel has one result");
  return success();
}

LogicalResult ProductKernel::generate(bool single) {
  if (failed(check()))
    return failure();
  // Tiles taken together: for many tokens, each activation that is loaded serves two tiles
  // of a dense format; for one, they are as many chains of sums.
  int64_t tiles = 1;
  if (linears.size() == 1 && !input.isBlock())
    tiles = single ? 4 : 2;
  if (single) {
    forTiles(tiles, [&](Val tile, int64_t together) { block(tile, together, k.index(0), 1, true); });
    return success();
  }
  // As many tokens at once as the registers hold accumulators for (a block format needs
  // integer ones beside them), with a quarter left for everything else.
  int64_t streams = linears.size() * tiles * parts * (input.isBlock() ? 2 : 1);
  int64_t most = std::max<int64_t>(1, k.target.registers * 3 / 4 / streams);
  // All tiles pass over some tokens whose inputs stay in the second-level cache before the
  // next ones come.
  constexpr int64_t cacheBytes = 384 << 10;
  int64_t chunk = std::max<int64_t>(1, cacheBytes / (input.rowBytes(depth) * most)) * most;
  Val tokens = k.size(WEFT_TOKENS);
  if (rowSymbolOf(kernel.getBody().front().getTerminator()->getOperand(0)) == RowSymbol::Rows)
    tokens = k.size(WEFT_ROWS);
  k.loop(k.index(0), tokens, k.index(chunk), [&](Val first) {
    Val last = min(first + double(chunk), tokens);
    forTiles(tiles, [&](Val tile, int64_t together) {
      columns(tile, together, first, last, most);
    });
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

void ProductKernel::columns(Val tile, int64_t tiles, Val first, Val last, int64_t most) {
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

void ProductKernel::block(Val tile, int64_t tiles, Val first, int64_t count, bool single) {
  Accumulators results = input.isBlock() ? multiplyBlocks(tile, tiles, first, count, single)
                                         : multiplyDense(tile, tiles, first, count);
  epilogue(tile, tiles, first, count, results);
}

ProductKernel::Accumulators ProductKernel::multiplyDense(Val tile, int64_t tiles, Val first,
                                                         int64_t count) {
  constexpr int64_t unroll = 4;
  int64_t lanes = k.lanes();
  ColumnView view = columnViewOf(linears[0].getInput());
  Val rows = k.address(k.binding(cast<BlockArgument>(view.base).getArgNumber()),
                       (first * view.stride + double(view.begin)) * 4);
  struct Stream {
    Val base;
    Type element;
    int64_t bytes;
  };
  SmallVector<Stream> streams;
  for (LinearOp linear : linears)
    for (int64_t t = 0; t < tiles; ++t) {
      Type element = linear.getWeight().getType().getElementType();
      int64_t bytes = element.getIntOrFloatBitWidth() / 8;
      Val base = k.binding(cast<BlockArgument>(linear.getWeight()).getArgNumber());
      streams.push_back(
          {k.address(base, (tile + double(t)) * (tileRows * depth * bytes)), element, bytes});
    }

  auto step = [&](Val column, ArrayRef<Val> sums) {
    SmallVector<Val> inputs, next;
    for (int64_t c = 0; c < count; ++c)
      inputs.push_back(k.load(k.f32(), rows, (column + double(c * view.stride)) * 4).splat(lanes));
    for (auto [s, stream] : llvm::enumerate(streams))
      for (int64_t p = 0; p < parts; ++p) {
        Val offset = (column * tileRows + double(p * lanes)) * stream.bytes;
        Val weight = k.load(k.vectorOf(lanes, stream.element), stream.base, offset,
                            lanes * stream.bytes).to(k.f32());
        for (int64_t c = 0; c < count; ++c)
          next.push_back(fma(weight, inputs[c], sums[(s * parts + p) * count + c]));
      }
    return next;
  };
  SmallVector<Val> sums(streams.size() * parts * count, k.constant(k.floats(), 0));
  int64_t whole = depth / unroll * unroll;
  if (whole)
    sums = k.loop(k.index(0), k.index(whole), k.index(unroll), sums,
                  [&](Val column, ArrayRef<Val> carried) {
                    SmallVector<Val> next(carried);
                    for (int64_t u = 0; u < unroll; ++u)
                      next = step(column + double(u), next);
                    return next;
                  });
  for (int64_t column = whole; column < depth; ++column)
    sums = step(k.index(column), sums);
  return sums;
}

SmallVector<ProductKernel::Stream> ProductKernel::streamsOf(Val tile, int64_t tiles) {
  SmallVector<Stream> streams;
  for (LinearOp linear : linears)
    for (int64_t t = 0; t < tiles; ++t) {
      Storage storage = storageOf(linear.getWeight().getType());
      auto encoding = cast<BlockAttr>(linear.getWeight().getType().getEncoding());
      Val base = k.binding(cast<BlockArgument>(linear.getWeight()).getArgNumber());
      streams.push_back({storage,
                         k.address(base, (tile + double(t)) * double(storage.bytes(tileRows, depth))),
                         tileRows * storage.block * storage.bits / 8,
                         tileRows * bitsOf(storage.scalar) / 8, encoding.getScale()});
    }
  return streams;
}

ProductKernel::Accumulators ProductKernel::multiplyBlocks(Val tile, int64_t tiles, Val first,
                                                          int64_t count, bool single) {
  Val rows = k.address(k.binding(cast<BlockArgument>(linears[0].getInput()).getArgNumber()),
                       first * input.rowBytes(depth));
  SmallVector<Stream> streams = streamsOf(tile, tiles);
  if (!single)
    return multiplyStreams(streams, rows, count);
  // One after the other: a single stream is what memory delivers fastest.
  Accumulators results;
  for (const Stream &stream : streams)
    results.append(multiplyStreams(stream, rows, count));
  return results;
}

ProductKernel::Accumulators ProductKernel::multiplyStreams(ArrayRef<Stream> streams, Val rows,
                                                           int64_t count) {
  Accumulators sums = streams.front().storage.hasSuperBlocks()
                          ? multiplySuperBlocks(streams, rows, count)
                          : multiplyPlainBlocks(streams, rows, count);
  for (auto [s, stream] : llvm::enumerate(streams)) {
    double factor = IntegerDotProduct(k, stream.storage).resultScale();
    if (factor != 1.0)
      for (int64_t i = 0; i < parts * count; ++i)
        sums[s * parts * count + i] = sums[s * parts * count + i] * factor;
  }
  return sums;
}

ProductKernel::Accumulators ProductKernel::multiplyPlainBlocks(ArrayRef<Stream> streams, Val rows,
                                                               int64_t count) {
  int64_t blocks = input.blocksPerRow(depth), together = 1;
  for (const Stream &stream : streams)
    together = std::max(together, stream.storage.blocksTogether());
  // `here` blocks from `number` on; all of a group, or all that is left.
  auto step = [&](Val number, int64_t here, ArrayRef<Val> carried) {
    SmallVector<Val> next(carried);
    for (int64_t i = 0; i < here; ++i)
      multiplyBlock(streams, rows, number, i, here, count, next);
    return next;
  };
  SmallVector<Val> sums(streams.size() * parts * count, k.constant(k.floats(), 0));
  int64_t whole = blocks / together * together;
  if (whole)
    sums = k.loop(k.index(0), k.index(whole), k.index(together), sums,
                  [&](Val number, ArrayRef<Val> carried) { return step(number, together, carried); });
  if (whole != blocks)
    sums = step(k.index(whole), blocks - whole, sums);
  return sums;
}

SmallVector<Val> ProductKernel::inputScales(Val rows, Val number, int64_t count) {
  int64_t at = input.blocksPerRow(depth) * input.block, rowBytes = input.rowBytes(depth);
  SmallVector<Val> scales;
  for (int64_t c = 0; c < count; ++c)
    scales.push_back(k.load(k.f32(), rows, number * 4 + double(c * rowBytes + at)));
  return scales;
}

SmallVector<Val> ProductKernel::sumStarts(IntegerDotProduct &dot, Val rows, Val number,
                                          int64_t count) {
  int64_t at = input.blocksPerRow(depth) * (input.block + 4), rowBytes = input.rowBytes(depth);
  SmallVector<Val> starts;
  for (int64_t c = 0; c < count; ++c) {
    Val stored = k.load(k.i32(), rows, number * 4 + double(c * rowBytes + at));
    starts.push_back(dot.sumStart(stored.splat(k.lanes())));
  }
  return starts;
}

SmallVector<Val> ProductKernel::sumCodes(const Stream &stream, Val codesAt, Val rows, Val number,
                                         ArrayRef<Val> starts) {
  int64_t lanes = k.lanes(), rowBytes = input.rowBytes(depth), count = starts.size();
  IntegerDotProduct dot(k, stream.storage);
  SmallVector<Val> integers;
  for (Val start : starts)
    integers.append(parts, start);
  // Codes: [step][row][4 neighbours]; a step of 4-bit codes holds two quads. A tile of an
  // odd number of blocks need not end where vectors are aligned.
  for (int64_t step = 0; step < dot.steps(); ++step)
    for (int64_t p = 0; p < parts; ++p) {
      auto load = [&](int64_t byte) {
        return k.load(k.vectorOf(4 * lanes, k.i8()), stream.base,
                      codesAt + double(byte * tileRows + p * 4 * lanes), 4);
      };
      for (const auto &[codes, element] : dot.unpack(step, load))
        for (int64_t c = 0; c < count; ++c) {
          Val quad = k.load(k.i32(), rows, number * input.block + double(c * rowBytes + element));
          Val &sum = integers[c * parts + p];
          sum = dot.accumulate(sum, codes, quad);
        }
    }
  return integers;
}

void ProductKernel::multiplyBlock(ArrayRef<Stream> streams, Val rows, Val begin, int64_t offset,
                                  int64_t here, int64_t count, Accumulators &sums) {
  int64_t lanes = k.lanes();
  Val number = begin + double(offset);
  SmallVector<Val> scales = inputScales(rows, number, count);
  for (auto [s, stream] : llvm::enumerate(streams)) {
    int64_t together = stream.storage.blocksTogether(), blockBytes = stream.codeBytes + stream.scaleBytes;
    int64_t inGroup = offset % together, firstOfGroup = offset - inGroup;
    int64_t ofGroup = std::min(together, here - firstOfGroup);
    Val group = begin * blockBytes + double(firstOfGroup * blockBytes);
    IntegerDotProduct dot(k, stream.storage);
    SmallVector<Val> integers = sumCodes(stream, group + double(inGroup * stream.codeBytes), rows,
                                         number, sumStarts(dot, rows, number, count));
    int64_t scaleBytes = stream.scaleBytes / tileRows;
    for (int64_t p = 0; p < parts; ++p) {
      Val at = group + double(ofGroup * stream.codeBytes + inGroup * stream.scaleBytes +
                              p * lanes * scaleBytes);
      Val scale =
          k.load(k.vectorOf(lanes, stream.scale), stream.base, at, scaleBytes).to(k.f32());
      for (int64_t c = 0; c < count; ++c) {
        Val &sum = sums[(s * parts + p) * count + c];
        sum = fma(integers[c * parts + p].to(k.f32()), scale * scales[c], sum);
      }
    }
  }
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
          llvm::TypeSwitch<Operation *>(&op)
              .Case([&](AddOp add) { values[add] = read(add.getLhs()) + read(add.getRhs()); })
              .Case([&](MulOp mul) { values[mul] = read(mul.getLhs()) * read(mul.getRhs()); })
              .Case([&](SiluOp op) { values[op] = silu(read(op.getInput())); })
              .Case([&](GeluOp op) { values[op] = gelu(read(op.getInput())); });
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
