/* One member of a JSON body, as a parameter. For body alone. */
#ifndef HTTP_BODY_PARAM_H
#define HTTP_BODY_PARAM_H

#include <jansson.h>

#include "http/reading.h"

/* An iterator's name; may hold any text. */
struct span body_name(void *member);

/* A string's text. Else 400 with the problem, and *out is empty. */
bool body_string(
    struct reading *r, struct span name, const json_t *v, struct span *out);

/*
 * Adds the parameter:
 *
 *   string, boolean, whole number   SHAPE_TEXT
 *   list of strings                 SHAPE_LIST
 *   object of strings               SHAPE_OBJECT, context and metadata only
 *
 * Lists and objects may be empty. Anything else is a 400 with the problem.
 * The views are into jansson's memory, which is the arena.
 */
bool body_param(struct reading *r, struct span name, json_t *v);

#endif
