/* What a generated library tells about itself: the text that stands in every generated header, under the same guard. */
#include <stdint.h>
#ifndef NETC_ABI
#define NETC_ABI 1
typedef enum netc_status {
  NETC_OK = 0,
  NETC_NULL = 1,        /* a pointer is null */
  NETC_MISALIGNED = 2,  /* the workspace is not 64-byte aligned */
  NETC_BUSY = 3,        /* another call runs on this object */
  NETC_UNSUPPORTED = 4, /* this processor lacks instructions that the code was compiled for */
  NETC_RANGE = 5        /* no such step */
} netc_status;
enum { NETC_FLOAT32 = 1 };
typedef struct netc_tensor { const char *name; int32_t element, rank; int64_t shape[8]; uint64_t bytes;
  uint64_t offset; int64_t block, plane, row; int32_t first_step, last_step; } netc_tensor;
  /* In the workspace, in floats from `offset` bytes on: channel c, row h, column w is at c / block * plane + h * row + w * block + c % block.
     It holds its values after first_step and until last_step has begun. */
typedef struct netc_step { const char *layers, *kernel; uint64_t macs, bytes; } netc_step;
typedef struct netc_info { uint32_t abi, size; const char *name, *version, *target, *hash;
  uint32_t input_count, output_count, tensor_count, step_count;
  const netc_tensor *inputs, *outputs, *tensors; const netc_step *steps; uint64_t workspace_bytes;
  int (*invoke)(const void *const *in, void *const *out, void *workspace);
  int (*invoke_steps)(const void *const *in, void *const *out, void *workspace, uint32_t first, uint32_t count);
  void *(*create)(int threads); int (*run)(void *, const void *const *in, void *const *out); void (*destroy)(void *);
  const uint64_t *products; /* of each step: the multiplications by which its macs are computed */
} netc_info; /* fields are only appended; readers check abi and size */
#endif
