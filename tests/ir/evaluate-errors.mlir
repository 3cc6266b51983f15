// RUN: weft-opt %s --weft-evaluate -split-input-file -verify-diagnostics

// expected-error @+1 {{expected 'weft.inputs' to be a list of calls}}
func.func @no_list(%x: tensor<?x2xf32>) attributes {weft.inputs = 7} {
  return
}

// -----

// expected-error @+1 {{expected inputs of 'dense<...>' vectors of i32 or tensors of f32}}
func.func @no_tensor(%x: tensor<?x2xf32>) attributes {weft.inputs = [["x"]]} {
  return
}

// -----

// expected-error @+1 {{function 'other_shape': expected input 0 of type tensor<?x2xf32>, found an f32 tensor of 1x3}}
func.func @other_shape(%x: tensor<?x2xf32>) attributes {weft.inputs = [[dense<0.0> : tensor<1x3xf32>]]} {
  return
}
