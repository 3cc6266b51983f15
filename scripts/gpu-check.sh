#!/usr/bin/env bash
# Checks Vulkan on a machine that has a GPU, no network and no compiler, in under 4 minutes.
#
#   scripts/gpu-check.sh pack FOLDER     where Weft is built: makes FOLDER with all that the check
#                                        needs (at most 64 MiB): programs, their libraries, the Vulkan
#                                        loader, compiled cases and models, expected texts
#   FOLDER/gpu-check.sh [run]            where the GPU is: conformance, texts, bits over runs, decode
#                                        and prompt beside the device's bandwidth; a table at the end
#
# Exit code of run: 0 all is right, 1 something is not, 77 there is no Vulkan device other than one
# that computes on the processor (--any takes that one too).
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"

fail() { echo "gpu-check: $*" >&2; exit 1; }

pack() {
  local folder="$1" source build
  source="$(cd "$here/.." && pwd)"
  build="${BUILD:-$source/build}"
  [ ! -e "$folder" ] || fail "'$folder' exists; name a new folder"
  for program in weft weftc weft-conformance weft-replay; do
    [ -x "$build/bin/$program" ] || fail "expected $build/bin/$program: build it first (scripts/build.sh)"
  done
  mkdir -p "$folder/bin" "$folder/lib" "$folder/models"
  cp "$here/gpu-check.sh" "$folder/"
  cp "$build/bin/weft" "$build/bin/weft-replay" "$folder/bin/"
  strip "$folder"/bin/*
  # Every library but those of the C library, which belongs to the kernel that runs it. The loader
  # of Vulkan, too: the driver's own library comes with the driver.
  ldd "$folder"/bin/* | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | sort -u |
    grep -vE '/(libc|libm|libdl|libpthread|librt|ld-linux[^/]*)\.so' | xargs -r cp -Lt "$folder/lib"
  cp -L "$(ldconfig -p | awk '/libvulkan\.so\.1 .*x86-64/ { print $NF; exit }')" "$folder/lib/libvulkan.so.1"

  # A third of the cases of each op: all of them take longer to compile than to run.
  "$build/bin/weft-conformance" --device vulkan --every 3 --write-cases "$folder/cases" >"$folder/cases.log" ||
    fail "cases fail where they are compiled: see $folder/cases.log"

  local demo="$source/models/demo" option
  for option in none q8 q4; do
    "$build/bin/weftc" "$demo" -o "$folder/models/demo-$option.weft" --target vulkan,cpu --cpu=x86-64-v3 \
      $([ "$option" = none ] || echo "--quantize=$option")
    "$build/bin/weft" run "$folder/models/demo-$option.weft" --device cpu -p "Once upon a time" \
      --temperature 0 -n 64 >"$folder/models/demo-$option.txt" 2>/dev/null
  done
  # What a person would want to know: a model large enough that memory decides.
  if [ -n "${LARGE:-}" ]; then
    "$build/bin/weftc" "$LARGE" -o "$folder/models/large.weft" --target vulkan --quantize=q4
  fi
  local size
  size=$(du -sm "$folder" | cut -f1)
  [ "$size" -le 64 ] || [ -n "${LARGE:-}" ] || fail "expected at most 64 MiB, found $size in '$folder'"
  echo "$folder: $size MiB; copy it to the machine with the GPU and run $(basename "$folder")/gpu-check.sh there"
}

# The driver of NVIDIA is there without its manifest in many containers.
offer_nvidia() {
  local library
  [ -z "${VK_ICD_FILENAMES:-}${VK_DRIVER_FILES:-}${WEFT_VULKAN_ICD:-}" ] || return 0
  ls /usr/share/vulkan/icd.d/*.json /etc/vulkan/icd.d/*.json >/dev/null 2>&1 && return 0
  for library in libGLX_nvidia.so.0 libEGL_nvidia.so.0; do
    if ldconfig -p | grep -q "$library"; then
      printf '{"file_format_version": "1.0.0", "ICD": {"library_path": "%s", "api_version": "1.3.0"}}\n' \
        "$library" >"$scratch/nvidia.json"
      export VK_ICD_FILENAMES="$scratch/nvidia.json"
      return 0
    fi
  done
}

row() { printf '%-34s %-8s %s\n' "$1" "$2" "$3" | tee -a "$scratch/table"; }

run() {
  local any="" problems=0 device="" name option bandwidth
  [ "${1:-}" != --any ] || any=yes
  scratch="$(mktemp -d)"
  trap 'rm -rf "$scratch"' EXIT
  export LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" XDG_CACHE_HOME="$scratch/cache"
  mkdir -p "$XDG_CACHE_HOME"
  offer_nvidia
  local weft="$here/bin/weft" start=$SECONDS
  "$weft" --list-devices | tee "$scratch/devices"
  # The first that is no processor.
  device=$(awk -v any="$any" '$1 ~ /^vulkan/ && !/not available/ && (any != "" || tolower($0) !~ /llvmpipe|lavapipe|swiftshader|cpu\)/) { print $1; exit }' "$scratch/devices")
  if [ -z "$device" ]; then
    echo "gpu-check: no Vulkan device here but processors" >&2
    exit 77
  fi
  name=$(grep "^$device " "$scratch/devices" | head -1 | cut -c14-)
  echo; echo "$device: $name"

  if "$here/bin/weft-replay" "$here/cases" --device "$device" >"$scratch/replay" 2>&1; then
    row "conformance" right "$(tail -1 "$scratch/replay")"
  else
    cat "$scratch/replay"
    row "conformance" WRONG "$(tail -1 "$scratch/replay")"
    problems=1
  fi
  for option in none q8 q4; do
    local model="$here/models/demo-$option.weft" text="$scratch/text"
    for turn in 1 2 3; do
      "$weft" run "$model" --device "$device" -p "Once upon a time" --temperature 0 -n 64 \
        >"$text.$turn" 2>"$scratch/error" || { cat "$scratch/error"; echo failed >"$text.$turn"; }
      "$weft" run "$model" --device "$device" -p "Once upon a time" --seed 5 -n 48 --logprobs 3 --json \
        2>/dev/null | sed '/seconds\|per_second/d' >"$scratch/bits.$turn" || true
    done
    if cmp -s "$text.1" "$here/models/demo-$option.txt"; then row "text, demo $option" right "as on the CPU"
    else
      # Sums in another order may turn a near tie: how far both agree says which it is.
      row "text, demo $option" differs "from byte $(cmp "$text.1" "$here/models/demo-$option.txt" 2>/dev/null | awk '{ print $5 + 0 }') on"
      [ "$option" != none ] || problems=1
    fi
    if cmp -s "$text.1" "$text.2" && cmp -s "$text.1" "$text.3" &&
      cmp -s "$scratch/bits.1" "$scratch/bits.2" && cmp -s "$scratch/bits.1" "$scratch/bits.3"; then
      row "same bits over runs, demo $option" right ""
    else
      row "same bits over runs, demo $option" WRONG ""
      problems=1
    fi
  done
  for model in "$here"/models/demo-q4.weft "$here"/models/large.weft; do
    [ -e "$model" ] || continue
    "$weft" bench "$model" --device "$device" >"$scratch/bench" 2>&1 || problems=1
    echo; echo "weft bench $(basename "$model")"; cat "$scratch/bench"
  done
  echo; echo "== $device: $name, $((SECONDS - start)) s"; cat "$scratch/table"
  [ "$problems" = 0 ] && echo "all is right" || echo "something is not right"
  exit "$problems"
}

case "${1:-run}" in
  pack) [ $# = 2 ] || fail "expected a folder: $0 pack FOLDER"; pack "$2" ;;
  run) shift || true; run "$@" ;;
  --any) run --any ;;
  -h | --help) sed -n '2,13s/^# \{0,1\}//p' "$0" ;;
  *) fail "expected pack FOLDER or run, found '$1'" ;;
esac
