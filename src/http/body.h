/* A JSON body of a request. Views into the arena and the body. */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include "http/reading.h"

/*
 * An object of parameters and nothing else, as paramsToSign holds them: a text
 * that stands in a query or a form.
 */
bool body_params(struct span text, struct reading *r);

/*
 * An object of parameters, with policy and contract among them; out->contract
 * is CONTRACT_NONE then, since the body chose none. Or an object with
 * paramsToSign (params_to_sign) or prepareUploadParams, which hold them, and
 * only policy beside it: that is a contract, and no other may be named, not in
 * the query either.
 *
 * reading->params is the first of out->items, of which there are BATCH_MAX;
 * sets out->contract, out->list and out->n. With chosen_only the first kind is
 * refused with 415, else everything that is not right with 400, in the
 * reading's problem.
 */
bool body_read(
    struct span body, bool chosen_only, struct reading *r, struct ask *out);

#endif
