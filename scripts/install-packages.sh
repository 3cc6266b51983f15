#!/usr/bin/env bash
# Installs what Weft is built and tested with, on Debian 12, as root or with sudo, and the packages
# given: scripts/install-packages.sh [PACKAGE...]. Does nothing where all of it is there.
set -euo pipefail

packages=(
  # Compiler of the project, and the compiler infrastructure that it is built on.
  clang-22 lld-22 llvm-22-dev llvm-22-tools libmlir-22-dev mlir-22-tools libclang-rt-22-dev
  libstdc++-12-dev libc6-dev binutils cmake ninja-build ccache
  # Libraries.
  flatbuffers-compiler libflatbuffers-dev libexpected-dev libfmt-dev libxxhash-dev
  libsimdjson-dev nlohmann-json3-dev libcli11-dev libedit-dev libpcre2-dev libutf8proc-dev
  libdivsufsort-dev libsqlite3-dev libssl-dev
  # Shaders, and a driver of Vulkan that needs no GPU.
  libvulkan-dev glslang-dev glslang-tools spirv-tools spirv-headers mesa-vulkan-drivers vulkan-validationlayers
  # Tests and benchmarks.
  clang-format-22 gcc g++ libgtest-dev libgmock-dev libbenchmark-dev python3 python3-jinja2 git file sentencepiece
  # Code for AArch64 is run where the machine is another.
  libstdc++-12-dev-arm64-cross qemu-user
)

missing=()
for package in "${packages[@]}" "$@"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
    missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "install-packages: run as root or install sudo" >&2; exit 1; }
  as_root=(sudo)
fi
echo "install-packages: ${missing[*]}" >&2
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
