// The passes, in the order in which a compilation runs them (passes/Pipelines.cpp).

#ifndef WEFT_PASSES_TD
#define WEFT_PASSES_TD

include "mlir/Pass/PassBase.td"

def VerifyEntry : Pass<"weft-verify-entry", "::mlir::ModuleOp"> {
  let summary = "refuses a module that does not keep what programs rely on";
  let description = [{
    Every pipeline begins with it: a module may come from a file, and no verifier of an op knows
    what the runtime and the kernels take for granted. It changes nothing.

    - A module that is a model (it has `weft.vocabulary`) has the entry point `@forward`, which
      returns logits: one value of as many columns, with a row for each of `%rows`.
    - An entry point takes `(%tokens, %positions, %sequences, %rows {weft.rows})`, each
      `tensor<?xi32>`, and returns plain f32. Its body, and that of each kernel, is one block.
    - What is computed has a row for each token or each wanted row and a known number of columns;
      weights are static. An op that works row by row has the same rows in all its operands.
    - Indices come from ports whose range the runtime checks: `weft.embed` reads `%tokens` (the
      table has `weft.vocabulary` rows) or `%positions` (`weft.context` rows), `weft.take_rows`
      reads `%rows` of a value that has a row for each token, `weft.append` and `weft.attend` read
      `%positions` and `%sequences`. In kernels this holds for every dispatch.
    - A state is used by its newest value, and the states that a kernel returns are arguments of
      it.
  }];
}

def QuantizeWeights : Pass<"weft-quantize-weights", "::mlir::ModuleOp"> {
  let summary = "stores matrices in blocks of small integers";
  let description = [{
    Gives a block storage to every dense parameter that is a matrix of products
    or a table of token embeddings, that is to say, all of whose readers are `weft.linear`
    and `weft.embed`. It changes types alone: the bytes are converted when the artifact is
    written.

    | `format` | codes | bits a weight |
    | --- | --- | --- |
    | q8 | 8 bits, evenly spaced, blocks of 32 | 8.5 |
    | q4 | 4 bits with levels for Gaussian weights (`normalLevels`), blocks of 32; tables of embeddings and what gives the logits as q8, because every token's error passes through them | 4.5 |
    | q4s | the same levels and blocks, for all matrices, with scales of 8 bits (f8E4M3B11FNUZ, whatever `scale` says) | 4.25 |

    Stays as it is: a vector; a parameter that the checkpoint stores in blocks already; a
    table of positions, which is small and whose rows are added to every activation.
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
    Statistic<"numQuantized", "quantized", "Parameters put into blocks">,
    Statistic<"bytesBefore", "bytes-before", "Bytes of these parameters as dense matrices">,
    Statistic<"bytesAfter", "bytes-after", "Bytes of these parameters in blocks">];
}

def QuantizeInputs : Pass<"weft-quantize-inputs", "::mlir::ModuleOp"> {
  let summary = "rounds the inputs of products with quantized weights";
  let description = [{
    Puts a `weft.quantize` before each `weft.linear` whose weight is in blocks, to blocks of
    the same length, so that the product runs on integer instructions. Products that share
    an input share its rounded form.

    It runs before fusion, so that the rounding becomes part of the kernel that computes the
    input.
  }];
  let statistics = [Statistic<"numQuantized", "quantized", "Values rounded">];
}

def MergeProducts : Pass<"weft-merge-products", "::mlir::ModuleOp"> {
  let summary = "makes one product of products with the same input";
  let description = [{
    Products with the same input, whose weights are stored alike and have no other reader,
    become one product with one parameter that stacks the sources, and a `weft.columns` for
    each of them: query, key and value are one pass over the input.

    Products that meet element by element (gate and up of a gated feed-forward) stay apart:
    FormKernels makes one kernel of them, in which the halves of one element of the result
    are computed together.
  }];
  let statistics = [Statistic<"numMerged", "merged", "Products that became part of another">];
}

def FormKernels : Pass<"weft-form-kernels", "::mlir::ModuleOp"> {
  let summary = "groups the ops of each entry point into kernels";
  let description = [{
    Every op that computes becomes part of a kernel: a private function with the attribute
    `weft.kernel`, called by `weft.dispatch`, and `weft.role`, by which backends choose how its
    code is generated. An op without a role (`roleOf` in ir/Weft.h) is an error. Kernels that are equal up to locations exist
    once, so layers of one shape compile once; parameters and states stay in the entry point
    and are passed.

    - A product kernel is a `weft.linear`, or several of the same input and shape that meet
      element by element, with the element-wise ops that follow. It has one result.
    - An attention kernel is a `weft.attend`.
    - A row kernel is all other ops of one level and one number of rows: what can run
      between two products without waiting. Values that only it reads stay on its stack frame;
      of those whose rows take more than 256 KiB together, the widest are results too, so that
      they have memory in the arena.

    `weft.columns` is a view: each kernel that reads through one has its own. Arguments
    whose first dimension is the number of wanted rows bear `weft.rows`.
  }];
  let dependentDialects = ["::mlir::func::FuncDialect", "::weft::WeftDialect"];
  let statistics = [
    Statistic<"numKernels", "kernels", "Different kernels">,
    Statistic<"numDispatches", "dispatches", "Calls of kernels">];
}

def PlaceKernels : Pass<"weft-place-kernels", "::mlir::ModuleOp"> {
  let summary = "chooses the device of each kernel";
  let description = [{
    Sets `weft.device` on each kernel to the first device that takes it; kernels that share a
    state go to one device, the first that takes them all, because how a state lies in memory
    is its device's own matter. From the command
    line devices are names that take every kernel; the compiler driver gives each a
    predicate (passes/Pipelines.h, `DeviceChoice`).

    A kernel that no device takes is an error.
  }];
  let options = [ListOption<"devices", "devices", "std::string",
                            "Devices in order of preference; cpu where none is given">];
  let statistics = [Statistic<"numPlaced", "placed", "Kernels given a device">];
}

def ArrangeWeights : Pass<"weft-arrange-weights", "::mlir::ModuleOp"> {
  let summary = "lays weights out for the kernels that read them";
  let description = [{
    Gives the tiled arrangement to every parameter that reaches the weight operand of a
    `weft.linear`, directly or through dispatches, and to the arguments of the kernels on
    the way. A parameter that is the table of an embedding too (tied embeddings) is tiled
    and exists once. Two dispatches whose weights come to differ in type get a kernel each.

    The compiler driver asks the device of the kernels for the arrangement (passes/Passes.h,
    `DeviceChoice`). Where two devices read a parameter and want it in different ways, each
    gets one of its own.

    A parameter that is read by anything but products and embeddings stays as it is. One
    with super-blocks may not be read by anything else, and gets tiles of one row where no
    product reads it.
  }];
  let options = [
    Option<"rows", "rows", "unsigned", "::weft::tileRows", "Rows that stand interleaved">,
    Option<"blockDepth", "block-depth", "unsigned", "::weft::tileDepthOfBlocks",
           "Consecutive codes of a row of a matrix in blocks">,
    Option<"denseDepth", "dense-depth", "unsigned", "::weft::tileDepthOfDense",
           "Consecutive elements of a row of a dense matrix">];
  let statistics = [Statistic<"numArranged", "arranged", "Parameters tiled">];
}

def PlanMemory : Pass<"weft-plan-memory", "::mlir::ModuleOp"> {
  let summary = "gives every value a place in the arena";
  let description = [{
    Sets `at` and `size` of each dispatch, `weft.arena` of each entry point, and `barrier`
    where a dispatch must wait.

    The plan is a formula in n and m, the most tokens and rows of one call. The arena has
    three regions: values of constant size first, then those with n rows, then those with m.
    In its region a value takes its bytes per row, rounded up to 64, times the number of
    rows, and its place is a multiple of that number too, so two values that are apart for
    one n are apart for every n. Within a region values are placed largest first, each in
    the smallest gap that is free while it lives.

    A value lives from the dispatch that computes it to its last reader. Its memory is
    reused only by dispatches after that one, so a kernel may assume that the memory of its
    results overlaps nothing that it reads. What the entry point returns is not in the
    arena: its place and size are zero, and its dispatch writes the output itself.

    A dispatch has `barrier` if since the last barrier a dispatch wrote what it reads, or
    read or wrote what it writes, be it a value, memory of the arena or a state.
  }];
  let statistics = [
    Statistic<"bytesPerToken", "bytes-per-token", "Bytes of the arena for each token">,
    Statistic<"bytesPerTokenWithoutReuse", "bytes-per-token-without-reuse",
              "Bytes that the values with a row for each token take together">,
    Statistic<"numBarriers", "barriers", "Dispatches that wait">];
}

#endif // WEFT_PASSES_TD
