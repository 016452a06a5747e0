//===- ProductKernels.cpp - Products over packed panels -------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A product with a weight flattens all leading axes of its left side to rows.
// A product of two activations keeps them as batch loops around the product of
// two matrices, with stride 0 where an operand repeats.
//
//===----------------------------------------------------------------------===//

#include "dialects/Kernel/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "passes/GraphToKernel/GroupKernels.h"
#include "passes/GraphToKernel/ScalarCode.h"

using namespace mlir;

namespace lmcc {

int64_t panelWidth(std::optional<int64_t> columns, int64_t lanes,
                   int64_t widest) {
  if (!columns || *columns >= widest)
    return widest;
  // Few columns: the narrowest whole number of vectors, or one short vector.
  if (*columns >= lanes)
    return llvm::alignTo(*columns, lanes);
  return llvm::PowerOf2Ceil(std::max<int64_t>(*columns, 1));
}

int64_t groupedPanelWidth(int64_t lanes, int64_t widest) {
  return std::max<int64_t>(widest / (2 * lanes), 1) * 2 * lanes;
}

Value batchMatrix(KernelBuilder &k, Value buffer, Value value,
                  ArrayRef<AffineExpr> batch, AffineExpr rows,
                  AffineExpr columns) {
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<AffineExpr> shape(batch);
  SmallVector<bool> present;
  int64_t missing = static_cast<int64_t>(batch.size()) + 2 - type.getRank();
  for (int64_t axis = 0; axis < static_cast<int64_t>(batch.size()); ++axis)
    present.push_back(axis >= missing &&
                      graph::axisSize(type, axis - missing).getConstant(0) !=
                          1);
  shape.append({rows, columns});
  present.append({true, true});
  return k.broadcastView(buffer, shape, present);
}

static bool holdsBytes(Value buffer) {
  return cast<MemRefType>(buffer.getType()).getElementType().isInteger(8);
}

namespace {

using Index = OpFoldResult;
using lmcc::graph::typeOf;

class ProductKernel {
public:
  ProductKernel(GroupSite &site, KernelBuilder &k, const PackedSide &right)
      : site(site), k(k), product(site.product()), right(right),
        width(right.width), result(product.getType()) {}

  LogicalResult build() {
    auto sizes = k.space().sizes(result);
    auto lhsSizes = k.space().sizes(typeOf(product.getLhs()));
    rank = result.getRank();
    columns = sizes.back();
    depth = lhsSizes.back();
    if (hasWords())
      depth = k.space().simplify(depth.floorDiv(graph::wordBytes));
    // The rank-2 right side is shared by all rows of all batches.
    bool flattens = typeOf(product.getRhs()).getRank() == 2;
    if (flattens) {
      batch.clear();
      rows = k.space().product(ArrayRef(sizes).drop_back());
    } else {
      batch.assign(sizes.begin(), sizes.end() - 2);
      rows = sizes[rank - 2];
    }
    k.size(rows, "rows");
    k.size(columns, "columns");
    k.size(depth, "depth");
    k.sizes(batch);
    Value lhs = right.rows
                    ? splitRows()
                    : matrix(factor(site.inputOf(product.getLhs()).buffer, "x"),
                             product.getLhs(), rows, depth);
    Value panels = product.isGrouped() ? groupsView() : panelsView();
    if (right.starts)
      starts =
          k.view(k.buffer(right.starts, "starts"),
                 {rows, k.space().number(product.isGrouped() ? groups() : 1)});
    if (right.zeros)
      zeros = k.view(
          k.buffer(right.zeros, "zeros"),
          {panelCount(), k.space().number(groups()), k.space().number(width)});
    if (right.order)
      order = k.view(k.buffer(right.order, "order"),
                     {panelCount(), k.space().add(depth, k.space().number(1))});
    collectExtras();
    Value output =
        matrix(k.buffer(site.output, "y"), product.getResult(), rows, columns);
    bool complete = true;
    k.loops(k.sizes(batch), [&](ArrayRef<Index> place) {
      Value left = slice(lhs, place, 2);
      Value right = slice(panels, place, 3);
      Value target = slice(output, place, 2);
      complete &= onePart(left, right, target, place);
    });
    return success(complete);
  }

private:
  bool flattensRows() const { return batch.empty(); }

  /// Whether rows are read as words of bytes.
  bool hasWords() { return !product.isFloatProduct(); }

  int64_t groups() { return typeOf(product.getScales()).getDimSize(0); }

  /// The buffer of a side of the product, bytes as words if it has those.
  Value factor(Value actual, StringRef role) {
    return hasWords() && holdsBytes(actual) ? k.words(actual, role)
                                            : k.buffer(actual, role);
  }

  /// Whether `value` has batch axis `axis` of the result.
  bool hasBatchAxis(Value value, int64_t axis) {
    RankedTensorType type = typeOf(value);
    int64_t own = axis - (rank - type.getRank());
    return own >= 0 && graph::axisSize(type, own).getConstant(0) != 1;
  }

  /// The magnitudes of rows that were split, and their signs.
  Value splitRows() {
    const graph::DimSpace &space = k.space();
    Value buffer = k.buffer(right.rows, "x");
    AffineExpr ofRow = space.multiply(depth, space.number(2));
    auto part = [&](AffineExpr first) {
      return k.stridedView(buffer, {rows, depth}, {ofRow, space.number(1)},
                           first);
    };
    signs = part(depth);
    return part(space.number(0));
  }

  Value matrix(Value buffer, Value value, AffineExpr a, AffineExpr b) {
    return batchMatrix(k, buffer, value, batch, a, b);
  }

  AffineExpr panelCount() { return k.space().simplify(columns.ceilDiv(width)); }

  /// The panels of a grouped product, see `weight.pack_groups`.
  Value groupsView() {
    int64_t span = right.groupWords(product.groupSize());
    return k.view(
        k.buffer(right.panels, "w"),
        {panelCount(), k.space().number(groups()), k.space().number(span)});
  }

  Value panelsView() {
    Value buffer = factor(right.panels, "w");
    SmallVector<AffineExpr> shape(batch);
    SmallVector<bool> present;
    for (int64_t axis = 0; axis < static_cast<int64_t>(batch.size()); ++axis)
      present.push_back(hasBatchAxis(product.getRhs(), axis));
    AffineExpr steps = k.space().simplify(depth.floorDiv(right.columnWords));
    shape.append(
        {panelCount(), steps, k.space().number(width * right.columnWords)});
    present.append({true, true, true});
    return k.broadcastView(buffer, shape, present);
  }

  /// The matrix (or panels) of one place in the batch.
  Value slice(Value view, ArrayRef<Index> place, unsigned keep) {
    if (place.empty())
      return view;
    SmallVector<Index> offsets(place), sizes(place.size());
    SmallVector<Index> all = kernel::sizesOf(view);
    for (unsigned axis = place.size(); axis < place.size() + keep; ++axis) {
      offsets.push_back(k.number(0));
      sizes.push_back(all[axis]);
    }
    return k.part(view, offsets, sizes);
  }

  /// What the epilogue reads besides the sums: views over the batch, and which
  /// of (row, column) they have.
  struct Extra {
    Value argument, view;
    bool hasRows, hasColumns;
  };

  void collectExtras() {
    for (BlockArgument argument : site.group.getBody().front().getArguments()) {
      bool isFactor = llvm::all_of(argument.getUsers(), [&](Operation *user) {
        return user == product.getOperation();
      });
      if (isFactor)
        continue;
      const GroupInput &input = site.inputOf(argument);
      if (input.scalar) {
        scalars[argument] = k.scalar(input.scalar);
        continue;
      }
      extras.push_back(
          extra(argument, k.buffer(input.buffer, site.role(input, "e"))));
    }
  }

  Extra extra(Value argument, Value buffer) {
    auto has = [&](int64_t axis) { return hasBatchAxis(argument, axis); };
    bool hasColumns = has(rank - 1);
    bool hasRows = false;
    if (flattensRows()) {
      for (int64_t axis = 0; axis + 1 < rank; ++axis)
        hasRows |= has(axis);
    } else {
      hasRows = has(rank - 2);
    }
    SmallVector<AffineExpr> shape(batch);
    SmallVector<bool> present;
    for (int64_t axis = 0; axis < static_cast<int64_t>(batch.size()); ++axis)
      present.push_back(has(axis));
    if (hasRows) {
      shape.push_back(rows);
      present.push_back(true);
    }
    if (hasColumns) {
      shape.push_back(columns);
      present.push_back(true);
    }
    return {argument, k.broadcastView(buffer, shape, present), hasRows,
            hasColumns};
  }

  /// One matrix product with its epilogue.
  bool onePart(Value lhs, Value panels, Value output, ArrayRef<Index> place) {
    OpBuilder &builder = k.body();
    SmallVector<Value> views;
    SmallVector<Attribute> maps;
    SmallVector<Type> types = {
        bufferElement(product.getType().getElementType())}; // The sum.
    for (const Extra &extra : extras) {
      views.push_back(
          slice(extra.view, place, extra.hasRows + extra.hasColumns));
      SmallVector<AffineExpr> results;
      if (extra.hasRows)
        results.push_back(builder.getAffineDimExpr(0));
      if (extra.hasColumns)
        results.push_back(builder.getAffineDimExpr(1));
      maps.push_back(AffineMapAttr::get(
          AffineMap::get(2, 0, results, builder.getContext())));
      types.push_back(bufferElement(typeOf(extra.argument).getElementType()));
    }
    IntegerAttr group, columnWords;
    if (product.isGrouped())
      group = builder.getI64IntegerAttr(product.groupSize());
    if (right.columnWords > 1)
      columnWords = builder.getI64IntegerAttr(right.columnWords);
    auto op = kernel::PanelProductOp::create(
        builder, k.location(), lhs, panels, output, views, /*ahead=*/Value(),
        starts, signs, zeros, order, builder.getArrayAttr(maps),
        /*continues=*/false,
        /*streams=*/flattensRows(), columnWords, group, product.getBytes(),
        right.hasWideScales, right.hasFullRange);
    OpBuilder::InsertionGuard guard(builder);
    Block *block =
        builder.createBlock(&op.getEpilogue(), {}, types,
                            SmallVector<Location>(types.size(), k.location()));
    return epilogue(block);
  }

  bool epilogue(Block *block) {
    OpBuilder &builder = k.body();
    DenseMap<Value, Value> values = scalars;
    values[product.getResult()] = block->getArgument(0);
    for (auto [extra, argument] :
         llvm::zip(extras, block->getArguments().drop_front()))
      values[extra.argument] = argument;
    bool complete = true;
    for (Operation *op : site.members()) {
      if (op == product.getOperation())
        continue;
      SmallVector<Value> operands;
      for (Value operand : op->getOperands())
        operands.push_back(values.lookup(operand));
      Value scalar = emitScalar(builder, op, operands);
      complete &= bool(scalar);
      values[op->getResult(0)] = scalar ? scalar : block->getArgument(0);
    }
    kernel::YieldOp::create(builder, k.location(),
                            values.lookup(site.root()->getResult(0)));
    return complete;
  }

  GroupSite &site;
  KernelBuilder &k;
  graph::MatmulOp product;
  PackedSide right;
  int64_t width;
  RankedTensorType result;
  int64_t rank = 0;
  AffineExpr rows, columns, depth;
  SmallVector<AffineExpr> batch;
  SmallVector<Extra> extras;
  DenseMap<Value, Value> scalars;
  Value starts, signs, zeros, order;
};

} // namespace

LogicalResult buildProductKernel(GroupSite &site, KernelBuilder &k,
                                 const PackedSide &right) {
  return ProductKernel(site, k, right).build();
}

//===----------------------------------------------------------------------===//
// At run time
//===----------------------------------------------------------------------===//

void buildGroupStartsKernel(const StridedTensor &tensor, Value starts,
                            int64_t group, int64_t offset, KernelBuilder &k) {
  const graph::DimSpace &space = k.space();
  AffineExpr rows = space.product(ArrayRef(tensor.sizes).drop_back());
  AffineExpr groups = space.simplify(tensor.sizes.back().floorDiv(group));
  k.size(rows, "rows");
  Value numbers =
      k.view(k.buffer(tensor.buffer, "x"), {rows, groups, space.number(group)});
  Value output = k.view(k.buffer(starts, "y"), {rows, groups});
  bool areBytes = holdsBytes(tensor.buffer);
  Type type = areBytes ? Type(k.body().getI32Type()) : k.body().getF32Type();
  k.loops({k.size(rows), k.size(groups)}, [&](ArrayRef<Index> place) {
    Value row = k.part(numbers, {place[0], place[1], k.number(0)},
                       {{}, {}, k.number(group)});
    Value sum = k.reduceRow(
        kernel::RowReduction::sum, row,
        [&](OpBuilder &b, ValueRange e) -> Value {
          return areBytes ? arith::ExtSIOp::create(b, k.location(), type, e[0])
                          : e[0];
        },
        type);
    Value factor = k.constant(type, static_cast<double>(-offset));
    k.store(
        areBytes
            ? Value(arith::MulIOp::create(k.body(), k.location(), sum, factor))
            : arith::MulFOp::create(k.body(), k.location(), sum, factor),
        output, place);
  });
}

void buildPackKernel(const StridedTensor &matrix, Value panels, int64_t width,
                     KernelBuilder &k) {
  const graph::DimSpace &space = k.space();
  auto batch = ArrayRef(matrix.sizes).drop_back(2);
  AffineExpr depth = matrix.sizes[batch.size()], columns = matrix.sizes.back();
  AffineExpr whole = space.simplify(columns.floorDiv(width));
  AffineExpr count = space.simplify(columns.ceilDiv(width));
  AffineExpr rest =
      space.subtract(columns, space.multiply(whole, space.number(width)));
  k.size(depth, "depth");
  k.size(columns, "columns");
  k.sizes(batch);

  Value buffer = holdsBytes(matrix.buffer) ? k.words(matrix.buffer, "x")
                                           : k.buffer(matrix.buffer, "x");
  Value from = k.stridedView(buffer, matrix.sizes, matrix.strides);
  SmallVector<AffineExpr> packed(batch);
  packed.append({count, depth, space.number(width)});
  Value to = k.view(k.buffer(panels, "w"), packed);
  Index zero = k.number(0), panel = k.number(width), deep = k.size(depth);
  k.loops(k.sizes(batch), [&](ArrayRef<Index> place) {
    // `filled` columns from panel `p` on.
    auto source = [&](Index p, Index filled) {
      SmallVector<Index> offsets(place), sizes(place.size());
      offsets.append(
          {zero, kernel::multiplySizes(k.body(), k.location(), p, panel)});
      sizes.append({deep, filled});
      return k.part(from, offsets, sizes);
    };
    auto target = [&](Index p, Index filled) {
      SmallVector<Index> offsets(place), sizes(place.size());
      offsets.append({p, zero, zero});
      sizes.append({{}, deep, filled});
      return k.part(to, offsets, sizes);
    };
    auto copy = [&](Value source, Value target) {
      k.map(source, target, [](OpBuilder &, ValueRange e) { return e[0]; });
    };
    k.loop(k.size(whole),
           [&](Index p) { copy(source(p, panel), target(p, panel)); });
    if (space.constant(rest) == 0)
      return;
    // The last panel, filled up with zeros. Without a rest the sizes are 0,
    // and so is the number of panels behind the whole ones.
    Index p = k.size(whole);
    k.loop(k.size(space.subtract(count, whole)), [&](Index) {
      k.fill(target(p, panel), 0);
      copy(source(p, k.size(rest)), target(p, k.size(rest)));
    });
  });
}

} // namespace lmcc
