#include "runtime/artifact/Kernel.h"
#include "runtime/artifact/Verify.h"
#include "runtime/base/Checked.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <set>
#include <string>

namespace weft::verify {

namespace {

using schema::PortKind;
using schema::Size;
using schema::Space;
using schema::Symbol;

constexpr std::array sizeTerms = {
    std::pair("constant", &Size::constant), std::pair("tokens", &Size::perToken),
    std::pair("rows", &Size::perRow), std::pair("context", &Size::perContext),
    std::pair("context * sequences", &Size::perSlot)};

constexpr std::array inputKinds = {PortKind::Tokens, PortKind::Positions, PortKind::Sequences,
                                   PortKind::Rows};
constexpr std::array outputKinds = {PortKind::Logits};

/// What bindings of an entry may refer to.
struct Scope {
  const schema::Artifact &artifact;
  const schema::Program &program;
  const schema::Entry &entry;
};

} // namespace

/// A formula is within another where each of its terms is: then it is for all sizes.
static Result<void> verifyWithin(const Size &offset, const Size &size, const Size &whole) {
  for (auto [name, term] : sizeTerms) {
    auto end = (Checked((offset.*term)()) + (size.*term)()).value();
    if (!end || *end > (whole.*term)())
      return fail(fmt::format("expected offset + size within {} bytes per {}, found {} + {}",
                              (whole.*term)(), name, (offset.*term)(), (size.*term)()));
  }
  return {};
}

static Result<void> verifyIndex(const char *what, uint64_t index, uint64_t count) {
  if (index < count)
    return {};
  return fail(fmt::format("expected a {} below {}, found {}", what, count, index));
}

static Result<void> verifyBinding(const Scope &scope, const schema::Binding &binding) {
  auto within = [&](const char *what, uint64_t count, auto sizeOf) -> Result<void> {
    if (auto index = verifyIndex(what, binding.index(), count); !index)
      return index;
    return verifyWithin(*binding.offset(), *binding.size(), sizeOf(binding.index()));
  };
  for (auto [name, term] : sizeTerms) {
    uint64_t offset = (binding.offset()->*term)();
    if (binding.space() != Space::Arena && offset != 0)
      return fail(
          fmt::format("expected no offset outside the arena, found {} per {}", offset, name));
    if (offset % artifactAlign != 0)
      return fail(fmt::format("expected an offset in multiples of {}, found {} per {}",
                              artifactAlign, offset, name));
  }
  switch (binding.space()) {
  case Space::Arena:
    return within("arena", 1, [&](uint32_t) { return *scope.entry.arena(); });
  case Space::Parameter:
    return within("parameter", scope.artifact.parameters()->size(), [&](uint32_t i) {
      return Size(scope.artifact.parameters()->Get(i)->bytes(), 0, 0, 0, 0);
    });
  case Space::State:
    return within("state", scope.artifact.states()->size(),
                  [&](uint32_t i) { return *scope.artifact.states()->Get(i)->size(); });
  case Space::Input:
    return within("input", scope.entry.inputs()->size(),
                  [&](uint32_t i) { return *scope.entry.inputs()->Get(i)->size(); });
  case Space::Output:
    return within("output", scope.entry.outputs()->size(),
                  [&](uint32_t i) { return *scope.entry.outputs()->Get(i)->size(); });
  }
  return fail(fmt::format("expected a space of arena, parameter, state, input or output, found "
                          "number {}",
                          static_cast<unsigned>(binding.space())));
}

static Result<void> verifyVariant(const Scope &scope, const schema::Variant &variant) {
  if (auto kernel = verifyIndex("kernel", variant.kernel(), scope.program.kernels()->size());
      !kernel)
    return kernel;
  const schema::Grid &grid = *variant.grid();
  if (grid.symbol() > Symbol::MAX)
    return fail(fmt::format("expected a grid over one, tokens or rows, found number {}",
                            static_cast<unsigned>(grid.symbol())));
  if (grid.count() == 0 || grid.tile() == 0)
    return fail(fmt::format("expected a grid with count and tile of at least 1, found {} and {}",
                            grid.count(), grid.tile()));
  // Tokens and rows are i32, so no number of workgroups exceeds an i64.
  if (grid.count() > UINT32_MAX)
    return fail(
        fmt::format("expected a grid count of at most {}, found {}", UINT32_MAX, grid.count()));
  if (variant.shared() > WEFT_SHARE_WHOLE)
    return fail(fmt::format("expected a share of at most {} sixteenths, found {}",
                            int(WEFT_SHARE_WHOLE), variant.shared()));
  return {};
}

/// All of them are code of the part of the variant's own kernel, and none is there twice.
static Result<void> verifyAlternatives(const Scope &scope, const schema::Variant &variant) {
  if (!variant.alternatives())
    return {};
  constexpr size_t most = 15;
  const auto &alternatives = *variant.alternatives();
  const auto &kernels = *scope.program.kernels();
  if (alternatives.size() > most)
    return fail(
        fmt::format("expected at most {} alternatives, found {}", most, alternatives.size()));
  std::set<uint32_t> seen{variant.kernel()};
  for (uint32_t i = 0; i < alternatives.size(); ++i) {
    const uint32_t kernel = alternatives[i]->kernel();
    if (auto index = verifyIndex("kernel", kernel, kernels.size()); !index)
      return at(fmt::format("alternative {}", i), index);
    if (!seen.insert(kernel).second)
      return fail(
          fmt::format("alternative {}: expected kernel {} once, found it again", i, kernel));
    if (kernels[kernel]->part() != kernels[variant.kernel()]->part())
      return fail(fmt::format("alternative {}: expected a kernel of part {}, found one of {}", i,
                              kernels[variant.kernel()]->part(), kernels[kernel]->part()));
  }
  return {};
}

static Result<void> verifyStep(const Scope &scope, const schema::Step &step) {
  if (step.results() > step.bindings()->size())
    return fail(fmt::format("expected at most {} results, its bindings, found {}",
                            step.bindings()->size(), step.results()));
  if (step.symbol() > Symbol::MAX)
    return fail(fmt::format("expected a step over one, tokens or rows, found number {}",
                            static_cast<unsigned>(step.symbol())));
  for (uint32_t i = 0; i < step.bindings()->size(); ++i)
    if (auto binding = verifyBinding(scope, *step.bindings()->Get(i)); !binding)
      return at(fmt::format("binding {}", i), binding);

  const auto &variants = *step.variants();
  if (variants.size() == 0)
    return fail("expected at least one variant, found none");
  uint64_t before = 0;
  for (uint32_t i = 0; i < variants.size(); ++i) {
    bool last = i + 1 == variants.size();
    if (last ? variants[i]->most() != 0 : variants[i]->most() <= before)
      return fail(fmt::format("expected variants of growing size and the last one for any (0), "
                              "found {} for variant {} of {}",
                              variants[i]->most(), i, variants.size()));
    before = variants[i]->most();
    if (auto variant = verifyVariant(scope, *variants[i]); !variant)
      return at(fmt::format("variant {}", i), variant);
    if (auto alternatives = verifyAlternatives(scope, *variants[i]); !alternatives)
      return at(fmt::format("variant {}", i), alternatives);
    if (auto part = scope.program.kernels()->Get(variants[i]->kernel())->part();
        part != partOf(scope.program, step))
      return fail(fmt::format("expected variants of one part, found {} and {}",
                              partOf(scope.program, step), part));
  }
  return {};
}

/// Ports are what `kinds` says, in that order, with room for what a call brings.
template <size_t count>
static Result<void> verifyPorts(const char *what, const schema::Artifact &artifact,
                                const flatbuffers::Vector<flatbuffers::Offset<schema::Port>> &ports,
                                const std::array<PortKind, count> &kinds) {
  if (ports.size() != count)
    return fail(fmt::format("expected {} {}, found {}", count, what, ports.size()));
  for (uint32_t i = 0; i < count; ++i) {
    if (ports[i]->kind() != kinds[i])
      return fail(fmt::format("expected {} {} to be the {}, found kind {}", what, i,
                              schema::EnumNamePortKind(kinds[i]),
                              static_cast<unsigned>(ports[i]->kind())));
    bool overTokens = kinds[i] != PortKind::Rows && kinds[i] != PortKind::Logits;
    uint64_t least =
        kinds[i] == PortKind::Logits ? artifact.vocabulary() * sizeof(float) : sizeof(int32_t);
    uint64_t found = overTokens ? ports[i]->size()->perToken() : ports[i]->size()->perRow();
    if (found < least)
      return fail(fmt::format("expected {} {} to have at least {} bytes per {}, found {}", what, i,
                              least, overTokens ? "token" : "row", found));
  }
  return {};
}

static Result<void> verifyEntry(const Scope &scope) {
  const schema::Entry &entry = scope.entry;
  if (entry.name()->string_view() == "forward") {
    if (auto ports = verifyPorts("inputs", scope.artifact, *entry.inputs(), inputKinds); !ports)
      return ports;
    if (auto ports = verifyPorts("outputs", scope.artifact, *entry.outputs(), outputKinds); !ports)
      return ports;
  }
  std::map<uint32_t, unsigned> partOfState;
  for (uint32_t i = 0; i < entry.steps()->size(); ++i) {
    const schema::Step &step = *entry.steps()->Get(i);
    auto verified = verifyStep(scope, step);
    for (const schema::Binding *binding : *step.bindings()) {
      if (!verified || binding->space() != Space::State)
        continue;
      unsigned part = partOf(scope.program, step);
      if (unsigned before = partOfState.try_emplace(binding->index(), part).first->second;
          before != part)
        verified = fail(fmt::format("expected state {} in one part, found it in {} and {}",
                                    binding->index(), before, part));
    }
    if (!verified)
      return at(fmt::format("step {} {}", i, quoted(step.name())), verified);
  }
  return {};
}

static Result<void> verifyPart(const schema::Part &part) {
  for (auto [name, text] :
       {std::pair("target", part.target()), std::pair("architecture", part.architecture())})
    if (text->size() == 0)
      return fail(fmt::format("expected the name of its {}, found nothing", name));
  return {};
}

/// Nothing depends on it but what people read, so only indices and counts are looked at.
static Result<void> verifyTuning(const schema::Program &program, const schema::Tuning &tuning) {
  if (auto kernel = verifyIndex("kernel", tuning.kernel(), program.kernels()->size()); !kernel)
    return kernel;
  if (auto chosen = verifyIndex("choice", tuning.chosen(), tuning.candidates()->size()); !chosen)
    return chosen;
  if (tuning.tokens() == 0 || tuning.threads() == 0)
    return fail(fmt::format("expected at least one token and thread, found {} and {}",
                            tuning.tokens(), tuning.threads()));
  for (uint32_t i = 0; i < tuning.candidates()->size(); ++i)
    if (tuning.candidates()->Get(i)->nanoseconds() == 0)
      return fail(fmt::format("expected a time of at least 1 for candidate {}, found 0", i));
  return {};
}

Result<void> program(const schema::Artifact &artifact, const schema::Program &program) {
  for (auto [name, text] :
       {std::pair("target", program.target()), std::pair("architecture", program.architecture())})
    if (text->size() == 0)
      return fail(fmt::format("expected the name of its {}, found nothing", name));
  constexpr size_t mostParts = 8;
  const auto parts = partsOf(program);
  if (parts.size() > mostParts)
    return fail(fmt::format("expected at most {} parts, found {}", mostParts, parts.size()));
  for (size_t i = 0; i < parts.size(); ++i)
    if (auto part = verifyPart(*parts[i]); !part)
      return at(fmt::format("part {}", i + 1), part);
  for (const schema::Kernel *kernel : *program.kernels()) {
    if (kernel->part() > parts.size())
      return fail(fmt::format("kernel {}: expected a part of at most {}, found {}",
                              quoted(kernel->name()), parts.size(), kernel->part()));
    const schema::Segment *code =
        kernel->part() ? parts[kernel->part() - 1]->code() : program.code();
    if (kernel->entry() >= code->bytes())
      return fail(fmt::format("kernel {}: expected its entry inside the {} bytes of code, found "
                              "offset {}",
                              quoted(kernel->name()), code->bytes(), kernel->entry()));
  }
  for (const schema::Entry *entry : *program.entries())
    if (auto result = verifyEntry({artifact, program, *entry}); !result)
      return at("entry " + quoted(entry->name()), result);
  if (program.tunings())
    for (uint32_t i = 0; i < program.tunings()->size(); ++i)
      if (auto result = verifyTuning(program, *program.tunings()->Get(i)); !result)
        return at(fmt::format("tuning {}", i), result);
  return {};
}

} // namespace weft::verify
