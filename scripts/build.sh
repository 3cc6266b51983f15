#!/usr/bin/env bash
# Installs what is missing, configures and builds: scripts/build.sh [preset] [target...]
# WEFT_CMAKE_OPTIONS: options of cmake, as scripts/test.sh gives -DWEFT_WERROR=ON -DWEFT_QUICK_BUILD=ON,
# which hold for that build alone.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}
shift || true
scripts/install-packages.sh
# shellcheck disable=SC2086 # several options
cmake --preset "$preset" -DWEFT_WERROR=OFF -DWEFT_QUICK_BUILD=OFF ${WEFT_CMAKE_OPTIONS:-} >/dev/null
cmake --build --preset "$preset" ${1:+--target "$@"}
