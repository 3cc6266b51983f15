// RUN: weft-opt %s --canonicalize | FileCheck %s

// All columns of a value are the value.
// CHECK-LABEL: func.func @all_columns
// CHECK-SAME: (%[[X:.*]]: tensor<?x8xf32>)
// CHECK-NEXT: return %[[X]]
func.func @all_columns(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %0 = weft.columns %x from 0 : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}

// CHECK-LABEL: func.func @all_columns_of_all_columns
// CHECK-SAME: (%[[X:.*]]: tensor<3x8xf32>)
// CHECK-NEXT: return %[[X]]
func.func @all_columns_of_all_columns(%x: tensor<3x8xf32>) -> tensor<3x8xf32> {
  %0 = weft.columns %x from 0 : (tensor<3x8xf32>) -> tensor<3x8xf32>
  %1 = weft.columns %0 from 0 : (tensor<3x8xf32>) -> tensor<3x8xf32>
  return %1 : tensor<3x8xf32>
}

// Some of them are not.
// CHECK-LABEL: func.func @some_columns
// CHECK: %[[Y:.*]] = weft.columns %{{.*}} from 0
// CHECK-NEXT: return %[[Y]]
func.func @some_columns(%x: tensor<?x8xf32>) -> tensor<?x7xf32> {
  %0 = weft.columns %x from 0 : (tensor<?x8xf32>) -> tensor<?x7xf32>
  return %0 : tensor<?x7xf32>
}

// What nobody reads is gone, states included: they are values.
// CHECK-LABEL: func.func @unread
// CHECK-NEXT: return
weft.state @kv : !weft.kv<heads = 1, head_dim = 4, element = f32>
func.func @unread(%k: tensor<?x4xf32>, %p: tensor<?xi32>, %s: tensor<?xi32>) {
  %kv = weft.recall @kv : !weft.kv<heads = 1, head_dim = 4, element = f32>
  %new = weft.append %k, %k to %kv at %p, %s : tensor<?x4xf32>, tensor<?x4xf32>, !weft.kv<heads = 1, head_dim = 4, element = f32>, tensor<?xi32>, tensor<?xi32>
  %0 = weft.attend %k in %new at %p, %s heads 1 scale 0.5 : tensor<?x4xf32>, !weft.kv<heads = 1, head_dim = 4, element = f32>, tensor<?xi32>, tensor<?xi32>
  return
}
