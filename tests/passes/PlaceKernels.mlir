// RUN: weft-opt %s --weft-place-kernels | FileCheck %s
// RUN: weft-opt %s --weft-place-kernels='devices=vulkan,cpu' | FileCheck %s --check-prefix=VULKAN

// That no device takes a kernel is tested in PassesPreserveMeaningTest.cpp.
func.func @forward(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %0 = weft.dispatch @silu(%x) : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}
// CHECK: @silu{{.*}} attributes {weft.device = "cpu", weft.kernel}
// VULKAN: @silu{{.*}} attributes {weft.device = "vulkan", weft.kernel}
func.func private @silu(%x: tensor<?x8xf32>) -> tensor<?x8xf32> attributes {weft.kernel} {
  %0 = weft.silu %x : tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}
// Only kernels are placed.
// CHECK: @other(%{{.*}}: tensor<?x8xf32>) -> tensor<?x8xf32> {
func.func private @other(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  return %x : tensor<?x8xf32>
}
