// The values of templates: Python's simple types.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weft::jinja {

class Value;
class Dict;
struct Namespace;
struct Function;
struct Loop;

/// The items of a list or a tuple.
using List = std::vector<Value>;

/// A value of any kind. Cheap to copy: strings and containers are shared and immutable (except
/// Namespace). Functions, namespaces and loops cannot be items of containers, so there are no
/// cycles.
class Value {
public:
  enum class Kind {
    Undefined,
    None,
    Boolean,
    Integer,
    Float,
    String,
    List,
    Dict,
    Namespace,
    Loop,
    Function
  };

  /// Makes an undefined value; messages call it `name`.
  Value() = default;
  static Value undefined(std::string_view name);
  static Value none();
  Value(bool value) : data(value) {}
  Value(int64_t value) : data(value) {}
  Value(double value) : data(value) {}
  Value(std::string value) : data(std::make_shared<const std::string>(std::move(value))) {}
  Value(std::string_view value) : Value(std::string(value)) {}
  Value(const char *value) : Value(std::string(value)) {}
  /// Make a container. Throw TemplateError if it is nested too deeply or too large, or if an item
  /// cannot be in a container.
  Value(List items);
  Value(Dict items);
  /// Makes a Python tuple: a list that prints as a tuple and equals only tuples.
  static Value tuple(List items);
  /// Makes an item of groupby's result: a pair that also has the attributes `grouper` and `list`.
  static Value group(Value key, List items);
  Value(std::shared_ptr<Namespace> value) : data(std::move(value)) {}
  Value(std::shared_ptr<const Loop> value) : data(std::move(value)) {}
  Value(std::shared_ptr<const Function> value) : data(std::move(value)) {}

  Kind kind() const { return Kind(data.index()); }
  bool is(Kind other) const { return kind() == other; }
  bool isUndefined() const { return is(Kind::Undefined); }
  bool isString() const { return is(Kind::String); }
  /// Also true for tuples.
  bool isList() const { return is(Kind::List); }
  bool isTuple() const;
  bool isGroup() const;
  bool isDict() const { return is(Kind::Dict); }
  /// Says whether it is a number; True and False are numbers.
  bool isNumber() const;

  /// Return the content. The value must be of that kind.
  const std::string &string() const;
  const List &list() const;
  const Dict &dict() const;
  Namespace &space() const;
  const Loop &loop() const;
  const Function &function() const;
  /// Returns the value of a Boolean or an Integer.
  int64_t integer() const;
  /// Returns the value of any number.
  double number() const;
  /// Returns the name of an undefined value, for messages.
  std::string_view undefinedName() const;

  /// Returns roughly the bytes it would take if nothing were shared, which bounds the time to
  /// compare or write it.
  uint64_t weight() const;

  /// Returns Python's bool(value).
  bool truthy() const;

private:
  enum class Sequence { List, Tuple, Group };
  Value(List items, Sequence sequence);
  struct ListNode;
  struct DictNode;
  struct Extent;
  struct Nothing {};
  struct Missing {
    std::shared_ptr<const std::string> name;
  };
  Extent extent() const;

  std::variant<Missing, Nothing, bool, int64_t, double, std::shared_ptr<const std::string>,
               std::shared_ptr<const ListNode>, std::shared_ptr<const DictNode>,
               std::shared_ptr<Namespace>, std::shared_ptr<const Loop>,
               std::shared_ptr<const Function>>
      data;
};

/// A dict with string keys in insertion order.
class Dict {
public:
  using Item = std::pair<std::string, Value>;

  /// Returns the value of `key`, or nullptr.
  const Value *find(std::string_view key) const;
  void set(std::string_view key, Value value);
  const std::vector<Item> &items() const { return inOrder; }
  size_t size() const { return inOrder.size(); }

private:
  std::vector<Item> inOrder;
  std::map<std::string, size_t, std::less<>> places;
};

/// The result of namespace(), the only mutable value. cycler() and joiner() store their state in
/// one.
struct Namespace {
  Dict values;
  bool isCycler = false;
};

/// The items of a `for` and its current position.
struct Loop {
  List items;
  size_t index = 0;
  /// The last argument of loop.changed().
  mutable std::optional<Value> lastChecked = {};
};

/// Compares as Python's == does.
bool operator==(const Value &left, const Value &right);

/// Returns a description of the kind, for messages: "a string", "none", "undefined".
std::string_view describe(const Value &value);

/// Says whether `value` may be an item of a list or dict.
bool fitsInContainer(const Value &value);

} // namespace weft::jinja
