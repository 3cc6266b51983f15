// The common beginning of every shader's text.
#pragma once

namespace weft::vulkan {

/// GLSL: extensions, bindings, reductions over a workgroup, and f32 functions (exponentials, sines)
/// for which Vulkan guarantees too little accuracy. The features of a module are macros defined
/// before it: TEXEL_STREAMS or TEXEL_IMAGES, SUBGROUPS, INTEGER_DOT, STORAGE_16.
extern const char *const prelude;

} // namespace weft::vulkan
