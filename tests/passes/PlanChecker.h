// Runs a planned program on a memory of names: does every dispatch find what it reads, in
// whatever order the dispatches between two barriers ran?
#pragma once

#include "ir/Weft.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace weft::test {

class PlanChecker {
public:
  PlanChecker(mlir::func::FuncOp entry, int64_t tokens, int64_t rows)
      : entry(entry), tokens(tokens), rows(rows) {}

  void check() {
    auto arena = entry->getAttrOfType<SizeAttr>("weft.arena");
    ASSERT_TRUE(arena);
    memory.assign(bytes(arena), nullptr);
    for (auto dispatch : entry.getOps<DispatchOp>())
      step(dispatch);
  }

private:
  struct Place {
    int64_t begin, end;
  };

  int64_t bytes(SizeAttr size) const {
    return size.getConstant() + size.getTokens() * tokens + size.getRows() * rows;
  }

  void step(DispatchOp dispatch) {
    if (dispatch.getBarrier()) {
      read.clear();
      written.clear();
    }
    for (mlir::Value operand : dispatch.getOperands()) {
      auto place = places.find(operand.getAsOpaquePointer());
      if (place == places.end())
        continue;
      for (int64_t i = place->second.begin; i < place->second.end; ++i) {
        ASSERT_EQ(memory[i], operand.getAsOpaquePointer()) << "overwritten before it was read";
        ASSERT_FALSE(written.count(i)) << "read without waiting for the write";
      }
    }
    for (mlir::Value operand : dispatch.getOperands())
      if (auto place = places.find(operand.getAsOpaquePointer()); place != places.end())
        for (int64_t i = place->second.begin; i < place->second.end; ++i)
          read.insert(i);
    for (auto [i, result] : llvm::enumerate(dispatch.getResults())) {
      int64_t begin = bytes(llvm::cast<SizeAttr>((*dispatch.getAt())[i]));
      int64_t end = begin + bytes(llvm::cast<SizeAttr>((*dispatch.getSize())[i]));
      if (begin == end)
        continue;
      ASSERT_LE(end, int64_t(memory.size()));
      ASSERT_EQ(begin % 64, 0);
      auto type = llvm::cast<mlir::RankedTensorType>(result.getType());
      int64_t n = rowSymbolOf(result) == RowSymbol::Rows ? rows : tokens;
      ASSERT_GE(end - begin, storageOf(type).rowBytes(type.getShape().back()) * n);
      places[result.getAsOpaquePointer()] = {begin, end};
      for (int64_t at = begin; at < end; ++at) {
        ASSERT_FALSE(read.count(at)) << "written without waiting for a read";
        ASSERT_FALSE(written.count(at)) << "written without waiting for a write";
        memory[at] = result.getAsOpaquePointer();
      }
      for (int64_t at = begin; at < end; ++at)
        pending.insert(at);
    }
    written.merge(pending);
    pending.clear();
  }

  mlir::func::FuncOp entry;
  int64_t tokens, rows;
  std::vector<const void *> memory;
  std::map<const void *, Place> places;
  std::set<int64_t> read, written, pending;
};

} // namespace weft::test
