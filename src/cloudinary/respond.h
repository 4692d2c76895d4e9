/* One grant signed, and written in the language of the client that asked. */
#ifndef CLOUDINARY_RESPOND_H
#define CLOUDINARY_RESPOND_H

#include "http/answer.h"
#include "http/json_write.h"
#include "policy/decide.h"

/* What is written, and with what. All of it is the caller's. */
struct response {
	struct sink *body;
	struct json_out *json; /* on body */
	struct sink *string;   /* scratch: the string to sign */
	struct answer *out;    /* set_cookie, media */
	const struct ctx *ctx;
};

/*
 * Writes what the grant permits, as its action and contract want it:
 *
 * - a call of the API: url, fields (all that a form carries beside `file`, as
 *   signed), and the names that existing samples read at the top level; with
 *   cloudname and apikey too in the classic contract; in a final one the
 *   signature over what the client fixed, which is bare with contract=text;
 *   the widget's camelCase names for prepareUploadParams;
 * - download and archive: the URL of a GET with everything in its query;
 * - deliver, token and verify: a URL, a token, a verdict.
 *
 * False with the problem in ctx->why, also for a grant that is not given; what
 * was written until then is no answer.
 */
bool respond(const struct response *r, const struct grant *grant);

/*
 * What a client may know before it names a policy: cloud_name and api_key of
 * that account, user, the policies that are open to this user, server_time.
 */
void respond_information(const struct config *config, const struct cloud *cloud,
    const struct request *request, const struct ctx *ctx, struct sink *out);

/*
 * Can the Upload Widget send what is signed? It sends what it asked for
 * itself, what it takes from such an answer (see camel_of()), source=uw, and
 * the timestamp. What it asked for must be signed in the spelling it has
 * there. False with a 403 "contract_not_served" that names the parameter.
 */
bool respond_possible(
    const struct grant *grant, const struct params *asked, struct problem *why);

/*
 * {"cancel": true, "error": ..., "code": ..., "param": ...}, the last one
 * where there is one: one item's refusal, which the widget drops.
 */
void respond_refusal(const struct problem *why, struct json_out *out);

#endif
