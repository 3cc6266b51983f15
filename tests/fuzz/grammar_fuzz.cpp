// Any bytes as a regular expression, an EBNF grammar or a JSON Schema: no crash, errors of one
// line, and rules that read bytes and take them back. The first byte says which it is.
#include "Fuzz.h"
#include "runtime/constrain/automaton/Recognizer.h"
#include "runtime/constrain/grammar/Ebnf.h"
#include "runtime/constrain/grammar/Regex.h"
#include "runtime/constrain/schema/JsonSchema.h"

#include <string_view>

using namespace weft;
using namespace weft::constrain;
using namespace weft::fuzz;

static Result<Grammar> parse(uint8_t kind, std::string_view text) {
  if (kind % 3 == 0)
    return grammarOfRegex(text);
  return kind % 3 == 1 ? parseEbnf(text) : grammarOfJsonSchema(text);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  const std::string_view text = textOf(data + 1, size - 1);
  auto grammar = parse(data[0], text);
  auto automaton = grammar ? compile(*grammar) : Result<GrammarAutomaton>(failFrom(grammar));
  if (!automaton) {
    requireOneLine(automaton.error());
    return 0;
  }
  Recognizer recognizer = Recognizer::ofText(*automaton);
  for (size_t i = 0; i < size; ++i) {
    const size_t before = recognizer.size();
    const bool ended = recognizer.canEnd();
    if (recognizer.push(data[i]))
      require(recognizer.size() == before + 1);
    else
      require(recognizer.size() == before && recognizer.canEnd() == ended);
    if (data[i] % 7 == 0)
      recognizer.truncate(before / 2);
  }
  return 0;
}
