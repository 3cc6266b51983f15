// The run side of the target "reference": it reads kernels from MLIR bytecode and runs them with
// the reference evaluator.
#pragma once

#include "runtime/device/Device.h"

namespace weft {

class Evaluator;   // ir/reference/Evaluator.h
class Interpreter; // ir/reference/Interpreter.h

class ReferenceDevice : public Device {
public:
  std::string_view name() const override { return "reference"; }
  std::string_view architecture() const override { return "weft"; }
  bool hasFeature(std::string_view) const override { return false; }
  bool usesHostMemory() const override { return true; }
  Result<std::unique_ptr<Buffer>> allocate(uint64_t bytes, Reach) override;
  Result<std::unique_ptr<Buffer>> import(std::span<const std::byte> host) override;
  Result<std::unique_ptr<Executable>> load(std::span<const std::byte> code,
                                           std::span<const KernelEntry> kernels) override;
  Result<std::unique_ptr<CommandList>> record(Executable &executable, std::vector<Command> commands,
                                              std::span<const BufferView> bindings) override;
  Result<void> run(const CommandList &list,
                   std::span<const int64_t, WEFT_SIZE_COUNT> sizes) override;

protected:
  /// What runs the ops of a kernel in one call.
  virtual std::unique_ptr<Interpreter> interpreter(Evaluator &evaluator) const;
};

} // namespace weft
