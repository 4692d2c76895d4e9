/* What a client gets for a grant: the JSON of each contract. */
#ifndef CLOUDINARY_API_ANSWER_H
#define CLOUDINARY_API_ANSWER_H

#include "cloudinary/api_sign.h"
#include "http/json_write.h"

/*
 * The plain contract: url, fields (all that a form carries beside `file`, as
 * signed), and the names that existing samples read at the top level.
 * The classic one: the same, and cloudname and apikey, as the first samples
 * wrote them. A final one: the signature over what the client fixed.
 * Nothing is written for a signature that is empty.
 */
void api_answer(const struct grant *grant, const struct signature *signature,
    struct json_out *out);

#endif
