// A device whose kernels are functions of the test.
#pragma once

#include "runtime/device/Device.h"

#include <map>
#include <set>
#include <string>

namespace weft::test {

/// Runs each kernel under the function of its name; memory is exactly as large as asked
/// for, so that a sanitizer sees what goes beyond. Checks every view on recording.
class FakeDevice : public Device {
public:
  std::map<std::string, WeftKernel, std::less<>> functions;
  std::set<std::string, std::less<>> features;
  std::string architectureName;
  std::string identityName;
  bool failNextRun = false;
  bool sharesMemory = true;
  /// Numbers of the kernels of the last run that had workgroups, and the groups.
  std::vector<std::pair<uint32_t, int64_t>> ran;
  /// Their Command::shared.
  std::vector<int> shares;

  FakeDevice();

  std::string_view name() const override { return "cpu"; }
  std::string_view architecture() const override { return architectureName; }
  bool hasFeature(std::string_view feature) const override { return features.contains(feature); }
  bool usesHostMemory() const override { return sharesMemory; }
  std::string identity() const override { return identityName; }
  Result<std::unique_ptr<Buffer>> allocate(uint64_t bytes, Reach reach) override;
  Result<std::unique_ptr<Buffer>> import(std::span<const std::byte> host) override;
  Result<std::unique_ptr<Executable>> load(std::span<const std::byte> code,
                                           std::span<const KernelEntry> kernels) override;
  Result<std::unique_ptr<CommandList>> record(Executable &executable, std::vector<Command> commands,
                                              std::span<const BufferView> bindings) override;
  Result<void> run(const CommandList &list,
                   std::span<const int64_t, WEFT_SIZE_COUNT> sizes) override;
  /// As if each of the commands that have workgroups took 700 ns, 1000 ns after the one before.
  Result<void> runTimed(const CommandList &list, std::span<const int64_t, WEFT_SIZE_COUNT> sizes,
                        std::vector<CommandSpan> &spans) override;
};

} // namespace weft::test
