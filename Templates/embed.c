/* The C kernels, embedded: one row a file of C/. A test compares this table with the folder. */
#pragma clang diagnostic ignored "-Wc23-extensions"
#include "templates.h"

static const char activation_c[] = {
#embed "C/activation.c" suffix(, 0)
};
static const char constant_c[] = {
#embed "C/constant.c" suffix(, 0)
};
static const char copy_c[] = {
#embed "C/copy.c" suffix(, 0)
};
static const char dense_c[] = {
#embed "C/dense.c" suffix(, 0)
};
static const char elementary_c[] = {
#embed "C/elementary.c" suffix(, 0)
};
static const char elementwise_c[] = {
#embed "C/elementwise.c" suffix(, 0)
};
static const char expanded_depthwise_c[] = {
#embed "C/expanded_depthwise.c" suffix(, 0)
};
static const char gather_c[] = {
#embed "C/gather.c" suffix(, 0)
};
static const char group_normalization_c[] = {
#embed "C/group_normalization.c" suffix(, 0)
};
static const char image_convolution_c[] = {
#embed "C/image_convolution.c" suffix(, 0)
};
static const char inverted_residual_c[] = {
#embed "C/inverted_residual.c" suffix(, 0)
};
static const char layer_normalization_c[] = {
#embed "C/layer_normalization.c" suffix(, 0)
};
static const char local_response_c[] = {
#embed "C/local_response.c" suffix(, 0)
};
static const char matmul_c[] = {
#embed "C/matmul.c" suffix(, 0)
};
static const char plane_convolution_c[] = {
#embed "C/plane_convolution.c" suffix(, 0)
};
static const char pooling_c[] = {
#embed "C/pooling.c" suffix(, 0)
};
static const char reduction_c[] = {
#embed "C/reduction.c" suffix(, 0)
};
static const char reindex_c[] = {
#embed "C/reindex.c" suffix(, 0)
};
static const char resampling_c[] = {
#embed "C/resampling.c" suffix(, 0)
};
static const char row_buffer_c[] = {
#embed "C/row_buffer.c" suffix(, 0)
};
static const char softmax_c[] = {
#embed "C/softmax.c" suffix(, 0)
};
static const char softmax_axis_c[] = {
#embed "C/softmax_axis.c" suffix(, 0)
};
static const char sparsemax_c[] = {
#embed "C/sparsemax.c" suffix(, 0)
};
static const char splice_c[] = {
#embed "C/splice.c" suffix(, 0)
};
static const char upsampling_c[] = {
#embed "C/upsampling.c" suffix(, 0)
};
static const char upsampling_bilinear_c[] = {
#embed "C/upsampling_bilinear.c" suffix(, 0)
};
static const char zero_border_c[] = {
#embed "C/zero_border.c" suffix(, 0)
};
static const char vector_c[] = {
#embed "C/vector.c" suffix(, 0)
};

static const char product_c[] = {
#embed "C/product.c" suffix(, 0)
};

static const char convolution_c[] = {
#embed "C/convolution.c" suffix(, 0)
};

static const char depthwise_c[] = {
#embed "C/depthwise.c" suffix(, 0)
};

static const char fetching_convolution_c[] = {
#embed "C/fetching_convolution.c" suffix(, 0)
};
static const char scaled_convolution_c[] = {
#embed "C/scaled_convolution.c" suffix(, 0)
};
static const char scaled_strassen_c[] = {
#embed "C/scaled_strassen.c" suffix(, 0)
};
static const char strassen_c[] = {
#embed "C/strassen.c" suffix(, 0)
};
static const char separable_c[] = {
#embed "C/separable.c" suffix(, 0)
};

static const char winograd_c[] = {
#embed "C/winograd.c" suffix(, 0)
};

static const netc_template templates[] = {
    {"winograd", winograd_c},
    {"activation", activation_c},
    {"constant", constant_c},
    {"copy", copy_c},
    {"dense", dense_c},
    {"elementary", elementary_c},
    {"elementwise", elementwise_c},
    {"expanded_depthwise", expanded_depthwise_c},
    {"gather", gather_c},
    {"group_normalization", group_normalization_c},
    {"image_convolution", image_convolution_c},
    {"inverted_residual", inverted_residual_c},
    {"layer_normalization", layer_normalization_c},
    {"local_response", local_response_c},
    {"matmul", matmul_c},
    {"plane_convolution", plane_convolution_c},
    {"pooling", pooling_c},
    {"reduction", reduction_c},
    {"reindex", reindex_c},
    {"resampling", resampling_c},
    {"row_buffer", row_buffer_c},
    {"softmax", softmax_c},
    {"softmax_axis", softmax_axis_c},
    {"sparsemax", sparsemax_c},
    {"splice", splice_c},
    {"upsampling", upsampling_c},
    {"upsampling_bilinear", upsampling_bilinear_c},
    {"zero_border", zero_border_c},
    {"vector", vector_c},
    {"product", product_c},
    {"convolution", convolution_c},
    {"depthwise", depthwise_c},
    {"fetching_convolution", fetching_convolution_c},
    {"scaled_convolution", scaled_convolution_c},
    {"scaled_strassen", scaled_strassen_c},
    {"separable", separable_c},
    {"strassen", strassen_c},
};
int netc_template_count(void) { return sizeof templates / sizeof *templates; }
netc_template netc_template_at(int index) { return templates[index]; }
