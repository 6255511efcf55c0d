/* Classifies a picture with a network that is linked into the program, through its own header: the fastest way, and the compiler checks every call.

   From this folder:
       netc build ../nets/mnist_separable.net
       cc -O2 -Igenerated linked.c -o linked -Lgenerated -lmnist_separable -Wl,-rpath,'$ORIGIN/generated'
       ./linked [digit.pgm]
*/
#include "mnist_separable.h"
#include "picture.h"
#include <stdio.h>

static float image[MNIST_SEPARABLE_IMAGE_LENGTH];
static float probs[MNIST_SEPARABLE_PROBS_LENGTH];

int main(int argc, char **argv) {
    if (!read_picture(argc > 1 ? argv[1] : NULL, 28, 28, image)) {
        fprintf(stderr, "not a 28 by 28 PGM picture: %s\n", argv[1]);
        return 1;
    }
    mnist_separable *model = mnist_separable_create(0); /* 0: a thread for every core */
    if (!model) {
        perror("mnist_separable_create");
        return 1;
    }
    int status = mnist_separable_run(model, image, probs);
    mnist_separable_destroy(model);
    if (status != NETC_OK) {
        fprintf(stderr, "mnist_separable_run: error %d\n", status);
        return 1;
    }
    int best = 0;
    for (int i = 1; i < MNIST_SEPARABLE_PROBS_LENGTH; i++)
        if (probs[i] > probs[best]) best = i;
    printf("class %d (%.4f)\n", best, probs[best]);
    return 0;
}
