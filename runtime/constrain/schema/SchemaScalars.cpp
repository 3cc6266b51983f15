// Numbers and strings of SchemaTranslator.
#include "runtime/constrain/automaton/TextSet.h"
#include "runtime/constrain/grammar/Regex.h"
#include "runtime/constrain/schema/SchemaTranslator.h"
#include "runtime/constrain/schema/StringFormats.h"

#include <algorithm>
#include <cmath>

namespace weft::constrain {

namespace {

Result<Decimal> decimalOf(const Schema &value) {
  double real = 0;
  if (value.element.is_int64())
    return Decimal::of(int64_t(value.element));
  if (value.element.is_uint64())
    return Decimal::of(value.element.get_uint64().value());
  if (value.element.get_double().get(real))
    return schemaError(value.pointer, "expected a number");
  return Decimal::of(real);
}

} // namespace

Result<NumberRange> SchemaTranslator::rangeOf(const Conjunction &all, bool &isBounded) {
  NumberRange range;
  isBounded = false;
  for (std::string_view keyword : {"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"}) {
    const bool isOpen = keyword.starts_with("exclusive");
    for (const Schema &value : all.all(keyword)) {
      auto decimal = decimalOf(value);
      if (!decimal)
        return failFrom(decimal);
      isBounded = true;
      if (keyword.ends_with("inimum"))
        range.raise({*decimal, isOpen});
      else
        range.lower({*decimal, isOpen});
    }
  }
  for (const Schema &format : all.all("format")) {
    std::string_view name;
    double least = 0, most = 0;
    if (format.element.get_string().get(name) || !boundsOfFormat(name, least, most))
      continue;
    isBounded = true;
    range.raise({Decimal::of(least), false});
    range.lower({Decimal::of(most), false});
  }
  return range;
}

Result<ExprId> SchemaTranslator::number(const Conjunction &all, bool isInteger) {
  bool isBounded = false;
  auto range = rangeOf(all, isBounded);
  if (!range)
    return failFrom(range);
  std::vector<std::string> excluded;
  for (const Schema &list : all.all("weft:notEnum"))
    for (JsonElement each : simdjson::dom::array(list.element))
      if (each.is_number()) {
        auto decimal = decimalOf({.element = each, .pointer = list.pointer});
        if (!decimal)
          return failFrom(decimal);
        excluded.push_back(decimal->text());
      }
  const auto divisors = all.all("multipleOf");
  const bool isFraction = all.has("weft:fraction");
  if (isFraction && isInteger)
    return nothing(all.pointer(), "no integer is other than an integer");
  const bool isPlain = divisors.empty() && excluded.empty() && !isFraction;
  // Bounds beyond all that is written without any.
  auto isFar = [](const std::optional<Bound> &bound, bool isLeast) {
    return !bound || (bound->value.whole.size() > 130 && bound->value.isNegative == isLeast);
  };
  if (isPlain &&
      (!isBounded || (!isInteger && isFar(range->least, true) && isFar(range->most, false))))
    return isInteger ? json.integer() : json.number();
  Grammar scratch;
  Grammar &target = isPlain ? grammar : scratch;
  const auto within = isInteger ? integersIn(target, *range) : numbersIn(target, *range);
  if (!within)
    return nothing(all.pointer(), "no number is within the bounds");
  if (isPlain)
    return *within;
  auto set = TextSet::of(scratch, *within);
  for (const Schema &divisor : divisors) {
    if (!set)
      break;
    auto decimal = decimalOf(divisor);
    if (!decimal)
      return failFrom(decimal);
    if (decimal->isNegative || decimal->isZero())
      return schemaError(divisor.pointer, "expected a number above 0");
    auto multiples = multiplesOf(scratch, *decimal);
    if (!multiples)
      return schemaError(divisor.pointer, multiples.error().message);
    auto texts = TextSet::of(scratch, *multiples);
    set = texts ? set->both(*texts) : std::move(texts);
  }
  if (set && isFraction) {
    auto whole = parseRegex(scratch, "-?\\d+(\\.0+)?", Fit::Whole);
    auto texts = whole ? TextSet::of(scratch, *whole) : Result<TextSet>(failFrom(whole));
    set = texts ? set->both(texts->inverted()) : std::move(texts);
  }
  for (const std::string &text : excluded) {
    if (!set)
      break;
    // The number in all its ways of being written.
    const bool hasPoint = text.find('.') != std::string::npos;
    const ExprId zeros = scratch.repeat(scratch.literal("0"), hasPoint ? 0 : 1, unbounded);
    const ExprId written = scratch.sequence(
        {scratch.literal(text),
         hasPoint ? zeros : scratch.optional(scratch.sequence({scratch.literal("."), zeros}))});
    auto texts = TextSet::of(scratch, written);
    set = texts ? set->both(texts->inverted()) : std::move(texts);
  }
  if (!set)
    return schemaError(all.pointer(), set.error().message);
  if (set->empty())
    return nothing(all.pointer(), "no number is within the bounds");
  return set->write(grammar, [&](const CodePoints &characters) { return grammar.set(characters); });
}

/// What patterns, formats, encodings and excluded texts leave; nullopt where there are none.
Result<std::optional<TextSet>> SchemaTranslator::texts(const Conjunction &all) {
  std::optional<TextSet> left;
  auto narrow = [&](const Schema &value, Result<TextSet> set) -> Result<void> {
    auto both = !set ? std::move(set) : left ? left->both(*set) : std::move(set);
    if (!both)
      return schemaError(value.pointer, both.error().message);
    left = std::move(*both);
    return {};
  };
  for (std::string_view keyword : {"pattern", "format", "weft:notPattern", "contentEncoding"})
    for (const Schema &value : all.all(keyword)) {
      std::string_view text;
      if (value.element.get_string().get(text))
        return schemaError(value.pointer, "expected a text");
      if (keyword == "contentEncoding") {
        auto encoded = textsOfEncoding(text);
        if (!encoded)
          return schemaError(value.pointer, encoded.error().message);
        if (*encoded)
          if (auto done = narrow(value, std::move(**encoded)); !done)
            return failFrom(done);
        continue;
      }
      if (keyword == "format" && isFormatOfNumbers(value.element))
        continue;
      Result<TextSet> set = keyword == "format" ? textsOfFormat(text) : textsOfPattern(text);
      if (set && keyword == "weft:notPattern")
        set = set->inverted();
      if (auto done = narrow(value, std::move(set)); !done)
        return failFrom(done);
    }
  for (const Schema &list : all.all("weft:notEnum")) {
    std::vector<std::string> excluded;
    for (JsonElement each : simdjson::dom::array(list.element))
      if (each.is_string())
        excluded.emplace_back(std::string_view(each));
    if (!excluded.empty())
      if (auto done = narrow(list, TextSet::ofTexts(excluded).inverted()); !done)
        return failFrom(done);
  }
  return left;
}

Result<ExprId> SchemaTranslator::string(const Conjunction &all) {
  auto least = all.count("minLength", true), most = all.count("maxLength", false);
  if (!least || !most)
    return failFrom(least ? most : least);
  uint32_t fewest = least->value_or(0), longest = most->value_or(unbounded);
  if (longest == mostRepeats)
    longest = unbounded; // more than any text has
  if (fewest > longest)
    return nothing(all.pointer(), "no string has a length within the bounds");
  const auto patterns = all.all("pattern"), formats = all.all("format");
  auto write = [&](const CodePoints &set) { return json.character(set); };
  // One expression alone keeps its counts, however large.
  std::string_view text;
  if (patterns.size() + formats.size() == 1 && fewest == 0 && longest == unbounded &&
      !all.hasAny({"weft:notPattern", "weft:notEnum", "contentEncoding"})) {
    const Schema &value = patterns.empty() ? formats[0] : patterns[0];
    if (!value.element.get_string().get(text) && !looksAhead(text) &&
        (!patterns.empty() || !patternOfFormat(text).empty())) {
      auto content = parseRegex(grammar, patterns.empty() ? patternOfFormat(text) : text,
                                patterns.empty() ? Fit::Whole : Fit::Anywhere, write);
      if (!content)
        return schemaError(value.pointer, content.error().message);
      return json.quoted(*content);
    }
  }
  auto left = texts(all);
  if (!left)
    return failFrom(left);
  if (!*left)
    return json.string(fewest, longest);
  const TextSet &set = **left;
  if (!set.hasLength(fewest, longest))
    return nothing(all.pointer(), "no string is allowed by all keywords together");
  if (set.shortest().value_or(0) >= fewest)
    fewest = 0;
  if (set.longest() <= longest)
    longest = unbounded;
  return json.quoted(set.write(grammar, write, fewest, longest));
}

/// The names that all of `schemas` accept, which are those of propertyNames.
Result<TextSet> SchemaTranslator::textsOfNames(const std::vector<Schema> &schemas) {
  Conjunction all = {schemas};
  auto hasValues = flatten(all);
  if (!hasValues)
    return failFrom(hasValues);
  if (!*hasValues)
    return TextSet::all().inverted();
  if (auto known = all.checkKeywords(); !known)
    return failFrom(known);
  size_t part = 0;
  auto ways = split(all, part);
  if (!ways)
    return failFrom(ways);
  if (*ways) {
    TextSet any = TextSet::all().inverted();
    for (const std::vector<Schema> &way : **ways) {
      std::vector<Schema> with = all.parts;
      for (const Schema &added : way) {
        with.push_back(added);
        with.back().parent = part;
      }
      if (++this->schemas > mostSchemas)
        return schemaError(all.pointer(), "more than " + std::to_string(mostSchemas) +
                                              " schemas, combinations counted");
      auto one = textsOfNames(with);
      auto joined = one ? any.either(*one) : std::move(one);
      if (!joined)
        return schemaError(all.pointer(), joined.error().message);
      any = std::move(*joined);
    }
    return any;
  }
  auto types = all.types();
  if (!types)
    return failFrom(types);
  if (!types->contains("string"))
    return TextSet::all().inverted();
  if (all.hasAny({"enum", "const"})) {
    auto values = enumeratedValues(all);
    if (!values)
      return failFrom(values);
    std::vector<std::string> names;
    for (JsonElement each : *values)
      if (each.is_string())
        names.emplace_back(std::string_view(each));
    return TextSet::ofTexts(names);
  }
  auto left = texts(all);
  if (!left)
    return failFrom(left);
  auto least = all.count("minLength", true), most = all.count("maxLength", false);
  if (!least || !most)
    return failFrom(least ? most : least);
  TextSet names = *left ? std::move(**left) : TextSet::all();
  if (!*least && !*most)
    return names;
  auto lengths = TextSet::ofLengths(least->value_or(0), most->value_or(unbounded));
  auto both = lengths ? names.both(*lengths) : std::move(lengths);
  if (!both)
    return schemaError(all.pointer(), both.error().message);
  return both;
}

} // namespace weft::constrain
