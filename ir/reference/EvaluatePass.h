// Runs the reference evaluator on a module in weft-opt, so that a test file can show what it
// computes.
#pragma once

namespace weft {

/// Registers `--weft-evaluate`, a pass that changes nothing. It calls each function with the
/// attribute `weft.inputs`, a list of calls, each of which is a list of `dense<...>` of i32 or f32.
/// It prints every result to standard output:
///
///   func.func @f(%x: tensor<?x2xf32>) -> tensor<?x2xf32>
///       attributes {weft.inputs = [[dense<[[1.0, 2.0]]> : tensor<1x2xf32>]]}
///   @f, call 0: tensor<1x2xf32> [[0.7310586, 1.7615942]]
///
/// States persist from one call to the next. Weight files are looked for in the module's folder.
void registerEvaluatePass();

} // namespace weft
