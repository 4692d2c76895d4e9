/*
 * Reading one policy: what the files that share that work call of each other.
 * Each says its own mistakes; nothing outside src/policy includes this.
 */
#ifndef POLICY_CONF_POLICY_H
#define POLICY_CONF_POLICY_H

#include "policy/loader.h"

/* Who may use it: users, deny_users, require, addresses, origins. */
void conf_who(
    struct loader *l, const config_setting_t *group, struct policy *out);

/*
 * `set` and `allow`, in this order. The policy's name and action are there
 * already.
 */
void conf_set(
    struct loader *l, const config_setting_t *group, struct policy *out);
void conf_allow(
    struct loader *l, const config_setting_t *group, struct policy *out);

/*
 * limit and limit_total, and whether the policy, whose action and anonymous
 * are there already, may do without.
 */
void conf_limits(
    struct loader *l, const config_setting_t *group, struct policy *out);

/* verify without public_id: what it verifies are webhooks. */
bool conf_is_webhook(const config_setting_t *group, enum action action);

/*
 * What this kind of action needs, and cookie_domain. All else of the policy is
 * there already.
 */
void conf_kind(
    struct loader *l, const config_setting_t *group, struct policy *out);

/*
 * What can't stand beside anonymous = true, or in a policy that asks for no
 * session. All else of the policy is there already.
 */
void conf_anonymous(struct loader *l, const config_setting_t *group,
    const struct policy *policy);

/* The row of a member of `set` or `allow` that this action takes, or NULL. */
const struct term *conf_term(
    struct loader *l, const config_setting_t *at, enum action action);

/*
 * Is this value, of `set` or listed in `allow`, one that the parameter can
 * have in this action? Asked of those whose values are known here:
 * resource_type, command, mode, whole numbers, acl, ip; and of links type,
 * format and transformation.
 */
bool conf_known_value(struct loader *l, const config_setting_t *at,
    const struct term *term, enum action action,
    const struct text_template *value);

/* The same of all that a rule of `allow` takes. */
bool conf_known_rule(struct loader *l, const config_setting_t *at,
    const struct term *term, enum action action, const struct rule *rule);

/* deliver's transformation = "", which is the original? No other value can be
   empty. */
bool conf_is_original(
    const config_setting_t *at, const struct term *term, enum action action);

/*
 * May this pattern of the term stand here? Ids in delivery URLs and tokens are
 * of the characters that every SDK spells alike. Says it when not.
 */
bool conf_deliverable(struct loader *l, const config_setting_t *at,
    const struct policy *policy, const struct term *term,
    const struct pattern *id);

/*
 * May this text, an element of a list or a value alone, stand in `set`? An id
 * is well formed for every user, and holds no "*".
 */
bool conf_set_fits(struct loader *l, const config_setting_t *at,
    const struct policy *policy, const struct term *term,
    const struct text_template *value);

/*
 * The i-th key of a parameter of TERM_GROUP, and the setting that belongs to
 * it, in either form:
 *   { caption = ...; }
 *   ( { key = "alt.text"; what = ...; } )       what: "value" or "rule"
 * NULL when it is wrong.
 */
const config_setting_t *conf_keyed(struct loader *l, const config_setting_t *at,
    unsigned i, const char *what, struct span *key);

/* [A-Za-z0-9_.-]{1,64}, and none of the n keys before it? */
bool conf_key(struct loader *l, const config_setting_t *at, struct span key,
    const struct span *keys, size_t n);

/*
 * One value of a parameter, an element of a list, or a value of a group's key,
 * as it is signed: true and false, digits, or the string, which is not empty.
 * What the setting must be follows from the parameter's type; for a group all
 * three will do. A number of more digits than the configuration's numbers can
 * have stands in quotes.
 */
bool conf_value(struct loader *l, const config_setting_t *at,
    const struct term *term, struct span *out);

/* May this text be one element of a list? */
bool conf_element(struct loader *l, const config_setting_t *at,
    const struct term *term, struct span text);

/* The text as a template that can stand in a value of this parameter. */
bool conf_template(struct loader *l, const config_setting_t *at,
    const struct term *term, struct span text, struct span policy,
    struct text_template *out);

/* The elements of a list or the members of a group in `set`. */
struct parts {
	const struct policy *policy;
	const struct term *term;
	size_t n;
	struct text_template *values;
	struct span *keys; /* of a group */
};

/*
 * Reads them: 1 to LIST_MAX, none twice. policy and term are there already,
 * the rest is nothing.
 */
bool conf_list(
    struct loader *l, const config_setting_t *at, struct parts *parts);
bool conf_members(
    struct loader *l, const config_setting_t *at, struct parts *parts);

#endif
