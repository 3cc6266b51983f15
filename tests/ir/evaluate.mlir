// What each op means, on numbers that one can check by hand.
// RUN: weft-opt %s --weft-evaluate -o /dev/null | FileCheck %s

weft.parameter @table : tensor<3x2xf32> = dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>
weft.parameter @scale : tensor<2xf32> = dense<[10.0, 100.0]> : tensor<2xf32>
weft.parameter @frequency : tensor<1xf32> = dense<[0.0]> : tensor<1xf32>
weft.state @kv : !weft.kv<heads = 1, head_dim = 2, element = f32>

// CHECK: @elementwise, call 0: tensor<1x2xf32> {{\[\[}}0.5, -6]]
// CHECK: @elementwise, call 0: tensor<1x2xf32> {{\[\[}}-0.5, 9]]
// CHECK: @elementwise, call 1: tensor<2x2xf32> {{\[\[}}2, 4], [6, 8]]
// CHECK: @elementwise, call 1: tensor<2x2xf32> {{\[\[}}1, 4], [9, 16]]
func.func @elementwise(%x: tensor<?x2xf32>, %y: tensor<?x2xf32>) -> (tensor<?x2xf32>, tensor<?x2xf32>)
    attributes {weft.inputs = [
      [dense<[[1.0, -3.0]]> : tensor<1x2xf32>, dense<[[-0.5, -3.0]]> : tensor<1x2xf32>],
      [dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>, dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>]]} {
  %0 = weft.add %x, %y : tensor<?x2xf32>, tensor<?x2xf32>
  %1 = weft.mul %x, %y : tensor<?x2xf32>, tensor<?x2xf32>
  return %0, %1 : tensor<?x2xf32>, tensor<?x2xf32>
}

// CHECK: @activations, call 0: tensor<1x2xf32> {{\[\[}}0, 20]]
// CHECK: @activations, call 0: tensor<1x2xf32> {{\[\[}}0, 20]]
func.func @activations(%x: tensor<?x2xf32>) -> (tensor<?x2xf32>, tensor<?x2xf32>)
    attributes {weft.inputs = [[dense<[[0.0, 20.0]]> : tensor<1x2xf32>]]} {
  %0 = weft.silu %x : tensor<?x2xf32>
  %1 = weft.gelu %x : tensor<?x2xf32>
  return %0, %1 : tensor<?x2xf32>, tensor<?x2xf32>
}

// CHECK: @rows, call 0: tensor<2x2xf32> {{\[\[}}50, 600], [10, 200]]
// CHECK: @rows, call 0: tensor<3x1xf32> {{\[\[}}600], [200], [400]]
func.func @rows(%ids: tensor<?xi32>, %rows: tensor<?xi32>) -> (tensor<?x2xf32>, tensor<?x1xf32>)
    attributes {weft.inputs = [[dense<[2, 0, 1]> : tensor<3xi32>, dense<[0, 1]> : tensor<2xi32>]]} {
  %table = weft.weight @table : tensor<3x2xf32>
  %scale = weft.weight @scale : tensor<2xf32>
  %x = weft.embed %ids in %table : (tensor<?xi32>, tensor<3x2xf32>) -> tensor<?x2xf32>
  %s = weft.mul %x, %scale : tensor<?x2xf32>, tensor<2xf32>
  %wanted = weft.take_rows %s at %rows : (tensor<?x2xf32>, tensor<?xi32>) -> tensor<?x2xf32>
  %last = weft.columns %s from 1 : (tensor<?x2xf32>) -> tensor<?x1xf32>
  return %wanted, %last : tensor<?x2xf32>, tensor<?x1xf32>
}

// Half of the largest is 63.5 steps: ties go to even, 64.
// CHECK: @product, call 0: tensor<1x3xf32> {{\[\[}}5, 11, 17]]
// CHECK: @product, call 0: tensor<1x2xf32> {{\[\[}}1.007874, 2]]
func.func @product(%x: tensor<?x2xf32>) -> (tensor<?x3xf32>, tensor<?x2xf32, #weft.block<bits = 8, size = 2, scale = f32, split = true>>)
    attributes {weft.inputs = [[dense<[[1.0, 2.0]]> : tensor<1x2xf32>]]} {
  %w = weft.weight @table : tensor<3x2xf32>
  %0 = weft.linear %x, %w : (tensor<?x2xf32>, tensor<3x2xf32>) -> tensor<?x3xf32>
  %1 = weft.quantize %x : tensor<?x2xf32> -> tensor<?x2xf32, #weft.block<bits = 8, size = 2, scale = f32, split = true>>
  return %0, %1 : tensor<?x3xf32>, tensor<?x2xf32, #weft.block<bits = 8, size = 2, scale = f32, split = true>>
}

// CHECK: @norm, call 0: tensor<1x2xf32> {{\[\[}}10, -100]]
// CHECK: @norm, call 0: tensor<1x2xf32> {{\[\[}}20, 0]]
func.func @norm(%x: tensor<?x2xf32>) -> (tensor<?x2xf32>, tensor<?x2xf32>)
    attributes {weft.inputs = [[dense<[[3.0, -3.0]]> : tensor<1x2xf32>]]} {
  %w = weft.weight @scale : tensor<2xf32>
  %0 = weft.rms_norm %x, %w epsilon 0.0 : tensor<?x2xf32>, tensor<2xf32>
  %1 = weft.layer_norm %x, %w, %w epsilon 0.0 : tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>
  return %0, %1 : tensor<?x2xf32>, tensor<?x2xf32>
}

// The angle is 0 everywhere.
// CHECK: @rope, call 0: tensor<2x2xf32> {{\[\[}}1, 0], [1, 0]]
// CHECK: @rope, call 0: tensor<2x2xf32> {{\[\[}}3, 4], [5, 6]]
func.func @rope(%positions: tensor<?xi32>, %x: tensor<?x2xf32>) -> (tensor<?x2xf32>, tensor<?x2xf32>)
    attributes {weft.inputs = [[dense<[0, 7]> : tensor<2xi32>, dense<[[3.0, 4.0], [5.0, 6.0]]> : tensor<2x2xf32>]]} {
  %f = weft.weight @frequency : tensor<1xf32>
  %t = weft.rope_table %positions, %f : (tensor<?xi32>, tensor<1xf32>) -> tensor<?x2xf32>
  %0 = weft.rope %x by %t heads 1 halves : tensor<?x2xf32>, tensor<?x2xf32>
  return %t, %0 : tensor<?x2xf32>, tensor<?x2xf32>
}

// A query of zeros takes the mean of the values it sees; states live from call to call.
// CHECK: @attention, call 0: tensor<2x2xf32> {{\[\[}}1, 2], [2, 4]]
// CHECK: @attention, call 1: tensor<1x2xf32> {{\[\[}}4, 8]]
func.func @attention(%zero: tensor<?x2xf32>, %values: tensor<?x2xf32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>) -> tensor<?x2xf32>
    attributes {weft.inputs = [
      [dense<0.0> : tensor<2x2xf32>, dense<[[1.0, 2.0], [3.0, 6.0]]> : tensor<2x2xf32>, dense<[0, 1]> : tensor<2xi32>, dense<0> : tensor<2xi32>],
      [dense<0.0> : tensor<1x2xf32>, dense<[[8.0, 16.0]]> : tensor<1x2xf32>, dense<[2]> : tensor<1xi32>, dense<0> : tensor<1xi32>]]} {
  %kv = weft.recall @kv : !weft.kv<heads = 1, head_dim = 2, element = f32>
  %new = weft.append %zero, %values to %kv at %positions, %sequences : tensor<?x2xf32>, tensor<?x2xf32>, !weft.kv<heads = 1, head_dim = 2, element = f32>, tensor<?xi32>, tensor<?xi32>
  %0 = weft.attend %zero in %new at %positions, %sequences heads 1 scale 1.0 : tensor<?x2xf32>, !weft.kv<heads = 1, head_dim = 2, element = f32>, tensor<?xi32>, tensor<?xi32>
  return %0 : tensor<?x2xf32>
}
