#!/usr/bin/env bash
# Installs packages, builds, and runs every test; then once more under the address and
# undefined-behaviour sanitizers all but those that stand beside other programs (tokenizers,
# emulators, the commands of the documentation) and those labelled generated-code: what LLVM
# makes of models has no sanitizer's checks (tests/README.md).
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/build.sh release
ctest --preset release -j "$(nproc)"
scripts/build.sh asan
ctest --preset asan -j "$(nproc)"
