#include "runtime/text/jinja/Value.h"

#include "runtime/text/jinja/TemplateError.h"

#include <algorithm>

namespace weft::jinja {

/// How much there is in a value, with what it shares counted as often as it
/// occurs.
struct Value::Extent {
  unsigned depth = 0;
  uint64_t weight = 0;
};
struct Value::ListNode {
  List items;
  Extent extent;
  Sequence sequence;
};
struct Value::DictNode {
  Dict items;
  Extent extent;
};

const Value *Dict::find(std::string_view key) const {
  auto place = places.find(key);
  return place == places.end() ? nullptr : &inOrder[place->second].second;
}

void Dict::set(std::string_view key, Value value) {
  auto [place, inserted] = places.emplace(key, inOrder.size());
  if (inserted)
    inOrder.emplace_back(key, std::move(value));
  else
    inOrder[place->second].second = std::move(value);
}

namespace {

constexpr unsigned deepest = 200;
constexpr uint64_t heaviest = uint64_t(64) << 20;
constexpr uint64_t itemWeight = 64;

void checkItem(const Value &value) {
  if (!fitsInContainer(value))
    throw TemplateError("expected values in a list or a dict, found " +
                        std::string(describe(value)));
}

template <typename Extent> void add(Extent &whole, const Extent &item, uint64_t more) {
  whole.depth = std::max(whole.depth, item.depth + 1);
  whole.weight += item.weight + more;
  if (whole.depth > deepest)
    throw TemplateError("lists or dicts nested deeper than " + std::to_string(deepest));
  if (whole.weight > heaviest)
    throw TemplateError("lists or dicts of more than " + std::to_string(heaviest) + " bytes");
}

} // namespace

Value::Extent Value::extent() const {
  if (isString())
    return {0, string().size()};
  if (isList())
    return std::get<size_t(Kind::List)>(data)->extent;
  return isDict() ? std::get<size_t(Kind::Dict)>(data)->extent : Extent();
}

uint64_t Value::weight() const { return extent().weight; }

Value::Value(List items) : Value(std::move(items), Sequence::List) {}
Value Value::tuple(List items) { return Value(std::move(items), Sequence::Tuple); }
Value Value::group(Value key, List items) {
  return Value(List{std::move(key), Value(std::move(items))}, Sequence::Group);
}

Value::Value(List items, Sequence sequence) {
  Extent whole{1, itemWeight};
  for (const Value &item : items) {
    checkItem(item);
    add(whole, item.extent(), itemWeight);
  }
  data = std::make_shared<const ListNode>(ListNode{std::move(items), whole, sequence});
}

Value::Value(Dict items) {
  Extent whole{1, itemWeight};
  for (const auto &[key, item] : items.items()) {
    checkItem(item);
    add(whole, item.extent(), itemWeight + key.size());
  }
  data = std::make_shared<const DictNode>(DictNode{std::move(items), whole});
}

Value Value::undefined(std::string_view name) {
  Value value;
  value.data = Missing{std::make_shared<const std::string>(name)};
  return value;
}

Value Value::none() {
  Value value;
  value.data = Nothing();
  return value;
}

bool Value::isTuple() const {
  return isList() && std::get<size_t(Kind::List)>(data)->sequence != Sequence::List;
}
bool Value::isGroup() const {
  return isList() && std::get<size_t(Kind::List)>(data)->sequence == Sequence::Group;
}

bool Value::isNumber() const { return is(Kind::Boolean) || is(Kind::Integer) || is(Kind::Float); }

const std::string &Value::string() const { return *std::get<size_t(Kind::String)>(data); }
const List &Value::list() const { return std::get<size_t(Value::Kind::List)>(data)->items; }
const Dict &Value::dict() const { return std::get<size_t(Value::Kind::Dict)>(data)->items; }
Namespace &Value::space() const { return *std::get<size_t(Kind::Namespace)>(data); }
const Loop &Value::loop() const { return *std::get<size_t(Kind::Loop)>(data); }
const Function &Value::function() const { return *std::get<size_t(Kind::Function)>(data); }

int64_t Value::integer() const {
  return is(Kind::Boolean) ? int64_t(std::get<bool>(data)) : std::get<int64_t>(data);
}

double Value::number() const {
  return is(Kind::Float) ? std::get<double>(data) : double(integer());
}

std::string_view Value::undefinedName() const {
  const auto &name = std::get<size_t(Kind::Undefined)>(data).name;
  return name ? std::string_view(*name) : "value";
}

bool Value::truthy() const {
  switch (kind()) {
  case Kind::Undefined:
  case Kind::None:
    return false;
  case Kind::Boolean:
  case Kind::Integer:
  case Kind::Float:
    return number() != 0;
  case Kind::String:
    return !string().empty();
  case Kind::List:
    return !list().empty();
  case Kind::Dict:
    return dict().size() > 0;
  default:
    return true;
  }
}

bool operator==(const Value &left, const Value &right) {
  using Kind = Value::Kind;
  if (left.isNumber() && right.isNumber()) {
    if (left.is(Kind::Float) || right.is(Kind::Float))
      return left.number() == right.number();
    return left.integer() == right.integer();
  }
  if (left.kind() != right.kind())
    return false;
  switch (left.kind()) {
  case Kind::String:
    return left.string() == right.string();
  case Kind::List:
    return left.isTuple() == right.isTuple() &&
           std::ranges::equal(left.list(), right.list(),
                              [](const Value &a, const Value &b) { return a == b; });
  case Kind::Dict:
    return left.dict().size() == right.dict().size() &&
           std::ranges::all_of(left.dict().items(), [&](const Dict::Item &item) {
             const Value *other = right.dict().find(item.first);
             return other && *other == item.second;
           });
  case Kind::Namespace:
    return &left.space() == &right.space();
  case Kind::Loop:
    return &left.loop() == &right.loop();
  case Kind::Function:
    return &left.function() == &right.function();
  default:
    return true;
  }
}

std::string_view describe(const Value &value) {
  constexpr std::string_view names[] = {"undefined",   "none",     "a boolean", "an integer",
                                        "a float",     "a string", "a list",    "a dict",
                                        "a namespace", "a loop",   "a function"};
  return names[size_t(value.kind())];
}

bool fitsInContainer(const Value &value) { return value.kind() < Value::Kind::Namespace; }

} // namespace weft::jinja
