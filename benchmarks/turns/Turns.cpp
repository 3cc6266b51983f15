// turns A B: compares the speed of A with that of B. Both step alternately in the same minutes,
// because the speed of a shared machine may double from one second to the next. The result is the
// median of the ratios of pairs. README.md says what A and B can be.
#include "benchmarks/turns/Side.h"
#include "benchmarks/turns/Statistics.h"
#include "runtime/base/Quotes.h"
#include "runtime/base/SecondsSince.h"
#include "runtime/device/cpu/CpuName.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace fs = std::filesystem;
using namespace weft;
using namespace weft::turns;

namespace {

enum ExitCode { exitHolds = 0, exitDoesNotHold = 1, exitFailed = 2 };

struct Options {
  std::array<std::string, 2> sides;
  std::string model;
  bool prompt = false, json = false;
  uint64_t tokens = 64, behind = 0, threads = 0;
  uint64_t pairs = 300, mostPairs = 3000;
  uint64_t loads = 1;
  /// Files whose pages leave the page cache before each load, beside the artifacts of the sides.
  std::vector<std::string> evict;
  double width = 0.02, seconds = 1800;
  std::optional<double> atLeast, atMost;
};

/// A temporary folder, removed with its contents at the end.
class Folder {
public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "weft-turns-XXXXXX").string();
    if (::mkdtemp(name.data()))
      path = name;
  }
  Folder(const Folder &) = delete;
  Folder &operator=(const Folder &) = delete;
  ~Folder() {
    std::error_code ignored;
    if (!path.empty())
      fs::remove_all(path, ignored);
  }
  fs::path path;
};

/// Returns the program `name` of a build folder or of the folder with its programs.
Result<std::string> programOf(const fs::path &build, const std::string &name) {
  for (const fs::path &path : {build / "bin" / name, build / name})
    if (fs::is_regular_file(path))
      return path.string();
  return fail(fmt::format("expected a build folder with bin/{} or {}, found {}", name, name,
                          inQuotes(build.string())));
}

std::vector<std::string> stepping(const std::string &weft, const std::string &artifact,
                                  const Options &options) {
  std::vector<std::string> command = {weft, "bench", artifact, "--step-by-line"};
  auto add = [&](const char *option, uint64_t value) {
    command.insert(command.end(), {option, std::to_string(value)});
  };
  add("-p", options.prompt ? options.tokens : options.behind);
  add("-n", options.prompt ? 0 : options.tokens);
  if (options.threads > 0)
    add("-t", options.threads);
  return command;
}

/// Compiles the model with the build's own weftc.
Result<std::string> compile(const fs::path &build, const std::string &model, const fs::path &to) {
  auto weftc = programOf(build, "weftc");
  if (!weftc)
    return weftc;
  const pid_t process = ::fork();
  if (process == 0) {
    ::execl(weftc->c_str(), weftc->c_str(), model.c_str(), "-o", to.c_str(), nullptr);
    ::_exit(127);
  }
  int status = 0;
  if (process < 0 || ::waitpid(process, &status, 0) != process || status != 0)
    return fail(
        fmt::format("expected {} to compile {}, found that it failed", *weftc, inQuotes(model)));
  return to.string();
}

/// Returns the command of a side; see README.md.
Result<std::vector<std::string>> commandOf(const std::string &side, const Options &options,
                                           const fs::path &compiled) {
  if (fs::is_directory(side)) {
    if (options.model.empty())
      return fail(fmt::format("expected --model FILE for the build {}", inQuotes(side)));
    auto weft = programOf(side, "weft");
    if (!weft)
      return failFrom(weft);
    std::string artifact = options.model;
    if (!artifact.ends_with(".weft")) {
      auto made = compile(side, options.model, compiled);
      if (!made)
        return failFrom(made);
      artifact = *made;
    }
    return stepping(*weft, artifact, options);
  }
  if (side.ends_with(".weft") && fs::is_regular_file(side)) {
    auto weft = programOf(fs::read_symlink("/proc/self/exe").parent_path(), "weft");
    if (!weft)
      return failFrom(weft);
    return stepping(*weft, side, options);
  }
  if (side.find(' ') == std::string::npos && ::access(side.c_str(), X_OK) != 0)
    return fail(
        fmt::format("expected a build folder, an artifact or a command, found {}", inQuotes(side)));
  return std::vector<std::string>{"/bin/sh", "-c", side};
}

/// The steps of a turn: enough that the clock and waking threads do not matter.
struct Turn {
  uint64_t untimed = 0, timed = 1;

  static Turn of(double stepSeconds) {
    // Idle threads of the other side look for work for a tenth of a millisecond before they
    // sleep, and its data is in the caches: a short step is not the first of its turn.
    constexpr double leastTimed = 2e-3, leastUntimed = 3e-4, longStep = 5e-3;
    auto stepsFor = [&](double seconds) {
      return std::clamp<uint64_t>(uint64_t(seconds / stepSeconds) + 1, 1, 1000);
    };
    return {stepSeconds < longStep ? stepsFor(leastUntimed) : 0,
            stepSeconds < leastTimed ? stepsFor(leastTimed) : 1};
  }
};

struct Comparison {
  Turn turn;
  /// Seconds of a step of each side, pair by pair.
  std::array<std::vector<double>, 2> seconds;
  /// How many times as fast A is, pair by pair.
  std::vector<double> ratios;
  Estimate estimate;
  /// The median of the ratios of each load.
  std::vector<double> medians;

  bool wide(const Options &options) const { return estimate.width() >= options.width; }
};

/// What both sides are started from.
struct Sources {
  std::array<std::vector<std::string>, 2> commands;
  /// Files whose pages leave the page cache before each load but the first.
  std::vector<std::string> files;
};

Result<double> turn(Side &side, const Turn &turn) {
  if (turn.untimed > 0)
    if (auto warm = side.steps(turn.untimed); !warm)
      return warm;
  auto seconds = side.steps(turn.timed);
  if (!seconds)
    return seconds;
  return *seconds / double(turn.timed);
}

/// Drops the file's pages from the page cache, so that the next load places them anew. Pages that
/// another process has mapped stay.
void evict(const std::string &path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return;
  ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  ::close(file);
}

/// Starts both sides and lets each do its first steps by itself: what a side measures when it loads
/// (variants of kernels) must not run beside the loading of the other. `first` loads first.
Result<std::vector<Side>> load(const Sources &sources, size_t first) {
  std::array<std::optional<Side>, 2> sides;
  for (size_t i : {first, 1 - first}) {
    auto side = Side::start(i ? "B" : "A", sources.commands[i]);
    if (!side)
      return failFrom(side);
    sides[i].emplace(std::move(*side));
    if (auto loaded = sides[i]->steps(2); !loaded)
      return failFrom(loaded);
  }
  std::vector<Side> both;
  for (auto &side : sides)
    both.push_back(std::move(*side));
  return both;
}

/// Returns the steps of a turn, the same number for both sides, so that their turns begin alike.
Result<Turn> turnFor(std::vector<Side> &sides) {
  double slowest = 0;
  for (Side &side : sides) {
    auto seconds = side.steps(4);
    if (!seconds)
      return failFrom(seconds);
    slowest = std::max(slowest, *seconds / 4);
  }
  return Turn::of(slowest);
}

/// Adds `count` pairs of turns to `comparison`.
Result<void> addPairs(Comparison &comparison, std::vector<Side> &sides, uint64_t count) {
  const bool shown = ::isatty(STDERR_FILENO) != 0;
  for (uint64_t i = 0; i < count; ++i) {
    const size_t first = comparison.ratios.size() % 2;
    std::array<double, 2> took{};
    for (size_t side : {first, 1 - first}) {
      auto seconds = turn(sides[side], comparison.turn);
      if (!seconds)
        return failFrom(seconds);
      took[side] = *seconds;
      comparison.seconds[side].push_back(*seconds);
    }
    comparison.ratios.push_back(took[1] / took[0]);
    if (shown)
      std::fprintf(stderr, "\r%zu pairs ", comparison.ratios.size());
  }
  return {};
}

double medianOf(std::span<const double> values) { return estimateMedian(values, 1).median; }

Result<Comparison> compare(const Sources &sources, const Options &options) {
  Comparison comparison;
  const auto start = std::chrono::steady_clock::now();
  const bool again = options.loads > 1;
  constexpr uint64_t between = 50; // pairs from one look at the interval to the next
  const uint64_t ofLoad = (options.pairs + options.loads - 1) / options.loads;
  std::vector<Side> sides;
  for (;;) {
    const uint64_t done = comparison.ratios.size();
    if (done >= options.pairs) {
      comparison.estimate = estimateMedian(comparison.ratios);
      if (!comparison.wide(options) || done >= options.mostPairs ||
          secondsSince(start) > options.seconds)
        return comparison;
    }
    if (done == 0 || again) {
      if (done > 0) {
        sides.clear();
        for (const std::string &file : sources.files)
          evict(file);
      }
      auto loaded = load(sources, comparison.medians.size() % 2);
      if (!loaded)
        return failFrom(loaded);
      sides = std::move(*loaded);
      auto turn = turnFor(sides);
      if (!turn)
        return failFrom(turn);
      if (done == 0)
        comparison.turn = *turn;
    }
    const uint64_t count = again || done == 0 ? ofLoad : between;
    if (auto added = addPairs(comparison, sides,
                              std::min(count, std::max(options.mostPairs - done, uint64_t(1))));
        !added)
      return failFrom(added);
    if (done == 0 || again)
      comparison.medians.push_back(medianOf(std::span(comparison.ratios).subspan(done)));
  }
}

bool holds(const Comparison &comparison, const Options &options) {
  return (!options.atLeast || holdsAtLeast(comparison.estimate, *options.atLeast)) &&
         (!options.atMost || holdsAtMost(comparison.estimate, *options.atMost));
}

/// What a step is: "a prompt of 64 tokens".
std::string stepText(const Options &options) {
  if (options.prompt)
    return fmt::format("a prompt of {} tokens", options.tokens);
  return options.behind ? fmt::format("a token after {}", options.behind) : "a token";
}

std::string describe(const Comparison &comparison, const Options &options) {
  std::string text = fmt::format("{}\n", cpuName());
  for (size_t i : {0, 1})
    text += fmt::format("{}: median {:.4g} ms, {}  ({})\n", i ? 'B' : 'A',
                        1e3 * medianOf(comparison.seconds[i]), stepText(options), options.sides[i]);
  const Estimate &estimate = comparison.estimate;
  text +=
      fmt::format("A is {:.3f} times as fast as B: median of {} pairs, 95% interval "
                  "{:.3f}-{:.3f}{}\n",
                  estimate.median, comparison.ratios.size(), estimate.low, estimate.high,
                  comparison.wide(options)
                      ? fmt::format(", wider than {:g}; more pairs would narrow it", options.width)
                      : "");
  if (options.loads > 1) {
    const auto [least, most] = std::ranges::minmax(comparison.medians);
    text += fmt::format("{} loads, whose medians lie from {:.3f} to {:.3f}\n",
                        comparison.medians.size(), least, most);
  }
  auto verdict = [&](const char *name, double bound) {
    text += fmt::format("{} {:g}: {}\n", name, bound,
                        holds(comparison, options) ? "holds" : "does not hold");
  };
  if (options.atLeast)
    verdict("at least", *options.atLeast);
  if (options.atMost)
    verdict("at most", *options.atMost);
  return text;
}

std::string toJson(const Comparison &comparison, const Options &options) {
  const Estimate &estimate = comparison.estimate;
  nlohmann::ordered_json json = {
      {"processor", cpuName()},
      {"sides", {options.sides[0], options.sides[1]}},
      {"step", stepText(options)},
      {"seconds", {medianOf(comparison.seconds[0]), medianOf(comparison.seconds[1])}},
      {"steps_a_turn", comparison.turn.timed},
      {"pairs", comparison.ratios.size()},
      {"medians_of_loads", comparison.medians},
      {"ratio", {{"median", estimate.median}, {"low", estimate.low}, {"high", estimate.high}}},
      {"narrow", !comparison.wide(options)}};
  if (options.atLeast)
    json["at_least"] = *options.atLeast;
  if (options.atMost)
    json["at_most"] = *options.atMost;
  if (options.atLeast || options.atMost)
    json["holds"] = holds(comparison, options);
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

Result<bool> run(const Options &options) {
  const Folder folder;
  if (folder.path.empty())
    return fail("cannot make a temporary folder");
  Sources sources;
  sources.files = options.evict;
  for (size_t i : {0, 1}) {
    auto command = commandOf(options.sides[i], options, folder.path / (i ? "b.weft" : "a.weft"));
    if (!command)
      return failFrom(command);
    for (const std::string &word : *command)
      if (word.ends_with(".weft"))
        sources.files.push_back(word);
    sources.commands[i] = std::move(*command);
  }
  auto comparison = compare(sources, options);
  if (!comparison)
    return failFrom(comparison);
  const std::string text =
      options.json ? toJson(*comparison, options) : describe(*comparison, options);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return holds(*comparison, options);
}

void addOptions(CLI::App &app, Options &options) {
  app.add_option("A", options.sides[0], "A build folder, an artifact, or a command")->required();
  app.add_option("B", options.sides[1], "The same: what to compare A with")->required();
  app.add_option("--model", options.model,
                 "The model of build folders: an artifact, or a checkpoint, which each build "
                 "compiles itself")
      ->type_name("FILE");
  app.add_flag("--prompt", options.prompt, "A step reads a prompt instead of decoding a token");
  app.add_option("--tokens", options.tokens,
                 "Tokens of the prompt; without --prompt, tokens to decode before starting over")
      ->type_name("N")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  app.add_option("--behind", options.behind, "Decode after a prompt of N tokens")
      ->type_name("N")
      ->check(CLI::Range(0, 1 << 20))
      ->capture_default_str();
  app.add_option("-t,--threads", options.threads,
                 "Threads of build folders and artifacts (default: chosen by weft)")
      ->type_name("N");
  app.add_option("--pairs", options.pairs, "Least number of pairs")
      ->type_name("N")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  app.add_option("--most-pairs", options.mostPairs, "Largest number of pairs")
      ->type_name("N")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  app.add_option("--loads", options.loads,
                 "Start both sides anew N times, the pairs divided among them, with the artifacts "
                 "dropped from the page cache in between: where a file's pages lie in memory "
                 "changes its speed")
      ->type_name("N")
      ->check(CLI::Range(1, 1 << 10))
      ->capture_default_str();
  app.add_option("--evict", options.evict,
                 "With --loads, drop these files from the page cache too: those of a command")
      ->type_name("FILE...")
      ->check(CLI::ExistingFile);
  app.add_option("--width", options.width, "Add pairs until the 95% interval is narrower than X")
      ->type_name("X")
      ->capture_default_str();
  app.add_option("--seconds", options.seconds, "After S seconds, stop at the least number of pairs")
      ->type_name("S")
      ->capture_default_str();
  app.add_option("--at-least", options.atLeast, "Test whether A is at least X times as fast as B")
      ->type_name("X");
  app.add_option("--at-most", options.atMost, "Test whether A is at most X times as fast as B")
      ->type_name("X");
  app.add_flag("--json", options.json, "Write one JSON object");
  app.footer(
      "At least X holds when the median is at least X and the lower end of its 95% bootstrap "
      "interval is\nat least X - 0.01. At most X holds when the median is at most X and the upper "
      "end at most X + 0.01.\nExit code: 0 it holds, or there was no test; 1 it does not hold; 2 "
      "an error occurred.\n"
      "A command is run by sh. For each line of its standard input it does one step and writes a "
      "line: the\nseconds that the step took, or anything else if turns is to time the step.\n"
      "Examples:\n"
      "  turns tuned.weft default.weft --at-most 1.03\n"
      "  turns build ../before/build --model 1b-q4.gguf --at-least 0.98 --loads 6\n"
      "  turns model.weft './llama_step model.gguf -t 2 -p 64' --prompt");
}

} // namespace

int main(int argc, char **argv) {
  // If a side ends, write() fails. Ctrl-C ends the sides, and then this program, after it has
  // removed its files.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGINT, [](int) {});
  Options options;
  CLI::App app("Compares the speed of two programs that take turns.", "turns");
  addOptions(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    return app.exit(error) == 0 ? 0 : int(exitFailed);
  }
  options.mostPairs = std::max(options.mostPairs, options.pairs);
  auto kept = run(options);
  if (!kept) {
    std::fprintf(stderr, "turns: %s\n", kept.error().message.c_str());
    return exitFailed;
  }
  return *kept ? exitHolds : exitDoesNotHold;
}
