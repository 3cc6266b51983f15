#!/usr/bin/env bash
# Checks that take too long for every change, in parts of at most 40 minutes on two cores, each by
# itself: scripts/test-long.sh PART, or --list. tests/README.md says what each adds to test.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=$(nproc)

# part: what it does
list() {
  cat <<'PARTS'
tokenizers     Tokenizers and their training beside Hugging Face's, tiktoken and SentencePiece (npm)
conformance    Every case of the conformance suite, for every kind of code of the processor backend
sanitizers     The compiler's rooms, programs and models under the address and undefined-behaviour sanitizers
backend-guide  The commands of docs/writing-a-backend.md: a backend outside of the tree, and the suite on it
gcc            The whole tree with GCC, warnings as errors, without precompiled headers
fuzz           Each fuzzer for four minutes
tidy           clang-tidy on the rooms of the runtime
swiftshader    Vulkan on a second driver, SwiftShader (of Debian's chromium)
PARTS
}

release() { scripts/build.sh release "$@"; }

case "${1:-}" in
"" | --list) list ;;
tokenizers)
  release tokenizer_differential_test train_differential_test
  ctest --test-dir build --output-on-failure -j "$jobs" -L '^long$' -R 'tokenizers|_differential_test' ;;
conformance)
  release backends_test compiler_test run_session_aarch64 weft weft-conformance
  WEFT_EVERY_CASE=1 ctest --test-dir build --output-on-failure -j "$jobs" -R '^(backends|compiler)_test' ;;
sanitizers)
  scripts/build.sh asan
  ctest --preset asan -j "$jobs" -LE '^(runtime|long|generated-code)$' ;;
backend-guide)
  release
  ctest --test-dir build --output-on-failure -R '^docs.writing_a_backend$' ;;
gcc)
  WEFT_CMAKE_OPTIONS="${WEFT_CMAKE_OPTIONS:-} -DWEFT_WERROR=ON" scripts/build.sh gcc-whole
  ctest --test-dir build-gcc-whole --output-on-failure -j "$jobs" -L '^runtime$' -LE '^long$' ;;
fuzz)
  scripts/build.sh asan fuzzers
  found=0
  for fuzzer in build-asan/bin/*_fuzz; do
    name=$(basename "$fuzzer")
    # What was found in earlier runs is where this one goes on; a crash stays there as a file.
    corpus=build-asan/corpus/$name
    mkdir -p "$corpus"
    seeds=(tests/fuzz/corpus/"$name")
    [ -d "${seeds[0]}" ] || seeds=()
    "$fuzzer" -max_total_time="${WEFT_FUZZ_SECONDS:-240}" -max_len=65536 -print_final_stats=1 \
      -artifact_prefix="$corpus-" "$corpus" ${seeds[@]+"${seeds[@]}"} 2>&1 | tail -n 12 || found=1
  done
  exit $found ;;
tidy)
  scripts/install-packages.sh clang-tidy-22
  # Builds what is generated; the preset has no precompiled headers, which clang-tidy cannot read.
  scripts/build.sh tidy weft_artifact
  git ls-files 'runtime/*.cpp' | xargs -n 4 -P "$jobs" clang-tidy-22 -p build-tidy --quiet --warnings-as-errors='*' ;;
swiftshader)
  icd=${WEFT_SWIFTSHADER:-/usr/lib/chromium/vk_swiftshader_icd.json}
  [ -e "$icd" ] || { echo "test-long: no $icd: install Debian's chromium, or say where in WEFT_SWIFTSHADER"; exit 77; }
  release backends_test end_to_end_test weft weftc weft-opt
  export VK_DRIVER_FILES=$icd VK_ICD_FILENAMES=$icd
  GTEST_FILTER='Settings/VulkanConformance.*' build/bin/backends_test
  GTEST_FILTER='VulkanRun.*:*Vulkan*' build/bin/end_to_end_test ;;
*)
  echo "test-long: no part '$1'; there are:" >&2
  list >&2
  exit 2 ;;
esac
