// Functions that a template finds without being given them.
#include "runtime/text/jinja/Interpreter.h"
#include "runtime/text/jinja/TemplateError.h"
#include "runtime/text/jinja/ValueText.h"
#include "runtime/text/jinja/builtins/Builtins.h"

namespace weft::jinja {

namespace {

/// The items of a dict that may be given, then the named arguments.
Dict dictOf(const Arguments &arguments) {
  if (arguments.positional.size() > 1)
    throw TemplateError(arguments.callee + ": expected at most one dict, then named arguments");
  Dict dict;
  if (!arguments.positional.empty()) {
    if (!arguments.positional[0].isDict())
      throw TemplateError(arguments.callee + ": expected a dict, found " +
                          std::string(describe(arguments.positional[0])));
    dict = arguments.positional[0].dict();
  }
  for (const auto &[name, value] : arguments.named)
    dict.set(name, value);
  return dict;
}

Value makeDict(TemplateInterpreter &, const Value &, const Arguments &arguments) {
  return dictOf(arguments);
}

Value makeNamespace(TemplateInterpreter &, const Value &, const Arguments &arguments) {
  Value checked(dictOf(arguments)); // refuses what cannot lie in a container
  return std::make_shared<Namespace>(Namespace{checked.dict(), false});
}

Value raiseException(TemplateInterpreter &, const Value &, const Arguments &arguments) {
  throw TemplateError("the template refuses: " + toText(bind(arguments, {"message"})[0]));
}

Value range(TemplateInterpreter &, const Value &, const Arguments &arguments) {
  const List bound = bind(arguments, {"start", "stop", "step"});
  int64_t start = asInteger(bound[0], arguments), stop = asInteger(bound[1], arguments, start);
  const int64_t step = asInteger(bound[2], arguments, 1);
  if (bound[1].isUndefined())
    start = 0;
  if (step == 0)
    throw TemplateError(arguments.callee + ": expected a step other than 0");
  constexpr size_t most = 100'000; // as in Jinja's sandbox
  List numbers;
  for (int64_t i = start; step > 0 ? i < stop : i > stop;) {
    if (numbers.size() == most)
      throw TemplateError(arguments.callee + ": expected at most " + std::to_string(most) +
                          " numbers");
    numbers.emplace_back(i);
    if (__builtin_add_overflow(i, step, &i))
      break;
  }
  return numbers;
}

/// Gives "" the first time, and the separator from then on.
Value joinNext(TemplateInterpreter &, const Value &state, const Arguments &arguments) {
  bind(arguments, {});
  Dict &values = state.space().values;
  const Value separator = *values.find("separator");
  const bool first = !values.find("used");
  values.set("used", true);
  return first ? Value("") : separator;
}

constexpr Builtin joinerCall = {"joiner", joinNext};

Value joiner(TemplateInterpreter &, const Value &, const Arguments &arguments) {
  const Value separator = bind(arguments, {"sep"})[0];
  auto state = std::make_shared<Namespace>();
  state->values.set("separator", separator.isUndefined() ? Value(", ") : Value(toText(separator)));
  return std::make_shared<const Function>(Function{nullptr, nullptr, &joinerCall, state});
}

Value cycler(TemplateInterpreter &, const Value &, const Arguments &arguments) {
  if (arguments.positional.empty() || !arguments.named.empty())
    throw TemplateError(arguments.callee + ": expected items to cycle through");
  auto state = std::make_shared<Namespace>(Namespace{{}, true});
  state->values.set("items", arguments.positional);
  state->values.set("position", int64_t(0));
  return state;
}

Value strftimeNow(TemplateInterpreter &interpreter, const Value &, const Arguments &arguments) {
  const Value format = bind(arguments, {"format"})[0];
  const std::time_t now = interpreter.now();
  std::tm parts = {};
  localtime_r(&now, &parts);
  char text[1024];
  const size_t length =
      std::strftime(text, sizeof text, asString(format, arguments).c_str(), &parts);
  return std::string_view(text, length);
}

constexpr Builtin functions[] = {{"cycler", cycler},
                                 {"dict", makeDict},
                                 {"joiner", joiner},
                                 {"namespace", makeNamespace},
                                 {"raise_exception", raiseException},
                                 {"range", range},
                                 {"strftime_now", strftimeNow}};

} // namespace

const Builtin *findFunction(std::string_view name) { return findIn(functions, name); }

} // namespace weft::jinja
