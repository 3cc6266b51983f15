// Which texts a grammar has, and what small vocabularies make of it.
#pragma once

#include "runtime/constrain/GrammarConstraint.h"

#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

namespace weft::constrain {

inline GrammarAutomaton compiled(const Result<Grammar> &grammar) {
  if (!grammar) {
    ADD_FAILURE() << grammar.error().message;
    std::abort();
  }
  auto automaton = compile(*grammar);
  if (!automaton) {
    ADD_FAILURE() << automaton.error().message;
    std::abort();
  }
  return std::move(*automaton);
}

inline bool accepts(const GrammarAutomaton &automaton, std::string_view text) {
  Recognizer recognizer = Recognizer::ofText(automaton);
  return recognizer.push(text) && recognizer.canEnd();
}

/// The one line that must come.
template <typename T> std::string errorOf(const Result<T> &result) {
  if (result) {
    ADD_FAILURE() << "no error";
    return "";
  }
  EXPECT_EQ(result.error().message.find('\n'), std::string::npos);
  EXPECT_LT(result.error().message.size(), 400u);
  return result.error().message;
}

/// A byte for each id below 256, then 256: an end, then `more`.
inline std::vector<std::string> bytesAnd(std::vector<std::string> more = {}) {
  std::vector<std::string> tokens;
  for (int byte = 0; byte < 256; ++byte)
    tokens.push_back(std::string(1, char(byte)));
  tokens.push_back("");
  tokens.insert(tokens.end(), more.begin(), more.end());
  return tokens;
}
inline constexpr int32_t endId = 256;

inline std::shared_ptr<const CompiledGrammar> forTokens(const Result<Grammar> &grammar,
                                                        const std::vector<std::string> &tokens) {
  const int32_t ends[] = {endId};
  if (!grammar) {
    ADD_FAILURE() << grammar.error().message;
    return nullptr;
  }
  auto made = CompiledGrammar::make(*grammar, tokens, ends);
  if (!made) {
    ADD_FAILURE() << made.error().message;
    return nullptr;
  }
  return *made;
}

inline bool isSet(const std::vector<uint64_t> &bits, size_t id) {
  return bits[id / 64] >> (id % 64) & 1;
}

/// Holds every mask on a random way on from `constraint`, which read what `plain` did, to trying
/// each token by itself. Returns the text; ends where the draw says so or after `most` tokens.
/// Both are as before afterwards.
inline std::string walkFrom(GrammarConstraint &constraint, Recognizer &plain,
                            const std::vector<std::string> &tokens, std::mt19937 &random,
                            size_t most, bool &ended) {
  std::vector<uint64_t> bits((tokens.size() + 63) / 64, ~uint64_t(0));
  std::string text;
  const size_t begin = plain.size();
  uint64_t taken = 0;
  ended = false;
  for (size_t step = 0; step < most; ++step) {
    const auto done = constraint.mask(bits);
    EXPECT_TRUE(done.has_value()) << done.error().message << " after " << text;
    std::vector<size_t> allowed;
    for (size_t id = 0; id < tokens.size(); ++id) {
      const size_t size = plain.size();
      const bool fits =
          id == size_t(endId) ? plain.canEnd() : !tokens[id].empty() && plain.push(tokens[id]);
      plain.truncate(size);
      EXPECT_EQ(isSet(bits, id), fits) << "token \"" << tokens[id] << "\" after " << text;
      if (isSet(bits, id))
        allowed.push_back(id);
    }
    if (allowed.empty())
      break;
    const size_t id = allowed[random() % allowed.size()];
    if (id == size_t(endId)) {
      ended = true;
      break;
    }
    EXPECT_TRUE(constraint.accept(int32_t(id)).has_value());
    ++taken;
    EXPECT_TRUE(plain.push(tokens[id]));
    text += tokens[id];
  }
  constraint.rollback(taken);
  plain.truncate(begin);
  return text;
}

/// The same from the beginning.
inline std::string walk(const CompiledGrammar &compiled, const std::vector<std::string> &tokens,
                        std::mt19937 &random, size_t most, bool &ended) {
  auto shared = std::shared_ptr<const CompiledGrammar>(&compiled, [](const CompiledGrammar *) {});
  GrammarConstraint constraint(shared);
  Recognizer plain = Recognizer::ofText(compiled.automaton());
  return walkFrom(constraint, plain, tokens, random, most, ended);
}

} // namespace weft::constrain
