#include "runtime/text/regex/PcreSyntax.h"

#include "runtime/base/Quotes.h"
#include "runtime/base/Utf8.h"

#include <algorithm>
#include <array>
#include <vector>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace weft::regex {

namespace {

// Members of a class, without the brackets.
constexpr std::string_view whitespace =
    "\\t-\\r "
    "\\x{85}\\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}";
constexpr std::string_view word = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}";
// Outside a class, and for \b, Oniguruma counts Latin-1's superscripts and fractions too.
constexpr std::string_view loneWord =
    "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\x{B2}\\x{B3}\\x{B9}\\x{BC}-\\x{BE}";
constexpr std::string_view hexDigit = "0-9A-Fa-f";

struct PosixClass {
  std::string_view name, members;
};
constexpr std::array posixClasses = {
    PosixClass{"alpha", "\\p{Alphabetic}"}, PosixClass{"alnum", "\\p{Alphabetic}\\p{Nd}"},
    PosixClass{"digit", "\\p{Nd}"},         PosixClass{"upper", "\\p{Uppercase}"},
    PosixClass{"lower", "\\p{Lowercase}"},  PosixClass{"punct", "\\p{P}\\p{S}"},
    PosixClass{"space", whitespace},        PosixClass{"word", word},
    PosixClass{"xdigit", hexDigit},
};

struct LongName {
  std::string_view name, category;
};
constexpr std::array longNames = {
    LongName{"letter", "L"},
    LongName{"lowercaseletter", "Ll"},
    LongName{"uppercaseletter", "Lu"},
    LongName{"titlecaseletter", "Lt"},
    LongName{"modifierletter", "Lm"},
    LongName{"otherletter", "Lo"},
    LongName{"mark", "M"},
    LongName{"nonspacingmark", "Mn"},
    LongName{"spacingmark", "Mc"},
    LongName{"enclosingmark", "Me"},
    LongName{"number", "N"},
    LongName{"decimalnumber", "Nd"},
    LongName{"letternumber", "Nl"},
    LongName{"othernumber", "No"},
    LongName{"punctuation", "P"},
    LongName{"punct", "P"},
    LongName{"symbol", "S"},
    LongName{"mathsymbol", "Sm"},
    LongName{"currencysymbol", "Sc"},
    LongName{"modifiersymbol", "Sk"},
    LongName{"othersymbol", "So"},
    LongName{"separator", "Z"},
    LongName{"spaceseparator", "Zs"},
    LongName{"other", "C"},
    LongName{"control", "Cc"},
    LongName{"format", "Cf"},
    LongName{"alpha", "Alphabetic"},
    LongName{"digit", "Nd"},
};

bool compiles(const std::string &pattern) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code *code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                                   PCRE2_UTF | PCRE2_UCP, &error, &offset, nullptr);
  pcre2_code_free(code);
  return code != nullptr;
}

std::string property(std::string_view name) {
  std::string plain;
  for (char c : name)
    if (c != '_' && c != ' ' && c != '-')
      plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  for (const LongName &known : longNames)
    if (known.name == plain)
      return std::string(known.category);
  // PCRE2 takes a bare script name to mean its extensions too.
  std::string script = "sc:" + std::string(name);
  return name.size() > 2 && compiles("\\p{" + script + "}") ? script : std::string(name);
}

class Translator {
public:
  explicit Translator(std::string_view pattern) : in(pattern) {}

  Result<std::string> run() {
    while (at < in.size()) {
      char c = in[at];
      if (c == '\\') {
        beginAtom();
        if (auto done = escape(false); !done)
          return failFrom(done);
      } else if (c == '[') {
        beginAtom();
        if (auto done = characterClass(); !done)
          return failFrom(done);
      } else if (c == '(') {
        openGroup();
      } else if (c == ')') {
        atom = groups.empty() ? noAtom : groups.back();
        if (!groups.empty())
          groups.pop_back();
        copy(1);
      } else if (c == '{') {
        interval();
      } else if (c == '|' || c == '*' || c == '+' || c == '?') {
        copy(1);
      } else {
        beginAtom();
        copy(charAt(in, at).length);
      }
    }
    return std::move(out);
  }

private:
  static constexpr size_t noAtom = std::string::npos;

  void beginAtom() { atom = out.size(); }

  void copy(size_t count) {
    count = std::min(count, in.size() - at);
    out += in.substr(at, count);
    at += count;
  }

  /// Writes what an escape such as \s or \S stands for. A class takes the members of \s
  /// among its own, and of \S makes a note, for it has no members to write.
  void set(std::string_view members, bool negated, bool inClass) {
    if (!inClass)
      out += (negated ? "[^" : "[") + std::string(members) + "]";
    else if (negated)
      complements.push_back(members);
    else
      out += members;
    at += 2;
  }

  Result<void> escape(bool inClass) {
    if (at + 1 == in.size())
      return fail("the regular expression " + inQuotes(in) + " ends in a backslash");
    char c = in[at + 1];
    if (c == 's' || c == 'S') {
      set(whitespace, c == 'S', inClass);
    } else if (c == 'w' || c == 'W') {
      set(inClass ? word : loneWord, c == 'W', inClass);
    } else if (c == 'h' || c == 'H') {
      set(hexDigit, c == 'H', inClass);
    } else if ((c == 'b' || c == 'B') && !inClass) {
      const std::string w = "[" + std::string(loneWord) + "]";
      out += c == 'b' ? "(?:(?<=" + w + ")(?!" + w + ")|(?<!" + w + ")(?=" + w + "))"
                      : "(?:(?<=" + w + ")(?=" + w + ")|(?<!" + w + ")(?!" + w + "))";
      at += 2;
    } else if (c == 'Q' || c == 'E') { // letters to Oniguruma, quotation to PCRE2
      out += c;
      at += 2;
    } else if (c == 'u' && at + 6 <= in.size()) {
      out += "\\x{" + std::string(in.substr(at + 2, 4)) + "}";
      at += 6;
    } else if ((c == 'p' || c == 'P') && at + 2 < in.size() && in[at + 2] == '{') {
      size_t end = in.find('}', at);
      if (end == std::string_view::npos)
        return fail("the regular expression " + inQuotes(in) + " has an unclosed \\p{");
      std::string_view name = in.substr(at + 3, end - at - 3);
      const bool negated = name.starts_with('^');
      name.remove_prefix(negated);
      out += (c == 'P') != negated ? "\\P{" : "\\p{";
      out += property(name) + "}";
      at = end + 1;
    } else {
      copy(1);
      copy(charAt(in, at).length);
    }
    return {};
  }

  Result<void> characterClass() {
    const size_t begin = out.size();
    complements.clear();
    ++at;
    const bool negated = at < in.size() && in[at] == '^';
    at += negated;
    if (at < in.size() && in[at] == ']') {
      out += "\\]";
      ++at;
    }
    while (at < in.size() && in[at] != ']') {
      if (in[at] == '\\') {
        if (auto done = escape(true); !done)
          return done;
      } else if (in.substr(at).starts_with("&&")) {
        return fail("the regular expression " + inQuotes(in) + " has && in a class: not supported");
      } else if (in[at] == '[') {
        if (!posixClass())
          return fail("the regular expression " + inQuotes(in) +
                      " has a class inside a class: not supported; write \\[ for the bracket");
      } else {
        copy(charAt(in, at).length);
      }
    }
    if (at == in.size())
      return fail("the regular expression " + inQuotes(in) + " has an unclosed class");
    ++at;
    const std::string members = out.substr(begin);
    out.resize(begin);
    closeClass(members, negated);
    return {};
  }

  /// [:name:] inside a class, if that is what follows.
  bool posixClass() {
    const size_t end = in.find(":]", at);
    if (!in.substr(at).starts_with("[:") || end == std::string_view::npos)
      return false;
    const std::string_view name = in.substr(at + 2, end - at - 2);
    for (const PosixClass &known : posixClasses)
      if (known.name == name) {
        out += known.members;
        at = end + 2;
        return true;
      }
    copy(end + 2 - at);
    return true;
  }

  /// A complement cannot be a member, but one of several classes, or, in a negated class,
  /// a condition beside it.
  void closeClass(const std::string &members, bool negated) {
    if (complements.empty()) {
      out += (negated ? "[^" : "[") + members + "]";
      return;
    }
    out += "(?:";
    if (!members.empty())
      out += negated ? "(?![" + members + "])" : "[" + members + "]|";
    for (size_t i = 0; i < complements.size(); ++i) {
      const bool last = i + 1 == complements.size();
      const std::string set(complements[i]);
      if (negated)
        out += last ? "[" + set + "]" : "(?=[" + set + "])";
      else
        out += "[^" + set + (last ? "]" : "]|");
    }
    out += ")";
  }

  void openGroup() {
    groups.push_back(out.size());
    atom = noAtom;
    copy(1);
    if (at >= in.size() || in[at] != '?')
      return;
    size_t end = in.find_first_not_of("imx-", at + 1);
    if (end == std::string_view::npos || end == at + 1 || (in[end] != ':' && in[end] != ')'))
      return;
    copy(1);
    for (; at < end; ++at)
      out += in[at] == 'm' ? 's' : in[at]; // Ruby's m lets the dot match a newline
  }

  /// {n}, {n,}, {n,m} or {,m} after an atom; otherwise a brace.
  void interval() {
    size_t end = at + 1;
    auto digits = [&] {
      size_t from = end;
      while (end < in.size() && in[end] >= '0' && in[end] <= '9')
        ++end;
      return std::string(in.substr(from, end - from));
    };
    std::string low = digits(), high = low;
    const bool comma = end < in.size() && in[end] == ',';
    if (comma) {
      ++end;
      high = digits();
    }
    if (end == in.size() || in[end] != '}' || (low.empty() && high.empty()) || atom == noAtom) {
      beginAtom();
      out += "\\{";
      ++at;
      return;
    }
    out += "{" + (low.empty() ? "0" : low) + (comma ? "," + high : "") + "}";
    at = end + 1;
    if (at < in.size() && in[at] == '+') {
      out.insert(atom, "(?:");
      out += ")";
    }
  }

  std::string_view in;
  std::string out;
  size_t at = 0;
  /// Where the last atom begins in `out`.
  size_t atom = noAtom;
  std::vector<size_t> groups;
  /// Sets that the current class has negated.
  std::vector<std::string_view> complements;
};

} // namespace

Result<std::string> translateRegex(std::string_view pattern) { return Translator(pattern).run(); }

} // namespace weft::regex
