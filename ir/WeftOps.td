// All ops of the dialect, by family.

#ifndef WEFT_OPS_TD
#define WEFT_OPS_TD

include "ir/ops/Structure.td"
include "ir/ops/Rows.td"
include "ir/ops/Elementwise.td"
include "ir/ops/Norm.td"
include "ir/ops/Product.td"
include "ir/ops/Attention.td"

#endif // WEFT_OPS_TD
