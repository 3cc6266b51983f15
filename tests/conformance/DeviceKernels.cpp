#include "tests/conformance/DeviceKernels.h"

#include "backends/Registry.h"

#include "mlir/Parser/Parser.h"

using namespace mlir;

namespace weft::test {

static const char *const text = R"(
func.func private @sum(%a: tensor<?x16xf32>, %b: tensor<?x16xf32>) -> tensor<?x16xf32>
    attributes {weft.kernel, weft.role = #weft.role<row>} {
  %0 = weft.add %a, %b : tensor<?x16xf32>, tensor<?x16xf32>
  return %0 : tensor<?x16xf32>
}
func.func private @product(%a: tensor<?x16xf32>, %b: tensor<?x16xf32>) -> tensor<?x16xf32>
    attributes {weft.kernel, weft.role = #weft.role<row>} {
  %0 = weft.mul %a, %b : tensor<?x16xf32>, tensor<?x16xf32>
  return %0 : tensor<?x16xf32>
}
)";

int64_t DeviceKernels::groups(uint32_t kernel, int64_t tokens) const {
  const schema::Grid &grid = grids[kernel];
  const int64_t tile = int64_t(grid.tile());
  return grid.symbol() == schema::Symbol::One
             ? int64_t(grid.count())
             : int64_t(grid.count()) * ((tokens + tile - 1) / tile);
}

Result<DeviceKernels> compileKernels(const std::string &target) {
  auto backend = makeBackend(target, {});
  if (!backend)
    return failFrom(backend);
  MLIRContext context;
  context.loadDialect<WeftDialect, func::FuncDialect>();
  auto module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    return fail("the kernels cannot be read");
  std::vector<func::FuncOp> kernels;
  for (auto kernel : module->getOps<func::FuncOp>())
    kernels.push_back(kernel);
  auto compiled = (*backend)->compile(kernels, {});
  if (failed(compiled))
    return fail("the backend '" + target + "' does not compile the kernels");
  DeviceKernels result;
  result.program = std::move(*compiled);
  for (const CompiledProgram::Kernel &kernel : result.program.kernels)
    result.entries.emplace_back(kernel.name, kernel.entry);
  for (int i = 0; i < 2; ++i) {
    // The last form is the one for any number of tokens.
    const KernelVariant &variant = result.program.forms[i].variants.back();
    result.numbers[i] = variant.kernel;
    result.grids[i] = variant.grid;
  }
  return result;
}

} // namespace weft::test
