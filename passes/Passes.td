// The passes, in the order in which a compilation runs them (passes/Pipelines.cpp).

#ifndef WEFT_PASSES_TD
#define WEFT_PASSES_TD

include "mlir/Pass/PassBase.td"

def VerifyEntry : Pass<"weft-verify-entry", "::mlir::ModuleOp"> {
  let summary = "refuses a module that breaks the assumptions of the runtime and the kernels";
  let description = [{
    Every pipeline begins with this pass, because a module may come from a file, and the ops'
    verifiers cannot check what the runtime and the kernels assume. It changes nothing. It checks
    that:

    - A module that is a model (it has `weft.vocabulary`) has the entry point `@forward`, which
      returns logits: one value with `weft.vocabulary` columns and a row for each element of
      `%rows`.
    - An entry point takes `(%tokens, %positions, %sequences, %rows {weft.rows})`, each
      `tensor<?xi32>`, and returns plain f32. Its body, and that of each kernel, is one block.
    - Every computed value has a row for each token or for each logits row, and a known number of
      columns. Weights are static. All operands of a row-wise op have the same rows.
    - Indices come from ports whose range the runtime checks. `weft.embed` reads `%tokens` (from a
      table of `weft.vocabulary` rows) or `%positions` (`weft.context` rows). `weft.take_rows` reads
      `%rows` of a value with a row for each token. `weft.append` and `weft.attend` read
      `%positions` and `%sequences`. In kernels this holds for every dispatch.
    - Only the newest value of a state is used, and every state that a kernel returns is one of its
      arguments.
  }];
}

def QuantizeWeights : Pass<"weft-quantize-weights", "::mlir::ModuleOp"> {
  let summary = "stores matrices in blocks of small integers";
  let description = [{
    Gives a block storage to every dense parameter that is the weight of products or a table of
    token embeddings: all its readers are `weft.linear` and `weft.embed`. It changes only types; the
    bytes are converted when the artifact is written.

    | `format` | codes | bits a weight |
    | --- | --- | --- |
    | q8 | 8 bits, evenly spaced, blocks of 32 | 8.5 |
    | q4 | 4 bits with levels for Gaussian weights (`normalLevels`), blocks of 32; embedding tables and the output matrix as q8, because the error of every token passes through them | 4.5 |
    | q4s | the same levels and blocks, for all matrices, with scales of 8 bits (f8E4M3B11FNUZ, whatever `scale` says) | 4.25 |

    These parameters are not changed: vectors; parameters that the checkpoint stores in blocks
    already; tables of positions, which are small and whose rows are added to every activation.
  }];
  let options = [
    Option<"format", "format", "::weft::WeightFormat", "::weft::WeightFormat::Q8",
           "q8, q4 or q4s", [{
           ::llvm::cl::values(clEnumValN(::weft::WeightFormat::Q8, "q8", "8.5 bits a weight"),
                              clEnumValN(::weft::WeightFormat::Q4, "q4", "4.5 bits, tables and logits q8"),
                              clEnumValN(::weft::WeightFormat::Q4S, "q4s", "4.25 bits"))}]>,
    Option<"scale", "scale", "::weft::Scalar", "::weft::Scalar::F16",
           "Type of the scale of a block: f16, bf16", [{
           ::llvm::cl::values(clEnumValN(::weft::Scalar::F16, "f16", "half precision"),
                              clEnumValN(::weft::Scalar::BF16, "bf16", "the range of f32"))}]>];
  let statistics = [
    Statistic<"numQuantized", "quantized", "Parameters stored in blocks">,
    Statistic<"bytesBefore", "bytes-before", "Bytes of these parameters as dense matrices">,
    Statistic<"bytesAfter", "bytes-after", "Bytes of these parameters in blocks">];
}

def QuantizeInputs : Pass<"weft-quantize-inputs", "::mlir::ModuleOp"> {
  let summary = "rounds the inputs of products with quantized weights";
  let description = [{
    Inserts a `weft.quantize` before each `weft.linear` whose weight is stored in blocks. It rounds
    the input to blocks of the same length, so that the product runs on integer instructions.
    Products with the same input share its rounded value.

    It runs before fusion, so that the rounding becomes part of the kernel that computes the
    input.
  }];
  let statistics = [Statistic<"numQuantized", "quantized", "Values rounded">];
}

def MergeProducts : Pass<"weft-merge-products", "::mlir::ModuleOp"> {
  let summary = "merges products with the same input";
  let description = [{
    Products with the same input, whose weights have the same storage and no other reader, become
    one product. Its parameter stacks the sources, and a `weft.columns` replaces each original
    result: query, key and value are computed in one pass over the input.

    Products whose results are combined element by element (gate and up of a gated feed-forward)
    stay separate: FormKernels puts them into one kernel, which computes both factors of a result
    element together.
  }];
  let statistics = [Statistic<"numMerged", "merged", "Products merged into another">];
}

def FormKernels : Pass<"weft-form-kernels", "::mlir::ModuleOp"> {
  let summary = "groups the ops of each entry point into kernels";
  let description = [{
    Every op that computes becomes part of a kernel: a private function with the attribute
    `weft.kernel`, called by `weft.dispatch`. Its attribute `weft.role` tells backends which code
    generator to use. An op without a role (`roleOf` in ir/Weft.h) is an error. Kernels that are
    equal except for locations are merged, so layers of one shape are compiled once; parameters and
    states stay in the entry point and are passed as operands.

    - A product kernel is a `weft.linear`, or several of the same input and shape whose results are
      combined element by element, with the elementwise ops that follow. It has one result.
    - An attention kernel is a `weft.attend`.
    - A row kernel is all other ops of one level and one number of rows: the ops that can run
      between two products without waiting. Values that only it reads stay in its stack frame. If
      their rows take more than 256 KiB together, the widest values become results, so that they are
      stored in the arena.

    `weft.columns` is a view: each kernel that reads through one has its own copy. Arguments whose
    first dimension is the number of logits rows have the attribute `weft.rows`.
  }];
  let dependentDialects = ["::mlir::func::FuncDialect", "::weft::WeftDialect"];
  let statistics = [
    Statistic<"numKernels", "kernels", "Different kernels">,
    Statistic<"numDispatches", "dispatches", "Calls of kernels">];
}

def PlaceKernels : Pass<"weft-place-kernels", "::mlir::ModuleOp"> {
  let summary = "chooses the device of each kernel";
  let description = [{
    Sets `weft.device` on each kernel to the first device that supports it. Kernels that share a
    state go to the first device that supports all of them, because only the device knows how a
    state lies in memory. On the command line, devices are names that support every kernel; the
    compiler driver gives each device a predicate (passes/Passes.h, `DeviceChoice`).

    A kernel that no device supports is an error.
  }];
  let options = [ListOption<"devices", "devices", "std::string",
                            "Devices in order of preference; cpu if none is given">];
  let statistics = [Statistic<"numPlaced", "placed", "Kernels given a device">];
}

def ArrangeWeights : Pass<"weft-arrange-weights", "::mlir::ModuleOp"> {
  let summary = "changes the arrangement of weights to the one that kernels read";
  let description = [{
    Gives the tiled arrangement to every parameter that is the weight operand of a `weft.linear`,
    directly or through dispatches, and to the arguments of the kernels on the way. If the parameter
    is also an embedding table (tied embeddings), it is tiled too and stored once. If the weights of
    two dispatches of one kernel get different types, each gets its own copy of the kernel.

    The compiler driver asks the device of the kernels for the arrangement (passes/Passes.h,
    `DeviceChoice`). If two devices read a parameter and need different arrangements, the parameter
    is duplicated.

    A parameter with any reader other than products and embeddings is not changed. A parameter with
    super-blocks must not have another reader; it gets tiles of one row if no product reads it.
  }];
  let options = [
    Option<"rows", "rows", "unsigned", "::weft::tileRows", "Interleaved rows">,
    Option<"blockDepth", "block-depth", "unsigned", "::weft::tileDepthOfBlocks",
           "Contiguous codes of a row of a block-format matrix">,
    Option<"denseDepth", "dense-depth", "unsigned", "::weft::tileDepthOfDense",
           "Contiguous elements of a row of a dense matrix">];
  let statistics = [Statistic<"numArranged", "arranged", "Parameters tiled">];
}

def PlanMemory : Pass<"weft-plan-memory", "::mlir::ModuleOp"> {
  let summary = "gives every value an offset in the arena";
  let description = [{
    Sets `at` and `size` of each dispatch, `weft.arena` of each entry point, and `barrier` on each
    dispatch that must wait for earlier ones.

    The plan is a formula in n and m, the most tokens and logits rows of one call. The arena has
    three regions: first values of constant size, then values with n rows, then values with m rows.
    In its region, a value takes its bytes per row, rounded up to 64, times the number of rows. Its
    offset is a multiple of the number of rows too, so two values that do not overlap for one n do
    not overlap for any n. Within a region, values are placed largest first, each in the smallest
    gap that is free during its lifetime.

    The lifetime of a value is from the dispatch that computes it to its last reader. Only
    dispatches after the last reader reuse its memory, so a kernel may assume that its results do
    not overlap anything it reads. Values that the entry point returns are not in the arena: their
    offset and size are zero, and their dispatch writes the output directly.

    A dispatch has `barrier` if, since the last barrier, an earlier dispatch wrote something that
    this one reads, or read or wrote something that this one writes: a value, memory of the arena or
    a state.
  }];
  let statistics = [
    Statistic<"bytesPerToken", "bytes-per-token", "Bytes of the arena for each token">,
    Statistic<"bytesPerTokenWithoutReuse", "bytes-per-token-without-reuse",
              "Sum of the bytes per token of all values with a row for each token">,
    Statistic<"numBarriers", "barriers", "Dispatches that wait for earlier ones">];
}

#endif // WEFT_PASSES_TD
