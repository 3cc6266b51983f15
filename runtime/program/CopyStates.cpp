// What sequences remember, from one to another.
#include "runtime/base/Checked.h"
#include "runtime/program/LoadedProgram.h"

#include <array>

namespace weft {

bool LoadedProgram::canCopyStates() const {
  for (size_t i = 0; i < states.size(); ++i)
    if (states[i].buffer && artifact.metadata().states()->Get(unsigned(i))->runs() == 0)
      return false;
  return true;
}

Result<void> LoadedProgram::copyStates(const Fork &fork) {
  for (uint32_t i = 0; i < states.size(); ++i)
    if (states[i].buffer)
      if (auto copied = copyState(i, fork); !copied)
        return copied;
  return {};
}

Result<void> LoadedProgram::copyState(uint32_t number, const Fork &fork) {
  const schema::State &layout = *artifact.metadata().states()->Get(number);
  const uint64_t runs = layout.runs();
  const uint64_t groups = sizesOf(options).context / WEFT_CONTEXT_MULTIPLE;
  const uint64_t groupBytes = layout.size()->perSlot() * WEFT_CONTEXT_MULTIPLE / runs;
  const uint64_t first = fork.sharedPrefix / WEFT_CONTEXT_MULTIPLE;
  const uint64_t end = ceilDivide(fork.length, WEFT_CONTEXT_MULTIPLE);
  if (first >= end)
    return {};
  auto viewOf = [&](uint64_t sequence, uint64_t run) {
    return BufferView{states[number].buffer.get(),
                      ((sequence * runs + run) * groups + first) * groupBytes,
                      (end - first) * groupBytes};
  };
  // A few at a time, so that nothing is allocated.
  std::array<BufferCopy, 64> copies;
  for (uint64_t run = 0; run < runs;) {
    size_t count = 0;
    for (; run < runs && count < copies.size(); ++run)
      copies[count++] = {viewOf(fork.from, run), viewOf(fork.to, run)};
    if (auto copied = states[number].device->copy(std::span(copies).first(count)); !copied)
      return copied;
  }
  return {};
}

} // namespace weft
