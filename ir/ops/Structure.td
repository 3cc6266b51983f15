// Ops that make up a module: parameters, states and kernels.

#ifndef WEFT_OPS_STRUCTURE_TD
#define WEFT_OPS_STRUCTURE_TD

include "ir/WeftAttributes.td"

def Weft_StructureOps : OpDocGroup {
  let summary = "Structure: parameters, states and kernels";
  let description = "The ops that make up a module.";
}

let opDocGroup = Weft_StructureOps in {

def Weft_ParameterOp : Weft_Op<"parameter", [Symbol]> {
  let summary = "a weight of the model";
  let description = [{
    Names a weight, gives its type, and says where its bytes come from. `sources` are tensors that
    are stacked along the first dimension and converted from their own types to this one when the
    artifact is written. `value` is for small tables that the compiler computed. Since the type
    alone decides the storage, a pass quantizes or re-arranges a weight by changing it.

    Examples:
    ```mlir
    weft.parameter @layers.0.attention.q : tensor<64x64xf32> from
        [#weft.source<tensor = "blk.0.attn_q.weight", file = "stories.gguf", offset = 4096,
                      type = tensor<64x64xf32>>]
    weft.parameter @rope.frequencies : tensor<2xf32> = dense<[1.0, 0.01]> : tensor<2xf32>
    ```

    Constraints:
    - (C1) The type is a static tensor of rank 1 or 2 of f32, f16 or bf16.
    - (C2) Exactly one of `sources` and `value` is given.
    - (C3) The sources, after `transposed` is applied, have the type's rank and last dimension.
    - (C4) The first dimensions of the sources add up to the type's.
    - (C5) `value` has the type's shape and element type f32.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<AnyRankedTensor>:$type,
                       OptionalAttr<TypedArrayAttrBase<Weft_SourceAttr, "sources">>:$sources,
                       OptionalAttr<ElementsAttr>:$value);
  let assemblyFormat = [{
    $sym_name `:` $type (`from` $sources^)? (`=` $value^)? attr-dict
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::RankedTensorType getTensorType() {
      return ::mlir::cast<::mlir::RankedTensorType>(getType());
    }
  }];
}

def Weft_StateOp : Weft_Op<"state", [Symbol]> {
  let summary = "what a sequence remembers between calls";
  let description = [{
    Declares memory for every sequence of a session, which lives as long as the session.

    Constraint:
    - (C1) The type is a state type, `!weft.kv`.

    Examples:
    ```mlir
    weft.state @layers.0.kv : !weft.kv<heads = 4, head_dim = 8, element = f32>
    weft.state @layers.1.kv : !weft.kv<heads = 4, head_dim = 64, element = f32,
        blocks = #weft.block<bits = 8, size = 32, scale = f16>>
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttr:$type);
  let assemblyFormat = "$sym_name `:` $type attr-dict";
  let hasVerifier = 1;
}

def Weft_WeightOp : Weft_Op<"weight", [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "the value of a parameter";
  let description = [{
    Constraints:
    - (C1) The parameter exists.
    - (C2) It has the type of the result.

    Examples:
    ```mlir
    %norm = weft.weight @norm : tensor<64xf32>
    %q = weft.weight @layers.0.attention.q
        : tensor<64x64xf32, #weft.block<bits = 4, size = 32, scale = f16, bias = 8>>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$parameter);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$parameter attr-dict `:` type($result)";
}

def Weft_RecallOp : Weft_Op<"recall", [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "the value of a state at the beginning of the call";
  let description = [{
    Constraints:
    - (C1) The state exists.
    - (C2) It has the type of the result.

    Examples:
    ```mlir
    %kv = weft.recall @layers.0.kv : !weft.kv<heads = 4, head_dim = 8, element = f32>
    %half = weft.recall @layers.1.kv : !weft.kv<heads = 4, head_dim = 8, element = f16>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$state);
  let results = (outs Weft_KvType:$result);
  let assemblyFormat = "$state attr-dict `:` type($result)";
}

def Weft_DispatchOp : Weft_Op<"dispatch", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "runs a kernel";
  let description = [{
    Calls a private function with the attribute `weft.kernel`; the function's body is what the
    kernel computes. Layers of the same shape share one kernel, because parameters are passed as
    operands.

    After planning, `at` has the offset of each tensor result in the arena, and `size` its bytes
    there. Both are zero for states, which have their own memory, and for results of the entry
    point, which are written to its output. With `barrier`, all dispatches before this one must be
    complete before it starts.

    Constraints:
    - (C1) The kernel exists.
    - (C2) Its signature matches.

    Examples:
    ```mlir
    %y = weft.dispatch @silu(%x) : (tensor<?x8xf32>) -> tensor<?x8xf32>
    %z = weft.dispatch @silu(%y) {at = [#weft.size<tokens = 64>], barrier,
                                  size = [#weft.size<tokens = 64>]}
        : (tensor<?x8xf32>) -> tensor<?x8xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<AnyType>:$operands,
                       OptionalAttr<TypedArrayAttrBase<Weft_SizeAttr, "offsets">>:$at,
                       OptionalAttr<TypedArrayAttrBase<Weft_SizeAttr, "sizes">>:$size,
                       UnitAttr:$barrier);
  let results = (outs Variadic<AnyType>:$results);
  let assemblyFormat = [{
    $kernel `(` $operands `)` attr-dict `:` functional-type($operands, $results)
  }];
}

} // opDocGroup

#endif // WEFT_OPS_STRUCTURE_TD
