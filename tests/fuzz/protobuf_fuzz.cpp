// Any bytes as a message of Protocol Buffers, and as messages within messages: no crash, errors of
// one line, and fields that lie in the message, each behind the one before.
#include "Fuzz.h"
#include "runtime/text/formats/Protobuf.h"

using namespace weft;
using namespace weft::fuzz;

static void read(std::string_view message, unsigned depth) {
  text::ProtobufReader reader(message);
  const char *end = message.data();
  for (size_t fields = 0;; ++fields) {
    require(fields <= message.size() / 2);
    auto field = reader.next();
    if (!field) {
      requireOneLine(field.error());
      return;
    }
    if (!*field)
      return;
    require((*field)->number > 0);
    (void)(*field)->asFloat();
    const std::string_view bytes = (*field)->bytes;
    if (bytes.empty())
      continue;
    require(bytes.data() > end && bytes.data() + bytes.size() <= message.data() + message.size());
    end = bytes.data() + bytes.size();
    if (depth > 0)
      read(bytes, depth - 1);
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  read(textOf(data, size), 4);
  return 0;
}
