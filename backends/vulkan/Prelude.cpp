#include "backends/vulkan/Prelude.h"

namespace weft::vulkan {

const char *const prelude = R"(
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require
#ifdef SUBGROUPS
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#endif
#ifdef STORAGE_16
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_shader_explicit_arithmetic_types_int16 : require
#endif
#ifdef INTEGER_DOT
#extension GL_EXT_spirv_intrinsics : require
// OpSDotKHR of two words of four signed bytes (format 0).
spirv_instruction(extensions = ["SPV_KHR_integer_dot_product"], capabilities = [6019, 6018],
                  id = 4450)
int packedDot(uint a, uint b, spirv_literal int format);
#endif

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint slices = 1;
#define lane gl_LocalInvocationID.x
#define lanes gl_WorkGroupSize.x

layout(buffer_reference, std430, buffer_reference_align = 4) buffer Words { uint w[]; };
layout(buffer_reference, std430, buffer_reference_align = 16) buffer Quads { uvec4 q[]; };
#define WORD(binding, i) Words(at[binding]).w[i]
#define QUAD(binding, i) Quads(at[binding]).q[i]
#ifdef STORAGE_16
layout(buffer_reference, std430, buffer_reference_align = 2) buffer Halves { uint16_t h[]; };
#define STORE_HALF(binding, i, value) Halves(at[binding]).h[i] = uint16_t(value)
#else
// The other half of the word may be written by another invocation at the same time.
#define STORE_HALF(binding, i, value) \
  atomicAnd(Words(at[binding]).w[(i) >> 1], 0xffff0000u >> (((i) & 1u) << 4)), \
  atomicOr(Words(at[binding]).w[(i) >> 1], (value) << (((i) & 1u) << 4))
#endif
#define STORE_BYTE(binding, i, value) { \
  atomicAnd(Words(at[binding]).w[(i) >> 2], ~(255u << (((i) & 3u) << 3))); \
  atomicOr(Words(at[binding]).w[(i) >> 2], (value) << (((i) & 3u) << 3)); }
layout(set = 0, binding = 0) uniform Sizes { uint tokens; uint rows; uint context; uint sequences; };

uint workgroup() { return gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x; }

// Over all invocations of a workgroup.
#ifdef SUBGROUPS
float total(float x) {
  for (uint i = 1u; i < lanes; i *= 2u)
    x += subgroupShuffleXor(x, i);
  return x;
}
#else
shared float partial[128];
float total(float x) {
  partial[lane] = x;
  barrier();
  for (uint n = lanes / 2; n > 0; n /= 2) {
    if (lane < n)
      partial[lane] += partial[lane + n];
    barrier();
  }
  float sum = partial[0];
  barrier();
  return sum;
}
#endif

// e^x to within 2 units in the last place, by 2^n e^r with |r| <= ln 2 / 2.
float exponential(float x) {
  x = clamp(x, -103.0, 88.72);
  float n = roundEven(x * 1.44269504);
  precise float r = (x - n * 0.693145752) - n * 1.42860677e-6;
  float p = 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  // In two steps, for the ends of the range.
  int half_n = int(n) >> 1;
  return p * intBitsToFloat((half_n + 127) << 23) * intBitsToFloat((int(n) - half_n + 127) << 23);
}
vec4 exponential(vec4 x) {
  return vec4(exponential(x.x), exponential(x.y), exponential(x.z), exponential(x.w));
}
float silu(float x) { return x / (1.0 + exponential(-x)); }
vec4 silu(vec4 x) { return x / (1.0 + exponential(-x)); }
// 0.5 x (1 + tanh(u)) = x / (1 + e^(-2u)), u = sqrt(2 / pi) (x + 0.044715 x^3).
float gelu(float x) { return x / (1.0 + exponential(-1.59576912 * (x + 0.044715 * x * x * x))); }
vec4 gelu(vec4 x) { return x / (1.0 + exponential(-1.59576912 * (x + 0.044715 * x * x * x))); }
float sumOf(float x) { return x; }
float sumOf(vec4 x) { return (x.x + x.y) + (x.z + x.w); }

// a * b as an unevaluated sum (Dekker 1971).
vec2 exactProduct(float a, float b) {
  precise float p = a * b, c = 4097.0 * a, d = 4097.0 * b;
  precise float ah = c - (c - a), bh = d - (d - b), al = a - ah, bl = b - bh;
  precise float e = ((ah * bh - p) + ah * bl + al * bh) + al * bl;
  return vec2(p, e);
}
// Cosine and sine of position * frequency, positions below 2^20. The product is reduced to
// [-pi/4, pi/4] with twice the digits of an f32.
vec2 cosineAndSine(float position, float frequency) {
  vec2 angle = exactProduct(position, frequency);
  float n = roundEven(angle.x * 0.636619772);
  vec2 quarter = exactProduct(n, 1.57079637); // pi/2 is this - 4.37113883e-8 - 1.71512e-15
  precise float high = angle.x - quarter.x;
  precise float low = (angle.y - quarter.y) + (n * 4.37113883e-8 + n * 1.71512449e-15);
  precise float x = high + low;
  float rest = (high - x) + low, y = x * x;
  float sine = x + x * y * (-1.66666667e-1 + y * (8.33333333e-3 + y * (-1.98412698e-4 + y * 2.75573192e-6)));
  float cosine = 1.0 + y * (-0.5 + y * (4.16666667e-2 + y * (-1.38888889e-3 + y * 2.48015873e-5)));
  vec2 result = vec2(cosine - rest * sine, sine + rest * cosine);
  int turns = int(n) & 3;
  result = (turns & 1) != 0 ? vec2(-result.y, result.x) : result;
  return turns >= 2 ? -result : result;
}

uint roundToBF16(float x) {
  uint bits = floatBitsToUint(x);
  return (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
}
// Bytes of a word as signed numbers.
int signedByte(uint word, int number) { return bitfieldExtract(int(word), 8 * number, 8); }
// Four floats of 8 bits (sign, 4 bits of exponent with a bias of 11, 3 of mantissa).
vec4 floatsOf8(uint word) {
  uint even = word & 0x00ff00ffu, odd = (word >> 8) & 0x00ff00ffu;
  vec2 a = unpackHalf2x16(((even & 0x007f007fu) << 7) | ((even & 0x00800080u) << 8));
  vec2 b = unpackHalf2x16(((odd & 0x007f007fu) << 7) | ((odd & 0x00800080u) << 8));
  return vec4(a.x, b.x, a.y, b.y) * 16.0;
}
)";

} // namespace weft::vulkan
