#!/usr/bin/env bash
# Installs packages, builds, and runs every test; then what reads files from outside once
# more under the address and undefined-behaviour sanitizers.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/build.sh release
ctest --preset release -j "$(nproc)"
scripts/build.sh asan
ctest --preset asan -j "$(nproc)"
