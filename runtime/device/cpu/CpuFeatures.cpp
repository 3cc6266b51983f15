#include "runtime/device/cpu/CpuFeatures.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fmt/format.h>
#include <fstream>

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

namespace weft {

#if defined(__x86_64__)

std::string_view cpuArchitecture() { return "x86_64"; }

namespace {

enum Register { Eax, Ebx, Ecx, Edx };
/// Registers that the operating system must save for an extension to be usable.
enum class Needs { Nothing, Ymm, Zmm };

struct Bit {
  std::string_view name;
  Register place;
  unsigned bit;
  Needs needs = Needs::Nothing;
};

struct Leaf {
  uint32_t leaf;
  uint32_t subleaf;
  std::vector<Bit> bits;
};

} // namespace

/// Intel's Software Developer's Manual, volume 2A, CPUID; AMD's Architecture Programmer's
/// Manual, volume 3, appendix E.
static std::vector<Leaf> leaves() {
  constexpr auto ymm = Needs::Ymm, zmm = Needs::Zmm;
  // clang-format off
  return {
      {1, 0, {{"x87", Edx, 0},      {"cx8", Edx, 8},     {"cmov", Edx, 15},  {"mmx", Edx, 23},
              {"fxsr", Edx, 24},    {"sse", Edx, 25},    {"sse2", Edx, 26},  {"sse3", Ecx, 0},
              {"pclmul", Ecx, 1},   {"ssse3", Ecx, 9},   {"cx16", Ecx, 13},  {"sse4.1", Ecx, 19},
              {"sse4.2", Ecx, 20},  {"crc32", Ecx, 20},  {"movbe", Ecx, 22}, {"popcnt", Ecx, 23},
              {"aes", Ecx, 25},     {"xsave", Ecx, 27},  {"rdrnd", Ecx, 30}, {"fma", Ecx, 12, ymm},
              {"avx", Ecx, 28, ymm}, {"f16c", Ecx, 29, ymm}}},
      {7, 0, {{"fsgsbase", Ebx, 0},
              {"bmi", Ebx, 3},
              {"avx2", Ebx, 5, ymm},
              {"bmi2", Ebx, 8},
              {"invpcid", Ebx, 10},
              {"rtm", Ebx, 11},
              {"avx512f", Ebx, 16, zmm},
              {"avx512dq", Ebx, 17, zmm},
              {"rdseed", Ebx, 18},
              {"adx", Ebx, 19},
              {"avx512ifma", Ebx, 21, zmm},
              {"clflushopt", Ebx, 23},
              {"clwb", Ebx, 24},
              {"avx512cd", Ebx, 28, zmm},
              {"sha", Ebx, 29},
              {"avx512bw", Ebx, 30, zmm},
              {"avx512vl", Ebx, 31, zmm},
              {"avx512vbmi", Ecx, 1, zmm},
              {"waitpkg", Ecx, 5},
              {"avx512vbmi2", Ecx, 6, zmm},
              {"shstk", Ecx, 7},
              {"gfni", Ecx, 8},
              {"vaes", Ecx, 9, ymm},
              {"vpclmulqdq", Ecx, 10, ymm},
              {"avx512vnni", Ecx, 11, zmm},
              {"avx512bitalg", Ecx, 12, zmm},
              {"avx512vpopcntdq", Ecx, 14, zmm},
              {"rdpid", Ecx, 22},
              {"cldemote", Ecx, 25},
              {"movdiri", Ecx, 27},
              {"movdir64b", Ecx, 28},
              {"avx512vp2intersect", Edx, 8, zmm},
              {"serialize", Edx, 14},
              {"avx512fp16", Edx, 23, zmm}}},
      {7, 1, {{"sha512", Eax, 0, ymm},
              {"sm3", Eax, 1, ymm},
              {"sm4", Eax, 2, ymm},
              {"avxvnni", Eax, 4, ymm},
              {"avx512bf16", Eax, 5, zmm},
              {"avxifma", Eax, 23, ymm},
              {"avxvnniint8", Edx, 4, ymm},
              {"avxneconvert", Edx, 5, ymm},
              {"avxvnniint16", Edx, 10, ymm}}},
      {0xd, 1, {{"xsaveopt", Eax, 0}, {"xsavec", Eax, 1}, {"xsaves", Eax, 3}}},
      {0x80000001, 0, {{"sahf", Ecx, 0},
                       {"lzcnt", Ecx, 5},
                       {"sse4a", Ecx, 6},
                       {"prfchw", Ecx, 8},
                       {"xop", Ecx, 11, ymm},
                       {"fma4", Ecx, 16, ymm},
                       {"tbm", Ecx, 21},
                       {"mwaitx", Ecx, 29},
                       {"64bit", Edx, 29}}},
      {0x80000008, 0, {{"clzero", Ebx, 0}, {"rdpru", Ebx, 4}, {"wbnoinvd", Ebx, 9}}},
  };
  // clang-format on
}

/// The register sets that the operating system saves (XCR0), or 0.
static uint64_t savedRegisters() {
  unsigned a, b, c, d;
  constexpr unsigned osxsave = 1u << 27;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & osxsave))
    return 0;
  uint32_t low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return uint64_t(high) << 32 | low;
}

static std::vector<std::string_view> detect() {
  constexpr uint64_t ymmState = 0x6, zmmState = 0xe6;
  uint64_t saved = savedRegisters();
  auto isSaved = [&](Needs needs) {
    uint64_t state = needs == Needs::Zmm ? zmmState : needs == Needs::Ymm ? ymmState : 0;
    return (saved & state) == state;
  };
  std::vector<std::string_view> found;
  for (const Leaf &leaf : leaves()) {
    unsigned registers[4] = {};
    if (!__get_cpuid_count(leaf.leaf, leaf.subleaf, &registers[Eax], &registers[Ebx],
                           &registers[Ecx], &registers[Edx]))
      continue;
    for (const Bit &bit : leaf.bits)
      if (registers[bit.place] >> bit.bit & 1 && isSaved(bit.needs))
        found.push_back(bit.name);
  }
  return found;
}

/// Intel's Software Developer's Manual, volume 2A, CPUID, leaves 0 and 1; AMD's are alike.
static std::string modelOfCpu() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid(0, &a, &b, &c, &d))
    return "unknown";
  std::string maker(12, '\0');
  std::memcpy(maker.data(), &b, 4);
  std::memcpy(maker.data() + 4, &d, 4);
  std::memcpy(maker.data() + 8, &c, 4);
  std::replace_if(maker.begin(), maker.end(), [](char x) { return x <= ' ' || x > '~'; }, '_');
  __get_cpuid(1, &a, &b, &c, &d);
  unsigned family = a >> 8 & 15, model = a >> 4 & 15, stepping = a & 15;
  if (family == 6 || family == 15)
    model |= a >> 12 & 0xf0;
  if (family == 15)
    family += a >> 20 & 255;
  return fmt::format("{} {}-{}-{}", maker, family, model, stepping);
}

#elif defined(__aarch64__)

std::string_view cpuArchitecture() { return "aarch64"; }

static std::string modelOfCpu() {
  std::ifstream file("/sys/devices/system/cpu/cpu0/regs/identification/midr_el1");
  std::string model;
  return file >> model ? model.substr(0, 32) : "unknown";
}

/// Linux, Documentation/arch/arm64/elf_hwcaps.rst; the bits are asm/hwcap.h's, by number
/// because older headers lack the newer ones.
static std::vector<std::string_view> detect() {
  struct Bit {
    std::string_view name;
    unsigned long auxiliary;
    unsigned bit;
  };
  // clang-format off
  static constexpr Bit bits[] = {
      {"fp-armv8", AT_HWCAP, 0}, {"neon", AT_HWCAP, 1},     {"aes", AT_HWCAP, 3},
      {"sha2", AT_HWCAP, 6},     {"crc", AT_HWCAP, 7},      {"lse", AT_HWCAP, 8},
      {"fullfp16", AT_HWCAP, 10}, {"rdm", AT_HWCAP, 12},    {"jsconv", AT_HWCAP, 13},
      {"complxnum", AT_HWCAP, 14}, {"rcpc", AT_HWCAP, 15},  {"sha3", AT_HWCAP, 17},
      {"sm4", AT_HWCAP, 19},     {"dotprod", AT_HWCAP, 20}, {"sve", AT_HWCAP, 22},
      {"fp16fml", AT_HWCAP, 23}, {"sve2", AT_HWCAP2, 1},    {"i8mm", AT_HWCAP2, 13},
      {"bf16", AT_HWCAP2, 14},   {"sme", AT_HWCAP2, 23},
  };
  // clang-format on
  std::vector<std::string_view> found;
  for (const Bit &bit : bits)
    if (getauxval(bit.auxiliary) >> bit.bit & 1)
      found.push_back(bit.name);
  return found;
}

#else
#error "the CPU device knows x86-64 and AArch64"
#endif

const std::vector<std::string_view> &cpuFeatures() {
  static const std::vector<std::string_view> features = [] {
    auto found = detect();
    std::sort(found.begin(), found.end());
    return found;
  }();
  return features;
}

std::string cpuIdentity() {
  // FNV-1a, 32 bits.
  uint32_t hash = 0x811c9dc5;
  for (std::string_view feature : cpuFeatures())
    for (char letter : std::string(feature) + ' ')
      hash = (hash ^ uint8_t(letter)) * 0x01000193;
  return fmt::format("{} {:08x}", modelOfCpu(), hash);
}

bool hasCpuFeature(std::string_view name) {
  return std::binary_search(cpuFeatures().begin(), cpuFeatures().end(), name);
}

} // namespace weft
