/* One grant signed, and written in the language of the client that asked. */
#ifndef RESPOND_H
#define RESPOND_H

#include "cloudinary/api_sign.h"
#include "http/answer.h"
#include "http/json_write.h"

/* What is written, and with what. All of it is the caller's. */
struct response {
	struct sink *body;
	struct json_out *json; /* on body */
	struct arena *arena;
	struct sink *string; /* scratch: the string to sign */
	struct answer *out;  /* set_cookie, public_id, media */
	struct problem *why;
	long long now;
};

/*
 * Writes what the grant permits, as its action and contract want it: fields,
 * a bare signature, a link, a delivery URL, a token, a verdict, the widget's
 * names. False with the problem in why; what
 * was written until then is no answer.
 */
bool respond(const struct response *r, const struct grant *grant);

#endif
