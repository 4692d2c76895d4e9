/* A JSON body of a request, read with jansson inside the arena. */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include "http/reading.h"

/*
 * An object of parameters with policy and contract among them, or an object
 * with paramsToSign (params_to_sign), which holds them, and policy and
 * contract beside it: *final is true then. With final_only the first is
 * refused with 415, else everything that is not right with 400, in the
 * reading's problem.
 */
bool body_read(
    struct span body, bool final_only, struct reading *r, bool *final);

#endif
