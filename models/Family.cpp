#include "models/Family.h"

#include "ir/Weft.h"
#include "runtime/base/Quotes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <algorithm>

using namespace mlir;

namespace weft {

std::span<const Family *const> families() {
  static constexpr const Family *all[] = {&gpt2Family, &llamaFamily};
  return all;
}

Result<const Family *> findFamily(const Checkpoint &checkpoint) {
  bool gguf = checkpoint.format() == "gguf";
  std::string known;
  for (const Family *family : families())
    for (std::string_view name : gguf ? family->gguf : family->huggingFace) {
      if (name == checkpoint.family())
        return family;
      known += (known.empty() ? "" : ", ") + std::string(name);
    }
  return fail(inQuotes(checkpoint.path()) + ": the family " + inQuotes(checkpoint.family()) +
              " is not supported; expected one of " + known);
}

Result<OwningOpRef<ModuleOp>> buildModel(const Checkpoint &checkpoint, MLIRContext &context,
                                         const ModelOptions &options) {
  Result<const Family *> family = findFamily(checkpoint);
  if (!family)
    return failFrom(family);
  context.loadDialect<WeftDialect, func::FuncDialect>();
  return (*family)->build(checkpoint, context, options);
}

// --- Attributes of the module

static constexpr llvm::StringLiteral familyName = "weft.family",
                                     vocabularyName = vocabularyAttrName,
                                     contextName = contextAttrName,
                                     weightCountName = "weft.weight_count",
                                     configName = "weft.config";

void writeModelInfo(ModuleOp module, const ModelInfo &info) {
  Builder b(module.getContext());
  struct ToAttribute {
    Builder &b;
    Attribute operator()(int64_t value) { return b.getI64IntegerAttr(value); }
    Attribute operator()(double value) { return b.getF64FloatAttr(value); }
    Attribute operator()(const std::string &value) { return b.getStringAttr(value); }
  };
  SmallVector<NamedAttribute> config;
  for (const auto &[name, value] : info.config)
    config.push_back(b.getNamedAttr(name, std::visit(ToAttribute{b}, value)));
  module->setAttr(familyName, b.getStringAttr(info.family));
  module->setAttr(vocabularyName, b.getI64IntegerAttr(info.vocabulary));
  module->setAttr(contextName, b.getI64IntegerAttr(info.context));
  module->setAttr(weightCountName, b.getI64IntegerAttr(info.weightCount));
  module->setAttr(configName, b.getDictionaryAttr(config));
}

Result<ModelInfo> readModelInfo(ModuleOp module) {
  ModelInfo info;
  auto family = module->getAttrOfType<StringAttr>(familyName);
  if (!family)
    return fail("expected a module with the attribute '" + familyName.str() + "', a string");
  info.family = family.str();
  for (auto [name, value] :
       {std::pair(vocabularyName, &info.vocabulary), std::pair(contextName, &info.context),
        std::pair(weightCountName, &info.weightCount)}) {
    auto number = module->getAttrOfType<IntegerAttr>(name);
    if (!number || !number.getType().isInteger(64) || number.getInt() < 0)
      return fail("expected a module with the attribute '" + name.str() +
                  "', an i64 of at least 0");
    *value = number.getInt();
  }
  if (auto config = module->getAttrOfType<DictionaryAttr>(configName))
    for (NamedAttribute item : config) {
      std::string name = item.getName().str();
      if (auto number = dyn_cast<IntegerAttr>(item.getValue());
          number && number.getType().isInteger(64))
        info.config[name] = number.getInt();
      else if (auto real = dyn_cast<FloatAttr>(item.getValue()))
        info.config[name] = real.getValueAsDouble();
      else if (auto text = dyn_cast<StringAttr>(item.getValue()))
        info.config[name] = text.str();
    }
  return info;
}

} // namespace weft
