#include "runtime/text/regex/Automaton.h"
#include "runtime/text/regex/Program.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace weft::regex {

class AutomatonBuilder {
public:
  explicit AutomatonBuilder(Program program) : program(std::move(program)) {}

  std::optional<Automaton> run() {
    if (!makeClasses())
      return std::nullopt;
    stateOf({});
    stateOf({program.begin});
    for (size_t state = 0; state < states.size(); ++state) {
      if (states.size() > mostStates)
        return std::nullopt;
      for (unsigned kind = 0; kind <= automaton.classes; ++kind) {
        const uint16_t to = step(std::vector<uint32_t>(*states[state]), kind);
        automaton.next.push_back(to);
      }
    }
    return std::move(automaton);
  }

private:
  /// In order of preference, before any is gone into.
  using Places = std::vector<uint32_t>;
  static constexpr size_t mostStates = 2000;
  static constexpr unsigned mostClasses = 200;

  /// Parts Unicode into classes that no set of the program tells apart.
  bool makeClasses() {
    struct Border {
      char32_t code;
      uint32_t set;
    };
    std::vector<Border> borders;
    for (uint32_t set = 0; set < program.sets.size(); ++set)
      for (const CharacterSet::Range &range : program.sets[set].ranges()) {
        borders.push_back({range.begin, set});
        borders.push_back({range.end, set});
      }
    std::ranges::sort(borders, {}, &Border::code);

    std::vector<bool> inside(program.sets.size());
    std::map<std::vector<bool>, uint8_t> known;
    std::vector<uint8_t> classes(CharacterSet::codesEnd);
    char32_t begin = 0;
    for (size_t i = 0; begin < CharacterSet::codesEnd;) {
      for (; i < borders.size() && borders[i].code == begin; ++i)
        inside[borders[i].set].flip();
      const char32_t end = i < borders.size() ? borders[i].code : CharacterSet::codesEnd;
      if (known.size() == mostClasses)
        return false;
      const uint8_t kind = known.emplace(inside, static_cast<uint8_t>(known.size())).first->second;
      std::fill(classes.begin() + begin, classes.begin() + end, kind);
      begin = end;
    }
    automaton.classes = static_cast<unsigned>(known.size());
    members.assign(automaton.classes, {});
    for (const auto &[sets, kind] : known)
      members[kind] = sets;
    storeClasses(classes);
    return true;
  }

  void storeClasses(const std::vector<uint8_t> &classes) {
    constexpr size_t pageSize = Automaton::pageSize;
    std::map<std::string_view, uint16_t> known;
    for (size_t begin = 0; begin < classes.size(); begin += pageSize) {
      const std::string_view page(reinterpret_cast<const char *>(&classes[begin]), pageSize);
      auto [place, isNew] = known.emplace(page, static_cast<uint16_t>(known.size()));
      if (isNew)
        automaton.pages.insert(automaton.pages.end(), page.begin(), page.end());
      automaton.pageOf.push_back(place->second);
    }
    std::copy_n(classes.begin(), automaton.lowClasses.size(), automaton.lowClasses.begin());
  }

  uint16_t stateOf(Places places) {
    auto [place, isNew] = numbers.emplace(std::move(places), static_cast<uint16_t>(states.size()));
    if (isNew)
      states.push_back(&place->first);
    return place->second;
  }

  /// Where `places` lead over a character of class `kind`, or at the end of the text.
  uint16_t step(const Places &places, unsigned kind) {
    const bool atEnd = kind == automaton.classes;
    Places after, stack(places.rbegin(), places.rend());
    std::vector<bool> seen(program.instructions.size()), taken(program.instructions.size());
    while (!stack.empty()) {
      const uint32_t place = stack.back();
      stack.pop_back();
      if (seen[place])
        continue;
      seen[place] = true;
      const Instruction &instruction = program.instructions[place];
      const bool isMember = !atEnd && instruction.kind != Instruction::Kind::Split &&
                            instruction.kind != Instruction::Kind::Match &&
                            members[kind][instruction.set];
      switch (instruction.kind) {
      case Instruction::Kind::Match:
        return stateOf(std::move(after)) | Automaton::matched;
      case Instruction::Kind::Split:
        stack.push_back(instruction.second);
        stack.push_back(instruction.first);
        break;
      case Instruction::Kind::Lookahead:
        if (isMember)
          stack.push_back(instruction.first);
        break;
      case Instruction::Kind::NotAhead:
        if (!isMember)
          stack.push_back(instruction.first);
        break;
      case Instruction::Kind::Characters:
        if (isMember && !taken[instruction.first]) {
          taken[instruction.first] = true;
          after.push_back(instruction.first);
        }
        break;
      }
    }
    return stateOf(std::move(after));
  }

  Program program;
  Automaton automaton;
  /// Of each class, the sets that have it.
  std::vector<std::vector<bool>> members;
  std::map<Places, uint16_t> numbers;
  std::vector<const Places *> states;
};

std::optional<Automaton> Automaton::make(const Expression &expression) {
  if (expression.matchesNothing())
    return std::nullopt;
  std::optional<Program> program = compileExpression(expression);
  if (!program)
    return std::nullopt;
  return AutomatonBuilder(std::move(*program)).run();
}

} // namespace weft::regex
