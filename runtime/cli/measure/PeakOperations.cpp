#include "runtime/cli/measure/PeakOperations.h"

#include "runtime/device/cpu/CpuFeatures.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace weft::cli {

namespace {

/// Does `rounds` rounds and returns something of what it computed.
struct Loop {
  int64_t (*run)(int64_t rounds);
  /// Operations of a round.
  double operations;
};

/// As many independent sums as hide the latency of one (4 to 5 cycles, two a cycle), and
/// fit into 16 registers with the operands.
constexpr int sums = 12;

// An empty statement keeps the compiler from computing the result itself.
#if defined(__x86_64__)
#define WEFT_KEEP(value) asm volatile("" : "+v"(value))
#elif defined(__aarch64__)
#define WEFT_KEEP(value) asm volatile("" : "+w"(value))
#else
#define WEFT_KEEP(value) asm volatile("" : "+m"(value))
#endif
#define WEFT_PEAK_LOOP(Vector, ZERO, STEP)                                                         \
  Vector sum[sums];                                                                                \
  for (Vector &each : sum)                                                                         \
    each = ZERO;                                                                                   \
  for (int64_t round = 0; round < rounds; ++round)                                                 \
    for (Vector &each : sum) {                                                                     \
      STEP;                                                                                        \
      WEFT_KEEP(each);                                                                             \
    }

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512vnni"))) int64_t int8Avx512(int64_t rounds) {
  const __m512i factor = _mm512_set1_epi8(1);
  WEFT_PEAK_LOOP(__m512i, _mm512_setzero_si512(), each = _mm512_dpbusd_epi32(each, factor, factor))
  return _mm512_reduce_add_epi32(sum[0]);
}
__attribute__((target("avx512f"))) int64_t f32Avx512(int64_t rounds) {
  const __m512 factor = _mm512_set1_ps(0.5f);
  WEFT_PEAK_LOOP(__m512, factor, each = _mm512_fmadd_ps(each, factor, factor))
  return int64_t(_mm512_reduce_add_ps(sum[0]));
}
__attribute__((target("avx2"))) int64_t int8Avx2(int64_t rounds) {
  const __m256i factor = _mm256_set1_epi8(1), ones = _mm256_set1_epi16(1);
  WEFT_PEAK_LOOP(
      __m256i, _mm256_setzero_si256(),
      each = _mm256_add_epi32(each, _mm256_madd_epi16(_mm256_maddubs_epi16(each, factor), ones)))
  return _mm256_extract_epi32(sum[0], 0);
}
__attribute__((target("avx2,fma"))) int64_t f32Avx2(int64_t rounds) {
  const __m256 factor = _mm256_set1_ps(0.5f);
  WEFT_PEAK_LOOP(__m256, factor, each = _mm256_fmadd_ps(each, factor, factor))
  return int64_t(_mm256_cvtss_f32(sum[0]));
}
#elif defined(__aarch64__)
__attribute__((target("dotprod"))) int64_t int8Dot(int64_t rounds) {
  const int8x16_t factor = vdupq_n_s8(1);
  WEFT_PEAK_LOOP(int32x4_t, vdupq_n_s32(0), each = vdotq_s32(each, factor, factor))
  return vaddvq_s32(sum[0]);
}
int64_t f32Neon(int64_t rounds) {
  const float32x4_t factor = vdupq_n_f32(0.5f);
  WEFT_PEAK_LOOP(float32x4_t, factor, each = vfmaq_f32(factor, each, factor))
  return int64_t(vaddvq_f32(sum[0]));
}
#endif

/// What any processor of the architecture has: two operations a lane.
int64_t f32Plain(int64_t rounds) {
  using Vector = float __attribute__((vector_size(16)));
  const Vector factor = {0.5f, 0.5f, 0.5f, 0.5f};
  WEFT_PEAK_LOOP(Vector, factor, each = each * factor + factor)
  return int64_t(sum[0][0]);
}

Loop int8Loop() {
#if defined(__x86_64__)
  if (hasCpuFeature("avx512vnni"))
    return {int8Avx512, sums * 128.0};
  if (hasCpuFeature("avx2"))
    return {int8Avx2, sums * 64.0};
#elif defined(__aarch64__)
  if (hasCpuFeature("dotprod"))
    return {int8Dot, sums * 32.0};
#endif
  return {f32Plain, sums * 8.0};
}

Loop f32Loop() {
#if defined(__x86_64__)
  if (hasCpuFeature("avx512f"))
    return {f32Avx512, sums * 32.0};
  if (hasCpuFeature("avx2") && hasCpuFeature("fma"))
    return {f32Avx2, sums * 16.0};
#elif defined(__aarch64__)
  return {f32Neon, sums * 8.0};
#endif
  return {f32Plain, sums * 8.0};
}

/// The fastest of several short runs: noise only ever slows.
double peakOf(Crew &crew, const Loop &loop) {
  constexpr int64_t rounds = 500'000; // some milliseconds
  constexpr int runs = 8;
  std::atomic<int64_t> sink = 0;
  double fastest = 0;
  for (int i = 0; i < runs; ++i) {
    const double seconds = crew.run([&](unsigned) { sink += loop.run(rounds); });
    fastest = std::max(fastest, double(rounds) * loop.operations * crew.size() / seconds);
  }
  return fastest;
}

} // namespace

PeakOperations measurePeakOperations(Crew &crew) {
  return {peakOf(crew, int8Loop()), peakOf(crew, f32Loop())};
}

} // namespace weft::cli
