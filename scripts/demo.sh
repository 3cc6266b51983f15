#!/usr/bin/env bash
# From nothing to a story: installs packages, builds, compiles the demo checkpoint, runs it.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/build.sh release weftc weft
build/bin/weftc models/demo -o build/demo.weft -v
build/bin/weft run build/demo.weft -p "Once upon a time" -n 200 --temperature 0.7 --seed 7 "$@"
