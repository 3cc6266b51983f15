// llama.cpp or ik_llama.cpp as a side of `turns`. Not part of Weft's build: compile it against
// their header and library (ik_llama.cpp gives its weights the order of its own kernels with -r):
//
//   c++ -O2 -std=c++17 llama_step.cpp -I LLAMA/include -I LLAMA/ggml/include
//       -L LLAMA/build/src -L LLAMA/build/ggml/src -lllama -lggml -o llama_step
//   turns model.weft './llama_step model.gguf -t 2'
//   turns model.weft './llama_step model.gguf -t 2 -p 64 -n 0' --prompt
//
// With -p P -n N as `weft bench --step-by-line` has them: a step decodes one token, at N positions
// over and over behind a prompt of P tokens, or with -n 0 reads the prompt.
#include "llama.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <unistd.h>
#include <vector>

static void quiet(ggml_log_level level, const char *text, void *) {
  if (level == GGML_LOG_LEVEL_ERROR)
    std::fputs(text, stderr);
}

[[noreturn]] static void refuse(const std::string &why) {
  std::fprintf(stderr, "llama_step: %s\n", why.c_str());
  std::exit(1);
}

struct Model {
  llama_context *context;
  int vocabulary;

  /// Runs `count` tokens from position `first` on, with logits of the last one.
  void read(int first, int count) {
    std::vector<llama_token> ids;
    for (int i = 0; i < count; ++i)
      ids.push_back(llama_token((first + i) * 7919LL % vocabulary));
    llama_batch batch = llama_batch_init(count, 0, 1);
    batch.n_tokens = count;
    for (int i = 0; i < count; ++i) {
      batch.token[i] = ids[size_t(i)];
      batch.pos[i] = first + i;
      batch.n_seq_id[i] = 1;
      batch.seq_id[i][0] = 0;
      batch.logits[i] = i + 1 == count;
    }
#ifdef LLAMA_STEP_MEMORY // llama.cpp of 2025 and later
    llama_memory_seq_rm(llama_get_memory(context), 0, first, -1);
#else
    llama_kv_cache_seq_rm(context, 0, first, -1);
#endif
    if (llama_decode(context, batch) != 0)
      refuse("llama_decode failed");
    if (llama_get_logits_ith(context, count - 1) == nullptr) // waits for what is not done yet
      refuse("expected logits, found none");
    llama_batch_free(batch);
  }
};

int main(int argc, char **argv) {
  if (argc < 2)
    refuse("expected: llama_step MODEL.gguf [-t THREADS] [-p PROMPT] [-n TOKENS] [-r]");
  int threads = 2, prompt = 0, tokens = 64;
  llama_model_params modelParams = llama_model_default_params();
  for (int i = 2; i < argc; ++i) {
    const std::string option = argv[i];
    if (option == "-r") {
#ifdef LLAMA_STEP_REPACK // ik_llama.cpp alone
      modelParams.repack_tensors = true;
      modelParams.use_mmap = false;
#else
      refuse("compile with -DLLAMA_STEP_REPACK for -r");
#endif
    } else if (i + 1 < argc && (option == "-t" || option == "-p" || option == "-n")) {
      (option == "-t" ? threads : option == "-p" ? prompt : tokens) = std::atoi(argv[++i]);
    } else {
      refuse("unknown option " + option);
    }
  }
  if (prompt + tokens <= 0 || prompt < 0 || tokens < 0)
    refuse("expected -p and -n of at least 0, one of them more");
  llama_log_set(quiet, nullptr);
  llama_backend_init();
  llama_model *model = llama_model_load_from_file(argv[1], modelParams);
  if (!model)
    refuse(std::string("cannot load ") + argv[1]);
  llama_context_params contextParams = llama_context_default_params();
  contextParams.n_ctx = uint32_t((prompt + tokens + 255) / 256 * 256);
  contextParams.n_threads = contextParams.n_threads_batch = uint32_t(threads);
  llama_context *context = llama_init_from_model(model, contextParams);
  if (!context)
    refuse("cannot make a context");
  Model ready{context, llama_vocab_n_tokens(llama_model_get_vocab(model))};
  if (tokens > 0 && prompt > 0)
    ready.read(0, prompt);

  char lines[4096];
  long steps = 0;
  for (ssize_t count; (count = ::read(STDIN_FILENO, lines, sizeof lines)) > 0;) {
    // Answers go out together, so that steps asked for together follow each other at once.
    for (const char *at = lines;
         (at = static_cast<const char *>(std::memchr(at, '\n', size_t(lines + count - at))));
         ++at) {
      const auto start = std::chrono::steady_clock::now();
      if (tokens > 0)
        ready.read(prompt + int(steps++ % tokens), 1);
      else
        ready.read(0, prompt);
      std::printf("%.9f\n",
                  std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    std::fflush(stdout);
  }
}
