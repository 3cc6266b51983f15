#include "backends/cpu/KernelForms.h"

#include "backends/cpu/attention/AttentionKernel.h"
#include "backends/cpu/product/ProductKernel.h"
#include "backends/cpu/row/RowKernel.h"

using namespace mlir;

namespace weft::cpu {

KernelKind kindOf(func::FuncOp kernel) {
  auto takesAll = [&](auto takes, KernelKind kind) {
    auto ops = kernel.getBody().front().without_terminator();
    bool all = llvm::all_of(ops, [&](Operation &op) { return takes(&op); });
    return all ? kind : KernelKind::Unknown;
  };
  std::optional<KernelRole> role = roleOf(kernel);
  if (!role)
    return KernelKind::Unknown;
  switch (*role) {
  case KernelRole::Row:
    return takesAll(RowKernel::takes, KernelKind::Rows);
  case KernelRole::Product:
    return takesAll(ProductKernel::takes, KernelKind::Product);
  case KernelRole::Attention:
    return takesAll(llvm::IsaPred<AttendOp, ColumnsOp>, KernelKind::Attention);
  }
  llvm_unreachable("a role");
}

static AttendOp attendOf(func::FuncOp kernel) { return *kernel.getOps<AttendOp>().begin(); }

std::vector<CompiledForm> formsOf(func::FuncOp kernel) {
  using Use = CompiledForm::Use;
  switch (KernelKind kind = kindOf(kernel)) {
  case KernelKind::Product:
    return {{kernel, kind, Use::Single}, {kernel, kind, Use::Any}};
  case KernelKind::Attention:
    if (AttentionSplit(attendOf(kernel)).parts > 1)
      return {{kernel, kind, Use::Parts}, {kernel, kind, Use::Finish}, {kernel, kind, Use::Any}};
    return {{kernel, kind, Use::Any}};
  case KernelKind::Rows:
    return {{kernel, kind, Use::Any}};
  case KernelKind::Unknown:
    return {};
  }
  llvm_unreachable("a kind");
}

uint64_t CompiledForm::most() const {
  switch (use) {
  case Use::Single:
    return 1;
  case Use::Parts:
    return AttentionSplit(attendOf(kernel)).fewTokens;
  case Use::Any:
  case Use::Finish:
    return 0;
  }
  llvm_unreachable("a use");
}

std::string CompiledForm::name() const {
  std::string function = func::FuncOp(kernel).getName().str();
  switch (use) {
  case Use::Any:
    return kind == KernelKind::Product ? function + "_n" : function;
  case Use::Single:
    return function + "_1";
  case Use::Parts:
    return function + "_parts";
  case Use::Finish:
    return function + "_combine";
  }
  llvm_unreachable("a use");
}

uint64_t scratchBytesOf(func::FuncOp kernel, const CpuTarget &target) {
  if (kindOf(kernel) != KernelKind::Attention)
    return 0;
  AttentionSplit split(attendOf(kernel));
  return split.parts > 1 ? split.scratchBytes(target.lanes) : 0;
}

schema::Grid CompiledForm::grid(const Schedule &schedule) const {
  func::FuncOp function = kernel;
  switch (kind) {
  case KernelKind::Product: {
    int64_t width = (*function.getOps<LinearOp>().begin()).getResult().getType().getDimSize(1);
    return schema::Grid(llvm::divideCeil(width, ProductKernel::tileRows), 1, schema::Symbol::One);
  }
  case KernelKind::Attention: {
    AttentionSplit split(attendOf(function));
    if (use != Use::Any)
      return schema::Grid(split.heads * (use == Use::Parts ? split.parts : 1), 1,
                          schema::Symbol::One);
    int64_t tokens = split.tokensPerGroup(schedule.queryRows);
    return schema::Grid(split.heads, tokens, schema::Symbol::Tokens);
  }
  case KernelKind::Rows:
  case KernelKind::Unknown:
    break;
  }
  return schema::Grid(1, 1, isOverRows(kernel) ? schema::Symbol::Rows : schema::Symbol::Tokens);
}

LogicalResult CompiledForm::generate(ModuleOp module, StringRef name, const CpuTarget &target,
                                     const Schedule &schedule) const {
  func::FuncOp function = kernel;
  KernelBuilder k(module, name, target, function.getLoc());
  switch (kind) {
  case KernelKind::Rows:
    if (failed(RowKernel(k, function).generate()))
      return failure();
    break;
  case KernelKind::Product:
    if (failed(ProductKernel(k, function, schedule).generate(single())))
      return failure();
    break;
  case KernelKind::Attention: {
    AttentionKernel attention(k, function, schedule.queryRows);
    if (use == Use::Parts)
      attention.generateParts();
    else if (use == Use::Finish)
      attention.generateCombination();
    else
      attention.generate();
    break;
  }
  case KernelKind::Unknown:
    return function.emitError("the CPU backend does not take this kernel");
  }
  k.finish();
  return success();
}

namespace {

/// How the weights of a product are stored; several linears may differ.
struct ProductStorage {
  explicit ProductStorage(func::FuncOp kernel) {
    for (LinearOp linear : kernel.getOps<LinearOp>()) {
      Storage storage = storageOf(linear.getWeight().getType());
      (storage.hasSuperBlocks() ? superBlocks : storage.isBlock() ? plainBlocks : dense) = true;
    }
  }
  bool dense = false, plainBlocks = false, superBlocks = false;
};

} // namespace

/// As many tokens at once as the registers hold accumulators for, `each` for a token, with a
/// quarter left for everything else.
static int64_t tokensFor(const CpuTarget &target, int64_t each) {
  return std::max<int64_t>(1, target.registers * 3 / 4 / each);
}

/// Bytes of dense weights that a workgroup of a product reads; of several products, of the first.
static int64_t denseBytesOfWorkgroup(func::FuncOp kernel) {
  auto weight = (*kernel.getOps<LinearOp>().begin()).getWeight().getType();
  return ProductKernel::tileRows * weight.getDimSize(1) * weight.getElementTypeBitWidth() / 8;
}

Schedule CompiledForm::defaultSchedule(const CpuTarget &target) const {
  // From so many bytes on, asking for the next workgroup takes little beside reading it, and
  // threads that memory serves at different speeds end together: 6% of a token of the 1B shape in
  // f16.
  constexpr int64_t bytesWorthSharing = 48 << 10;
  Schedule schedule;
  if (kind != KernelKind::Product)
    return schedule;
  int64_t parts = ProductKernel::tileRows / target.lanes;
  if (single())
    schedule.aheadKib = target.aheadKib;
  if (ProductStorage(kernel).dense) {
    // For many tokens, each activation that is loaded serves two tiles; for one, tiles are
    // as many chains of sums.
    schedule.tiles = single() ? 4 : 2;
    schedule.tokens = single() ? 1 : tokensFor(target, parts * schedule.tiles);
    if (single() && denseBytesOfWorkgroup(kernel) >= bytesWorthSharing)
      schedule.shared = WEFT_SHARE_WHOLE;
  } else if (!single()) {
    // Integer accumulators stand beside those of f32.
    schedule.tokens = tokensFor(target, 2 * parts);
  }
  return schedule;
}

namespace {

/// What a schedule differs in from the default, in names of functions: ".unroll2.prefetch".
std::string suffixOf(const Schedule &schedule, const Schedule &usual) {
  std::string suffix;
  auto add = [&](const char *name, int64_t Schedule::*value) {
    if (schedule.*value != usual.*value)
      suffix += name + std::to_string(schedule.*value);
  };
  add(".tokens", &Schedule::tokens);
  add(".tiles", &Schedule::tiles);
  add(".unroll", &Schedule::unroll);
  add(".blocks", &Schedule::blocks);
  if (schedule.aheadKib != usual.aheadKib)
    suffix += schedule.aheadKib ? ".prefetch" : ".plain";
  return suffix;
}

} // namespace

/// Schedules beside the default that are worth their code in every artifact.
static std::vector<Schedule> variedSchedules(const CompiledForm &form, const CpuTarget &target) {
  std::vector<Schedule> result{form.defaultSchedule(target)};
  const ProductStorage storage(form.kernel);
  if (!form.single()) {
    // Fewer sums leave registers for what is on its way.
    if (!storage.dense)
      addVaried(result, &Schedule::tokens, {std::max<int64_t>(1, result.front().tokens * 2 / 3)});
    return result;
  }
  // How much of a row one round of the loop takes, and whether it asks for weights ahead.
  if (storage.dense || storage.plainBlocks)
    addVaried(result, &Schedule::unroll, {2});
  else
    addVaried(result, &Schedule::blocks, {2});
  for (size_t i = 0, rounds = result.size(); i < rounds; ++i) {
    result.push_back(result[i]);
    result.back().aheadKib = target.aheadKib ? 0 : intelAheadKib;
  }
  return result;
}

std::vector<Alternative> CompiledForm::alternatives(const CpuTarget &target) const {
  if (kind != KernelKind::Product || target.architecture != "x86_64")
    return {};
  std::vector<Alternative> result;
  const Schedule usual = defaultSchedule(target);
  auto isUsualButForPrefetches = [&](Schedule schedule) {
    schedule.aheadKib = usual.aheadKib;
    return schedule == usual;
  };
  // Intel's prefetchers stop at the end of a page of 4 KiB.
  auto isForIntel = [&](const Schedule &schedule) {
    return target.isOfAnyMaker && schedule.aheadKib && isUsualButForPrefetches(schedule);
  };
  const std::optional<CpuTarget> richer =
      ProductStorage(kernel).dense ? std::nullopt : richerTarget(target);
  if (richer)
    for (const Schedule &schedule : variedSchedules(*this, *richer)) {
      Alternative made{schedule, *richer, ".vnni" + suffixOf(schedule, usual), std::nullopt};
      if (isForIntel(schedule))
        made.favoredBy = "GenuineIntel";
      else if (schedule == usual)
        made.favoredBy = "";
      // The first one that fits is taken, so what all favor comes behind what some do.
      result.insert(isForIntel(schedule) ? result.begin() : result.end(), std::move(made));
    }
  for (const Schedule &schedule : variedSchedules(*this, target))
    // Few processors have no more than the level, so they get less to choose from.
    if (schedule != usual && (!richer || isUsualButForPrefetches(schedule)))
      result.push_back(
          {schedule, target, suffixOf(schedule, usual),
           isForIntel(schedule) ? std::optional<std::string>("GenuineIntel") : std::nullopt});
  return result;
}

std::vector<Parameter> CompiledForm::parameters() const {
  if (kind == KernelKind::Attention && use == Use::Any)
    return {{"query rows", &Schedule::queryRows}};
  if (kind != KernelKind::Product)
    return {};
  ProductStorage storage(kernel);
  std::vector<Parameter> result;
  if (!single())
    result.push_back({"tokens", &Schedule::tokens});
  if (storage.dense)
    result.push_back({"tiles", &Schedule::tiles});
  if (single() && (storage.dense || storage.plainBlocks))
    result.push_back({"unroll", &Schedule::unroll});
  if (storage.superBlocks)
    result.push_back({"blocks", &Schedule::blocks});
  if (single() && !storage.dense)
    result.push_back({"sums", &Schedule::sums});
  if (single())
    result.push_back({"ahead KiB", &Schedule::aheadKib});
  else
    result.push_back({"input KiB", &Schedule::inputKib});
  if (!single() && storage.dense)
    result.push_back({"pack", &Schedule::pack});
  return result;
}

/// Other numbers of tokens together, and for dense formats of tiles, that registers hold.
static void addRegisterTiles(std::vector<Schedule> &schedules, const CpuTarget &target,
                             bool dense) {
  int64_t parts = ProductKernel::tileRows / target.lanes, tokens = schedules.front().tokens;
  addVaried(schedules, &Schedule::tokens,
            {std::max<int64_t>(1, tokens / 2), std::max<int64_t>(1, tokens * 2 / 3)});
  if (!dense)
    return;
  for (int64_t tiles : {1, 4}) {
    Schedule schedule = schedules.front();
    schedule.tiles = tiles;
    schedule.tokens = tokensFor(target, parts * tiles);
    schedules.push_back(schedule);
  }
}

std::vector<Schedule> CompiledForm::candidates(const CpuTarget &target) const {
  std::vector<Schedule> result{defaultSchedule(target)};
  if (kind == KernelKind::Attention && use == Use::Any)
    addVaried(result, &Schedule::queryRows, {8, 32});
  if (kind != KernelKind::Product)
    return result;
  ProductStorage storage(kernel);
  if (single() && storage.dense)
    addVaried(result, &Schedule::tiles, {1, 2, 8});
  if (single() && (storage.dense || storage.plainBlocks))
    addVaried(result, &Schedule::unroll, {2, 8});
  if (storage.superBlocks)
    addVaried(result, &Schedule::blocks, {2, 4});
  if (single() && !storage.dense)
    addVaried(result, &Schedule::sums, {2, 8});
  if (single()) {
    addVaried(result, &Schedule::aheadKib, {0, 8, 16});
    return result;
  }
  addRegisterTiles(result, target, storage.dense);
  addVaried(result, &Schedule::inputKib, {192, 768});
  if (storage.dense)
    addVaried(result, &Schedule::pack, {0});
  return result;
}

} // namespace weft::cpu
