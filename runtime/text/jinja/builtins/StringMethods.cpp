// Methods of strings, as in Python.
#include "runtime/base/Utf8.h"
#include "runtime/text/jinja/Interpreter.h"
#include "runtime/text/jinja/TemplateError.h"
#include "runtime/text/jinja/builtins/Builtins.h"
#include "runtime/text/jinja/builtins/Formatting.h"
#include "runtime/text/jinja/syntax/Characters.h"

#include <algorithm>

namespace weft::jinja {

namespace {

bool isGiven(const Value &value) { return !value.isUndefined() && !value.is(Value::Kind::None); }

template <Side side>
Value strip(TemplateInterpreter &, const Value &text, const Arguments &arguments) {
  const List bound = bind(arguments, {"chars"});
  const bool given = isGiven(bound[0]);
  return stripped(
      text.string(),
      given ? std::optional<std::string_view>(asString(bound[0], arguments)) : std::nullopt, side);
}

template <Side from>
Value splitMethod(TemplateInterpreter &, const Value &text, const Arguments &arguments) {
  const List bound = bind(arguments, {"sep", "maxsplit"});
  std::optional<std::string_view> separator;
  if (isGiven(bound[0]))
    separator = asString(bound[0], arguments);
  if (separator && separator->empty())
    throw TemplateError(arguments.callee + ": expected a separator, found an empty string");
  const int64_t most = asInteger(bound[1], arguments, -1);
  List pieces;
  for (std::string_view piece : from == Side::Left ? split(text.string(), separator, most)
                                                   : splitFromRight(text.string(), separator, most))
    pieces.emplace_back(piece);
  return pieces;
}

Value splitlines(TemplateInterpreter &, const Value &text, const Arguments &arguments) {
  const bool keep = asBoolean(bind(arguments, {"keepends"})[0], false);
  List lines;
  for (const auto &[line, end] : linesOf(text.string()))
    lines.emplace_back(keep ? std::string(line) + std::string(end) : std::string(line));
  return lines;
}

template <bool last>
Value partition(TemplateInterpreter &, const Value &text, const Arguments &arguments) {
  const Value given = bind(arguments, {"sep"})[0];
  const std::string &all = text.string(), &separator = asString(given, arguments);
  if (separator.empty())
    throw TemplateError(arguments.callee + ": expected a separator, found an empty string");
  const size_t at = last ? all.rfind(separator) : all.find(separator);
  if (at == std::string::npos)
    return last ? Value::tuple({"", "", text}) : Value::tuple({text, "", ""});
  return Value::tuple({all.substr(0, at), separator, all.substr(at + separator.size())});
}

/// The part of a text from the character `start` to `end`, as in a slice.
struct Section {
  std::string_view text;
  /// Characters before it.
  int64_t before = 0;
  /// Whether it begins beyond the text's end.
  bool isBeyond = false;
};

Section sectionOf(const std::string &text, const Value &start, const Value &end,
                  const Arguments &arguments) {
  if (!isGiven(start) && !isGiven(end))
    return {text, 0, false};
  const std::vector<std::string_view> all = characters(text);
  const auto count = int64_t(all.size());
  auto place = [&](const Value &value, int64_t otherwise) {
    const int64_t given = isGiven(value) ? asInteger(value, arguments) : otherwise;
    return given < 0 ? std::max<int64_t>(given + count, 0) : given;
  };
  const int64_t first = place(start, 0), last = std::min(place(end, count), count);
  if (first > count)
    return {{}, first, true};
  auto offset = [&](int64_t i) {
    return i == count ? text.size() : size_t(all[size_t(i)].data() - text.data());
  };
  const size_t begin = offset(first);
  return {std::string_view(text).substr(begin, last > first ? offset(last) - begin : 0), first,
          last < first};
}

template <bool atStart>
Value hasAffix(TemplateInterpreter &, const Value &text, const Arguments &arguments) {
  const List bound = bind(arguments, {atStart ? "prefix" : "suffix", "start", "end"});
  const List choices = bound[0].isList() ? bound[0].list() : List{bound[0]};
  const Section section = sectionOf(text.string(), bound[1], bound[2], arguments);
  return std::ranges::any_of(choices, [&](const Value &each) {
    const std::string &affix = asString(each, arguments);
    return !section.isBeyond &&
           (atStart ? section.text.starts_with(affix) : section.text.ends_with(affix));
  });
}

Value replaceMethod(TemplateInterpreter &interpreter, const Value &text,
                    const Arguments &arguments) {
  const List bound = bind(arguments, {"old", "new", "count"});
  const std::string &from = asString(bound[0], arguments), &to = asString(bound[1], arguments);
  const int64_t most = asInteger(bound[2], arguments, -1);
  interpreter.checkLength(text.string().size() + countOf(text.string(), from, most) * to.size());
  return replaced(text.string(), from, to, most);
}

template <std::string (*change)(std::string_view)>
Value changeCase(TemplateInterpreter &, const Value &text, const Arguments &arguments) {
  bind(arguments, {});
  return change(text.string());
}

Value title(TemplateInterpreter &, const Value &text, const Arguments &arguments) {
  bind(arguments, {});
  return titled(text.string(), false);
}

/// The place of a part in characters, or -1.
template <bool last>
Value find(TemplateInterpreter &, const Value &text, const Arguments &arguments) {
  const List bound = bind(arguments, {"sub", "start", "end"});
  const std::string &part = asString(bound[0], arguments);
  const Section section = sectionOf(text.string(), bound[1], bound[2], arguments);
  const size_t at = last ? section.text.rfind(part) : section.text.find(part);
  if (section.isBeyond || at == std::string::npos)
    return int64_t(-1);
  return section.before + int64_t(characters(section.text.substr(0, at)).size());
}

template <bool last>
Value indexOf(TemplateInterpreter &interpreter, const Value &text, const Arguments &arguments) {
  const Value found = find<last>(interpreter, text, arguments);
  if (found.integer() < 0)
    throw TemplateError(arguments.callee + ": the text is not there");
  return found;
}

Value count(TemplateInterpreter &, const Value &text, const Arguments &arguments) {
  const List bound = bind(arguments, {"sub", "start", "end"});
  const Section section = sectionOf(text.string(), bound[1], bound[2], arguments);
  const std::string &part = asString(bound[0], arguments);
  return section.isBeyond ? int64_t(0) : int64_t(countOf(section.text, part, -1));
}

Value join(TemplateInterpreter &interpreter, const Value &text, const Arguments &arguments) {
  const Value items = bind(arguments, {"iterable"})[0];
  std::string out;
  bool first = true;
  for (const Value &item : itemsOf(items)) {
    interpreter.checkLength(out.size() + text.string().size());
    if (!std::exchange(first, false))
      out += text.string();
    out += asString(item, arguments);
  }
  return out;
}

template <bool prefix>
Value removeAffix(TemplateInterpreter &, const Value &text, const Arguments &arguments) {
  const Value given = bind(arguments, {prefix ? "prefix" : "suffix"})[0];
  const std::string_view all = text.string(), affix = asString(given, arguments);
  if (prefix)
    return all.starts_with(affix) ? all.substr(affix.size()) : all;
  return all.ends_with(affix) ? all.substr(0, all.size() - affix.size()) : all;
}

template <bool (*holds)(std::string_view)>
Value isAll(TemplateInterpreter &, const Value &text, const Arguments &arguments) {
  bind(arguments, {});
  return holds(text.string());
}

/// The text in the middle, or at one side, of so many characters.
template <char side>
Value justify(TemplateInterpreter &interpreter, const Value &text, const Arguments &arguments) {
  const List bound = bind(arguments, {"width", "fillchar"});
  const std::string fill = bound[1].isUndefined() ? " " : asString(bound[1], arguments);
  if (characters(fill).size() != 1)
    throw TemplateError(arguments.callee + ": expected one character to fill with");
  const std::string &all = text.string();
  const int64_t width = asInteger(bound[0], arguments);
  interpreter.checkLength(uint64_t(std::max<int64_t>(width, 0)));
  const auto length = int64_t(characters(all).size());
  interpreter.checkLength(all.size() +
                          fill.size() * uint64_t(std::max<int64_t>(width - length, 0)));
  if (side == '^')
    return centered(all, width, fill);
  const std::string filling =
      replaced(std::string(size_t(std::max<int64_t>(width - length, 0)), ' '), " ", fill, -1);
  return side == '<' ? all + filling : filling + all;
}

Value zfill(TemplateInterpreter &interpreter, const Value &text, const Arguments &arguments) {
  const int64_t width = asInteger(bind(arguments, {"width"})[0], arguments);
  interpreter.checkLength(uint64_t(std::max<int64_t>(width, 0)) + text.string().size());
  std::string all = text.string();
  const auto length = int64_t(characters(all).size());
  const bool hasSign = all.starts_with('-') || all.starts_with('+');
  return all.insert(hasSign ? 1 : 0, size_t(std::max<int64_t>(width - length, 0)), '0');
}

Value expandtabs(TemplateInterpreter &interpreter, const Value &text, const Arguments &arguments) {
  const int64_t size =
      std::max<int64_t>(asInteger(bind(arguments, {"tabsize"})[0], arguments, 8), 0);
  interpreter.checkLength(uint64_t(size));
  std::string out;
  int64_t column = 0;
  for (std::string_view character : characters(text.string())) {
    const int64_t spaces = size == 0 ? 0 : size - column % size;
    if (character == "\t") {
      interpreter.checkLength(out.size() + uint64_t(spaces));
      out.append(size_t(spaces), ' ');
      column += spaces;
    } else {
      out += character;
      column = character == "\n" || character == "\r" ? 0 : column + 1;
    }
  }
  return out;
}

Value format(TemplateInterpreter &interpreter, const Value &text, const Arguments &arguments) {
  return braceFormatted(text.string(), arguments, interpreter);
}

Value formatMap(TemplateInterpreter &interpreter, const Value &text, const Arguments &arguments) {
  const Value mapping = bind(arguments, {"mapping"})[0];
  if (!mapping.isDict())
    throw TemplateError(arguments.callee + ": expected a dict, found " +
                        std::string(describe(mapping)));
  return braceFormatted(text.string(), {arguments.callee, {}, mapping.dict().items()}, interpreter);
}

constexpr Builtin methods[] = {
    {"capitalize", changeCase<capitalized>},
    {"casefold", changeCase<folded>},
    {"center", justify<'^'>},
    {"count", count},
    {"endswith", hasAffix<false>},
    {"expandtabs", expandtabs},
    {"find", find<false>},
    {"format", format},
    {"format_map", formatMap},
    {"index", indexOf<false>},
    {"isalnum", isAll<areAlphanumeric>},
    {"isalpha", isAll<areLetters>},
    {"isascii", isAll<areAscii>},
    {"isdecimal", isAll<areDecimal>},
    {"isdigit", isAll<areDigits>},
    {"isidentifier", isAll<isIdentifier>},
    {"islower", isAll<isLowerCase>},
    {"isnumeric", isAll<areNumeric>},
    {"isprintable", isAll<arePrintable>},
    {"isspace", isAll<areSpaces>},
    {"istitle", isAll<isTitleCase>},
    {"isupper", isAll<isUpperCase>},
    {"join", join},
    {"ljust", justify<'<'>},
    {"lower", changeCase<lower>},
    {"lstrip", strip<Side::Left>},
    {"partition", partition<false>},
    {"removeprefix", removeAffix<true>},
    {"removesuffix", removeAffix<false>},
    {"replace", replaceMethod},
    {"rfind", find<true>},
    {"rindex", indexOf<true>},
    {"rjust", justify<'>'>},
    {"rpartition", partition<true>},
    {"rsplit", splitMethod<Side::Right>},
    {"rstrip", strip<Side::Right>},
    {"split", splitMethod<Side::Left>},
    {"splitlines", splitlines},
    {"startswith", hasAffix<true>},
    {"strip", strip<Side::Both>},
    {"swapcase", changeCase<swappedCase>},
    {"title", title},
    {"upper", changeCase<upper>},
    {"zfill", zfill},
};

} // namespace

std::span<const Builtin> stringMethods() { return methods; }

} // namespace weft::jinja
