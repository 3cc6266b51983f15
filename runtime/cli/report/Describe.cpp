#include "runtime/cli/report/Describe.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <map>

namespace weft::cli {

namespace {

std::string_view nameOf(schema::Scalar scalar) {
  switch (scalar) {
  case schema::Scalar::F32:
    return "f32";
  case schema::Scalar::F16:
    return "f16";
  case schema::Scalar::BF16:
    return "bf16";
  case schema::Scalar::I32:
    return "i32";
  case schema::Scalar::F8:
    return "f8E4M3B11FNUZ";
  }
  return "?";
}

std::string_view nameOf(schema::Symbol symbol) {
  switch (symbol) {
  case schema::Symbol::One:
    return "1";
  case schema::Symbol::Tokens:
    return "tokens";
  case schema::Symbol::Rows:
    return "rows";
  }
  return "?";
}

} // namespace

std::string_view nameOf(schema::PortKind kind) {
  switch (kind) {
  case schema::PortKind::Tokens:
    return "tokens";
  case schema::PortKind::Positions:
    return "positions";
  case schema::PortKind::Sequences:
    return "sequences";
  case schema::PortKind::Rows:
    return "rows";
  case schema::PortKind::Logits:
    return "logits";
  }
  return "?";
}

static std::string describe(const schema::Storage &storage, bool levels, unsigned super) {
  std::string text(nameOf(storage.scalar()));
  if (storage.bits() != 0)
    text = fmt::format("q{}{} ({}block {}{}, {} scales)", storage.bits(), super ? "_K" : "",
                       levels ? "levels, " : "", storage.block(),
                       super ? fmt::format(", super-block {}", super * storage.block()) : "", text);
  switch (storage.arrangement()) {
  case schema::ArrangementKind::Rows:
    break;
  case schema::ArrangementKind::Split:
    text += " split";
    break;
  case schema::ArrangementKind::Tiled:
    text += fmt::format(" tiled {}x{}", storage.rows(), storage.depth());
    break;
  }
  return text;
}

std::string describe(const schema::Storage &storage) { return describe(storage, false, 0); }

std::string describe(const schema::Parameter &parameter) {
  return describe(*parameter.storage(), parameter.levels() != nullptr, parameter.super());
}

std::string readableBytes(uint64_t bytes) {
  constexpr std::string_view units[] = {"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024)
    return fmt::format("{} B", bytes);
  double value = double(bytes) / 1024;
  size_t unit = 0;
  for (; value >= 1024 && unit + 1 < std::size(units); ++unit)
    value /= 1024;
  return fmt::format("{:.2f} {}", value, units[unit]);
}

std::string grouped(uint64_t number) {
  std::string digits = fmt::format("{}", number);
  for (size_t at = digits.size(); at > 3; at -= 3)
    digits.insert(at - 3, ",");
  return digits;
}

std::string formula(const schema::Size &size) {
  const std::pair<uint64_t, std::string_view> terms[] = {
      {size.constant(), ""},
      {size.perToken(), " * tokens"},
      {size.perRow(), " * rows"},
      {size.perContext(), " * context"},
      {size.perSlot(), " * context * sequences"}};
  std::string text;
  for (const auto &[factor, symbol] : terms)
    if (factor != 0)
      text += fmt::format("{}{}{}", text.empty() ? "" : " + ", factor, symbol);
  return text.empty() ? "0" : text;
}

std::string describe(const schema::Binding &binding, const schema::Artifact &artifact,
                     const schema::Entry &entry) {
  const uint32_t index = binding.index();
  switch (binding.space()) {
  case schema::Space::Arena:
    return fmt::format("arena + {}", formula(*binding.offset()));
  case schema::Space::Parameter:
    return fmt::format("parameter {} ({})", index,
                       artifact.parameters()->Get(index)->name()->string_view());
  case schema::Space::State:
    return fmt::format("state {} ({})", index,
                       artifact.states()->Get(index)->name()->string_view());
  case schema::Space::Input:
    return std::string(nameOf(entry.inputs()->Get(index)->kind()));
  case schema::Space::Output:
    return std::string(nameOf(entry.outputs()->Get(index)->kind()));
  }
  return "?";
}

std::string describe(const schema::Grid &grid) {
  if (grid.symbol() == schema::Symbol::One)
    return fmt::format("{}", grid.count());
  if (grid.tile() <= 1)
    return fmt::format("{} * {}", grid.count(), nameOf(grid.symbol()));
  return fmt::format("{} * ceil({} / {})", grid.count(), nameOf(grid.symbol()), grid.tile());
}

std::vector<Format> formatsOf(const schema::Artifact &artifact) {
  std::map<std::string, Format> byName;
  for (const schema::Parameter *parameter : *artifact.parameters()) {
    const std::string name = describe(*parameter);
    Format &format = byName[name];
    format.name = name;
    ++format.tensors;
    uint64_t weights = 1;
    for (uint64_t extent : *parameter->shape())
      weights *= extent;
    format.weights += weights;
    format.bytes += parameter->bytes();
  }
  std::vector<Format> formats;
  for (auto &[name, format] : byName)
    formats.push_back(std::move(format));
  std::ranges::sort(formats, [](const Format &a, const Format &b) {
    return a.bytes != b.bytes ? a.bytes > b.bytes : a.name < b.name;
  });
  return formats;
}

} // namespace weft::cli
