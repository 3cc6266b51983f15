// Which alternative of a kernel is fastest here: a few runs of each on the weights of the model.
#include "runtime/base/CacheFolder.h"
#include "runtime/base/Checked.h"
#include "runtime/base/ProcessorShare.h"
#include "runtime/base/SecondsSince.h"
#include "runtime/device/Registry.h"
#include "runtime/program/LoadedProgram.h"
#include "runtime/program/VariantChoice.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>

namespace weft {

namespace {

using Clock = std::chrono::steady_clock;

/// Of one run: long beside what it takes threads to meet, short enough for many of them.
constexpr double secondsOfRun = 2e-4;
/// Tokens of a run of variants for any number: a multiple of what kernels take together.
constexpr uint64_t promptTokens = 96, fewestTokens = 24;
/// Fewer say nothing.
constexpr size_t fewestRounds = 5, mostRounds = 25;
/// By which share another one must be faster than the favored one.
constexpr double leastGain = 0.02;
/// Half of the ratios lie this close together where nothing else disturbs the machine.
constexpr double widestSpread = 0.2;

double quantile(std::vector<double> values, double part) {
  const auto at = values.begin() + std::ptrdiff_t(part * double(values.size() - 1) + 0.5);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

} // namespace

/// The variants of a group, run by themselves. Each run takes some of the workgroups of one step,
/// and the next one others, so that weights come from where they come from in a model. Results go
/// where those of the step go, which the first real call overwrites.
class GroupTrial {
public:
  GroupTrial(LoadedProgram &program, unsigned part, const VariantGroup &group);

  /// Whether there is anything to run.
  bool isEmpty() const { return kernels.empty(); }
  /// Compares for about `seconds` and sets `choice`. Returns whether nothing disturbed it. Errors:
  /// those of the device.
  Result<bool> compare(double seconds, VariantChoice &choice);

private:
  using Place = VariantGroup::Place;
  /// The places of one kernel: products of one shape.
  struct Kernel {
    std::vector<Place> places;
    std::vector<uint32_t> ways;
    uint64_t bytes = 0; // of weights, at all places
    uint64_t groups = 1, groupsOfRun = 1;
    bool isReady = false;
    size_t next = 0; // run
    double share = 0, due = 0;
  };

  void addPlace(const Place &place);
  bool weightsCanShift(const schema::Step &step, uint64_t groups) const;
  Result<double> run(const Kernel &kernel, size_t way, size_t number);
  Result<void> prepare(Kernel &kernel);
  Kernel &nextKernel();
  void conclude(const std::vector<std::vector<double>> &ratios, VariantChoice &choice,
                bool &isQuiet);

  LoadedProgram &program;
  const unsigned part;
  const VariantGroup &group;
  const KernelWays kernelWays;
  std::vector<Kernel> kernels;
  uint64_t tokens = 1;
};

GroupTrial::GroupTrial(LoadedProgram &program, unsigned part, const VariantGroup &group)
    : program(program), part(part), group(group),
      kernelWays(program.program, *program.devices.ofPart[part]) {
  const SessionOptions &options = program.options;
  tokens = group.most ? group.most : std::min<uint64_t>(promptTokens, options.tokens);
  for (const Place &place : group.places)
    addPlace(place);
  uint64_t all = 0, most = 0;
  for (const Kernel &kernel : kernels)
    all += kernel.bytes, most = std::max(most, kernel.bytes);
  // What is a small part of the work, others speak for.
  std::erase_if(kernels, [&](const Kernel &kernel) {
    return kernel.bytes == 0 || (kernel.bytes != most && kernel.bytes < all / 5);
  });
  for (Kernel &kernel : kernels)
    kernel.share = double(kernel.bytes) / double(all);
}

void GroupTrial::addPlace(const Place &place) {
  const schema::Step &step = *program.entry.steps()->Get(place.step);
  const schema::Variant &variant = *step.variants()->Get(place.variant);
  const bool overRows = step.symbol() == schema::Symbol::Rows;
  const uint64_t most = overRows ? program.options.rows : program.options.tokens;
  if (most < tokens || (group.most == 0 && most < fewestTokens))
    return;
  uint64_t bytes = 0;
  for (const schema::Binding *binding : *step.bindings()) {
    // What a sequence remembers is not for trials.
    if (binding->space() == schema::Space::State)
      return;
    if (binding->space() == schema::Space::Parameter)
      bytes += program.artifact.metadata().parameters()->Get(binding->index())->bytes();
  }
  const auto ways = kernelWays.of(variant);
  auto found = std::ranges::find_if(
      kernels, [&](const Kernel &kernel) { return kernel.ways.front() == ways.front().kernel; });
  if (found == kernels.end()) {
    Kernel &kernel = kernels.emplace_back();
    for (const KernelWay &way : ways)
      kernel.ways.push_back(way.kernel);
    const schema::Grid &grid = *variant.grid();
    kernel.groups = grid.count();
    if (grid.symbol() != schema::Symbol::One)
      kernel.groups *= ceilDivide(tokens, grid.tile());
    found = kernels.end() - 1;
  }
  found->places.push_back(place);
  found->bytes += bytes;
}

/// Whether the matrices of a step are tiles, one for each workgroup.
bool GroupTrial::weightsCanShift(const schema::Step &step, uint64_t groups) const {
  for (const schema::Binding *binding : *step.bindings()) {
    if (binding->space() != schema::Space::Parameter)
      continue;
    const schema::Parameter &parameter =
        *program.artifact.metadata().parameters()->Get(binding->index());
    const schema::Storage &storage = *parameter.storage();
    if (parameter.shape()->size() < 2)
      continue;
    if (parameter.shape()->size() > 2 || storage.arrangement() != schema::ArrangementKind::Tiled ||
        storage.rows() == 0 || parameter.shape()->Get(0) != groups * storage.rows() ||
        parameter.bytes() % (groups * artifactAlign) != 0)
      return false;
  }
  return true;
}

Result<double> GroupTrial::run(const Kernel &kernel, size_t way, size_t number) {
  const Place &place = kernel.places[number % kernel.places.size()];
  const schema::Step &step = *program.entry.steps()->Get(place.step);
  const schema::Variant &variant = *step.variants()->Get(place.variant);
  uint64_t first = 0;
  if (weightsCanShift(step, kernel.groups))
    first =
        number / kernel.places.size() % (kernel.groups / kernel.groupsOfRun) * kernel.groupsOfRun;
  std::vector<BufferView> bindings;
  for (const schema::Binding *binding : *step.bindings()) {
    auto view = program.resolve(*binding, program.plan.memoryOf[part]);
    if (!view)
      return failFrom(view);
    const bool isMatrix =
        binding->space() == schema::Space::Parameter &&
        program.artifact.metadata().parameters()->Get(binding->index())->shape()->size() == 2;
    if (isMatrix) {
      const uint64_t shift = view->bytes / kernel.groups * first;
      view->offset += shift;
      view->bytes -= shift;
    }
    bindings.push_back(*view);
  }
  Device &device = *program.devices.ofPart[part];
  auto list = device.record(*program.executables[part],
                            {{.kernel = program.kernelNumbers[kernel.ways[way]],
                              .firstBinding = 0,
                              .bindingCount = uint32_t(bindings.size()),
                              .groups = int64_t(kernel.groupsOfRun),
                              .shared = variant.shared()}},
                            bindings);
  if (!list)
    return failFrom(list);
  const Sizes most = sizesOf(program.options);
  const int64_t sizes[WEFT_SIZE_COUNT] = {int64_t(tokens), int64_t(std::min(tokens, most.rows)),
                                          int64_t(most.context), int64_t(most.sequences)};
  const auto begin = Clock::now();
  if (auto ran = device.run(**list, sizes); !ran)
    return failFrom(ran);
  return secondsSince(begin);
}

/// Settles how much of a step makes a run, and touches the memory of its results.
Result<void> GroupTrial::prepare(Kernel &kernel) {
  kernel.isReady = true;
  constexpr uint64_t firstBytes = 1 << 20;
  const uint64_t bytesOfGroup =
      std::max<uint64_t>(1, kernel.bytes / kernel.places.size() / kernel.groups);
  kernel.groupsOfRun = std::clamp<uint64_t>(firstBytes / bytesOfGroup / tokens,
                                            std::min<uint64_t>(8, kernel.groups), kernel.groups);
  double seconds = 0;
  for (int i = 0; i < 2; ++i) {
    auto took = run(kernel, group.favored, kernel.next++);
    if (!took)
      return failFrom(took);
    seconds = std::max(*took, 1e-7);
  }
  const double wanted = double(kernel.groupsOfRun) * secondsOfRun / seconds;
  kernel.groupsOfRun = uint64_t(std::clamp(wanted, 1.0, double(kernel.groups)));
  return {};
}

/// In turn, each as often as its bytes ask for.
GroupTrial::Kernel &GroupTrial::nextKernel() {
  for (Kernel &kernel : kernels)
    kernel.due += kernel.share;
  Kernel &next = *std::ranges::max_element(kernels, {}, &Kernel::due);
  next.due -= 1;
  return next;
}

Result<bool> GroupTrial::compare(double seconds, VariantChoice &choice) {
  const auto begin = Clock::now();
  auto spent = [&] { return secondsSince(begin); };
  const size_t count = group.alternatives.size();
  std::vector<std::vector<double>> ratios(count);
  for (size_t round = 0; round < mostRounds && spent() < seconds; ++round) {
    Kernel &kernel = nextKernel();
    if (!kernel.isReady)
      if (auto prepared = prepare(kernel); !prepared)
        return failFrom(prepared);
    std::vector<double> times(count);
    for (size_t i = 0; i < count && spent() < seconds; ++i) {
      const size_t way = (round + i) % count;
      auto took = run(kernel, way, kernel.next++);
      if (!took)
        return failFrom(took);
      times[way] = *took;
    }
    if (std::ranges::find(times, 0) == times.end())
      for (size_t way = 0; way < count; ++way)
        ratios[way].push_back(times[way] / times[group.favored]);
  }
  if (ratios.front().size() < fewestRounds)
    return false;
  bool isQuiet = true;
  conclude(ratios, choice, isQuiet);
  return isQuiet;
}

void GroupTrial::conclude(const std::vector<std::vector<double>> &ratios, VariantChoice &choice,
                          bool &isQuiet) {
  std::vector<double> medians;
  for (const auto &each : ratios)
    medians.push_back(quantile(each, 0.5));
  const auto best = size_t(std::ranges::min_element(medians) - medians.begin());
  isQuiet = quantile(ratios[best], 0.75) - quantile(ratios[best], 0.25) < widestSpread;
  choice.reason = VariantChoice::Reason::Measured;
  // Three rounds of four have to agree: where others disturb the machine, medians alone would take
  // what happened to run in the better moments.
  if (medians[best] < 1 - leastGain && quantile(ratios[best], 0.75) < 1) {
    choice.chosen = best;
    choice.gain = 1 - medians[best];
  }
}

/// Whether it took the time that it needs, undisturbed.
Result<bool> LoadedProgram::measure(unsigned part, const std::vector<VariantGroup> &groups,
                                    std::span<VariantChoice> choices) {
  const double all =
      std::accumulate(groups.begin(), groups.end(), 0.0, [](double sum, const VariantGroup &group) {
        return sum + double(group.weightBytes);
      });
  bool isQuiet = true;
  const auto begin = Clock::now();
  for (size_t i = 0; i < groups.size(); ++i) {
    GroupTrial trial(*this, part, groups[i]);
    if (trial.isEmpty())
      continue;
    const double left = options.variants.seconds - secondsSince(begin);
    const double share = options.variants.seconds * double(groups[i].weightBytes) / all;
    // On a busy machine one run may take all the time there is.
    if (left <= 0)
      return false;
    auto compared = trial.compare(std::min(left, share), choices[i]);
    if (!compared)
      return compared;
    isQuiet &= *compared;
  }
  return isQuiet;
}

void LoadedProgram::take(const VariantGroup &group, size_t alternative) {
  const KernelWays ways(
      program, *devices.ofPart[partOf(program, *entry.steps()->Get(group.places.front().step))]);
  for (const VariantGroup::Place &place : group.places)
    kernels[place.step][place.variant] =
        ways.of(*entry.steps()->Get(place.step)->variants()->Get(place.variant))[alternative]
            .kernel;
}

namespace {

/// The groups of one part, and what is known of them without measuring.
struct KnownPart {
  std::vector<VariantGroup> groups;
  std::vector<VariantChoice> choices;
  /// Where they are kept; the identity is empty where nothing is measured.
  ChoiceKey key;
  std::string folder;
  bool isKnown = false;
};

} // namespace

static KnownPart knownPart(const Artifact &artifact, const schema::Program &program,
                           const schema::Entry &entry, const Device &device, unsigned part,
                           const SessionOptions &options) {
  KnownPart known;
  known.groups = variantGroups(artifact.metadata(), program, entry, part, device);
  known.choices = favoredChoices(known.groups, options.variants);
  uint64_t bytes = 0;
  for (const VariantGroup &group : known.groups)
    bytes = std::max(bytes, group.weightBytes);
  if (known.groups.empty() || options.variants.take || !options.variants.measure ||
      bytes < options.variants.leastBytes)
    return known;
  const schema::Segment *code = part ? partsOf(program)[part - 1]->code() : program.code();
  known.key = {device.identity(), code->hash(),
               options.threads ? options.threads : availableProcessors()};
  if (known.key.identity.empty())
    return known;
  known.folder = options.variants.folder.empty() ? cacheFolder() : options.variants.folder;
  known.isKnown = recallChoices(known.folder, known.key, known.choices);
  return known;
}

Result<void> LoadedProgram::chooseVariants() {
  for (unsigned part = 0; part < devices.ofPart.size(); ++part) {
    KnownPart known = knownPart(artifact, program, entry, *devices.ofPart[part], part, options);
    if (!known.isKnown && !known.key.identity.empty()) {
      auto measured = measure(part, known.groups, known.choices);
      if (!measured)
        return failFrom(measured);
      if (*measured)
        storeChoices(known.folder, known.key, known.choices);
    }
    for (size_t i = 0; i < known.groups.size(); ++i)
      take(known.groups[i], known.choices[i].chosen);
    choices.insert(choices.end(), known.choices.begin(), known.choices.end());
  }
  return {};
}

std::vector<VariantChoice> knownVariants(const Artifact &artifact, const schema::Program &program,
                                         const schema::Entry &entry, const ProgramDevices &devices,
                                         const SessionOptions &options) {
  std::vector<VariantChoice> result;
  for (unsigned part = 0; part < devices.ofPart.size(); ++part) {
    const auto known = knownPart(artifact, program, entry, *devices.ofPart[part], part, options);
    result.insert(result.end(), known.choices.begin(), known.choices.end());
  }
  return result;
}

} // namespace weft
