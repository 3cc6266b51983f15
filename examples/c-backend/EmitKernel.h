// Writes kernels as C functions.
#pragma once

#include "backends/Backend.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

namespace example {
using namespace mlir;
using namespace weft;
using llvm::formatv;

/// The functions that generated kernels call.
inline const char *const prelude =
#include "Prelude.inc"
    ;
inline RankedTensorType tensor(Value value) { return dyn_cast<RankedTensorType>(value.getType()); }
inline int64_t columns(Value value) { return tensor(value).getShape().back(); }
inline bool isSplit(Value value) {
  return storageOf(tensor(value)).arrangement.kind == Arrangement::Kind::Split;
}

/// Writes one C function, which computes row after row, the ops of a row one after the other.
class Emitter {
public:
  using Ops = OpList<EmbedOp, TakeRowsOp, ColumnsOp, AddOp, MulOp, SiluOp, GeluOp, RmsNormOp,
                     LayerNormOp, LinearOp, QuantizeOp, RopeTableOp, RopeOp, AppendOp, AttendOp>;

  std::string run(func::FuncOp kernel) {
    Block &block = kernel.getBody().front();
    for (BlockArgument argument : block.getArguments())
      line("void *" + name(argument) + "_base = d->bindings[" +
           std::to_string(argument.getArgNumber()) + "];");
    line("for (int64_t i = d->begin; i < d->end; ++i) {");
    for (BlockArgument argument : block.getArguments())
      load(argument);
    for (Operation &op : block.without_terminator())
      emit(&op);
    unsigned binding = block.getNumArguments();
    for (Value result : block.getTerminator()->getOperands())
      if (tensor(result))
        line(formatv("memcpy((char *)d->bindings[{0}] + i * {1}, {2}{3}, {1});", binding++,
                     storageOf(tensor(result)).rowBytes(columns(result)), name(result),
                     isSplit(result) ? "_codes" : ""));
    return "void kernel_" + kernel.getName().str() + "(const Dispatch *d) {\n" + constants + text +
           "  }\n}\n";
  }

private:
  std::string name(Value value) {
    return names.try_emplace(value, "v" + std::to_string(names.size())).first->second;
  }
  void line(const std::string &code) { text += "  " + code + "\n"; }
  /// Declares a row of floats named after the value, and returns the name.
  std::string row(Value value) {
    line(formatv("float {0}[{1}];", name(value), columns(value)));
    return name(value);
  }
  /// Emits a call of a function of the prelude. The last argument is the row that it computes.
  template <typename... Arguments>
  void call(const char *function, Value result, Arguments... arguments) {
    std::string list;
    ((list += formatv("{0}, ", arguments)), ...);
    line(function + ("(" + list) + row(result) + ");");
  }
  void each(Value result, const std::string &element) {
    line(formatv("for (int64_t k = 0; k < {0}; ++k) {1}[k] = {2};", columns(result), row(result),
                 element));
  }

  /// Defines the variable of an argument: the whole argument if it is a vector, or row i of an
  /// argument with one row per token (or logits row).
  void load(BlockArgument argument) {
    std::string var = name(argument), base = var + "_base";
    if (isa<KvType>(argument.getType()))
      return line("float *" + var + " = " + base + ";");
    if (tensor(argument).getRank() == 1)
      return line((tensor(argument).getElementType().isInteger() ? "int32_t *" : "float *") + var +
                  " = " + base + ";");
    // Rows of weights, and rows that take_rows chooses, are read where they are used.
    if (tensor(argument).hasStaticShape() ||
        llvm::all_of(argument.getUsers(), llvm::IsaPred<TakeRowsOp>))
      return;
    Storage storage = storageOf(tensor(argument));
    std::string at = formatv("(char *){0} + i * {1}", base, storage.rowBytes(columns(argument)));
    if (isSplit(argument))
      return call("quantized_row", argument, at, columns(argument), storage.block);
    line("float *" + var + " = (float *)(" + at + ");");
  }

  /// Declares a constant Format, with scalars numbered as in the prelude, and returns its address.
  std::string format(Value weight) {
    Storage storage = storageOf(tensor(weight));
    std::string var = "format" + std::to_string(formats++), levels;
    for (int level : storage.levels)
      levels += std::to_string(level) + ", ";
    constants +=
        formatv("  static const Format {0} = {{{1}, {2}, {3}, {4}, {5}, {6}, {7}, {{{8}}};\n", var,
                int(storage.scalar), storage.bits, storage.block, storage.bias, storage.super,
                int(storage.mins), int(storage.hasLevels()), levels);
    return "&" + var;
  }
  static std::string number(const llvm::APFloat &value) {
    return formatv("{0:E9}", double(value.convertToFloat()));
  }

  /// Returns the address of token i in a state.
  std::string place(KvType type, const std::string &state, Value sequences,
                    const std::string &position) {
    return formatv("{0} + ({1}[i] * d->sizes[CONTEXT] + {2}) * {3}", state, name(sequences),
                   position, 2 * type.getHeads() * type.getHeadDim());
  }

  void emit(Operation *op) {
    auto unary = [&](auto op) {
      each(op, op->getName().stripDialect().str() + "(" + name(op.getInput()) + "[k])");
    };
    Ops::visit(
        op,
        llvm::makeVisitor(
            [&](EmbedOp op) {
              call("weight_row", op, format(op.getTable()), name(op.getTable()) + "_base",
                   name(op.getIds()) + "[i]", columns(op));
            },
            [&](TakeRowsOp op) {
              line(formatv("float *{0} = (float *){1}_base + {2}[i] * {3};", name(op),
                           name(op.getInput()), name(op.getRows()), columns(op)));
            },
            [&](ColumnsOp op) {
              line(
                  formatv("float *{0} = {1} + {2};", name(op), name(op.getInput()), op.getBegin()));
            },
            [&](AddOp op) { each(op, name(op.getLhs()) + "[k] + " + name(op.getRhs()) + "[k]"); },
            [&](MulOp op) { each(op, name(op.getLhs()) + "[k] * " + name(op.getRhs()) + "[k]"); },
            [&](SiluOp op) { unary(op); }, [&](GeluOp op) { unary(op); },
            [&](RmsNormOp op) {
              call("rms_norm", op, name(op.getInput()), name(op.getWeight()), columns(op),
                   number(op.getEpsilon()));
            },
            [&](LayerNormOp op) {
              call("layer_norm", op, name(op.getInput()), name(op.getWeight()), name(op.getBias()),
                   columns(op), number(op.getEpsilon()));
            },
            [&](LinearOp op) {
              call("linear", op, name(op.getInput()), format(op.getWeight()),
                   name(op.getWeight()) + "_base", columns(op), columns(op.getInput()));
            },
            [&](QuantizeOp op) {
              line(formatv("char {0}_codes[{1}];", name(op),
                           storageOf(op.getType()).rowBytes(columns(op))));
              call("quantize", op, name(op.getInput()), columns(op), storageOf(op.getType()).block,
                   0, name(op) + "_codes");
            },
            [&](RopeTableOp op) {
              call("rope_table", op, name(op.getPositions()) + "[i]", name(op.getFrequencies()),
                   columns(op) / 2);
            },
            [&](RopeOp op) {
              call("rope", op, name(op.getInput()), name(op.getTable()), columns(op),
                   columns(op.getTable()) / 2, op.getHeads(),
                   int(op.getPairs() == RopePairs::Neighbours));
            },
            [&](AppendOp op) {
              KvType type = op.getType();
              names[op] = name(op.getState());
              std::string at =
                  place(type, name(op), op.getSequences(), name(op.getPositions()) + "[i]");
              const Value parts[] = {op.getKeys(), op.getValues()};
              for (auto [part, value] : llvm::enumerate(parts))
                line(formatv("hold({0}, {1}, {2}, {3}, {4}, {5} + {6});", name(value),
                             type.getHeads(), type.getHeadDim(), storageOf(type).block,
                             int(storageOf(type).scalar), at, part * columns(op.getKeys())));
            },
            [&](AttendOp op) {
              KvType type = op.getState().getType();
              std::string end = name(op.getPositions()) + "[i] + 1";
              call("attend", op, name(op.getQueries()),
                   place(type, name(op.getState()), op.getSequences(), "0"),
                   formatv("fmax(0, {0} - {1})", end, op.getWindow().value_or(1 << 30)), end,
                   op.getHeads(), type.getHeads(), type.getHeadDim(), storageOf(type).block,
                   number(op.getScale()));
            }));
  }

  unsigned formats = 0;
  std::string constants, text;
  llvm::DenseMap<Value, std::string> names;
};

} // namespace example
