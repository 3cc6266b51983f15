#include "runtime/text/regex/Regex.h"

#include "runtime/base/Quotes.h"
#include "runtime/base/Utf8.h"
#include "runtime/text/regex/Automaton.h"
#include "runtime/text/regex/CaseFolds.h"
#include "runtime/text/regex/PcreSyntax.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace weft::regex {

/// One of the two.
struct Regex::Code {
  std::optional<Automaton> automaton;
  pcre2_code *compiled = nullptr;

  Code() = default;
  Code(const Code &) = delete;
  Code &operator=(const Code &) = delete;
  ~Code() { pcre2_code_free(compiled); }
};

Regex::Regex(std::unique_ptr<Code> code) : code(std::move(code)) {}
Regex::Regex(Regex &&) noexcept = default;
Regex &Regex::operator=(Regex &&) noexcept = default;
Regex::~Regex() = default;

Result<Regex> Regex::compile(std::string_view pattern) {
  constexpr size_t longest = 1 << 16;
  if (pattern.size() > longest)
    return fail("a regular expression of " + std::to_string(pattern.size()) +
                " bytes, longer than " + std::to_string(longest));
  auto code = std::make_unique<Code>();
  const std::string spelled = spellFolds(pattern);
  if (std::optional<Expression> expression = parseExpression(spelled))
    code->automaton = Automaton::make(*expression);
  if (code->automaton)
    return Regex(std::move(code));

  auto translated = translateRegex(spelled);
  if (!translated)
    return failFrom(translated);

  struct Context {
    pcre2_compile_context *context = pcre2_compile_context_create(nullptr);
    ~Context() { pcre2_compile_context_free(context); }
  } context;
  // Ruby's syntax, Oniguruma's default: lines end in \n, and ^ and $ match at every line.
  pcre2_set_newline(context.context, PCRE2_NEWLINE_LF);
  int error = 0;
  PCRE2_SIZE offset = 0;
  code->compiled =
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated->data()), translated->size(),
                    PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C, &error,
                    &offset, context.context);
  if (!code->compiled) {
    char message[160] = "";
    pcre2_get_error_message(error, reinterpret_cast<PCRE2_UCHAR *>(message), sizeof(message));
    return fail("the regular expression " + inQuotes(pattern) + " does not compile: " + message);
  }
  // Where the system forbids executable memory, PCRE2 interprets.
  pcre2_jit_compile(code->compiled, PCRE2_JIT_COMPLETE);
  return Regex(std::move(code));
}

namespace {

/// Each thread matches into its own memory, made once: words are short and many.
pcre2_match_data *threadMatchData() {
  struct Data {
    pcre2_match_data *data = pcre2_match_data_create(1, nullptr);
    ~Data() { pcre2_match_data_free(data); }
  };
  static thread_local Data data;
  return data.data;
}

} // namespace

void Regex::findInValid(std::string_view text, size_t offset, std::vector<Span> &matches) const {
  if (code->automaton)
    findByAutomaton(text, offset, matches);
  else
    findByPcre(text, offset, matches);
}

void Regex::findByAutomaton(std::string_view text, size_t offset,
                            std::vector<Span> &matches) const {
  for (size_t at = 0; at < text.size();) {
    const size_t end = code->automaton->matchAt(text, at);
    if (end > at)
      matches.push_back({offset + at, offset + end});
    at = end > at ? end : at + charAt(text, at).length;
  }
}

void Regex::findByPcre(std::string_view text, size_t offset, std::vector<Span> &matches) const {
  pcre2_match_data *data = threadMatchData();
  auto subject = reinterpret_cast<PCRE2_SPTR>(text.data());
  auto match = [&](size_t at, uint32_t options) {
    return pcre2_match(code->compiled, subject, text.size(), at, PCRE2_NO_UTF_CHECK | options, data,
                       nullptr);
  };
  size_t at = 0, lastEnd = std::string_view::npos;
  while (at <= text.size()) {
    int status = match(at, 0);
    if (status == PCRE2_ERROR_JIT_STACKLIMIT) // the interpreter keeps its frames on the heap
      status = match(at, PCRE2_NO_JIT);
    if (status < 0)
      return;
    const PCRE2_SIZE *found = pcre2_get_ovector_pointer(data);
    Span span{found[0], found[1]};
    if (span.begin < at || span.end < span.begin) // \K can move the start
      return;
    if (span.begin == span.end && span.end == lastEnd) {
      if (at == text.size())
        return;
      at += charAt(text, at).length;
      continue;
    }
    matches.push_back({offset + span.begin, offset + span.end});
    at = lastEnd = span.end;
  }
}

void Regex::find(std::string_view text, std::vector<Span> &matches) const {
  if (isValidUtf8(text)) {
    if (!text.empty())
      findInValid(text, 0, matches);
    return;
  }
  for (size_t at = 0; at < text.size();) {
    size_t valid = validPrefix(text.substr(at));
    if (valid)
      findInValid(text.substr(at, valid), at, matches);
    at += valid;
    if (at < text.size())
      at += charAt(text, at).length;
  }
}

} // namespace weft::regex
