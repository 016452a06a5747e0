//===- GraphToKernel.cpp - Groups become kernels and calls ----------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Graph.h"
#include "dialects/Target/Target.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "passes/GraphToKernel/GroupKernels.h"
#include "passes/GraphToKernel/Passes.h"
#include "passes/GraphToKernel/Schedule.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_GRAPHTOKERNEL
#include "passes/GraphToKernel/Passes.h.inc"

namespace {

class Crossing {
public:
  Crossing(ModuleOp module, func::FuncOp main)
      : main(main), space(graph::DimSpace::of(main)),
        schedule(module, main, space), machine(target::machineFor(module)) {}

  LogicalResult run() {
    for (auto [number, argument] : llvm::enumerate(main.getArguments()))
      buffers[argument] = schedule.input(number);
    chooseDestinations();
    for (Operation &op : main.getBody().front())
      if (failed(convert(&op)))
        return failure();
    return success();
  }

private:
  static Value behindReshapes(Value value) {
    while (auto reshape = value.getDefiningOp<graph::ReshapeOp>())
      value = reshape.getInput();
    return value;
  }

  /// A group that computes an output writes it where the caller wants it.
  void chooseDestinations() {
    auto results = main.getBody().front().getTerminator()->getOperands();
    for (auto [number, result] : llvm::enumerate(results)) {
      Value source = behindReshapes(result);
      if (source.getDefiningOp<graph::GroupOp>())
        destinations.try_emplace(source, schedule.output(number));
    }
  }

  LogicalResult convert(Operation *op) {
    return llvm::TypeSwitch<Operation *, LogicalResult>(op)
        .Case<graph::ConstantOp, weight::GetOp>(
            [](auto) { return success(); }) // At their uses.
        .Case([&](graph::ReshapeOp reshape) {
          buffers[reshape.getResult()] = buffer(reshape.getInput());
          return success();
        })
        .Case([&](graph::GroupOp group) { return convertGroup(group); })
        .Case([&](func::ReturnOp op) { return convertReturn(op); })
        .Default([](Operation *other) {
          return other->emitError()
                 << "'" << other->getName() << "' is in no group";
        });
  }

  Value buffer(Value value) {
    if (Value known = buffers.lookup(value))
      return known;
    Location location = value.getLoc();
    Operation *op = value.getDefiningOp();
    Value result;
    if (auto get = dyn_cast<weight::GetOp>(op))
      result = schedule.weight(location, get.getWeight());
    else
      result =
          schedule.constant(location, cast<graph::ConstantOp>(op).getValue());
    buffers[value] = result;
    return result;
  }

  //===--------------------------------------------------------------------===//
  // Groups
  //===--------------------------------------------------------------------===//

  /// A constant with one element can be a scalar where no user reads memory.
  TypedAttr scalarOf(Value value, BlockArgument inside) {
    auto constant = value.getDefiningOp<graph::ConstantOp>();
    if (!constant || constant.getType().getNumElements() != 1)
      return {};
    for (OpOperand &use : inside.getUses()) {
      Operation *user = use.getOwner();
      bool reads = !user->hasTrait<graph::Elementwise>() &&
                   !isa<graph::BroadcastOp>(user) &&
                   !(isa<graph::PadOp>(user) && use.getOperandNumber() == 1);
      if (reads)
        return {};
    }
    auto element = *constant.getValue().value_begin<Attribute>();
    if (auto integer = dyn_cast<IntegerAttr>(element))
      return IntegerAttr::get(bufferElement(integer.getType()),
                              integer.getValue());
    return cast<TypedAttr>(element);
  }

  LogicalResult convertGroup(graph::GroupOp group) {
    GroupSite site{group, {}, {}};
    graph::MatmulOp product = site.product();
    if (product && !product.getType().getElementType().isF32())
      product = {};
    Value rightSide;
    for (auto [value, inside] :
         llvm::zip(group.getInputs(), group.getBody().getArguments())) {
      GroupInput input;
      input.scalar = scalarOf(value, inside);
      // The right side of a product is read as panels only.
      bool isRightSide = product && product.getRhs() == inside;
      if (isRightSide)
        rightSide = value;
      if (!input.scalar && !(isRightSide && inside.hasOneUse()))
        input.buffer = buffer(value);
      site.inputs.push_back(input);
    }
    Location location = group.getLoc();
    FailureOr<Value> destination = destinationOf(group);
    if (failed(destination))
      return failure();
    site.output = *destination;
    buffers[group.getResult()] = site.output;
    // Nothing to compute: no element of a tensor without elements.
    if (group.getType().hasStaticShape() &&
        group.getType().getNumElements() == 0)
      return success();
    int64_t width = 0;
    Value panels;
    if (graph::AttentionOp attention = site.attention()) {
      FailureOr<Value> keys = packKeys(site, attention);
      if (failed(keys))
        return failure();
      panels = *keys;
    }
    if (product) {
      auto sizes = space.sizes(product.getType());
      sizes.push_back(sizesOf(product.getLhs()).back());
      schedule.countProduct(sizes);
      width = widthOf(product);
      FailureOr<Value> packed = pack(location, rightSide, width);
      if (failed(packed))
        return failure();
      panels = *packed;
    }
    checkIndices(site);
    KernelBuilder k(location, space);
    if (failed(build(site, k, panels, width)))
      return emitError(location) << "no kernel computes " << site.summary()
                                 << " of type " << group.getType();
    schedule.call(k, {}, site.name(), site.summary());
    return success();
  }

  FailureOr<Value> destinationOf(graph::GroupOp group) {
    if (Value output = destinations.lookup(group.getResult()))
      return output;
    return schedule.allocate(group.getLoc(), group.getType());
  }

  LogicalResult build(GroupSite &site, KernelBuilder &k, Value panels,
                      int64_t width) {
    if (site.attention())
      return buildAttentionKernel(site, k, panels);
    if (panels)
      return buildProductKernel(site, k, panels, width);
    return llvm::TypeSwitch<Operation *, LogicalResult>(site.root())
        .Case<graph::SoftmaxOp, graph::LayerNormOp, graph::RmsNormOp,
              graph::ReduceOp>([&](auto) { return buildRowKernel(site, k); })
        .Case<graph::TransposeOp, graph::ConcatOp, graph::SliceOp, graph::PadOp,
              graph::PatchesOp, graph::IotaOp, graph::DimValuesOp>(
            [&](auto) { return buildMovementKernel(site, k); })
        .Case<graph::GatherOp, graph::GatherElementsOp, graph::GatherNdOp,
              graph::ScatterElementsOp, graph::ScatterNdOp>(
            [&](auto) { return buildIndexingKernel(site, k); })
        .Case<graph::ArgMaxOp, graph::CumulativeSumOp>(
            [&](auto) { return buildScanKernel(site, k); })
        .Case([&](graph::MatmulOp) { return buildPlainProductKernel(site, k); })
        .Default([&](Operation *) { return buildElementwiseKernel(site, k); });
  }

  //===--------------------------------------------------------------------===//
  // Products
  //===--------------------------------------------------------------------===//

  int64_t widthOf(graph::MatmulOp product) {
    AffineExpr columns = space.sizes(product.getType()).back();
    return panelWidth(space.constant(columns), machine.lanes(),
                      machine.getPanelColumns());
  }

  FailureOr<Value> pack(Location location, Value matrix, int64_t width) {
    auto type = cast<RankedTensorType>(matrix.getType());
    if (auto get = matrix.getDefiningOp<weight::GetOp>();
        get && type.getRank() == 2)
      return schedule.packedWeight(location, get.getWeight(), width);
    if (auto constant = matrix.getDefiningOp<graph::ConstantOp>();
        constant && type.getRank() == 2)
      return schedule.packedWeight(
          location, schedule.constantWeight(location, constant.getValue()),
          width);
    Value &known = packedAtRunTime[{matrix, width}];
    if (known)
      return known;
    Value source = buffer(matrix);
    auto sizes = space.sizes(type);
    AffineExpr count = space.product(
        {space.product(ArrayRef(sizes).drop_back()),
         space.simplify(sizes.back().ceilDiv(width)), space.number(width)});
    FailureOr<Value> panels =
        schedule.allocate(location, type.getElementType(), count);
    if (failed(panels))
      return failure();
    known = *panels;
    if (!type.getElementType().isF32())
      return emitError(location) << "no kernel packs " << type;
    KernelBuilder k(location, space);
    buildPackKernel(denseTensor(space, source, type), *panels, width, k);
    schedule.call(k, {}, "pack", "pack into column panels");
    return *panels;
  }

  /// Keys as columns, in panels of one block of an attention.
  FailureOr<Value> packKeys(GroupSite &site, graph::AttentionOp attention) {
    Location location = site.group.getLoc();
    countAttention(attention);
    StridedTensor keys = stridedOperand(space, site, attention.getKey());
    std::swap(keys.sizes.back(), keys.sizes[keys.sizes.size() - 2]);
    std::swap(keys.strides.back(), keys.strides[keys.strides.size() - 2]);
    int64_t width = attentionBlockColumns(space, keys.sizes.back());
    AffineExpr count =
        space.product({space.product(ArrayRef(keys.sizes).drop_back()),
                       space.simplify(keys.sizes.back().ceilDiv(width)),
                       space.number(width)});
    FailureOr<Value> panels =
        schedule.allocate(location, Float32Type::get(main.getContext()), count);
    if (failed(panels))
      return failure();
    KernelBuilder k(location, space);
    buildPackKernel(keys, *panels, width, k);
    schedule.call(k, {}, "pack_keys", "pack keys into column panels");
    return *panels;
  }

  /// Both products of an attention.
  void countAttention(graph::AttentionOp attention) {
    auto sizes = sizesOf(attention.scores());
    for (AffineExpr length : {sizesOf(attention.getQuery()).back(),
                              sizesOf(attention.getValue()).back()}) {
      auto product = sizes;
      product.push_back(length);
      schedule.countProduct(product);
    }
  }

  //===--------------------------------------------------------------------===//
  // Indices
  //===--------------------------------------------------------------------===//

  void checkIndices(GroupSite &site) {
    llvm::TypeSwitch<Operation *>(site.root())
        .Case<graph::GatherOp, graph::GatherElementsOp,
              graph::ScatterElementsOp>([&](auto op) {
          AffineExpr limit = sizesOf(op.getInput())[op.getAxis()];
          check(site, op.getIndices(), 1, {limit},
                !isLookup(site, op.getInput(), op.getIndices()));
        })
        .Case<graph::GatherNdOp, graph::ScatterNdOp>([&](auto op) {
          int64_t batchAxes = 0;
          if constexpr (std::is_same_v<decltype(op), graph::GatherNdOp>)
            batchAxes = op.getBatchAxes();
          int64_t length = *space.constant(sizesOf(op.getIndices()).back());
          auto sizes = sizesOf(op.getInput());
          check(site, op.getIndices(), length,
                ArrayRef(sizes).slice(batchAxes, length));
        })
        .Default([](Operation *) {});
  }

  /// The value behind an argument of the group's region.
  static Value outside(GroupSite &site, Value inside) {
    return site.group.getInputs()[cast<BlockArgument>(inside).getArgNumber()];
  }

  /// Tokens or positions of the caller that choose rows of a weight: a negative
  /// one is a mistake there, not a place counted from the end.
  /// A small weight is a constant.
  static bool isLookup(GroupSite &site, Value table, Value indices) {
    return isa<BlockArgument>(behindReshapes(outside(site, indices))) &&
           isa_and_present<weight::GetOp, graph::ConstantOp>(
               outside(site, table).getDefiningOp());
  }

  graph::DimSpace::Sizes sizesOf(Value value) {
    return space.sizes(cast<RankedTensorType>(value.getType()));
  }

  /// Every index is checked once per limit.
  void check(GroupSite &site, Value indices, int64_t length,
             ArrayRef<AffineExpr> limits, bool countsFromEnd = true) {
    Value actual = site.inputOf(indices).buffer;
    AffineExpr count =
        *space.divide(space.product(sizesOf(indices)), space.number(length));
    for (auto [entry, limit] : llvm::enumerate(limits)) {
      int64_t column = static_cast<int64_t>(entry);
      int64_t form = (column * 64 + length) * 2 + countsFromEnd;
      if (!checked.insert({{actual, limit}, form}).second)
        continue;
      Location location = site.group.getLoc();
      KernelBuilder k(location, space);
      Value inside = buildIndexCheck(
          k, {actual, count, limit, length, column, countsFromEnd});
      func::CallOp call =
          schedule.call(k, inside, "check_indices", "range check of indices");
      schedule.require(location, call.getResult(0),
                       kernel::Status::index_out_of_range);
    }
  }

  //===--------------------------------------------------------------------===//
  // Outputs
  //===--------------------------------------------------------------------===//

  LogicalResult convertReturn(func::ReturnOp op) {
    for (auto [number, result] : llvm::enumerate(op.getOperands())) {
      Value output = schedule.output(number), source = buffer(result);
      if (source == output)
        continue;
      KernelBuilder k(op.getLoc(), space);
      buildCopyKernel(k, source, output, space.product(sizesOf(result)));
      schedule.call(k, {}, "copy", "copy");
    }
    schedule.finish(op.getLoc());
    return success();
  }

  func::FuncOp main;
  graph::DimSpace space;
  Schedule schedule;
  target::MachineAttr machine;
  DenseMap<Value, Value> buffers, destinations;
  DenseMap<std::pair<Value, int64_t>, Value> packedAtRunTime;
  llvm::DenseSet<std::pair<std::pair<Value, AffineExpr>, int64_t>> checked;
};

struct GraphToKernel : impl::GraphToKernelBase<GraphToKernel> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto main = module.lookupSymbol<func::FuncOp>("main");
    if (!main) {
      module.emitError("has no function @main");
      return signalPassFailure();
    }
    if (failed(Crossing(module, main).run()))
      return signalPassFailure();
    main.erase();
    eraseUnusedWeights(module);
  }

  /// Weights that only exist packed need not be stored plain.
  static void eraseUnusedWeights(ModuleOp module) {
    llvm::DenseSet<StringAttr> used;
    module.walk(
        [&](weight::GetOp get) { used.insert(get.getWeightAttr().getAttr()); });
    for (auto data :
         llvm::make_early_inc_range(module.getOps<weight::DataOp>()))
      if (!used.contains(data.getSymNameAttr()))
        data.erase();
  }
};

} // namespace
} // namespace lmcc
