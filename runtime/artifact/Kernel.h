/* How compiled code is called: shared by compiler, runtime and every backend on a CPU. */
#ifndef WEFT_RUNTIME_ARTIFACT_KERNEL_H
#define WEFT_RUNTIME_ARTIFACT_KERNEL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Indices into WeftDispatch.sizes. */
enum WeftSize {
  WEFT_TOKENS = 0,    /* tokens of this call (n) */
  WEFT_ROWS = 1,      /* rows of logits of this call (m) */
  WEFT_CONTEXT = 2,   /* positions that each sequence's state has room for */
  WEFT_SEQUENCES = 3, /* sequences that the states have room for */
  WEFT_SIZE_COUNT = 4
};

/* One call of a kernel by one thread: the workgroups begin <= i < end. The threads of a
 * dispatch get disjoint ranges that cover the grid and write disjoint bytes. */
typedef struct WeftDispatch {
  void *const *bindings; /* base pointers, 64-byte aligned, in the order of the step */
  const int64_t *sizes;  /* WEFT_SIZE_COUNT of them */
  int64_t begin;
  int64_t end;
} WeftDispatch;

/* A kernel keeps no state, calls nothing and allocates nothing beyond its stack frame,
 * which is below WEFT_KERNEL_STACK bytes. */
typedef void (*WeftKernel)(const WeftDispatch *);
enum { WEFT_KERNEL_STACK = 1 << 20 };
/* sizes[WEFT_CONTEXT] is a multiple of this: kernels take positions in groups. */
enum { WEFT_CONTEXT_MULTIPLE = 64 };

/* Of the workgroups of a dispatch, so many of WEFT_SHARE_WHOLE go to whoever is ready first;
 * every thread has its fixed part of the others. */
enum { WEFT_SHARE_WHOLE = 16, WEFT_SHARE_DEFAULT = 4 };

#ifdef __cplusplus
}
#endif
#endif
