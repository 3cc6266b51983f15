#include "runtime/cli/Cli.h"

#include "runtime/cli/Command.h"
#include "runtime/cli/commands/ExternalCommand.h"
#include "runtime/cli/commands/ListDevices.h"
#include "runtime/cli/terminal/Output.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <exception>
#include <new>
#include <span>
#include <sstream>
#include <string>

#ifndef WEFT_VERSION
#define WEFT_VERSION "unknown"
#endif

namespace weft::cli {

namespace {

std::string oneLine(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

int failed(const std::string &message, int code) {
  writeError("weft: " + oneLine(message) + "\n");
  return code;
}

/// The command that was named, as a person would type it: "weft run".
std::string spelled(const CLI::App &app) {
  auto chosen = app.get_subcommands();
  return app.get_name() + (chosen.empty() ? "" : " " + spelled(*chosen.back()));
}

int parsed(std::span<const Command> commands) {
  for (const Command &command : commands) {
    if (!command.app->parsed())
      continue;
    auto code = command.run();
    return code ? *code : failed(code.error().message, exitFailed);
  }
  return failed("expected a command (see weft --help)", exitUsage);
}

int run(int argc, char **argv) {
  CLI::App weft("Runs language models compiled by weftc (.weft files).", "weft");
  weft.set_version_flag("--version", "weft " WEFT_VERSION);
  weft.require_subcommand(0, 1); // that there is one is checked below, in better words
  weft.footer("Examples:\n"
              "  weft run model.weft -p \"Once upon a time\"\n"
              "  weft chat model.weft\n"
              "  weft inspect model.weft\n"
              "  weft --list-devices\n"
              "  weft --list-devices --plugin ./x.so --json\n"
              "`weft COMMAND --help` says more.");
  bool list = false, json = false;
  std::vector<std::string> plugins;
  auto *listOption =
      weft.add_flag("--list-devices", list, "List the devices that can run a model here");
  weft.add_option(
          "--plugin", plugins,
          "With --list-devices: also load a device from this shared library. May be repeated")
      ->type_name("FILE")
      ->expected(1)
      ->take_all()
      ->needs(listOption);
  weft.add_flag("--json", json, "With --list-devices: write one JSON array")->needs(listOption);
  const Command commands[] = {
      addRun(weft),     addChat(weft),     addInspect(weft),   addEval(weft), addBench(weft),
      addProfile(weft), addTokenize(weft), addTokenizer(weft), addSign(weft), addVerify(weft)};
  const std::string first = argc > 1 ? argv[1] : "";
  // For --help only: it is a program of its own.
  weft.add_subcommand("conformance", "Check a device against the reference evaluator, op by op");
  if (first == "conformance")
    return failed(becomeProgram(first, argv), exitFailed);
  auto named = [&](const Command &command) { return command.app->get_name() == first; };
  if (!first.starts_with('-') && std::ranges::none_of(commands, named))
    return failed(
        "expected a command (run, chat, inspect, eval, bench, profile, tokenize, tokenizer, "
        "sign, verify or conformance), found " +
            (argc > 1 ? "'" + first + "'" : "none") + " (see weft --help)",
        exitUsage);
  try {
    weft.parse(argc, argv);
  } catch (const CLI::Success &asked) { // --help and --version
    std::ostringstream text, unused;
    weft.exit(asked, text, unused);
    auto written = writeOutput(text.str());
    return written ? int(exitDone) : failed(written.error().message, exitFailed);
  } catch (const CLI::ParseError &error) {
    return failed(std::string(error.what()) + " (see " + spelled(weft) + " --help)", exitUsage);
  }
  if (list) {
    auto code = listDevices(plugins, json);
    return code ? *code : failed(code.error().message, exitFailed);
  }
  return parsed(commands);
}

} // namespace

int main(int argc, char **argv) {
  // A closed pipe is then an error of write(), which ends the command in good order.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc &) {
    return failed("out of memory", exitFailed);
  } catch (const std::exception &error) {
    return failed(error.what(), exitFailed);
  }
}

} // namespace weft::cli
