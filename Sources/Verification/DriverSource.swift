/// A program around a generated library, for where it can't be loaded into this process: on an emulated processor, or compiled for
/// sanitizers. `HEADER` and `MODEL` are given on clang's command line.
///
/// It reads a request: how many steps to run one by one (0: all by one call of `invoke`) and which stretches of memory to show after which
/// step; then the inputs. It writes the stretches in order, then the outputs.
let driverSource = #"""
    #include HEADER
    #include <math.h>
    #include <stdio.h>
    #include <stdlib.h>

    /* A stretch of floats to show after a step: of the workspace, or of an output. */
    typedef struct { uint64_t step, is_output, output, first, count; } stretch;

    static void *require(void *pointer, const char *what) {
      if (pointer) return pointer;
      fprintf(stderr, "driver: %s\n", what);
      exit(2);
    }

    /* Of exactly that size, so that sanitizers see the first byte beyond it. */
    static void *memory(size_t bytes) {
      void *result = NULL;
      return require(posix_memalign(&result, 64, bytes) ? NULL : result, "out of memory");
    }

    static void take(FILE *file, void *to, size_t bytes) {
      if (fread(to, 1, bytes, file) != bytes) require(NULL, "the request is too short");
    }

    static void show(FILE *file, const void *from, size_t bytes) {
      if (fwrite(from, 1, bytes, file) != bytes) require(NULL, "cannot write the result");
    }

    static void check(int status) {
      if (!status) return;
      printf("the model returned %d\n", status);
      exit(2);
    }

    int main(int argc, char **argv) {
      if (argc != 3) return 64;
      FILE *request = require(fopen(argv[1], "rb"), "cannot read the request");
      FILE *result = require(fopen(argv[2], "wb"), "cannot write the result");
      const netc_info *model = MODEL();
      uint64_t steps, count;
      take(request, &steps, sizeof steps);
      take(request, &count, sizeof count);
      stretch *stretches = memory(count * sizeof *stretches + 1);
      take(request, stretches, count * sizeof *stretches);
      const void **in = memory(model->input_count * sizeof *in);
      for (uint32_t i = 0; i < model->input_count; i++) {
        void *values = memory(model->inputs[i].bytes);
        take(request, values, model->inputs[i].bytes);
        in[i] = values;
      }
      void **out = memory(model->output_count * sizeof *out);
      for (uint32_t i = 0; i < model->output_count; i++) out[i] = memory(model->outputs[i].bytes);
      float *workspace = memory(model->workspace_bytes + 1);
      for (size_t i = 0; i < model->workspace_bytes / sizeof *workspace; i++) workspace[i] = NAN;

      if (!steps) check(model->invoke(in, out, workspace));
      for (uint64_t step = 0, next = 0; step < steps; step++) {
        check(model->invoke_steps(in, out, workspace, (uint32_t)step, 1));
        for (; next < count && stretches[next].step == step; next++) {
          const float *base = stretches[next].is_output ? out[stretches[next].output] : workspace;
          show(result, base + stretches[next].first, stretches[next].count * sizeof *base);
        }
      }
      for (uint32_t i = 0; i < model->output_count; i++) show(result, out[i], model->outputs[i].bytes);
      return fclose(result) ? 2 : 0;
    }
    """#
