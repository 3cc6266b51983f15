#include "tests/conformance/Mutant.h"

#include "backends/Registry.h"
#include "backends/reference/ReferenceBackend.h"
#include "backends/reference/ReferenceDevice.h"
#include "runtime/device/Registry.h"

#include "mlir/IR/OwningOpRef.h"

using namespace mlir;

namespace weft::test {

static const Mutant *mistake = nullptr;

namespace {

class MutantInterpreter : public Interpreter {
public:
  using Interpreter::Interpreter;

protected:
  Result<Tensor> compute(Operation *op, Values &values) override {
    if (!mistake || !mistake->compute)
      return Interpreter::compute(op, values);
    OpCall call(op, values,
                [this](Operation *op, Values &values) { return Interpreter::compute(op, values); });
    auto wrong = mistake->compute(call);
    return wrong ? std::move(*wrong) : Interpreter::compute(op, values);
  }
  Result<StateValue> append(AppendOp op, Values &values) override {
    if (!mistake || !mistake->append)
      return Interpreter::append(op, values);
    OpCall call(op, values, nullptr);
    mistake->append(op, call);
    return Interpreter::append(op, call.values);
  }
};

class MutantDevice : public ReferenceDevice {
public:
  std::string_view name() const override { return mutantTarget; }

protected:
  std::unique_ptr<Interpreter> interpreter(Evaluator &evaluator) const override {
    return std::make_unique<MutantInterpreter>(evaluator);
  }
};

class MutantBackend : public ReferenceBackend {
public:
  StringRef name() const override { return mutantTarget; }
  FailureOr<CompiledProgram> compile(ArrayRef<func::FuncOp> kernels,
                                     const DumpSink &dump) const override {
    if (!mistake || !mistake->compile)
      return ReferenceBackend::compile(kernels, dump);
    std::vector<OwningOpRef<func::FuncOp>> owned;
    std::vector<func::FuncOp> changed;
    for (func::FuncOp kernel : kernels) {
      owned.emplace_back(kernel.clone());
      mistake->compile(*owned.back());
      changed.push_back(*owned.back());
    }
    return ReferenceBackend::compile(changed, dump);
  }
};

} // namespace

Result<void> registerMutant() {
  static const BackendPlugin backend = {
      .name = mutantTarget,
      .description = "one mistake",
      .make = [](const BackendOptions &) -> Result<std::unique_ptr<Backend>> {
        return std::make_unique<MutantBackend>();
      }};
  static const DevicePlugin device = {
      .name = mutantTarget,
      .make = [](const DeviceOptions &) -> Result<std::unique_ptr<Device>> {
        return std::make_unique<MutantDevice>();
      },
      .list = [] { return Result<std::vector<std::string>>(std::vector<std::string>{"mutant"}); }};
  if (auto added = registerBackend(backend); !added)
    return added;
  return registerDevice(device);
}

void makeMistake(const Mutant *mutant) { mistake = mutant; }

} // namespace weft::test
