#!/usr/bin/env bash
# Fails where C++ is not formatted as .clang-format says: scripts/check-format.sh [FILE...], all
# files that git knows without arguments. scripts/format.sh mends them.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ $# -eq 0 ]; then
  mapfile -t files < <(git ls-files '*.cpp' '*.h')
else
  files=("$@")
fi
printf '%s\0' "${files[@]}" | xargs -0 -n 40 -P "$(nproc)" clang-format-22 --dry-run -Werror
