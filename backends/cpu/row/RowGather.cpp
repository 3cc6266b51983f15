// Rows of tables and of other values, in whatever layout they are stored.

#include "backends/Backend.h"
#include "backends/cpu/row/RowKernel.h"

using namespace mlir;

namespace weft::cpu {

void RowKernel::takeRows(TakeRowsOp op) {
  int64_t columns = op.getInput().getType().getDimSize(1);
  Val source = k.address(pointer(op.getInput()), integer(op.getRows()) * (4 * columns));
  RowValue in = inMemory(source, columns);
  if (!destination(op.getResult())) {
    rows[op.getResult()] = in;
    return;
  }
  defineLazily(op.getResult(), in.read);
}

void RowKernel::embed(EmbedOp op) {
  Storage storage = storageOf(op.getTable().getType());
  int64_t columns = op.getTable().getType().getDimSize(1);
  Val table = pointer(op.getTable()), id = integer(op.getIds());
  if (storage.hasSuperBlocks())
    return embedSuperBlocks(op, storage, table, id);
  if (storage.isBlock())
    return embedBlocks(op, storage, table, id);
  if (storage.arrangement.kind == Arrangement::Kind::Tiled)
    return embedDenseTiled(op, storage, table, id);
  int64_t bytes = bitsOf(storage.scalar) / 8;
  Val base = k.address(table, id * (bytes * columns));
  Type element = op.getTable().getType().getElementType();
  defineLazily(op.getResult(), [=, this](Val column, int64_t count) {
    VectorType type = k.vectorOf(k.lanes(), element);
    return k.loadFirst(type, base, column * bytes, count, bytes).to(k.f32());
  });
}

void RowKernel::embedDenseTiled(EmbedOp op, const Storage &storage, Val table, Val id) {
  int64_t columns = op.getTable().getType().getDimSize(1), bytes = bitsOf(storage.scalar) / 8;
  int64_t tileRows = storage.arrangement.rows, depth = storage.arrangement.depth;
  int64_t steps = llvm::divideCeil(columns, depth);
  Val first = (id / tileRows * (steps * tileRows) + id % tileRows) * depth;
  Type element = op.getTable().getType().getElementType();
  defineInMemory(op.getResult(), [&](Val base) {
    k.loop(k.index(0), k.index(columns), k.index(1), [&](Val column) {
      Val place = first + column / depth * (tileRows * depth) + column % depth;
      k.store(k.load(element, table, place * bytes, bytes).to(k.f32()), base, column * 4);
    });
  });
}

void RowKernel::embedBlocks(EmbedOp op, const Storage &storage, Val table, Val id) {
  int64_t columns = op.getTable().getType().getDimSize(1), block = storage.block;
  int64_t blocks = storage.blocksPerRow(columns), scaleBytes = bitsOf(storage.scalar) / 8;
  int64_t codeBytes = block * storage.bits / 8, together = storage.blocksTogether();
  bool tiled = storage.arrangement.kind == Arrangement::Kind::Tiled;
  int64_t tileRows = tiled ? storage.arrangement.rows : 1, depth = storage.arrangement.depth;
  Val tile = k.address(table, id / tileRows * (tileRows * blocks * (codeBytes + scaleBytes)));
  Val inTile = id % tileRows;

  Val levels;
  if (storage.hasLevels())
    levels = k.constants(storage.levels);

  defineInMemory(op.getResult(), [&](Val base) {
    auto writeBlock = [&](Val number, int64_t width) {
      Val codes, scaleAt;
      if (tiled) {
        Val first = number / together * together;
        Val count = min(k.index(together), k.index(blocks) - first);
        Val group = first * (tileRows * (codeBytes + scaleBytes));
        codes = k.address(tile, group + count * (tileRows * scaleBytes) +
                                    (number - first) * (tileRows * codeBytes) + inTile * depth);
        scaleAt = group + ((number - first) * tileRows + inTile) * scaleBytes;
      } else {
        scaleAt = number * (codeBytes + scaleBytes);
        codes = k.address(tile, scaleAt + scaleBytes);
      }
      Val scale = k.loadScalar(storage.scalar, tile, scaleAt);
      if (double unit = k.unitOf(storage.scalar) * (storage.hasLevels() ? 1.0 / 128 : 1.0);
          unit != 1)
        scale = scale * unit;
      k.loop(k.index(0), k.index(width), k.index(1), [&](Val i) {
        // Byte of code i within the row's part of the block, and its half for 4 bits.
        Val byte = storage.bits == 4 ? i % double(block / 2) : i;
        Val place = tiled ? byte / depth * (tileRows * depth) + byte % depth : byte;
        Val raw = k.load(k.i8(), codes, place, 1);
        Val code = storage.bias || storage.hasLevels() ? raw.toUnsigned(k.i32()) : raw.to(k.i32());
        if (storage.bits == 4)
          code = (code >> select(less(i, k.index(block / 2)), k.index(0), k.index(4)).to(k.i32())) &
                 15;
        Val level =
            storage.hasLevels() ? levels.lane(code).to(k.i32()) : code - double(storage.bias);
        k.store(level.to(k.f32()) * scale, base, (number * block + i) * 4);
      });
    };
    int64_t whole = columns / block;
    if (whole)
      k.loop(k.index(0), k.index(whole), k.index(1),
             [&](Val number) { writeBlock(number, block); });
    if (whole != blocks)
      writeBlock(k.index(whole), columns - whole * block);
  });
}

void RowKernel::embedSuperBlocks(EmbedOp op, const Storage &storage, Val table, Val id) {
  int64_t blocks = storage.blocksPerRow(op.getTable().getType().getDimSize(1));
  int64_t block = storage.block, tileRows = storage.arrangement.rows;
  int64_t depth = storage.arrangement.depth;
  SuperTile tile(storage);
  Val first = id / tileRows * (blocks / storage.super * tile.bytes), inTile = id % tileRows;
  Type half = k.builder.getF16Type();

  defineInMemory(op.getResult(), [&](Val to) {
    k.loop(k.index(0), k.index(blocks), k.index(1), [&](Val number) {
      Val base = k.address(table, first + number / storage.super * double(tile.bytes));
      Val inSuper = number % storage.super;
      auto byteOf = [&](int64_t begin) {
        Val byte = k.load(k.i8(), base, inSuper * double(tileRows) + inTile + double(begin), 1);
        return (storage.mins ? byte.toUnsigned(k.i32()) : byte.to(k.i32())).to(k.f32());
      };
      Val step = k.load(half, base, inTile * 2, 2).to(k.f32()) * byteOf(tile.scales);
      Val least;
      if (storage.mins)
        least = k.load(half, base, inTile * 2 + double(tile.minScales), 2).to(k.f32()) *
                byteOf(tile.mins);
      Val codes = inSuper * double(tile.blockCodes) + inTile * depth + double(tile.codes);
      auto codeByte = [&](Val byte) {
        Val place = byte / depth * (tileRows * depth) + byte % depth;
        return k.load(k.i8(), base, codes + place, 1).toUnsigned(k.i32());
      };
      k.loop(k.index(0), k.index(block), k.index(1), [&](Val i) {
        auto shift = [&](Val by) { return by.to(k.i32()); };
        Val code = (codeByte(i % double(block / 2)) >> shift(i / double(block / 2) * 4)) & 15;
        if (storage.bits == 6) {
          double quarter = double(block / 4);
          Val upper = codeByte(i % quarter + double(block / 2)) >> shift(i / quarter * 2);
          code = code | (upper & 3) << 4;
        }
        Val value = step * (code - double(storage.bias)).to(k.f32());
        k.store(storage.mins ? value - least : value, to, (number * block + i) * 4);
      });
    });
  });
}

} // namespace weft::cpu
