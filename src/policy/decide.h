/* What the policy permits, of what was asked. Only policy_decide() makes one.
 */
#ifndef POLICY_DECIDE_H
#define POLICY_DECIDE_H

#include "http/ask.h"
#include "policy/config.h"

/*
 * A parameter that is signed, with the text that is signed and sent. (deliver
 * and verify have some that only say where, such as version.)
 */
struct grant_field {
	const struct term *term;
	struct span value;
};

struct grant {
	bool given; /* set by policy_decide() alone */
	enum contract contract;
	const struct policy *policy;
	struct span resource_type;
	bool link; /* a call that is a URL: download, archive's mode=download */
	long long timestamp;  /* as signed: back-dated for a short lifetime;
				 0 for deliver, token and verify */
	long long expires_at; /* when Cloudinary takes it no more; 0: never */
	size_t n;
	struct grant_field fields[PARAMS_MAX]; /* sorted by name */
};

/* The field of that name, or an empty span. */
struct span grant_value(const struct grant *g, const char *name);

/*
 * May this session use this policy at all: users, deny_users, require,
 * addresses, origins? Of an anonymous one only the last two are asked. False
 * with a 401 or 403 in ctx->why.
 */
bool policy_open_to(const struct policy *policy, const struct request *request,
    const struct ctx *ctx);

/*
 * Judges one item. All spans of the grant live in the arena, the request or
 * the configuration. False with the problem in ctx->why (400, 403), and the
 * grant is not given.
 */
bool policy_decide(const struct policy *policy, enum contract contract,
    const struct params *asked, const struct ctx *ctx, struct grant *out);

/*
 * What keeps the contracts whose clients fix every parameter themselves
 * (paramsToSign, text) from the policy, as a sentence's end; NULL: nothing.
 */
const char *policy_final_obstacle(const struct policy *policy);

#endif
