/*
 * Policies tried out, user by user, with values that are theirs and that are
 * not: what the tests of ownership share.
 */
#ifndef TESTS_OWNING_H
#define TESTS_OWNING_H

#include "deciding.h"

static char owning_text[8192]; /* the configuration that is tried out */
static char owning_hash[33];   /* the user's hash */

static inline void
owning_open(struct deciding *d)
{
	deciding_open(d, "p = { action = \"upload\"; reusable = true; };");
}

/* The policies as a whole configuration: is it taken? */
static inline bool
owning_load(struct deciding *d, const char *policies)
{
	snprintf(owning_text, sizeof(owning_text), "%s%spolicies = {\n%s\n};\n",
	    SANDBOX_TOKEN_CLOUD, SANDBOX_SESSION, policies);
	config_free(d->config);
	d->config = sandbox_load(&d->box, owning_text);
	return d->config != NULL;
}

/* Who asks from now on. The name must live on. */
static inline void
owning_user(struct deciding *d, const char *user)
{
	static char claims[512];
	struct sink hash;

	snprintf(claims, sizeof(claims), "{\"sub\":\"%s\"}", user);
	d->session.user = span_of(user);
	d->session.claims.text = span_of(claims);
	sink_init(&hash, (unsigned char *)owning_hash, 32);
	user_hash(span_of(user), &hash);
	owning_hash[32] = '\0';
}

/* What stands around an id in a parameter of this type. */
static inline const char *
owning_before(const struct term *term)
{
	if (term->type == TERM_FULL_IDS)
		return "image/upload/";
	if (term->type == TERM_PATH || term->type == TERM_ACL)
		return "/image/upload/";
	return "";
}

static inline const char *
owning_behind(const struct term *term)
{
	return term->type == TERM_PREFIXES ? "/" : "";
}

/* The segment, or all that is left, behind this beginning. */
static inline bool
owning_after(struct span *s, const char *text)
{
	if (!span_starts(*s, span_of(text)))
		return false;
	*s = span_skip(*s, strlen(text));
	return true;
}

/* Is this id, path or tag of the user's own, and of nobody else? */
static inline bool
owning_belongs(const struct term *term, struct span s, const char *user)
{
	if (term->type == TERM_TAGS || term->type == TERM_LIST)
		return owning_after(&s, "user_") &&
		       (span_is(s, user) || span_is(s, owning_hash));
	for (size_t i = 1; i < s.n; i++)
		if (s.p[i] == '.' && s.p[i - 1] == '.')
			return false;
	if (!owning_after(&s, owning_before(term)) ||
	    (!owning_after(&s, "users/") && !owning_after(&s, "things/") &&
		!owning_after(&s, "mine/")) ||
	    (!owning_after(&s, user) && !owning_after(&s, owning_hash)))
		return false;
	return span_starts(s, SPAN_LIT("/")) ||
	       (s.n == 0 && term->type != TERM_PREFIXES);
}

/* Is each element of the grant's value? Nothing is nobody's. */
static inline bool
owning_all(const struct grant *g, const char *name, const char *user)
{
	const struct term *term = term_find(span_of(name));
	struct span_cut cut = { .tail = grant_value(g, name) };

	cut.found = cut.tail.n > 0;
	while (cut.found) {
		cut = span_cut(cut.tail, ',');
		if (!owning_belongs(term, cut.head, user))
			return false;
	}
	return true;
}

/* Does the string hold what the action needs? */
static inline bool
owning_holds(const struct grant *g, const struct action_row *row)
{
	bool any = row->any[0] == NULL;

	for (size_t i = 0; row->all[i] != NULL; i++)
		if (grant_value(g, row->all[i]).n == 0)
			return false;
	for (size_t i = 0; row->any[i] != NULL; i++)
		any = any || grant_value(g, row->any[i]).n > 0;
	return any;
}

/* The k-th value to send, the user's own ones first; false at the end. */
static inline bool
owning_value(size_t k, const struct term *term, const char *user, char out[512])
{
	static const char *const ids[] = { "users/%s/x", "users/#/x",
		"users/%s/" DECIDING_RANDOM, "things/%s/2026-01-01/x",
		"users/%s", "users/%s/a/b.jpg", "users/%s/*",
		"things/%s/2026-01-01/*",
		/* of others */
		"users/bob/x", "users/bob", "users/%s0/x", "users/%s2",
		"users/team/%s/x", "users/team/%s", "users/x/%s", "users",
		"users/-%s/x", "users/%sx/" DECIDING_RANDOM,
		"users/%s-" DECIDING_RANDOM, "users/%s%s/x", "other/x", "other",
		"users/../bob/x", "users/%s/../bob/x", "users/%s/../../other",
		"users//%s/x", "/users/%s/x", "users/%s/x/", "users/*/x",
		"users/*", "*", "users/%s/**", "users/%%2e%%2e/bob/x",
		"users/%s\\/../bob", "Users/%s/x", "users/%s /x",
		"users/%s/x,users/bob/x", "w_200/%s/x", "v1/%s/x",
		"s--abc--/%s/x", "%s/x", DECIDING_RANDOM,
		"users/" DECIDING_RANDOM,
		"users/" DECIDING_RANDOM "/2026-01-01" };
	static const char *const tags[] = { "user_%s", "user_#",
		/* of others */
		"user_bob", "user_%s0", "user_", "avatar", "%s", "#",
		"user_%sx", "user_%s,avatar", "other_%s",
		"user_" DECIDING_RANDOM, "USER_%s", "user_%s " };
	bool tag = term->type == TERM_TAGS || term->type == TERM_LIST;
	size_t n = tag ? sizeof(tags) / sizeof(tags[0])
		       : 2 * sizeof(ids) / sizeof(ids[0]);
	/* Ids once with what belongs around them, and once bare. */
	const char *form = k >= n ? "" : tag ? tags[k] : ids[k / 2];
	bool bare = tag || k % 2 == 1;
	char *p = out;

	if (k >= n)
		return false;
	p += sprintf(p, "%s", bare ? "" : owning_before(term));
	for (; *form != '\0'; form++) {
		if (*form == '#')
			p += sprintf(p, "%s", owning_hash);
		else if (form[0] == '%' && *++form == 's')
			p += sprintf(p, "%s", user);
		else
			*p++ = *form;
	}
	sprintf(p, "%s", bare ? "" : owning_behind(term));
	return true;
}

/* What the plain contract last signed for p, to send it in a final one. */
static struct {
	size_t n;
	char name[PARAMS_MAX][NAME_MAX_BYTES + 1], value[PARAMS_MAX][1024];
} owning_plain;

static inline void
owning_keep(const struct grant *g)
{
	owning_plain.n = 0;
	for (size_t i = 0; i < g->n; i++) {
		const char *name = g->fields[i].term->name;
		struct span value = g->fields[i].value;

		if (strcmp(name, "timestamp") == 0 ||
		    strcmp(name, "expires_at") == 0 ||
		    strcmp(name, "mode") == 0)
			continue;
		if (value.n >= sizeof(owning_plain.value[0]))
			abort();
		strcpy(owning_plain.name[owning_plain.n], name);
		memcpy(owning_plain.value[owning_plain.n], value.p, value.n);
		owning_plain.value[owning_plain.n++][value.n] = '\0';
	}
}

/* How values are sent. */
enum owning_way { OWNING_ONE, OWNING_LIST, OWNING_JOINED, OWNING_FINAL };

/*
 * Asks the policy for term = value (NULL: without it): alone, as a list
 * beside a value of the user's own, joined with that, or in a final contract.
 */
static inline bool
owning_ask(struct deciding *d, const char *policy, const struct term *term,
    const char *value, const char *user, enum owning_way way)
{
	static char own[512], joined[2048], now[32];
	struct span list[2];
	bool given;

	d->params.n = 0;
	owning_value(0, term, user, own);
	if (config_policy(d->config, span_of(policy))->action ==
	    ACTION_VERIFY) {
		deciding_send(d, "version", "1");
		deciding_send(d, "signature", "0123456789");
	}
	if (config_policy(d->config, span_of(policy))->action == ACTION_TAGS &&
	    way != OWNING_FINAL)
		deciding_send(d, "command", "set_exclusive");
	if (way == OWNING_FINAL) {
		for (size_t i = 0; i < owning_plain.n; i++)
			if (strcmp(owning_plain.name[i], term->name) != 0)
				deciding_send(d, owning_plain.name[i],
				    owning_plain.value[i]);
		snprintf(now, sizeof(now), "%lld", DECIDING_NOW);
		deciding_send(d, "timestamp", now);
	}
	snprintf(
	    joined, sizeof(joined), "%s,%s", own, value == NULL ? "" : value);
	if (value != NULL && way == OWNING_LIST) {
		list[0] = span_of(own);
		list[1] = span_of(value);
		deciding_send_list(d, term->name, SHAPE_LIST, 2, list, NULL);
	} else if (value != NULL)
		deciding_send(
		    d, term->name, way == OWNING_JOINED ? joined : value);
	given = deciding_ask(d, policy,
	    way == OWNING_FINAL ? CONTRACT_PARAMS_TO_SIGN : CONTRACT_PLAIN);
	if (given && way != OWNING_FINAL)
		owning_keep(&d->grant);
	return given;
}

#endif
