// The reference evaluator on a module of weft-opt, so that a file says what it computes.
#pragma once

namespace weft {

/// Registers `--weft-evaluate`, a pass that changes nothing. It calls each function that has the
/// attribute `weft.inputs`, a list of calls, each a list of `dense<...>` of i32 or f32, and
/// prints every result to standard output:
///
///   func.func @f(%x: tensor<?x2xf32>) -> tensor<?x2xf32>
///       attributes {weft.inputs = [[dense<[[1.0, 2.0]]> : tensor<1x2xf32>]]}
///   @f, call 0: tensor<1x2xf32> [[0.7310586, 1.7615942]]
///
/// States live from one call to the next. Files of weights are looked for in the module's folder.
void registerEvaluatePass();

} // namespace weft
