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
#include "passes/GraphToKernel/Packing.h"
#include "passes/GraphToKernel/Passes.h"
#include "passes/GraphToKernel/TiedTables.h"
#include "passes/GraphToKernel/ValuePlaces.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace lmcc {
#define GEN_PASS_DEF_GRAPHTOKERNEL
#include "passes/GraphToKernel/Passes.h.inc"

namespace {

class Crossing {
public:
  Crossing(KernelPool &pool, const StateBuffers &states,
           const TiedTables &tiedTables, func::FuncOp function)
      : function(function), space(graph::DimSpace::of(function)),
        tiedTables(tiedTables),
        schedule(pool, function, scheduleNameOf(function), space),
        places(schedule, pool, states, space),
        machine(target::machineFor(pool.getModule())),
        packing(schedule, pool, places, space, machine) {}

  LogicalResult run() {
    for (BlockArgument argument : function.getArguments())
      places.place(argument,
                   function.getArgAttr(argument.getArgNumber(),
                                       graph::stateAttrName) != nullptr);
    chooseDestinations();
    findLastReaders();
    findResiduals();
    for (Operation &op : function.getBody().front())
      if (failed(convert(&op)))
        return failure();
    return success();
  }

private:
  static StringRef scheduleNameOf(func::FuncOp function) {
    return function.getSymName() == "main" ? StringRef(kernel::runName)
                                           : function.getSymName();
  }

  static Value behindReshapes(Value value) {
    while (auto reshape = value.getDefiningOp<graph::ReshapeOp>())
      value = reshape.getInput();
    return value;
  }

  /// A group that computes an output writes it where the caller wants it.
  void chooseDestinations() {
    auto results = function.getBody().front().getTerminator()->getOperands();
    for (auto [number, result] : llvm::enumerate(results)) {
      Value source = behindReshapes(result);
      if (source.getDefiningOp<graph::GroupOp>())
        destinations.try_emplace(source, schedule.output(number));
    }
  }

  /// Reshapes read nothing; their result is the same memory.
  void findLastReaders() {
    for (Operation &op : function.getBody().front())
      if (!isa<graph::ReshapeOp>(op))
        for (Value operand : op.getOperands())
          lastReaders[behindReshapes(operand)] = &op;
  }

  /// If one product may not overwrite its residual, none does. A layer with two
  /// of them then leaves its result where the layer before it did, so that
  /// equal layers become a loop.
  void findResiduals() {
    for (auto group : function.getBody().front().getOps<graph::GroupOp>()) {
      GroupSite site{group, {}, {}};
      overwritesResiduals &= !keepsResidual(site, space, machine);
    }
  }

  LogicalResult convert(Operation *op) {
    return llvm::TypeSwitch<Operation *, LogicalResult>(op)
        .Case<graph::ConstantOp, weight::GetOp>(
            [](auto) { return success(); }) // At their uses.
        .Case([&](graph::ReshapeOp reshape) { return places.reshape(reshape); })
        .Case([&](graph::GroupOp group) { return convertGroup(group); })
        .Case([&](func::ReturnOp op) { return convertReturn(op); })
        .Default([](Operation *other) {
          return other->emitError()
                 << "'" << other->getName() << "' is in no group";
        });
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
    if (BlockArgument state = stateAppendedBy(group)) {
      FailureOr<func::CallOp> call = places.append(group, state);
      if (failed(call))
        return failure();
      lastAppend = *call;
      return success();
    }
    GroupSite site{group, {}, {}};
    graph::MatmulOp product = site.panelProduct();
    auto lookUp = dyn_cast<graph::LookUpColumnsOp>(site.root());
    for (auto [value, inside] :
         llvm::zip(group.getInputs(), group.getBody().getArguments())) {
      GroupInput input;
      input.scalar = scalarOf(value, inside);
      // The right side of a product is read as panels only, with its scales,
      // and so is what rows are looked up in.
      bool isRightSide = (product && product.getLhs() != inside &&
                          llvm::is_contained(product->getOperands(), inside)) ||
                         (lookUp && lookUp.getIndices() != inside);
      const StridedTensor *state = places.inState(value);
      if (state && site.attention()) {
        // An attention reads with any strides.
        input.buffer = state->buffer;
        input.strides = state->strides;
      } else if (auto transpose = tiedTo(value)) {
        input.transposedPanels = packing.widthFor(
            space.sizes(cast<RankedTensorType>(value.getType())).front());
        input.stepsTogether = transpose->stepsTogether;
        input.buffer =
            packing.weight(group.getLoc(), transpose->name,
                           input.transposedPanels, input.stepsTogether);
      } else if (!input.scalar && !(isRightSide && inside.hasOneUse())) {
        FailureOr<Value> buffer = places.buffer(value);
        bool isOfBytes = cast<RankedTensorType>(value.getType())
                             .getElementType()
                             .isInteger(8);
        bool isOfWords = site.attention()
                             ? isOfBytes
                             : product && product.getLhs() == inside &&
                                   !product.isFloatProduct();
        if (isOfWords && succeeded(buffer))
          buffer = packing.words(group.getLoc(), value, *buffer);
        if (failed(buffer))
          return failure();
        input.buffer = *buffer;
      }
      site.inputs.push_back(input);
    }
    Location location = group.getLoc();
    FailureOr<Value> destination = destinationOf(site);
    if (failed(destination))
      return failure();
    site.output = *destination;
    places.place(group.getResult(), site.output);
    // Nothing to compute: no element of a tensor without elements.
    if (group.getType().hasStaticShape() &&
        group.getType().getNumElements() == 0)
      return success();
    std::optional<PackedSide> right;
    std::optional<AttentionPanels> attention;
    if (site.attention()) {
      countAttention(site.attention());
      FailureOr<AttentionPanels> packed = packing.attention(site);
      if (failed(packed))
        return failure();
      attention = *packed;
    }
    if (product) {
      FailureOr<PackedSide> packed = packRightSide(site, product);
      if (failed(packed))
        return failure();
      right = *packed;
    }
    if (lookUp) {
      if (!isWeight(site, lookUp.getMatrix()) ||
          !isWeight(site, lookUp.getScales()))
        return emitError(location) << "columns are looked up in weights only";
      right = packing.groups(location, outside(site, lookUp.getMatrix()),
                             outside(site, lookUp.getScales()), /*bits=*/4);
    }
    checkIndices(site);
    KernelBuilder k(location, space);
    if (failed(attention ? buildAttentionKernel(site, k, *attention)
                         : build(site, k, right)))
      return emitError(location) << "no kernel computes " << site.summary()
                                 << " of type " << group.getType();
    schedule.call(k, {}, site.name(), site.summary());
    return success();
  }

  /// Of several operands that may be overwritten, the oldest buffer is: a
  /// residual stays where it is, and equal layers hand on the same place.
  FailureOr<Value> destinationOf(GroupSite &site) {
    graph::GroupOp group = site.group;
    if (Value output = destinations.lookup(group.getResult()))
      return output;
    kernel::BufferOp oldest;
    for (auto [value, inside] :
         llvm::zip(group.getInputs(), group.getBody().getArguments())) {
      // Weights and what belongs to the caller are never written.
      Value place = site.inputOf(inside).buffer;
      auto buffer =
          place ? place.getDefiningOp<kernel::BufferOp>() : kernel::BufferOp();
      bool isKept =
          !overwritesResiduals && isResidual(site, inside, space, machine);
      if (buffer && !isKept &&
          lastReaders.lookup(behindReshapes(value)) == group &&
          mayOverwrite(site, inside, space, machine) &&
          (!oldest || buffer->isBeforeInBlock(oldest)))
        oldest = buffer;
    }
    if (oldest)
      return oldest.getResult();
    return schedule.allocate(group.getLoc(), group.getType());
  }

  LogicalResult build(GroupSite &site, KernelBuilder &k,
                      const std::optional<PackedSide> &right) {
    if (right && site.product())
      return buildProductKernel(site, k, *right);
    if (right)
      return buildLookUpKernel(site, k, *right);
    return llvm::TypeSwitch<Operation *, LogicalResult>(site.root())
        .Case<graph::SoftmaxOp, graph::LayerNormOp, graph::RmsNormOp,
              graph::ReduceOp, graph::RowScalesOp, graph::QuantizeRowsOp>(
            [&](auto) { return buildRowKernel(site, k); })
        .Case([&](graph::RotaryEmbeddingOp) {
          return buildRotaryKernel(site, k);
        })
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

  /// The transpose of a table that exists only as the right side of a product.
  std::optional<TiedTables::Panels> tiedTo(Value table) {
    auto get = table.getDefiningOp<weight::GetOp>();
    return get ? tiedTables.transposeOf(get.getWeight()) : std::nullopt;
  }

  /// Of a product without groups, whose rows are split if there are several and
  /// they meet a weight.
  FailureOr<PackedSide> packColumns(Location location, graph::MatmulOp product,
                                    Value matrix, Value rows) {
    auto get = matrix.getDefiningOp<weight::GetOp>();
    FailureOr<PackedSide> side = packing.columns(
        location, matrix, stepsTogether(product, matrix, machine),
        /*mayReorder=*/get && !tiedTables.isTransposed(get.getWeight()));
    auto sizes = sizesOf(product.getResult());
    if (failed(side) || product.isFloatProduct() || !machine.getSplitRows() ||
        side->hasFullRange ||
        space.constant(space.product(ArrayRef(sizes).drop_back())) == 1)
      return side;
    FailureOr<SplitRows> split = packing.split(location, rows);
    if (failed(split))
      return failure();
    side->rows = split->words;
    side->starts = split->starts;
    return side;
  }

  FailureOr<PackedSide> packRightSide(GroupSite &site,
                                      graph::MatmulOp product) {
    auto sizes = space.sizes(product.getType());
    sizes.push_back(sizesOf(product.getLhs()).back());
    schedule.countProduct(sizes);
    Location location = site.group.getLoc();
    Value matrix = outside(site, product.getRhs());
    if (!product.isGrouped())
      return packColumns(location, product, matrix,
                         outside(site, product.getLhs()));
    PackedSide side =
        packing.groups(location, matrix, outside(site, product.getScales()),
                       product.numberBits());
    int64_t offset = 1; // Each zero point has its multiple of it.
    if (product.getZeros())
      side.zeros = packing.weight(location,
                                  outside(site, product.getZeros())
                                      .getDefiningOp<weight::GetOp>()
                                      .getWeight(),
                                  side.width, /*together=*/1);
    else
      offset = product.isFloatProduct()
                   ? 0
                   : kernel::numberOffset(product.numberBits(),
                                          machine.getUnsignedRows());
    if (offset == 0)
      return side;
    FailureOr<Value> starts = packing.startsOf(
        location, outside(site, product.getLhs()), product.groupSize(), offset);
    if (failed(starts))
      return failure();
    side.starts = *starts;
    return side;
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
        .Case([&](graph::LookUpColumnsOp op) {
          check(site, op.getIndices(), 1, {sizesOf(op.getMatrix()).back()},
                !isLookup(site, op.getMatrix(), op.getIndices()));
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

  static bool isWeight(GroupSite &site, Value inside) {
    return outside(site, inside).getDefiningOp<weight::GetOp>() != nullptr;
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

  /// Every index is checked once per limit. A buffer may hold one tensor after
  /// the other, so the tensor counts.
  void check(GroupSite &site, Value indices, int64_t length,
             ArrayRef<AffineExpr> limits, bool countsFromEnd = true) {
    Value actual = site.inputOf(indices).buffer;
    Value tensor = behindReshapes(outside(site, indices));
    AffineExpr count =
        *space.divide(space.product(sizesOf(indices)), space.number(length));
    for (auto [entry, limit] : llvm::enumerate(limits)) {
      int64_t column = static_cast<int64_t>(entry);
      int64_t form = (column * 64 + length) * 2 + countsFromEnd;
      if (!checked.insert({{tensor, limit}, form}).second)
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
      Value output = schedule.output(number);
      FailureOr<Value> source = places.buffer(result);
      if (failed(source))
        return failure();
      if (*source == output)
        continue;
      KernelBuilder k(op.getLoc(), space);
      buildCopyKernel(k, *source, output, space.product(sizesOf(result)));
      schedule.call(k, {}, "copy", "copy");
    }
    // Nothing but the logits depends on what follows.
    if (lastAppend)
      schedule.finishWithout(schedule.output(0), lastAppend);
    schedule.finish(op.getLoc());
    return success();
  }

  func::FuncOp function;
  graph::DimSpace space;
  const TiedTables &tiedTables;
  Schedule schedule;
  ValuePlaces places;
  target::MachineAttr machine;
  Packing packing;
  DenseMap<Value, Value> destinations;
  Operation *lastAppend = nullptr;
  DenseMap<Value, Operation *> lastReaders;
  bool overwritesResiduals = true;
  llvm::DenseSet<std::pair<std::pair<Value, AffineExpr>, int64_t>> checked;
};

struct GraphToKernel : impl::GraphToKernelBase<GraphToKernel> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto functions = llvm::to_vector(module.getOps<func::FuncOp>());
    if (functions.empty()) {
      module.emitError("has no function");
      return signalPassFailure();
    }
    KernelPool pool(module);
    StateBuffers states(module);
    TiedTables tiedTables(module);
    for (func::FuncOp function : functions) {
      if (failed(Crossing(pool, states, tiedTables, function).run()))
        return signalPassFailure();
      function.erase();
    }
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
