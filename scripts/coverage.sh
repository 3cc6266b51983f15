#!/usr/bin/env bash
# How much of the runtime's rooms their own tests run: lines and branches by folder, as a table.
# Builds in build-coverage; build-coverage/report has every line (HTML).
set -euo pipefail
cd "$(dirname "$0")/.."
build=build-coverage
WEFT_CMAKE_OPTIONS="${WEFT_CMAKE_OPTIONS:-} -DWEFT_QUICK_BUILD=ON" scripts/build.sh coverage runtime_tests weft
rm -rf $build/profiles
LLVM_PROFILE_FILE=$PWD/$build/profiles/%m-%p.profraw ctest --test-dir $build -L '^runtime$' -LE '^long$' \
  -j "$(nproc)" --output-on-failure
llvm-profdata-22 merge --sparse $build/profiles/*.profraw -o $build/all.profdata
programs=("$build"/bin/*_test "$build/bin/weft")
llvm-cov-22 show "${programs[0]}" "${programs[@]/#/-object=}" -instr-profile=$build/all.profdata \
  -format=html -output-dir=$build/report runtime >/dev/null
llvm-cov-22 export "${programs[0]}" "${programs[@]/#/-object=}" -instr-profile=$build/all.profdata \
  -summary-only runtime > $build/summary.json
python3 - $build/summary.json <<'PYTHON'
import collections, json, os, sys
rooms = collections.defaultdict(lambda: collections.Counter())
for file in json.load(open(sys.argv[1]))["data"][0]["files"]:
    folder = os.path.relpath(os.path.dirname(file["filename"]))
    room = "/".join(folder.split("/")[:3 if folder.startswith(("runtime/text", "runtime/device")) else 2])
    for of in ("lines", "branches"):
        for name in (room, "all"):
            rooms[name][of] += file["summary"][of]["count"]
            rooms[name][of + " run"] += file["summary"][of]["covered"]
print("| room | lines | run | branches run |\n| --- | --- | --- | --- |")
for room in sorted(rooms, key=lambda name: (name == "all", name)):
    n = rooms[room]
    print(f"| {room} | {n['lines']} | {100 * n['lines run'] / n['lines']:.1f}% | {100 * n['branches run'] / max(n['branches'], 1):.1f}% |")
PYTHON
