// The text of one compute shader in GLSL, while its kernel is generated.
#pragma once

#include "backends/Backend.h"
#include "runtime/device/vulkan/ShaderContainer.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/Twine.h"

#include <string>
#include <vector>

namespace weft::vulkan {

/// An expression of GLSL.
using Expr = std::string;

/// `a + b` and so on, with brackets where they are needed and none for numbers.
Expr number(int64_t value);
/// A float literal that reads back as exactly `value`.
Expr real(double value);

/// Shaders read memory by 32-bit words and quads of them, so that no feature for smaller types
/// is needed. Indices count words or quads from where a binding begins, in 32 bits.
class ShaderText {
public:
  /// The bindings of `kernel`: its arguments, then its results without states. Streams are
  /// read by `way`, FeatureTexelStreams or FeatureTexelImages, where the device has it.
  ShaderText(mlir::func::FuncOp kernel, Feature way);

  /// The number of an argument or of a result that is no state.
  unsigned bindingOf(mlir::Value value) const;
  unsigned bindings() const { return count; }
  /// The binding that result `value` goes to, -1 for a value that is not a result.
  int resultBinding(mlir::Value value) const;

  /// Word `index` of a binding, a uint.
  Expr word(unsigned binding, const llvm::Twine &index);
  /// The same as float.
  Expr real(unsigned binding, const llvm::Twine &index);
  /// Four words, a uvec4. The binding becomes a stream where there is room for one more; it
  /// must be only read.
  Expr quad(unsigned binding, const llvm::Twine &index);
  /// Word `index` by way of its quad: faster where reading single words is not.
  Expr streamWord(unsigned binding, const llvm::Twine &index);
  /// Scalar `index` of a binding that holds 16-bit scalars, as float.
  Expr scalar(Scalar type, unsigned binding, const llvm::Twine &index);
  /// Byte `index`, a uint.
  Expr byte(unsigned binding, const llvm::Twine &index);

  /// The statement that stores a uint, a uvec4.
  std::string storeWord(unsigned binding, const llvm::Twine &index, const llvm::Twine &value);
  std::string storeQuad(unsigned binding, const llvm::Twine &index, const llvm::Twine &value);
  /// Stores the low 16 bits of a uint, other invocations may store the others at once.
  std::string storeHalf(unsigned binding, const llvm::Twine &index, const llvm::Twine &value);

  /// Stores a byte, of which the rest of the word is zero; others may store their own at once.
  std::string storeByte(unsigned binding, const llvm::Twine &index, const llvm::Twine &value);

  /// A name that no other has: "v12".
  std::string fresh(llvm::StringRef stem);
  /// Adds a function or global variable before main().
  void declare(const llvm::Twine &text) { declarations += text.str() + "\n"; }
  /// Adds a line to main().
  void line(const llvm::Twine &text);
  void open(const llvm::Twine &text) { line(text + " {"), ++depth; }
  void close() { --depth, line("}"); }

  /// The whole text for a module that has `features`.
  std::string finish(uint32_t features) const;
  const std::vector<uint32_t> &streams() const { return streamBindings; }
  Feature wayOfStreams() const { return way; }
  bool storesHalves() const { return halves; }

private:
  mlir::func::FuncOp kernel;
  Feature way;
  unsigned count = 0;
  llvm::DenseMap<mlir::Value, unsigned> numbers;
  llvm::DenseMap<mlir::Value, unsigned> results;
  std::vector<uint32_t> streamBindings;
  std::string declarations, body;
  unsigned depth = 1, names = 0;
  bool halves = false;
};

} // namespace weft::vulkan
