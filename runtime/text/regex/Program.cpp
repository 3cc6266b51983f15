#include "runtime/text/regex/Program.h"

namespace weft::regex {

namespace {

constexpr size_t mostInstructions = 4096;

/// Writes the program from its end: each piece is told where to go on.
class Compiler {
public:
  std::optional<Program> run(const Expression &expression) {
    const uint32_t match = add({.kind = Instruction::Kind::Match});
    program.begin = compile(expression, match);
    if (tooLong)
      return std::nullopt;
    return std::move(program);
  }

private:
  uint32_t add(Instruction instruction) {
    if (program.instructions.size() == mostInstructions) {
      tooLong = true;
      return 0;
    }
    program.instructions.push_back(instruction);
    return static_cast<uint32_t>(program.instructions.size() - 1);
  }

  uint32_t addSet(Instruction::Kind kind, const CharacterSet &set, uint32_t next) {
    program.sets.push_back(set);
    return add(
        {.kind = kind, .first = next, .set = static_cast<uint32_t>(program.sets.size() - 1)});
  }

  uint32_t compile(const Expression &expression, uint32_t next) {
    if (tooLong)
      return 0;
    switch (expression.kind) {
    case Expression::Kind::Characters:
      return addSet(Instruction::Kind::Characters, expression.set, next);
    case Expression::Kind::Lookahead:
      return addSet(Instruction::Kind::Lookahead, expression.set, next);
    case Expression::Kind::NotAhead:
      return addSet(Instruction::Kind::NotAhead, expression.set, next);
    case Expression::Kind::Sequence:
      for (auto part = expression.parts.rbegin(); part != expression.parts.rend(); ++part)
        next = compile(*part, next);
      return next;
    case Expression::Kind::Choice: {
      uint32_t begin = compile(expression.parts.back(), next);
      for (size_t i = expression.parts.size() - 1; i-- > 0;)
        begin = add({.kind = Instruction::Kind::Split,
                     .first = compile(expression.parts[i], next),
                     .second = begin});
      return begin;
    }
    case Expression::Kind::Repeat:
      return repeat(expression, next);
    }
    return next;
  }

  uint32_t repeat(const Expression &expression, uint32_t next) {
    const Expression &part = expression.parts[0];
    auto orLeave = [&](uint32_t body, uint32_t leave) {
      return expression.greedy ? Instruction{Instruction::Kind::Split, body, leave}
                               : Instruction{Instruction::Kind::Split, leave, body};
    };
    uint32_t begin = next;
    if (expression.most == Expression::unlimited) {
      begin = add({.kind = Instruction::Kind::Split});
      const uint32_t body = compile(part, begin);
      if (!tooLong)
        program.instructions[begin] = orLeave(body, next);
    } else {
      for (unsigned i = expression.least; i < expression.most && !tooLong; ++i)
        begin = add(orLeave(compile(part, begin), next));
    }
    for (unsigned i = 0; i < expression.least && !tooLong; ++i)
      begin = compile(part, begin);
    return begin;
  }

  Program program;
  bool tooLong = false;
};

} // namespace

std::optional<Program> compileExpression(const Expression &expression) {
  return Compiler().run(expression);
}

} // namespace weft::regex
