// RUN: weft-opt %s --weft-quantize-inputs | FileCheck %s

weft.parameter @a : tensor<8x40xf32, #weft.block<bits = 4, size = 32, scale = f16, bias = 8>> from [#weft.source<tensor = "a", file = "m", offset = 0, type = tensor<8x40xf32>>]
weft.parameter @b : tensor<9x40xf32, #weft.block<bits = 8, size = 32, scale = bf16>> from [#weft.source<tensor = "b", file = "m", offset = 0, type = tensor<9x40xf32>>]
weft.parameter @c : tensor<9x40xf32, #weft.block<bits = 8, size = 16, scale = f16>> from [#weft.source<tensor = "c", file = "m", offset = 0, type = tensor<9x40xf32>>]
weft.parameter @d : tensor<9x40xf16> from [#weft.source<tensor = "d", file = "m", offset = 0, type = tensor<9x40xf16>>]

// Products of one block length share the rounded input, another length has its own; a
// dense weight takes the input as it is.
// CHECK-LABEL: @forward
// CHECK-SAME: (%[[X:.*]]: tensor<?x40xf32>)
func.func @forward(%x: tensor<?x40xf32>) -> (tensor<?x8xf32>, tensor<?x9xf32>, tensor<?x9xf32>, tensor<?x9xf32>) {
  %a = weft.weight @a : tensor<8x40xf32, #weft.block<bits = 4, size = 32, scale = f16, bias = 8>>
  %b = weft.weight @b : tensor<9x40xf32, #weft.block<bits = 8, size = 32, scale = bf16>>
  %c = weft.weight @c : tensor<9x40xf32, #weft.block<bits = 8, size = 16, scale = f16>>
  %d = weft.weight @d : tensor<9x40xf16>
  // CHECK: %[[X32:.*]] = weft.quantize %[[X]] : tensor<?x40xf32> -> tensor<?x40xf32, #weft.block<bits = 8, size = 32, scale = f32, split = true>>
  // CHECK: weft.linear %[[X32]]
  %0 = weft.linear %x, %a : (tensor<?x40xf32>, tensor<8x40xf32, #weft.block<bits = 4, size = 32, scale = f16, bias = 8>>) -> tensor<?x8xf32>
  // CHECK-NOT: weft.quantize
  // CHECK: weft.linear %[[X32]]
  %1 = weft.linear %x, %b : (tensor<?x40xf32>, tensor<9x40xf32, #weft.block<bits = 8, size = 32, scale = bf16>>) -> tensor<?x9xf32>
  // CHECK: %[[X16:.*]] = weft.quantize %[[X]] : {{.*}} size = 16
  // CHECK: weft.linear %[[X16]]
  %2 = weft.linear %x, %c : (tensor<?x40xf32>, tensor<9x40xf32, #weft.block<bits = 8, size = 16, scale = f16>>) -> tensor<?x9xf32>
  // CHECK: weft.linear %[[X]],
  %3 = weft.linear %x, %d : (tensor<?x40xf32>, tensor<9x40xf16>) -> tensor<?x9xf32>
  return %0, %1, %2, %3 : tensor<?x8xf32>, tensor<?x9xf32>, tensor<?x9xf32>, tensor<?x9xf32>
}

// What is rounded already stays.
// CHECK-LABEL: @again
// CHECK-NOT: weft.quantize
func.func @again(%x: tensor<?x40xf32, #weft.block<bits = 8, size = 32, scale = f32, split = true>>) -> tensor<?x8xf32> {
  %a = weft.weight @a : tensor<8x40xf32, #weft.block<bits = 4, size = 32, scale = f16, bias = 8>>
  %0 = weft.linear %x, %a : (tensor<?x40xf32, #weft.block<bits = 8, size = 32, scale = f32, split = true>>, tensor<8x40xf32, #weft.block<bits = 4, size = 32, scale = f16, bias = 8>>) -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}
