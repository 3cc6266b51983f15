// Any files as a Hugging Face folder: no crash, errors of one line, and a checkpoint that keeps the
// promises of Checkpoint.h. An input is the files one after the other, each behind a line
// "=== NAME". Of a safetensors file it has the bytes of the data as a number, a line end, and the
// header; its length and the data, zeros, are put around that.
#include "Fuzz.h"
#include "frontend/huggingface/HuggingFaceDirectory.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <algorithm>
#include <charconv>
#include <vector>

using namespace weft;
using namespace weft::fuzz;

/// All that a folder is searched for.
static constexpr std::string_view names[] = {"config.json",
                                             "model.safetensors",
                                             "model.safetensors.index.json",
                                             "one.safetensors",
                                             "two.safetensors",
                                             "tokenizer.json",
                                             "tokenizer_config.json",
                                             "special_tokens_map.json",
                                             "added_tokens.json",
                                             "generation_config.json",
                                             "chat_template.jinja",
                                             "chat_template.json",
                                             "tokenizer.model",
                                             "model.tiktoken",
                                             "vocab.json",
                                             "merges.txt"};

static std::string safetensorsOf(std::string_view text) {
  constexpr uint64_t mostData = 1 << 16;
  const size_t end = std::min(text.find('\n'), text.size());
  uint64_t data = 0;
  std::from_chars(text.data(), text.data() + end, data);
  const std::string_view header = text.substr(std::min(end + 1, text.size()));
  std::string file;
  for (unsigned i = 0; i < 8; ++i)
    file += char(uint64_t(header.size()) >> (8 * i));
  file += header;
  file.append(std::min(data, mostData), '\0');
  return file;
}

/// Writes the files of an input and returns the folder; what was there before is removed.
static std::string writeFolder(std::string_view input) {
  static std::vector<std::string> written;
  const std::string folder = scratchFolder().path().string();
  for (const std::string &path : written)
    std::filesystem::remove(path);
  written.clear();
  constexpr std::string_view mark = "=== ";
  while (input.starts_with(mark)) {
    const size_t end = std::min(input.find('\n'), input.size());
    const std::string_view name = input.substr(mark.size(), end - mark.size());
    input.remove_prefix(std::min(end + 1, input.size()));
    const size_t next = input.find("\n=== ");
    const std::string_view text = input.substr(0, next);
    input.remove_prefix(next == std::string_view::npos ? input.size() : next + 1);
    if (std::ranges::find(names, name) == std::end(names))
      continue;
    written.push_back(folder + "/" + std::string(name));
    writeFile(written.back(), name.ends_with(".safetensors") ? safetensorsOf(text) : text);
  }
  return folder;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto checkpoint = openHuggingFaceDirectory(writeFolder(textOf(data, size)));
  if (!checkpoint) {
    requireOneLine(checkpoint.error());
    return 0;
  }
  require((*checkpoint)->format() == "huggingface");
  for (const auto &[name, tensor] : (*checkpoint)->tensors()) {
    require(name == tensor.name && tensor.whole.data() + tensor.offset == tensor.data.data());
    require(tensor.offset <= tensor.whole.size() &&
            tensor.data.size() <= tensor.whole.size() - tensor.offset);
    int64_t rows = 1;
    for (size_t i = 0; i + 1 < tensor.shape.size(); ++i)
      rows *= tensor.shape[i];
    const int64_t columns = tensor.shape.empty() ? 1 : tensor.shape.back();
    require(tensor.storage.bytes(rows, columns) == int64_t(tensor.data.size()));
    require((*checkpoint)->contains(name));
  }
  if ((*checkpoint)->tokenizerJson().empty())
    return 0;
  auto tokenizer = text::Tokenizer::fromJson((*checkpoint)->tokenizerJson());
  if (tokenizer)
    (*tokenizer)->encode("the quick \xFF brown fox <s> 1234");
  else
    requireOneLine(tokenizer.error());
  return 0;
}
