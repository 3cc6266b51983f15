// An op that nobody has said how to compute in a kernel.

#include "passes/Pipelines.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include <gmock/gmock.h>

namespace weft::test {

/// What a contributor begins with: an op of the dialect without a role.
class ScanOp : public mlir::Op<ScanOp, mlir::OpTrait::OneOperand, mlir::OpTrait::OneResult,
                               mlir::OpTrait::ZeroRegions, mlir::OpTrait::ZeroSuccessors> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ScanOp)
  using Op::Op;
  static llvm::StringRef getOperationName() { return "weft.scan"; }
  static llvm::ArrayRef<llvm::StringRef> getAttributeNames() { return {}; }
};

namespace {

TEST(KernelRole, OfAnOpWithoutOneIsRefusedByName) {
  mlir::MLIRContext context;
  context.loadDialect<WeftDialect, mlir::func::FuncDialect>();
  mlir::RegisteredOperationName::insert<ScanOp>(*context.getLoadedDialect<WeftDialect>());
  auto module = mlir::parseSourceString<mlir::ModuleOp>(R"mlir(
func.func @f(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %0 = weft.silu %x : tensor<?x8xf32>
  %1 = "weft.scan"(%0) : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %1 : tensor<?x8xf32>
})mlir",
                                                        mlir::ParserConfig(&context));
  ASSERT_TRUE(module);
  std::string error;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
    error += diagnostic.str();
    return mlir::success();
  });
  mlir::PassManager passes(&context);
  passes.addPass(createFormKernels());
  EXPECT_TRUE(mlir::failed(passes.run(*module)));
  EXPECT_THAT(error, ::testing::HasSubstr("'weft.scan' op has no role in a kernel"));
}

TEST(KernelRole, IsThatOfItsOps) {
  mlir::MLIRContext context;
  context.loadDialect<WeftDialect, mlir::func::FuncDialect>();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(R"mlir(
weft.parameter @w : tensor<8x8xf32> = dense<1.0> : tensor<8x8xf32>
weft.state @kv : !weft.kv<heads = 1, head_dim = 8, element = f32>
func.func @f(%x: tensor<?x8xf32>, %p: tensor<?xi32>, %s: tensor<?xi32>) -> tensor<?x8xf32> {
  %w = weft.weight @w : tensor<8x8xf32>
  %kv = weft.recall @kv : !weft.kv<heads = 1, head_dim = 8, element = f32>
  %0 = weft.linear %x, %w : (tensor<?x8xf32>, tensor<8x8xf32>) -> tensor<?x8xf32>
  %1 = weft.silu %0 : tensor<?x8xf32>
  %new = weft.append %1, %1 to %kv at %p, %s : tensor<?x8xf32>, tensor<?x8xf32>, !weft.kv<heads = 1, head_dim = 8, element = f32>, tensor<?xi32>, tensor<?xi32>
  %2 = weft.attend %1 in %new at %p, %s heads 1 scale 1.0 : tensor<?x8xf32>, !weft.kv<heads = 1, head_dim = 8, element = f32>, tensor<?xi32>, tensor<?xi32>
  return %2 : tensor<?x8xf32>
})mlir",
                                                        mlir::ParserConfig(&context));
  ASSERT_TRUE(module);
  mlir::PassManager passes(&context);
  passes.addPass(createFormKernels());
  ASSERT_TRUE(mlir::succeeded(passes.run(*module)));
  auto role = [&](const char *name) {
    auto kernel = module->lookupSymbol<mlir::func::FuncOp>(name);
    return kernel ? roleOf(kernel) : std::nullopt;
  };
  EXPECT_EQ(role("linear_silu"), KernelRole::Product);
  EXPECT_EQ(role("append"), KernelRole::Row);
  EXPECT_EQ(role("attend"), KernelRole::Attention);
}

} // namespace
} // namespace weft::test
