/*
 * One decision under way: what decide.c, decide_list.c and decide_value.c
 * share. Nothing outside src/policy includes this.
 */
#ifndef POLICY_DECISION_H
#define POLICY_DECISION_H

#include "policy/elements.h"
#include "policy/grant.h"

struct decision {
	const struct policy *policy;
	const struct params *asked;
	const struct facts *facts;
	struct arena *arena;
	struct grant *out;
	struct problem *why;
	bool final; /* signed exactly as sent, or refused */
};

/* What the policy says of one term, and what the client sent for it. */
struct case_of {
	const struct term *term;
	const struct setting *set;     /* NULL: not set */
	const struct allowance *allow; /* NULL: not allowed */
	const struct param *param;     /* NULL: not sent, or empty */
};

/*
 * The text to sign for one term; empty when it stays out. False with the
 * problem said. Lists and groups (tags, context ...), and single texts.
 */
bool decide_list(
    struct decision *d, const struct case_of *c, struct span *value);
bool decide_value(
    struct decision *d, const struct case_of *c, struct span *value);

/* timestamp and expires_at of the grant, whose fields are there already. */
bool decide_time(struct decision *d);

/* Does the grant hold all that its action needs? Else a 400. */
bool decide_required(struct decision *d);

/* May this client use this policy at all? */
bool decide_contract(struct decision *d, enum contract contract);

/*
 * What a template gave may be no id, address or transformation: a user's name
 * beside other text may make a segment, or the whole, too long. False with a
 * 403.
 */
bool decide_fits(
    struct decision *d, const struct term *term, struct span value);

bool decide_out_of_room(struct decision *d);

#endif
