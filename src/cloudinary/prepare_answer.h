/* The Upload Widget's prepareUploadParams: its camelCase names. */
#ifndef CLOUDINARY_PREPARE_ANSWER_H
#define CLOUDINARY_PREPARE_ANSWER_H

#include "cloudinary/api_sign.h"
#include "http/json_write.h"
#include "http/problem.h"

/*
 * Can the widget send what is signed? It sends what it asked for itself, what
 * it takes from such an answer (publicId, folder, tags, ...), and source.
 * False with a 403 "contract_not_served" that names the parameter.
 */
bool prepare_possible(
    const struct grant *grant, const struct params *asked, struct problem *why);

/* {"signature", "uploadSignatureTimestamp", "apiKey", "publicId", ...} */
void prepare_answer(const struct grant *grant,
    const struct signature *signature, struct json_out *out);

/* {"cancel": true, "error": ..., "code": ...} */
void prepare_refusal(const struct problem *why, struct json_out *out);

#endif
