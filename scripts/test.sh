#!/usr/bin/env bash
# What every change has to pass: scripts/test.sh [STEP...], all steps without arguments.
#
#   format      the C++ of the tree is formatted as .clang-format says
#   release     everything builds without warnings, and the tests of the compiler and of the programs pass
#   skips       no more tests were skipped than tests/skips.txt allows
#   sanitizers  the tests of the runtime, frontends and weight formats, under the address and
#               undefined-behaviour sanitizers
#   threads     those rooms of the runtime that use threads under ThreadSanitizer
#   gcc         the runtime alone (WEFT_BUILD_COMPILER=OFF) compiles with GCC; that each file includes
#               what it uses, and its tests, are those of scripts/test-long.sh gcc
#
# What takes longer is scripts/test-long.sh. Prints at the end how long each command took.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=$(nproc)
# Several files compiled at once, and at -O1, save half of the time to build; scripts/test-long.sh builds
# what users build.
export WEFT_CMAKE_OPTIONS="${WEFT_CMAKE_OPTIONS:-} -DWEFT_WERROR=ON -DWEFT_QUICK_BUILD=ON"
# A server of a package registry that does not answer is not waited for.
export npm_config_fetch_retries=1 npm_config_fetch_timeout=30000

took=()
trap 'printf "%s\n" "${took[@]}"' EXIT
timed() {
  local start=$SECONDS
  echo "== $*"
  "$@" || { took+=("$(printf '%5d s  failed: %s' $((SECONDS - start)) "$*")"); exit 1; }
  took+=("$(printf '%5d s  %s' $((SECONDS - start)) "$*")")
}
tests() { # PRESET FOLDER: runs the tests of a preset with reports of what was skipped
  rm -rf "$2/test-reports"
  timed ctest --preset "$1" -j "$jobs" --output-junit test-reports/ctest.xml
}

for step in "${@:-format release skips sanitizers threads gcc}"; do
  # shellcheck disable=SC2086 # the default is several
  for step in $step; do
    case $step in
    format)
      timed scripts/install-packages.sh
      timed scripts/check-format.sh ;;
    release)
      timed scripts/build.sh release
      tests release-compiler build ;;
    skips) timed scripts/skipped-tests.py build/test-reports --skip-budget tests/skips.txt ;;
    sanitizers)
      timed scripts/build.sh asan runtime_tests
      tests asan-runtime build-asan
      timed scripts/skipped-tests.py build-asan/test-reports ;;
    threads)
      timed scripts/build.sh tsan threads_tests
      tests tsan build-tsan ;;
    gcc)
      timed scripts/build.sh gcc weft ;;
    *) echo "test.sh: no step '$step': expected format, release, skips, sanitizers, threads or gcc" >&2; exit 2 ;;
    esac
  done
done
