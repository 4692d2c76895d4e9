/*
 * Reading one configuration: what the conf*.c files share. A mistake is said
 * and reading goes on, so that one run shows all of them; `errors` in the
 * report decides at the end. Nothing outside src/policy includes this.
 */
#ifndef POLICY_CONF_H
#define POLICY_CONF_H

#include <libconfig.h>

#include "base/arena.h"
#include "base/secret.h"
#include "policy/config.h"

/* A secret, decoded, and where it is named: the same one twice is refused. */
struct loaded_secret {
	struct span bytes; /* in the vault */
	const config_setting_t *at;
};

struct loader {
	struct report *report;
	const char *file; /* as given, for messages */
	const char *dir;  /* where relative names of secret files start */
	struct arena arena;
	struct config *config;     /* under construction */
	struct span *secret_paths; /* room for SECRETS_MAX */
	struct loaded_secret secrets[SECRETS_MAX];
	size_t n_secrets;
	bool sound[POLICIES_MAX]; /* nothing is wrong in this policy itself */
};

/* Says it at the setting's line (NULL: the whole file); %-forms of sink_say. */
void conf_error(
    struct loader *l, const config_setting_t *at, const char *format, ...);
void conf_error_at(struct loader *l, int line, const char *format, ...);
void conf_warn(
    struct loader *l, const config_setting_t *at, const char *format, ...);

enum section {
	SECTION_FILE = 0,
	SECTION_ACCOUNT,
	SECTION_SESSION,
	SECTION_KEY,    /* one of session.keys */
	SECTION_CLAIM,  /* one of require */
	SECTION_POLICY, /* without what stands in its set and allow */
	SECTION_COUNT
};

/*
 * All settings, as signpost.conf(5) lists them; a test compares both. In each
 * section they stand in the order in which messages name them.
 */
struct conf_setting {
	enum section section;
	const char *name; /* NULL at the end */
	/* Of a session: formats that have a use for it, and when it is said
	   that this one has none; 0: all have. */
	unsigned takes, turn;
};

#define SESSION_TURNS 16 /* the last turn; each has one setting */

extern const struct conf_setting conf_settings[];

/* Says every member of group that its section has none of. */
void conf_members(
    struct loader *l, const config_setting_t *group, enum section section);

/* Says each of the n names that is there, by a format of its name alone. */
void conf_apart(struct loader *l, const config_setting_t *group,
    const char *const *names, size_t n, const char *format);

/* Says every member of group whose name is not in names, with the nearest. */
void conf_known(struct loader *l, const config_setting_t *group,
    const char *const *names, size_t n);

/*
 * A member of group, of a type and in a range. Each returns true when it is
 * there and right; false when it is absent (*out untouched; said when
 * required) or wrong (said). Strings are copied into the arena.
 */
bool conf_string(struct loader *l, const config_setting_t *group,
    const char *name, bool required, struct span *out);
bool conf_bool(struct loader *l, const config_setting_t *group,
    const char *name, bool *out);

/* A string that is one of the n names; *out is which. Never required. */
bool conf_choice(struct loader *l, const config_setting_t *group,
    const char *name, const char *const *names, size_t n, size_t *out);
bool conf_int(struct loader *l, const config_setting_t *group, const char *name,
    long long low, long long high, long long *out);

/* A list or array of strings, or one string alone, at most max of them. */
bool conf_strings(struct loader *l, const config_setting_t *group,
    const char *name, size_t max, struct span **out, size_t *n);

/* A member that must be a group, NULL when absent (said when required). */
const config_setting_t *conf_group(struct loader *l,
    const config_setting_t *group, const char *name, bool required);

/* The member's setting, for its line; NULL when absent. */
const config_setting_t *conf_member(
    const config_setting_t *group, const char *name);

/* Both. */
bool conf_secret(struct loader *l, const config_setting_t *group,
    const char *name, enum encoding encoding, struct span *out);

/*
 * A path that `name` (for messages; at is where it stands) is set to, in the
 * arena and NUL-terminated: absolute, since a relative one starts beside the
 * configuration. False (said) when it can't be one, or when there is no
 * folder that it could lie in.
 */
bool conf_path(struct loader *l, const config_setting_t *at, const char *name,
    struct span text, struct span *out);

/* Notes where it really lies, for the check against the document root. */
void conf_private(struct loader *l, struct span path);

/* require = ( { claim = "role"; is = [ "editor" ]; } ) */
bool conf_require(struct loader *l, const config_setting_t *group,
    const struct claim_rule **out, size_t *n);

/* A host's name of two labels or more, in lower case, at most HOST_MAX. */
bool conf_is_host(struct span s);

/* The sections. Each says its own mistakes. */
void conf_clouds(struct loader *l, const config_setting_t *root);
void conf_session(struct loader *l, const config_setting_t *root);
void conf_store(struct loader *l, const config_setting_t *root);
void conf_policies(struct loader *l, const config_setting_t *root);

/*
 * The look over the text that comes before libconfig sees it, since libconfig
 * 1.5 accepts silently what is refused here: two strings in a row, an open
 * comment, @include, NUL and \x escapes, integers over nine digits, hex and
 * 64-bit integers, anything that is not UTF-8. Says every mistake with its
 * line; false when there was one.
 */
bool conf_text(struct span text, const char *file, struct report *report);

/*
 * `set` and `allow`, in this order. The policy's name and action are there
 * already.
 */
void conf_set(
    struct loader *l, const config_setting_t *group, struct policy *out);
void conf_allow(
    struct loader *l, const config_setting_t *group, struct policy *out);

/* The elements of a list or the members of a group in `set`. */
struct parts {
	const struct policy *policy;
	const struct term *term;
	size_t n;
	struct text_template *values;
	struct span *keys; /* of a group */
};

#endif
