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
conformance    Every case of the conformance suite, for every kind of code of the processor backend and on
               Vulkan; accuracy of more models
sanitizers     The compiler's rooms, programs and models under the address and undefined-behaviour sanitizers
backend-guide  The commands of docs/writing-a-backend.md: a backend outside of the tree, and the suite on it
gcc            The whole tree with GCC, warnings as errors, without precompiled headers
fuzz           Each fuzzer for four minutes, from its seeds and what it found before
tidy           clang-tidy on the rooms of the runtime
swiftshader    Vulkan on a second driver, SwiftShader (of Debian's chromium)
PARTS
}

release() { scripts/build.sh release "$@"; }

fuzz() { # PROGRAM
  local name corpus found=0
  name=$(basename "$1")
  # What was found in earlier runs is where this one goes on; a crash stays there as a file.
  corpus=build-asan/corpus/$name
  mkdir -p "$corpus"
  local options=(-max_total_time="${WEFT_FUZZ_SECONDS:-240}" -max_len=65536 -timeout=30 -print_final_stats=1)
  [ ! -e "tests/fuzz/dictionaries/$name.dict" ] || options+=(-dict="tests/fuzz/dictionaries/$name.dict")
  "$1" "${options[@]}" -artifact_prefix="$corpus-" "$corpus" tests/fuzz/corpus/"$name" > "$corpus.log" 2>&1 || found=1
  # How far it came, or what it found.
  printf '== %s\n%s\n' "$name" "$(if [ $found = 0 ]; then grep -e DONE -e stat:: "$corpus.log"; else tail -n 40 "$corpus.log"; fi)"
  return $found
}
export -f fuzz

case "${1:-}" in
"" | --list) list ;;
tokenizers)
  release tokenizer_differential_test train_differential_test
  ctest --test-dir build --output-on-failure -j "$jobs" -L '^long$' -R 'tokenizers|_differential_test' ;;
conformance)
  release backends_test compiler_test end_to_end_test run_session_aarch64 weft weftc weft-conformance
  WEFT_EVERY_CASE=1 ctest --test-dir build --output-on-failure -j "$jobs" \
    -R '^(backends_test|compiler_test|end_to_end_test[.]long)' ;;
sanitizers)
  scripts/build.sh asan
  WEFT_EVERY_CASE=1 ctest --preset asan -j "$jobs" -LE '^(runtime|long|generated-code)$' ;;
backend-guide)
  release
  ctest --test-dir build --output-on-failure -R '^docs.writing_a_backend$' ;;
gcc)
  WEFT_CMAKE_OPTIONS="${WEFT_CMAKE_OPTIONS:-} -DWEFT_WERROR=ON" scripts/build.sh gcc-whole
  ctest --test-dir build-gcc-whole --output-on-failure -j "$jobs" -L '^runtime$' -LE '^long$' ;;
fuzz)
  scripts/build.sh asan fuzzers
  # As tests/CMakeLists.txt says.
  export ASAN_OPTIONS=allow_user_poisoning=0:detect_odr_violation=0
  export LSAN_OPTIONS=print_suppressions=0:suppressions=$PWD/tests/leaks.txt
  # As many at a time as there are processors; xargs ends with an error where one of them does.
  printf '%s\0' build-asan/bin/*_fuzz | xargs -0 -n 1 -P "$jobs" bash -c 'fuzz "$1"' _ ;;
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
  WEFT_EVERY_CASE=1 GTEST_FILTER='Settings/VulkanConformance.*' build/bin/backends_test
  GTEST_FILTER='VulkanRun.*:*Vulkan*' build/bin/end_to_end_test ;;
*)
  echo "test-long: no part '$1'; there are:" >&2
  list >&2
  exit 2 ;;
esac
