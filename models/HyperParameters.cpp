#include "models/HyperParameters.h"

#include "runtime/base/Quotes.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace weft {

std::string HyperParameters::nameOf(Key key) const {
  if (!gguf)
    return std::string(key.huggingFace);
  return key.gguf.empty() ? "" : std::string(checkpoint.family()) + "." + std::string(key.gguf);
}

bool HyperParameters::contains(Key key) const {
  std::string name = nameOf(key);
  return !name.empty() && checkpoint.metadata().contains(name);
}

void HyperParameters::require(bool holds, const std::string &message) {
  if (!holds && !error)
    error = Error{"'" + checkpoint.path() + "': " + message};
}

/// GGUF may say it for each layer; here all layers are the same.
Result<int64_t> HyperParameters::integer(Key key) const {
  const std::string name = nameOf(key);
  auto found = checkpoint.metadata().find(name);
  const auto *list = gguf && found != checkpoint.metadata().end()
                         ? std::get_if<std::vector<int64_t>>(&found->second)
                         : nullptr;
  if (!list || list->empty())
    return checkpoint.integer(name);
  auto other = std::ranges::adjacent_find(*list, std::not_equal_to());
  if (other == list->end())
    return list->front();
  return fail("'" + checkpoint.path() + "': expected " + inQuotes(name) +
              " to be the same for all layers, found " + std::to_string(*other) + " and " +
              std::to_string(*(other + 1)));
}

int64_t HyperParameters::size(Key key, int64_t most, std::optional<int64_t> otherwise) {
  if (otherwise && !contains(key))
    return *otherwise;
  Result<int64_t> value = integer(key);
  if (!value) {
    error = error ? error : value.error();
    return 1;
  }
  require(*value >= 1 && *value <= most, "expected " + inQuotes(nameOf(key)) + " from 1 to " +
                                             std::to_string(most) + ", found " +
                                             std::to_string(*value));
  return std::clamp<int64_t>(*value, 1, most);
}

double HyperParameters::positive(Key key, std::optional<double> otherwise) {
  if (otherwise && !contains(key))
    return *otherwise;
  Result<double> value = checkpoint.number(nameOf(key));
  if (!value) {
    error = error ? error : value.error();
    return 1;
  }
  bool holds = std::isfinite(*value) && *value > 0;
  require(holds, "expected " + inQuotes(nameOf(key)) + " above 0, found " + std::to_string(*value));
  return holds ? *value : 1;
}

bool HyperParameters::flag(Key key, bool otherwise) {
  Result<bool> value =
      contains(key) ? checkpoint.boolean(nameOf(key), otherwise) : Result<bool>(otherwise);
  if (!value)
    error = error ? error : value.error();
  return value.value_or(otherwise);
}

std::string HyperParameters::choice(Key key, std::string_view otherwise,
                                    std::initializer_list<std::string_view> known) {
  if (!contains(key))
    return std::string(otherwise);
  Result<std::string> value = checkpoint.string(nameOf(key));
  if (!value) {
    error = error ? error : value.error();
    return std::string(otherwise);
  }
  if (std::ranges::find(known, *value) == known.end()) {
    std::string list;
    for (std::string_view item : known)
      list += (list.empty() ? "" : ", ") + inQuotes(item);
    require(false, inQuotes(nameOf(key)) + " " + inQuotes(*value) + " is not supported; expected " +
                       (known.size() > 1 ? "one of " : "") + list);
    return std::string(otherwise);
  }
  return *value;
}

int64_t HyperParameters::vocabulary(Key key, std::string_view table) {
  if (!gguf || contains(key))
    return size(key, mostVocabulary);
  const CheckpointTensor *tensor = checkpoint.find(table);
  if (!tensor && checkpoint.contains(table)) {
    // The checkpoint explains a type that it cannot give.
    error = error ? error : checkpoint.tensor(table, {}).error();
    return 1;
  }
  int64_t rows = tensor && tensor->shape.size() == 2 ? tensor->shape[0] : 0;
  require(rows >= 1 && rows <= mostVocabulary,
          "expected a tensor " + inQuotes(table) + " of 1 to " + std::to_string(mostVocabulary) +
              " rows, found " + (tensor ? std::to_string(rows) + " rows" : "none of that name"));
  return std::clamp<int64_t>(rows, 1, mostVocabulary);
}

} // namespace weft
