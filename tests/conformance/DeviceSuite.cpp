#include "tests/conformance/DeviceSuite.h"

#include "backends/Registry.h"
#include "backends/reference/ReferenceBackend.h"
#include "backends/reference/ReferenceDevice.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
// Memory that there is not is an error of a device, and no end of the program.
extern "C" const char *__asan_default_options() { return "allocator_may_return_null=1"; }
#endif
#endif

namespace weft::test {

static Result<void> registerReference() {
  static const BackendPlugin backend = {
      .name = "reference",
      .description = "what each op means",
      .make = [](const BackendOptions &) -> Result<std::unique_ptr<Backend>> {
        return std::make_unique<ReferenceBackend>();
      }};
  static const DevicePlugin device = {
      .name = "reference",
      .make = [](const DeviceOptions &options) -> Result<std::unique_ptr<Device>> {
        if (options.number != 0)
          return fail("there is one device reference");
        return std::make_unique<ReferenceDevice>();
      },
      .list = [] { return Result<std::vector<std::string>>(std::vector<std::string>{"one"}); }};
  if (auto added = registerBackend(backend); !added)
    return added;
  return registerDevice(device);
}

/// The example, which is linked with this program.
static Result<void> registerExample() {
  if (auto added = registerBackend(*weft_backend_plugin()); !added)
    return added;
  return registerDevice(*weft_device_plugin());
}

Result<void> registerTestDevices() {
  static const auto done = [] {
    auto reference = registerReference();
    return reference ? registerExample() : reference;
  }();
  return done;
}

const Result<DeviceKernels> &kernelsOf(const std::string &device) {
  static std::map<std::string, Result<DeviceKernels>> compiled;
  auto found = compiled.find(device);
  if (found == compiled.end())
    found = compiled.emplace(device, compileKernels(device)).first;
  return found->second;
}

} // namespace weft::test
