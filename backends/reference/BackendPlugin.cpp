#include "backends/reference/ReferenceBackend.h"

namespace weft {

static Result<std::unique_ptr<Backend>> make(const BackendOptions &) {
  return std::make_unique<ReferenceBackend>();
}

static const BackendPlugin plugin = {.name = "reference",
                                     .description =
                                         "what each op means, evaluated in plain C++; slow",
                                     .make = make};

} // namespace weft

const weft::BackendPlugin *weft_backend_plugin() { return &weft::plugin; }
