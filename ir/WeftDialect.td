// The weft dialect: language models as tensor programs.

#ifndef WEFT_DIALECT_TD
#define WEFT_DIALECT_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"

def Weft_Dialect : Dialect {
  let name = "weft";
  let summary = "Language models as tensor programs";
  let description = [{
    A model is a module. `weft.parameter` symbols name its weights, `weft.state` symbols declare
    what a sequence remembers between calls, and each entry point is a function on tensors. A
    decoder has one entry point over a ragged batch:

    ```mlir
    func.func @forward(%tokens: tensor<?xi32>, %positions: tensor<?xi32>,
                       %sequences: tensor<?xi32>, %rows: tensor<?xi32>) -> tensor<?x512xf32>
    ```

    `tokens`, `positions` and `sequences` have n elements, one for each token of the call. `rows`
    has m elements: the indices of the tokens whose logits are asked for. n and m are the only
    dynamic sizes and always the first dimension. A value has as many rows as the value from which
    it is computed.

    Activations are f32. The encoding of a tensor type (`#weft.block`, `#weft.tiled`) says how a
    matrix is stored: `tensor<64x64xf32, #weft.block<...>>` is a matrix of f32 values that are
    stored as blocks of small integers. An op computes on these values, whatever the storage.
  }];
  let cppNamespace = "::weft";
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
  let extraClassDeclaration = [{
    void registerAttributes();
    void registerTypes();
  }];
}

class Weft_Attr<string name, string attrMnemonic, list<Trait> traits = []>
    : AttrDef<Weft_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
}

class Weft_Type<string name, string typeMnemonic> : TypeDef<Weft_Dialect, name> {
  let mnemonic = typeMnemonic;
}

/// Every row of the results is a function of the same row of the operands of dynamic size (and of
/// whole parameters). Such ops can run row by row, in any order, and so belong to a row kernel
/// (roleOf() in Weft.h).
def Weft_RowWise : NativeOpTrait<"RowWise"> { let cppNamespace = "::weft::trait"; }

/// RowWise, and every element of the result is a function of the elements at the same index.
def Weft_Elementwise : NativeOpTrait<"Elementwise"> { let cppNamespace = "::weft::trait"; }

class Weft_Op<string mnemonic, list<Trait> traits = []>
    : Op<Weft_Dialect, mnemonic, traits>;

#endif // WEFT_DIALECT_TD
