#include "conformance/PrepareCase.h"

#include "ir/reference/Evaluator.h"

#include "mlir/Parser/Parser.h"

#include <fstream>

namespace weft::conformance {

std::vector<Call> PreparedCase::singly() const {
  std::vector<Call> result;
  for (const Call &call : calls) {
    if (call.rows.size() < call.tokens.size())
      result.push_back(call);
    else
      for (int32_t row : call.rows)
        result.push_back({{call.tokens[row]}, {call.positions[row]}, {call.sequences[row]}, {0}});
  }
  return result;
}

std::string moduleOf(const ModelText &model, const TextValue &result) {
  return "module attributes {weft.family = \"test\", weft.context = 32768 : i64, weft.vocabulary "
         "= " +
         std::to_string(result.columns) +
         " : i64, weft.weight_count = 1 : i64, weft.config = {}} {\n" + model.finish({result}) +
         "}\n";
}

static Result<std::vector<float>> evaluate(const std::string &folder, const std::string &file,
                                           const PreparedCase &prepared) {
  mlir::MLIRContext context;
  context.loadDialect<WeftDialect, mlir::func::FuncDialect>();
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(file, &context);
  if (!module)
    return fail("cannot read '" + file + "'");
  WeightFiles files(folder);
  auto evaluator =
      Evaluator::create(*module, files, {.context = int64_t(prepared.context), .sequences = 2});
  if (!evaluator)
    return failFrom(evaluator);
  std::vector<float> result;
  for (const Call &call : prepared.calls) {
    auto outputs = evaluator->run(
        "forward", {Tensor::ofIndices(call.tokens), Tensor::ofIndices(call.positions),
                    Tensor::ofIndices(call.sequences), Tensor::ofIndices(call.rows)});
    if (!outputs)
      return failFrom(outputs);
    const std::vector<float> &values = outputs->front().values();
    result.insert(result.end(), values.begin(), values.end());
  }
  return result;
}

Result<PreparedCase> prepare(const ModelText &model, const TextValue &result, const Case &one,
                             const std::string &folder, CompilationOptions options) {
  model.writeWeights(folder + "/weights");
  std::ofstream(folder + "/model.mlir") << moduleOf(model, result);
  PreparedCase prepared{folder + "/model.weft", one.calls, {}};
  for (const Call &call : one.calls)
    for (int32_t position : call.positions)
      prepared.context = std::max<uint64_t>(prepared.context, position + 1);
  options.input = folder + "/model.mlir";
  options.quantize = one.quantize;
  options.output = prepared.artifact;
  if (auto compiled = compile(options); !compiled)
    return failFrom(compiled);
  options.output = folder + "/quantized.mlir";
  options.compileTo = Phase::Quantized;
  options.tune = false;
  if (auto lowered = compile(options); !lowered)
    return failFrom(lowered);
  // The session takes the width of the result for the size of the vocabulary.
  for (Call &call : prepared.calls)
    for (int32_t &token : call.tokens)
      token %= result.columns;
  auto expected = evaluate(folder, options.output, prepared);
  if (!expected)
    return failFrom(expected);
  prepared.expected = std::move(*expected);
  return prepared;
}

Result<PreparedCase> prepare(const Case &one, const std::string &folder,
                             CompilationOptions options) {
  ModelText model(1);
  TextValue value = one.build(model);
  TextValue result = model.takeRows(value);
  return prepare(model, result, one, folder, std::move(options));
}

} // namespace weft::conformance
