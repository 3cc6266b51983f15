// A rewrite is checked from a file: the numbers before and after are the same.
// RUN: weft-opt %s --weft-evaluate -o /dev/null | FileCheck %s
// RUN: weft-opt %s --weft-merge-products --weft-form-kernels --weft-evaluate -o /dev/null | FileCheck %s
// RUN: weft-opt %s --weft-compile --weft-evaluate -o /dev/null | FileCheck %s

weft.parameter @table : tensor<3x2xf32> = dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>
weft.parameter @gate : tensor<3x2xf32> = dense<[[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]> : tensor<3x2xf32>
// CHECK: @entry, call 0: tensor<2x3xf32> {{\[\[}}85, 234, 671], [5, 22, 51]]
func.func @entry(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) -> tensor<?x3xf32>
    attributes {weft.inputs = [[dense<[2, 0]> : tensor<2xi32>, dense<[0, 1]> : tensor<2xi32>, dense<0> : tensor<2xi32>, dense<[0, 1]> : tensor<2xi32>]]} {
  %table = weft.weight @table : tensor<3x2xf32>
  %gate = weft.weight @gate : tensor<3x2xf32>
  %x = weft.embed %tokens in %table : (tensor<?xi32>, tensor<3x2xf32>) -> tensor<?x2xf32>
  %a = weft.linear %x, %table : (tensor<?x2xf32>, tensor<3x2xf32>) -> tensor<?x3xf32>
  %g = weft.linear %x, %gate : (tensor<?x2xf32>, tensor<3x2xf32>) -> tensor<?x3xf32>
  %m = weft.mul %a, %g : tensor<?x3xf32>, tensor<?x3xf32>
  %r = weft.take_rows %m at %rows : (tensor<?x3xf32>, tensor<?xi32>) -> tensor<?x3xf32>
  return %r : tensor<?x3xf32>
}
