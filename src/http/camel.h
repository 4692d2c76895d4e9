/*
 * The names of the Upload Widget's prepareUploadParams, beside Cloudinary's:
 * publicId for public_id.
 */
#ifndef HTTP_CAMEL_H
#define HTTP_CAMEL_H

#include "base/span.h"

/* The widget's name of a parameter that it takes from an answer, or NULL. */
const char *camel_of(struct span name);

/* The parameter that the widget's name stands for, or NULL. */
const char *camel_to_snake(struct span name);

#endif
