// Arrays of SchemaTranslator.
#include "runtime/constrain/schema/SchemaTranslator.h"

#include <algorithm>

namespace weft::constrain {

/// Of one part the first elements and those behind them; drafts before 2020-12 wrote both as
/// "items" and "additionalItems".
struct SchemaTranslator::Items {
  std::vector<Schema> first;
  std::optional<Schema> rest;
};

Result<Schema> SchemaTranslator::child(const Schema &part, JsonElement element,
                                       std::string pointer) {
  if (part.text.empty())
    return Schema{.element = element, .pointer = std::move(pointer)};
  return made(std::string(simdjson::minify(element)), std::move(pointer), false);
}

Result<std::vector<SchemaTranslator::Items>> SchemaTranslator::itemsOf(const Conjunction &all) {
  std::vector<Items> parts(all.parts.size());
  for (size_t i = 0; i < all.parts.size(); ++i) {
    const Schema &part = all.parts[i];
    const Conjunction one = {{part}};
    auto prefix = one.all("prefixItems"), rest = one.all("items");
    if (prefix.empty() && !rest.empty() && rest[0].element.is_array()) {
      prefix = rest;
      rest = one.all("additionalItems");
    }
    if (!prefix.empty()) {
      if (!prefix[0].element.is_array())
        return schemaError(prefix[0].pointer, "expected an array of schemas");
      for (JsonElement each : simdjson::dom::array(prefix[0].element)) {
        auto schema =
            child(part, each, below(prefix[0].pointer, std::to_string(parts[i].first.size())));
        if (!schema)
          return failFrom(schema);
        parts[i].first.push_back(*schema);
      }
    }
    if (!rest.empty()) {
      auto schema = child(part, rest[0].element, rest[0].pointer);
      if (!schema)
        return failFrom(schema);
      parts[i].rest = *schema;
    }
  }
  // What no keyword beside it or below it evaluates.
  for (size_t i = 0; i < all.parts.size(); ++i) {
    JsonElement value;
    if (!all.parts[i].element.is_object() || all.parts[i].element["unevaluatedItems"].get(value) ||
        (value.is_bool() && bool(value)))
      continue;
    const std::string pointer = below(all.parts[i].pointer, "unevaluatedItems");
    size_t firsts = 0;
    bool isAll = false;
    for (size_t other = 0; other < all.parts.size(); ++other) {
      JsonElement ignored;
      if (!all.isWithin(other, i) || !all.parts[other].element.is_object())
        continue;
      if (!all.parts[other].element["contains"].get(ignored))
        return schemaError(pointer, "\"unevaluatedItems\" beside \"contains\" is not supported");
      firsts = std::max(firsts, parts[other].first.size());
      isAll |= parts[other].rest.has_value();
    }
    auto schema = child(all.parts[i], value, pointer);
    if (!schema)
      return failFrom(schema);
    if (!isAll) {
      Items more;
      more.first.assign(firsts, Schema{.element = value, .pointer = "true"});
      auto anything = made("true", pointer, false);
      if (!anything)
        return failFrom(anything);
      std::ranges::fill(more.first, *anything);
      more.rest = *schema;
      parts.push_back(std::move(more));
    }
  }
  return parts;
}

Result<ExprId> SchemaTranslator::array(const Conjunction &all) {
  auto least = all.count("minItems", true), most = all.count("maxItems", false);
  if (!least || !most)
    return failFrom(least ? most : least);
  auto parts = itemsOf(all);
  if (!parts)
    return failFrom(parts);
  uint32_t minimum = least->value_or(0), maximum = most->value_or(unbounded);
  if (maximum == mostRepeats)
    maximum = unbounded;

  // Elements that "contains" asks for stand behind the first ones, before all others.
  std::vector<Schema> contained, notContained;
  uint32_t containing = 0, mostContaining = unbounded;
  size_t containers = 0;
  for (const Schema &part : all.parts) {
    JsonElement value;
    if (!part.element.is_object() || part.element["contains"].get(value))
      continue;
    const std::string pointer = below(part.pointer, "contains");
    auto fewest = Conjunction{{part}}.count("minContains", true);
    auto largest = Conjunction{{part}}.count("maxContains", false);
    if (!fewest || !largest)
      return failFrom(fewest ? largest : fewest);
    if (fewest->value_or(1) == 0 && !*largest)
      continue;
    if (++containers > 1 && *largest)
      return schemaError(pointer, "\"maxContains\" beside another \"contains\" is not supported");
    if (mostContaining != unbounded)
      return schemaError(pointer, "\"contains\" beside another \"maxContains\" is not supported");
    auto inside = child(part, value, pointer);
    auto outside = made("{\"not\":" + std::string(simdjson::minify(value)) + "}", pointer, true);
    if (!inside || !outside)
      return failFrom(inside ? outside : inside);
    contained.push_back(*inside);
    containing = std::max(containing, fewest->value_or(1));
    if (*largest) {
      mostContaining = **largest;
      notContained.push_back(*outside);
    }
  }
  if (containing > 1000)
    return schemaError(all.pointer(), "expected \"minContains\" of at most 1000");

  size_t firsts = 0;
  for (const Items &items : *parts)
    firsts = std::max(firsts, items.first.size());
  // What element `index` has to be; none: there is no such element.
  auto schemasAt = [&](size_t index) -> std::optional<std::vector<Schema>> {
    std::vector<Schema> schemas;
    for (const Items &items : *parts) {
      const Schema *one = index < items.first.size() ? &items.first[index]
                          : items.rest               ? &*items.rest
                                                     : nullptr;
      if (one && one->element.is_bool() && !bool(one->element))
        return std::nullopt;
      if (one)
        schemas.push_back(*one);
    }
    return schemas;
  };

  for (const Schema &unique : all.all("uniqueItems"))
    if (unique.element.is_bool() && bool(unique.element) && maximum > 1) {
      auto each = schemasAt(firsts);
      if (!each && firsts <= 1)
        continue;
      if (firsts > 0 || containers > 0 || !each)
        return schemaError(unique.pointer, "\"uniqueItems\" beside \"prefixItems\" or "
                                           "\"contains\" is not supported");
      return uniqueItems(all, *each, minimum, maximum);
    }

  std::vector<ExprId> elements;
  std::optional<ExprId> repeated;
  const size_t fixed = firsts + containing;
  for (size_t index = 0; index <= fixed && index < maximum; ++index) {
    auto schemas = schemasAt(std::min(index, firsts));
    if (!schemas) {
      maximum = uint32_t(index);
      break;
    }
    const bool isContained = index >= firsts && index < fixed;
    const std::vector<Schema> &more = isContained ? contained : notContained;
    schemas->insert(schemas->end(), more.begin(), more.end());
    auto element = value(std::move(*schemas));
    if (!element)
      return element;
    if (index < fixed)
      elements.push_back(*element);
    else
      repeated = *element;
  }
  if (containing > 0)
    minimum = std::max(minimum, uint32_t(fixed));
  if (minimum > maximum || containing > mostContaining)
    return nothing(all.pointer(), "no array has a number of elements within the bounds");

  // From the back: what may follow the first `index` elements.
  auto separated = [&](size_t index, ExprId element) {
    return index == 0 ? element : grammar.sequence({json.comma(), element});
  };
  ExprId content = grammar.sequence({});
  const auto count = uint32_t(elements.size());
  if (repeated) {
    const uint32_t fewest = minimum > count ? minimum - count : 0;
    const uint32_t more = maximum == unbounded ? unbounded : maximum - count;
    const ExprId next = grammar.sequence({json.comma(), *repeated});
    if (count > 0 || more == 0)
      content = grammar.repeat(next, fewest, more);
    else
      content = grammar.repeat(
          grammar.sequence({*repeated, grammar.repeat(next, fewest ? fewest - 1 : 0,
                                                      more == unbounded ? more : more - 1)}),
          fewest ? 1 : 0, 1);
  }
  for (size_t index = elements.size(); index-- > 0;) {
    content = grammar.sequence({separated(index, elements[index]), content});
    if (index >= minimum)
      content = grammar.optional(content);
  }
  return json.bracketed("[", content, "]");
}

/// Each value at most once, in the order in which the schema names them.
Result<ExprId> SchemaTranslator::uniqueItems(const Conjunction &all,
                                             const std::vector<Schema> &each, uint32_t least,
                                             uint32_t most) {
  Conjunction element = {each};
  const std::string pointer = below(all.pointer(), "uniqueItems");
  const std::string message = "\"uniqueItems\" is supported only where \"enum\" or \"const\" names "
                              "the elements, or there is at most one";
  if (element.parts.empty())
    return schemaError(pointer, message);
  auto hasValues = flatten(element);
  if (!hasValues)
    return failFrom(hasValues);
  std::vector<ExprId> values;
  if (*hasValues) {
    auto types = element.types();
    if (!types)
      return failFrom(types);
    if (element.hasAny({"enum", "const"})) {
      auto found = enumeratedValues(element);
      if (!found)
        return failFrom(found);
      for (JsonElement one : *found)
        values.push_back(json.value(one));
    } else if (element.has("type") && *types == std::set<std::string>{"boolean"}) {
      values = {grammar.literal("true"), grammar.literal("false")};
    } else {
      return schemaError(pointer, message);
    }
  }
  if (values.size() > 1000)
    return schemaError(pointer, "expected at most 1000 different elements");
  most = std::min(most, uint32_t(values.size()));
  if (least > most)
    return nothing(all.pointer(), "no array has so many different elements");
  std::vector<Choosing> choosing;
  for (ExprId value : values)
    choosing.push_back({value, false});
  auto content = chosen(choosing, least, most, std::nullopt, pointer);
  return content ? Result<ExprId>(json.bracketed("[", *content, "]")) : content;
}

/// Members or elements in order, those that are not required left out or not, commas between,
/// `least` to `most` of them; then `other` ones, of which one at most counts for `least`.
Result<ExprId> SchemaTranslator::chosen(const std::vector<Choosing> &all, uint32_t least,
                                        uint32_t most, std::optional<ExprId> other,
                                        const std::string &pointer) {
  // [i][count]: what may follow when `count` of the first i were written, counted to `largest`.
  const uint32_t largest = most == unbounded ? std::max(least, 1u) : most;
  if (uint64_t(all.size() + 1) * (largest + 1) > 40000)
    return schemaError(pointer, "these counts of members need more than 40000 rules");
  std::vector<std::vector<ExprId>> following(all.size() + 1, std::vector<ExprId>(largest + 1));
  const size_t count = all.size();
  for (uint32_t written = 0; written <= largest; ++written) {
    const uint32_t missing = written < least ? least - written : 0;
    const uint32_t left = most == unbounded ? unbounded : most - written;
    std::vector<ExprId> ways;
    if (missing == 0)
      ways.push_back(grammar.sequence({}));
    if (other && left > 0 && missing <= 1) {
      const ExprId next = grammar.sequence({json.comma(), *other});
      const ExprId more = grammar.repeat(next, 0, left == unbounded ? left : left - 1);
      ways.push_back(grammar.sequence({written == 0 ? *other : next, more}));
    }
    following[count][written] = grammar.choice(std::move(ways));
  }
  for (size_t i = count; i-- > 0;)
    for (uint32_t written = 0; written <= largest; ++written) {
      std::vector<ExprId> ways;
      if (!all[i].isRequired)
        ways.push_back(following[i + 1][written]);
      if (most == unbounded || written < most) {
        const ExprId rest = following[i + 1][std::min(written + 1, largest)];
        ways.push_back(grammar.sequence(
            {written == 0 ? all[i].expr : grammar.sequence({json.comma(), all[i].expr}), rest}));
      }
      const RuleId rule = grammar.newRule("from");
      grammar.define(rule, grammar.choice(std::move(ways)));
      following[i][written] = grammar.call(rule);
    }
  return following[0][0];
}

} // namespace weft::constrain
