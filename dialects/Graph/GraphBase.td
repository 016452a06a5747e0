//===- GraphBase.td - The graph dialect, its attributes and op classes ----===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LMCC_GRAPH_BASE_TD
#define LMCC_GRAPH_BASE_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/TensorEncoding.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Graph_Dialect : Dialect {
  let name = "graph";
  let cppNamespace = "::lmcc::graph";
  let summary = "What a model means: tensors and the operations of transformers";
  let description = [{
    ONNX semantics with everything that depends on a file format resolved: opset
    versions, attribute-or-input forms and negative axes do not exist here.
    Elementwise operations broadcast like numpy. Every dimension is a number or
    an affine expression over named symbols (`#graph.dims`).
  }];
  let useDefaultAttributePrinterParser = 1;
}

//===----------------------------------------------------------------------===//
// Dimensions
//===----------------------------------------------------------------------===//

def Graph_DimsAttr : AttrDef<Graph_Dialect, "Dims",
    [DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let mnemonic = "dims";
  let summary = "Sizes as affine expressions over named symbols";
  let description = [{
    The encoding of a tensor type with dynamic dimensions: one expression per
    axis, so that the equality of two `?` can be proven. It is canonical: the
    symbols are exactly those in use, sorted by name, and the expressions are
    simplified; two equal size lists are therefore one attribute.

    Constraints, as the encoding of a tensor:

    - (C1) one size per axis
    - (C2) a static axis has the number that its size says, a dynamic one a size
      that is no number

    Example: `tensor<?x?x128xf32, #graph.dims<batch, past + sequence, 128>>`
  }];
  let parameters = (ins ArrayRefParameter<"::mlir::StringAttr">:$symbols,
                        "::mlir::AffineMap":$map);
  let builders = [
    AttrBuilderWithInferredContext<(ins
        "::llvm::ArrayRef<::mlir::StringAttr>":$symbols,
        "::mlir::AffineMap":$map)>
  ];
  let extraClassDeclaration = [{
    unsigned getRank() const { return getMap().getNumResults(); }
    /// The expression of one axis, again in canonical form: equal sizes give
    /// equal attributes, whatever else their tensors contain.
    DimsAttr getAxis(unsigned axis) const;
    /// The size of `axis` if it is a number.
    std::optional<int64_t> getConstant(unsigned axis) const;
  }];
  let skipDefaultBuilders = 1;
  let hasCustomAssemblyFormat = 1;
}

def Graph_SymbolAttr : AttrDef<Graph_Dialect, "Symbol"> {
  let mnemonic = "symbol";
  let summary = "A free size of the model with its bounds, both included";
  let parameters = (ins "::mlir::StringAttr":$name, "int64_t":$low,
                        "int64_t":$high);
  let assemblyFormat = "`<` $name `,` $low `,` $high `>`";
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

// ONNX element types; unsigned integers keep their sign in the type because
// their division, comparison and conversion differ.
def Graph_Float : AnyTypeOf<[F16, BF16, F32, F64]>;
def Graph_Integer : AnyTypeOf<[I8, I16, I32, I64, UI8, UI16, UI32, UI64]>;
def Graph_Number : AnyTypeOf<[Graph_Float, Graph_Integer]>;
def Graph_Element : AnyTypeOf<[Graph_Number, I1]>;

def Graph_Tensor : RankedTensorOf<[Graph_Element]>;
def Graph_NumberTensor : RankedTensorOf<[Graph_Number]>;
def Graph_FloatTensor : RankedTensorOf<[Graph_Float]>;
def Graph_F32Tensor : RankedTensorOf<[F32]>;
def Graph_BoolTensor : RankedTensorOf<[I1]>;
def Graph_IndexTensor : RankedTensorOf<[I32, I64]>;

//===----------------------------------------------------------------------===//
// Op classes
//===----------------------------------------------------------------------===//

class Graph_Op<string mnemonic, list<Trait> traits = []>
    : Op<Graph_Dialect, mnemonic, traits>;

/// One result element per operand elements at the same (broadcast) place.
def Graph_Elementwise : NativeOpTrait<"Elementwise"> {
  let cppNamespace = "::lmcc::graph";
}

class Graph_Elementwise_Op<string mnemonic, list<Trait> traits = []>
    : Graph_Op<mnemonic, !listconcat([Pure, Graph_Elementwise], traits)>;

class Graph_UnaryOp<string mnemonic, TypeConstraint type, string formula>
    : Graph_Elementwise_Op<mnemonic,
          [AllTypesMatch<["input", "result"]>]> {
  let summary = "Elementwise " # formula;
  let arguments = (ins type:$input);
  let results = (outs type:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

class Graph_BinaryOp<string mnemonic, TypeConstraint type, string formula>
    : Graph_Elementwise_Op<mnemonic,
          [AllElementTypesMatch<["lhs", "rhs", "result"]>]> {
  let summary = "Elementwise " # formula # ", broadcasting like numpy";
  let description = [{
    Constraints:

    - (C1) the shape of the result is the broadcast of the operands' shapes
  }];
  let arguments = (ins type:$lhs, type:$rhs);
  let results = (outs type:$result);
  let assemblyFormat =
      "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)";
}

#endif // LMCC_GRAPH_BASE_TD
