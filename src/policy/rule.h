/* What `allow` says of one parameter: which values a client may send. */
#ifndef POLICY_RULE_H
#define POLICY_RULE_H

#include "policy/pattern.h"
#include "policy/vocabulary.h"

enum rule_kind {
	RULE_NONE = 0, /* nothing passes */
	RULE_PATTERNS, /* ids and folders: one of the patterns */
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

/*
 * A rule that is one bare string, for a parameter of this type: "text N",
 * "text N xM" (lists), "int A..B", "bool", or for ids and folders a pattern.
 * False with what would be right in why.
 */
bool rule_compile(struct span source, const struct term *term,
    struct span policy, struct arena *arena, struct rule *out,
    struct sink *why);

/*
 * May a client send this one value (one element, for a list or a group's
 * value)? Also checks what holds for every client value: no "&", no "%26", no
 * control character, none of the parameter's separators, no "\". False with a
 * 403 that names term (and key, if not empty) and says what the rule takes.
 */
bool rule_takes(const struct rule *rule, const struct term *term,
    struct span key, struct span value, const struct facts *facts,
    struct arena *arena, struct problem *why);

/* What it takes, in words: "at most 200 characters", "one of jpg, png". */
void rule_say(const struct rule *rule, struct sink *out);

/* Same value of a parameter of this type? true is 1, false is 0 for a bool. */
bool value_same(const struct term *term, struct span a, struct span b);

#endif
