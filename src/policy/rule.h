/* What `allow` says of one parameter: which values a client may send. */
#ifndef POLICY_RULE_H
#define POLICY_RULE_H

#include "policy/pattern.h"
#include "policy/vocabulary.h"

enum rule_kind {
	RULE_NONE = 0, /* nothing passes */
	RULE_PATTERNS, /* ids, see term_has_patterns(): one of the patterns */
	RULE_TEXT,     /* "text N", "text N xM" */
	RULE_INT,      /* "int A..B" */
	RULE_BOOL,     /* "bool" */
	RULE_VALUES,   /* one of the values; for a list, each element is */
	RULE_GROUP     /* a rule for each key */
};

struct group_rule;

struct rule {
	enum rule_kind kind;
	size_t text_max;  /* characters of UTF-8, RULE_TEXT */
	size_t count_max; /* elements, RULE_TEXT of a list; 1 without xM */
	long long low, high;
	size_t n;
	const struct pattern *patterns;
	const struct text_template *values;
	const struct group_rule *group;
};

struct group_rule {
	struct span key;
	struct rule rule;
};

/* What a user's name may hold in a value of this term. */
enum place term_place(const struct term *term);

/*
 * A rule that is one bare string: "text N", "text N xM" (lists), "int A..B",
 * "bool", or a pattern where term_has_patterns(); for a group, the rule of one
 * key.
 * False with what would be right for this parameter in why.
 */
bool rule_compile(struct span source, const struct term *term,
    struct span policy, struct arena *arena, struct rule *out,
    struct sink *why);

/*
 * May a client send this one value (one element, for a list or a group's
 * value)? Also checks what holds for every client value: valid UTF-8, no "&",
 * no "%26", no control character, and where it is not one of the values that
 * the policy lists, no "\" and none of the parameter's separators. False with
 * a 403 "value_not_allowed" that names term (and key, if not empty) and says
 * what the rule takes; or with the problem of a template, see
 * template_matches().
 */
bool rule_takes(const struct rule *rule, const struct term *term,
    struct span key, struct span value, const struct ctx *ctx);

/*
 * What it takes, in words: "at most 200 characters", "one of jpg, png". A list
 * for which there is no room ends in "and N more".
 */
void rule_say(const struct rule *rule, struct sink *out);

/* Same value of a parameter of this type? true is 1, false is 0 for a bool. */
bool value_same(const struct term *term, struct span a, struct span b);

/* -?(0|[1-9][0-9]*), not "-0", of at most INT_RULE_MAX without its sign. */
bool rule_number(struct span text, long long *out);

#endif
