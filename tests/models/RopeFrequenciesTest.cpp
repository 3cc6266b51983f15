#include "models/RopeFrequencies.h"
#include "tests/models/CheckpointWriter.h"

namespace weft {
namespace {

using namespace test;

RopeFrequencies read(const std::string &path, int64_t rotated) {
  std::unique_ptr<Checkpoint> checkpoint = open(path);
  HyperParameters parameters(*checkpoint);
  RopeFrequencies found = readRopeFrequencies(parameters, rotated);
  EXPECT_FALSE(parameters.error.has_value()) << parameters.error->message;
  return found;
}

CheckpointContents onlyConfig(std::map<std::string, std::string> config) {
  return {std::move(config), {{"x", {{1}, {1}}}}};
}

// By NumPy in f64 from the formulas of transformers (modeling_rope_utils.py), for Llama 3.2:
// theta 500000, 64 elements, factor 32, 1 and 4 of 8192.
TEST(RopeFrequencies, Llama3) {
  TemporaryDirectory folder;
  RopeFrequencies found =
      read(onlyConfig({{"model_type", R"("llama")"},
                       {"rope_theta", "500000.0"},
                       {"rope_scaling",
                        R"({"factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0,
                            "original_max_position_embeddings": 8192, "rope_type": "llama3"})"}})
               .writeHuggingFace(folder),
           64);
  ASSERT_EQ(found.values.size(), 32u);
  for (auto [i, expected] :
       std::initializer_list<std::pair<int, double>>{{0, 1.0},
                                                     {5, 0.12868737343265052},
                                                     {12, 0.00729266473721711},
                                                     {13, 0.004839421345719893},
                                                     {14, 0.0032114459947525913},
                                                     {15, 0.001290547928209264},
                                                     {16, 0.00042955679655936837},
                                                     {17, 9.70828780262767e-05},
                                                     {18, 1.9461638184831128e-05},
                                                     {19, 1.291476718704739e-05},
                                                     {31, 9.418306725434911e-08}})
    EXPECT_FLOAT_EQ(found.values[i], expected) << "frequency " << i;
  EXPECT_EQ(found.scaling, "llama3");
}

TEST(RopeFrequencies, DefaultsAndLinear) {
  TemporaryDirectory folder;
  RopeFrequencies plain =
      read(onlyConfig({{"model_type", R"("llama")"}}).writeHuggingFace(folder), 8);
  EXPECT_EQ(plain.values, (std::vector<float>{1.0f, 0.1f, 0.01f, 0.001f}));
  EXPECT_EQ(plain.scaling, "none");
  RopeFrequencies linear =
      read(onlyConfig({{"model_type", R"("llama")"},
                       {"rope_scaling", R"({"type": "linear", "factor": 4.0})"}})
               .writeHuggingFace(folder),
           8);
  EXPECT_EQ(linear.values, (std::vector<float>{0.25f, 0.025f, 0.0025f, 0.00025f}));
}

TEST(RopeFrequencies, ParametersOfNewerCheckpoints) {
  TemporaryDirectory folder;
  RopeFrequencies found =
      read(onlyConfig({{"model_type", R"("llama")"},
                       {"rope_parameters",
                        R"({"rope_type": "linear", "factor": 2.0, "rope_theta": 100.0})"}})
               .writeHuggingFace(folder),
           4);
  EXPECT_EQ(found.theta, 100);
  EXPECT_EQ(found.values, (std::vector<float>{0.5f, 0.05f}));
}

TEST(RopeFrequencies, Gguf) {
  TemporaryDirectory folder;
  CheckpointContents contents = onlyConfig({{"general.architecture", R"("llama")"},
                                            {"llama.rope.freq_base", "100.0"},
                                            {"llama.rope.scaling.type", R"("linear")"},
                                            {"llama.rope.scaling.factor", "2.0"}});
  EXPECT_EQ(read(contents.writeGguf(folder), 4).values, (std::vector<float>{0.5f, 0.05f}));
  // As with llama.cpp, a factor alone is linear, 0 is none, and "none" does without it.
  contents.config.erase("llama.rope.scaling.type");
  EXPECT_EQ(read(contents.writeGguf(folder), 4).values, (std::vector<float>{0.5f, 0.05f}));
  contents.config["llama.rope.scaling.factor"] = "0.0";
  EXPECT_EQ(read(contents.writeGguf(folder), 4).values, (std::vector<float>{1.0f, 0.1f}));
  contents.config["llama.rope.scaling.factor"] = "2.0";
  contents.config["llama.rope.scaling.type"] = R"("none")";
  EXPECT_EQ(read(contents.writeGguf(folder), 4).scaling, "none");
  contents.config["llama.rope.scaling.type"] = R"("linear")";
  contents.config.erase("llama.rope.scaling.factor");
  EXPECT_EQ(read(contents.writeGguf(folder), 4).values, (std::vector<float>{1.0f, 0.1f}));
  contents.config.erase("llama.rope.scaling.type");
  contents.config["llama.rope.scale_linear"] = "4.0";
  EXPECT_EQ(read(contents.writeGguf(folder), 4).values, (std::vector<float>{0.25f, 0.025f}));
  contents.config.erase("llama.rope.scale_linear");
  contents.tensors["rope_freqs.weight"] = {{2}, {1, 8}};
  RopeFrequencies factors = read(contents.writeGguf(folder), 4);
  EXPECT_EQ(factors.values, (std::vector<float>{1.0f, 0.0125f}));
  EXPECT_EQ(factors.tensor, "rope_freqs.weight");
}

} // namespace
} // namespace weft
