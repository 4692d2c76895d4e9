/* The Upload Widget's prepareUploadParams: its camelCase names. */
#ifndef CLOUDINARY_PREPARE_ANSWER_H
#define CLOUDINARY_PREPARE_ANSWER_H

#include "cloudinary/api_sign.h"
#include "http/json_write.h"
#include "http/problem.h"

/*
 * Can the widget send what is signed? It sends what it asked for itself, what
 * it takes from such an answer (see camel_of()), source=uw, and the timestamp.
 * What it asked for must be signed in the spelling it has there. False with a
 * 403 "contract_not_served" that names the parameter.
 */
bool prepare_possible(
    const struct grant *grant, const struct params *asked, struct problem *why);

/*
 * {"signature", "uploadSignatureTimestamp", "apiKey", "resourceType"}, and
 * what else is signed and the widget takes: "publicId", ... The values are the
 * texts that were signed. Nothing at all without a grant and its signature.
 */
void prepare_answer(const struct grant *grant,
    const struct signature *signature, struct json_out *out);

/*
 * {"cancel": true, "error": ..., "code": ..., "param": ...}, the last one
 * where there is one: one item's refusal, which the widget drops.
 */
void prepare_refusal(const struct problem *why, struct json_out *out);

#endif
