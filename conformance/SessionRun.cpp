#include "conformance/SessionRun.h"

#include "runtime/program/Session.h"

#include <istream>
#include <ostream>

namespace weft::conformance {

Result<std::vector<float>> runSession(const std::string &path, const SessionRun &run,
                                      const std::string &device) {
  Result<Artifact> artifact = Artifact::open(path);
  if (!artifact)
    return failFrom(artifact);
  SessionOptions options;
  options.device = device;
  options.threads = run.threads;
  options.context = run.context;
  options.sequences = 2;
  options.rows = 512;
  options.variants.measure = false;
  options.variants.take = run.take;
  auto session = Session::open(*artifact, options);
  if (!session)
    return failFrom(session);
  std::vector<float> result;
  for (const Call &call : run.calls) {
    auto logits = (*session)->forward({call.tokens, call.positions, call.sequences, call.rows});
    if (!logits)
      return failFrom(logits);
    result.insert(result.end(), logits->begin(), logits->end());
  }
  return result;
}

void write(std::ostream &to, const SessionRun &run) {
  to << run.threads << ' ' << run.context << ' ' << (run.take ? int(*run.take) : -1) << ' '
     << run.calls.size() << '\n';
  for (const Call &call : run.calls) {
    to << call.tokens.size() << ' ' << call.rows.size() << '\n';
    for (const auto *numbers : {&call.tokens, &call.positions, &call.sequences, &call.rows}) {
      for (int32_t number : *numbers)
        to << number << ' ';
      to << '\n';
    }
  }
}

bool read(std::istream &from, SessionRun &run) {
  size_t calls = 0, tokens = 0, rows = 0;
  int take = -1;
  if (!(from >> run.threads >> run.context >> take >> calls))
    return false;
  run.take.reset();
  if (take >= 0)
    run.take = unsigned(take);
  run.calls.clear();
  for (size_t i = 0; i < calls && from >> tokens >> rows; ++i) {
    Call &call = run.calls.emplace_back();
    for (auto *numbers : {&call.tokens, &call.positions, &call.sequences, &call.rows}) {
      numbers->resize(numbers == &call.rows ? rows : tokens);
      for (int32_t &number : *numbers)
        from >> number;
    }
  }
  return bool(from);
}

} // namespace weft::conformance
