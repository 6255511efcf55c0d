/* Classifies with any library that netc built, found at run time: the network is exchanged without compiling the program again.
   `netc_model` describes inputs, outputs and steps, so nothing here knows the network.

   From this folder:
       netc build ../nets/mnist_separable.net
       cc -O2 -Igenerated loaded.c -o loaded -ldl
       ./loaded generated/libmnist_separable.so [digit.pgm]
*/
#include "mnist_separable.h" /* any generated header will do: for netc_info */
#include "picture.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: %s LIBRARY.so [PICTURE.pgm]\n", argv[0]);
        return 2;
    }
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    const netc_info *(*describe)(void);
    *(void **)&describe = dlsym(library, "netc_model"); /* POSIX' way around C's ban on this cast */
    const netc_info *info = describe ? describe() : NULL;
    if (!info || info->abi != NETC_ABI || info->size < sizeof(netc_info)) {
        fprintf(stderr, "%s: not a library that netc built, or for another version\n", argv[1]);
        return 1;
    }
    const netc_tensor *input = &info->inputs[0], *output = &info->outputs[0];
    printf("%s %s, made for %s\n", info->name, info->version, info->target);
    if (info->input_count != 1 || input->rank != 4 || input->shape[3] != 1) {
        fprintf(stderr, "%s: takes something else than one grey picture\n", argv[1]);
        return 1;
    }

    float *x = malloc(input->bytes), *y = malloc(output->bytes);
    if (!x || !y || !read_picture(argc > 2 ? argv[2] : NULL, (int)input->shape[1], (int)input->shape[2], x)) return 1;
    /* The embedded form: this program gives the workspace and the thread. */
    void *workspace = aligned_alloc(64, (info->workspace_bytes + 63) / 64 * 64);
    const void *in[] = {x};
    void *out[] = {y};
    int status = workspace ? info->invoke(in, out, workspace) : NETC_NULL;
    if (status == NETC_OK) {
        size_t best = 0;
        for (size_t i = 1; i < output->bytes / sizeof(float); i++)
            if (y[i] > y[best]) best = i;
        printf("class %zu (%.4f)\n", best, y[best]);
    }
    free(workspace);
    free(x);
    free(y);
    dlclose(library);
    return status != NETC_OK;
}
