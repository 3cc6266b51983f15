// A backend that takes attention and what appends to states, and no more.

#include "backends/reference/ReferenceBackend.h"

namespace weft::test {

class PartialBackend : public ReferenceBackend {
public:
  llvm::StringRef name() const override { return "partial"; }
  bool takes(mlir::func::FuncOp kernel) const override {
    return llvm::any_of(kernel.getBody().front(), llvm::IsaPred<AppendOp, AttendOp>);
  }
};

static Result<std::unique_ptr<Backend>> make(const BackendOptions &) {
  return std::make_unique<PartialBackend>();
}

static const BackendPlugin plugin = {
    .name = "partial", .description = "attention alone", .make = make};

} // namespace weft::test

const weft::BackendPlugin *weft_backend_plugin() { return &weft::test::plugin; }
