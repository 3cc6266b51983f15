// What a template computes with: Python's simple types.
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

/// Values in order.
using List = std::vector<Value>;

/// Cheap to copy: texts and containers are shared, and never change once they
/// are a Value (but for a Namespace). Functions, namespaces and loops cannot
/// lie in containers, so that nothing holds itself.
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

  /// Undefined; `name` is what messages call it.
  Value() = default;
  static Value undefined(std::string_view name);
  static Value none();
  Value(bool value) : data(value) {}
  Value(int64_t value) : data(value) {}
  Value(double value) : data(value) {}
  Value(std::string value) : data(std::make_shared<const std::string>(std::move(value))) {}
  Value(std::string_view value) : Value(std::string(value)) {}
  Value(const char *value) : Value(std::string(value)) {}
  /// Throw TemplateError where the nesting gets too deep, the whole too large,
  /// or an item cannot lie in a container.
  Value(List items);
  Value(Dict items);
  /// A Python tuple: a List that prints as one, and is equal to tuples only.
  static Value tuple(List items);
  /// What groupby makes: a tuple of two that are its attributes `grouper` and
  /// `list`, too.
  static Value group(Value key, List items);
  Value(std::shared_ptr<Namespace> value) : data(std::move(value)) {}
  Value(std::shared_ptr<const Loop> value) : data(std::move(value)) {}
  Value(std::shared_ptr<const Function> value) : data(std::move(value)) {}

  Kind kind() const { return Kind(data.index()); }
  bool is(Kind other) const { return kind() == other; }
  bool isUndefined() const { return is(Kind::Undefined); }
  bool isString() const { return is(Kind::String); }
  /// A tuple is one as well.
  bool isList() const { return is(Kind::List); }
  bool isTuple() const;
  bool isGroup() const;
  bool isDict() const { return is(Kind::Dict); }
  /// A number, True and False among them.
  bool isNumber() const;

  /// Each needs a value of its kind.
  const std::string &string() const;
  const List &list() const;
  const Dict &dict() const;
  Namespace &space() const;
  const Loop &loop() const;
  const Function &function() const;
  /// Of a Boolean or an Integer.
  int64_t integer() const;
  /// Of any number.
  double number() const;
  /// How messages call an undefined value.
  std::string_view undefinedName() const;

  /// Bytes it would have if nothing in it were shared, roughly: what bounds the
  /// time that comparing it or writing it takes.
  uint64_t weight() const;

  /// Python's bool(value).
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

/// Keys are strings and keep the order in which they came.
class Dict {
public:
  using Item = std::pair<std::string, Value>;

  /// nullptr where there is none.
  const Value *find(std::string_view key) const;
  void set(std::string_view key, Value value);
  const std::vector<Item> &items() const { return inOrder; }
  size_t size() const { return inOrder.size(); }

private:
  std::vector<Item> inOrder;
  std::map<std::string, size_t, std::less<>> places;
};

/// What `namespace()` makes: the one thing that a template can change. cycler()
/// and joiner() keep their state in one.
struct Namespace {
  Dict values;
  bool isCycler = false;
};

/// The items and where a `for` stands among them.
struct Loop {
  List items;
  size_t index = 0;
  /// What loop.changed() was given last.
  mutable std::optional<Value> lastChecked = {};
};

/// Python's ==.
bool operator==(const Value &left, const Value &right);

/// "a string", "none", "undefined": for messages.
std::string_view describe(const Value &value);

/// Whether a list or a dict may hold it.
bool fitsInContainer(const Value &value);

} // namespace weft::jinja
