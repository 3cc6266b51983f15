// Builds the GLSL text of one compute shader while its kernel is generated.
#pragma once

#include "backends/Backend.h"
#include "runtime/device/vulkan/ShaderContainer.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/Twine.h"

#include <string>
#include <vector>

namespace weft::vulkan {

/// A GLSL expression.
using Expr = std::string;

/// Returns an integer literal: unsigned ("3u"), or signed if `value` is negative ("-3").
Expr number(int64_t value);
/// Returns a float literal that reads back as exactly `value`.
Expr real(double value);

/// The text of one shader. Shaders read memory by 32-bit words and quads (four words), so that no
/// feature for smaller types is needed. Indices are 32-bit and count words or quads from the
/// beginning of a binding.
class ShaderText {
public:
  /// Numbers the bindings of `kernel`: its arguments, then its results without states. Streams
  /// (read-only bindings read by quads) are read with the feature `way`, FeatureTexelStreams or
  /// FeatureTexelImages, if the device has it.
  ShaderText(mlir::func::FuncOp kernel, Feature way);

  /// Returns the binding of an argument, or of a result that is not a state.
  unsigned bindingOf(mlir::Value value) const;
  unsigned bindings() const { return count; }
  /// Returns the binding of result `value`; -1 for a value that is not a result.
  int resultBinding(mlir::Value value) const;

  /// Returns word `index` of a binding, a uint.
  Expr word(unsigned binding, const llvm::Twine &index);
  /// Returns word `index` as a float.
  Expr real(unsigned binding, const llvm::Twine &index);
  /// Returns quad `index`, a uvec4. The binding, which must be read-only, becomes a stream if fewer
  /// than the most streams are used.
  Expr quad(unsigned binding, const llvm::Twine &index);
  /// Returns word `index` by reading its quad, which is faster on devices where reading single
  /// words is slow.
  Expr streamWord(unsigned binding, const llvm::Twine &index);
  /// Returns scalar `index` of a binding of 16-bit scalars, as float.
  Expr scalar(Scalar type, unsigned binding, const llvm::Twine &index);
  /// Returns byte `index` as a uint.
  Expr byte(unsigned binding, const llvm::Twine &index);

  /// Return the statement that stores a uint or a uvec4.
  std::string storeWord(unsigned binding, const llvm::Twine &index, const llvm::Twine &value);
  std::string storeQuad(unsigned binding, const llvm::Twine &index, const llvm::Twine &value);
  /// Returns the statement that stores the low 16 bits of a uint. Another invocation may store the
  /// other half of the word at the same time.
  std::string storeHalf(unsigned binding, const llvm::Twine &index, const llvm::Twine &value);

  /// Returns the statement that stores a byte into a word that is zero before. Other invocations
  /// may store the other bytes at the same time.
  std::string storeByte(unsigned binding, const llvm::Twine &index, const llvm::Twine &value);

  /// Returns an unused name that begins with `stem`: "v12".
  std::string fresh(llvm::StringRef stem);
  /// Adds a function or global variable before main().
  void declare(const llvm::Twine &text) { declarations += text.str() + "\n"; }
  /// Adds a line to main().
  void line(const llvm::Twine &text);
  void open(const llvm::Twine &text) { line(text + " {"), ++depth; }
  void close() { --depth, line("}"); }

  /// Returns the whole text for a module with `features`.
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
