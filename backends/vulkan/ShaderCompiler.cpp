#include "backends/vulkan/ShaderCompiler.h"

#include <glslang/Public/ResourceLimits.h>
#include <glslang/Public/ShaderLang.h>
#include <glslang/SPIRV/GlslangToSpv.h>
#include <spirv-tools/libspirv.hpp>
#include <spirv-tools/optimizer.hpp>

namespace weft::vulkan {

static const TBuiltInResource *limits() { return GetDefaultResources(); }

static std::string firstLine(std::string text) { return text.substr(0, text.find('\n')); }

static Result<std::vector<uint32_t>> translate(const std::string &glsl) {
  static const bool initialized = glslang::InitializeProcess();
  if (!initialized)
    return fail("the compiler of shaders cannot be started");
  glslang::TShader shader(EShLangCompute);
  const char *text = glsl.c_str();
  shader.setStrings(&text, 1);
  shader.setEnvInput(glslang::EShSourceGlsl, EShLangCompute, glslang::EShClientVulkan, 100);
  shader.setEnvClient(glslang::EShClientVulkan, glslang::EShTargetVulkan_1_2);
  shader.setEnvTarget(glslang::EShTargetSpv, glslang::EShTargetSpv_1_5);
  constexpr auto messages = EShMessages(EShMsgSpvRules | EShMsgVulkanRules);
  if (!shader.parse(limits(), 460, false, messages))
    return fail("shader: " + firstLine(shader.getInfoLog()));
  glslang::TProgram program;
  program.addShader(&shader);
  if (!program.link(messages))
    return fail("shader: " + firstLine(program.getInfoLog()));
  std::vector<uint32_t> words;
  glslang::SpvOptions options;
  options.disableOptimizer = true;
  glslang::GlslangToSpv(*program.getIntermediate(EShLangCompute), words, &options);
  return words;
}

Result<std::vector<uint32_t>> compileShader(const std::string &glsl) {
  auto words = translate(glsl);
  if (!words)
    return words;
  std::string complaint;
  auto listen = [&](spv_message_level_t level, const char *, const spv_position_t &,
                    const char *text) {
    if (level <= SPV_MSG_ERROR && complaint.empty())
      complaint = text;
  };
  spvtools::Optimizer optimizer(SPV_ENV_VULKAN_1_2);
  optimizer.SetMessageConsumer(listen);
  // Everything in one function, values in place of variables, and no part of it twice. More
  // is for the driver to do.
  optimizer.RegisterPass(spvtools::CreateMergeReturnPass())
      .RegisterPass(spvtools::CreateInlineExhaustivePass())
      .RegisterPass(spvtools::CreateEliminateDeadFunctionsPass())
      .RegisterPass(spvtools::CreatePrivateToLocalPass())
      .RegisterPass(spvtools::CreateScalarReplacementPass(0))
      .RegisterPass(spvtools::CreateLocalSingleBlockLoadStoreElimPass())
      .RegisterPass(spvtools::CreateLocalSingleStoreElimPass())
      .RegisterPass(spvtools::CreateLocalMultiStoreElimPass())
      .RegisterPass(spvtools::CreateAggressiveDCEPass())
      .RegisterPass(spvtools::CreateSimplificationPass())
      .RegisterPass(spvtools::CreateRedundancyEliminationPass())
      .RegisterPass(spvtools::CreateAggressiveDCEPass())
      .RegisterPass(spvtools::CreateCompactIdsPass());
  std::vector<uint32_t> optimized;
  spvtools::OptimizerOptions options;
  options.set_run_validator(false);
  options.set_preserve_spec_constants(true);
  if (!optimizer.Run(words->data(), words->size(), &optimized, options))
    return fail("optimizing a shader: " + complaint);
  spvtools::SpirvTools tools(SPV_ENV_VULKAN_1_2);
  tools.SetMessageConsumer(listen);
  if (!tools.Validate(optimized))
    return fail("SPIR-V is not valid: " + firstLine(complaint));
  return optimized;
}

std::string disassemble(const std::vector<uint32_t> &spirv) {
  std::string text;
  spvtools::SpirvTools(SPV_ENV_VULKAN_1_2)
      .Disassemble(spirv, &text,
                   SPV_BINARY_TO_TEXT_OPTION_FRIENDLY_NAMES | SPV_BINARY_TO_TEXT_OPTION_INDENT);
  return text;
}

} // namespace weft::vulkan
