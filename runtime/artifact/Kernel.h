/* The calling convention of compiled code, shared by compiler, runtime and every CPU backend. */
#ifndef WEFT_RUNTIME_ARTIFACT_KERNEL_H
#define WEFT_RUNTIME_ARTIFACT_KERNEL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Indices into WeftDispatch.sizes. */
enum WeftSize {
  WEFT_TOKENS = 0,    /* tokens of this call (n) */
  WEFT_ROWS = 1,      /* logit rows of this call (m) */
  WEFT_CONTEXT = 2,   /* positions that the states have room for, for each sequence */
  WEFT_SEQUENCES = 3, /* sequences that the states have room for */
  WEFT_SIZE_COUNT = 4
};

/* One call of a kernel by one thread, for the workgroups begin <= i < end. The threads that share a
 * dispatch get disjoint ranges that together cover the grid, and write disjoint bytes. */
typedef struct WeftDispatch {
  void *const *bindings; /* base addresses, 64-byte aligned, in the order of the step's bindings */
  const int64_t *sizes;  /* WEFT_SIZE_COUNT values, indexed by WeftSize */
  int64_t begin;
  int64_t end;
} WeftDispatch;

/* A kernel keeps no state, calls nothing and allocates nothing beyond its stack frame,
 * which is below WEFT_KERNEL_STACK bytes. */
typedef void (*WeftKernel)(const WeftDispatch *);
enum { WEFT_KERNEL_STACK = 1 << 20 };
/* sizes[WEFT_CONTEXT] is a multiple of this, the positions of one page of the KV cache. */
enum { WEFT_CONTEXT_MULTIPLE = 64 };

/* How a dispatch's workgroups are divided among threads: `shared` of every WEFT_SHARE_WHOLE are
 * taken by whichever thread is free first, the others are assigned to threads in advance.
 * WEFT_SHARE_DEFAULT is the usual value of `shared`. */
enum { WEFT_SHARE_WHOLE = 16, WEFT_SHARE_DEFAULT = 4 };

#ifdef __cplusplus
}
#endif
#endif
