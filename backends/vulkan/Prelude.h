// What the text of every shader begins with.
#pragma once

namespace weft::vulkan {

/// GLSL: extensions, bindings, reductions over a workgroup, and functions of f32 whose accuracy
/// Vulkan does not promise for its own (exponentials, sines). What a module has is defined
/// before: TEXEL_STREAMS or TEXEL_IMAGES, SUBGROUPS, INTEGER_DOT, STORAGE_16.
extern const char *const prelude;

} // namespace weft::vulkan
