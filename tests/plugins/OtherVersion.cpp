// A plug-in of another version of both interfaces. Nothing behind the first field is what it
// seems.

#include <cstdint>

struct Table {
  uint32_t version;
  const void *rest[8];
};

static const Table backend = {9001, {}}, device = {9002, {}};

extern "C" __attribute__((visibility("default"))) const Table *weft_backend_plugin() {
  return &backend;
}
extern "C" __attribute__((visibility("default"))) const Table *weft_device_plugin() {
  return &device;
}
