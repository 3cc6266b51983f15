// Any bytes as a chat template, rendered for a conversation: no crash, bounded time, and
// errors of one line.
#include "Fuzz.h"
#include "runtime/text/jinja/Template.h"
#include "runtime/text/jinja/ValueText.h"

using namespace weft::jinja;
using namespace weft::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const Value variables =
      valueFromJson(R"({"messages": [{"role": "user", "content": "h\u00e9"}], "n": 3, "x": null})")
          .value();
  RenderOptions options;
  options.work = 100'000;
  options.longestText = 1 << 16;
  auto parsed = Template::parse(textOf(data, size));
  auto text = parsed ? parsed->render(variables.dict(), options)
                     : weft::Result<std::string>(weft::failFrom(parsed));
  if (!text)
    requireOneLine(text.error());
  return 0;
}
