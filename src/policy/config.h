/*
 * The configuration, read and checked: one immutable object behind one
 * pointer. Every span in it lives as long as it does; secrets lie in its
 * vault.
 */
#ifndef POLICY_CONFIG_H
#define POLICY_CONFIG_H

#include "base/address.h"
#include "base/counters.h"
#include "base/digest.h"
#include "base/vault.h"
#include "base/watch.h"
#include "http/origin.h"
#include "policy/rule.h"
#include "session/session.h"
#include "store/store.h"

/* Where a cloud's assets are delivered; as the SDKs' options of these names. */
struct delivery {
	bool insecure;    /* secure = false: http */
	bool private_cdn; /* CLOUD-res.cloudinary.com, no cloud in paths */
	bool long_url_signature;         /* 32 characters of SHA-256, not 8 */
	struct span secure_distribution; /* a host, or empty */
	struct span cname;               /* a host for http, or empty */
};

struct cloud {
	struct span label; /* its name in clouds, "" for `cloudinary` */
	struct span cloud_name, api_key;
	struct span api_secret;    /* in the vault */
	enum hash hash;            /* signature_algorithm: SHA-1 or SHA-256 */
	struct span upload_prefix; /* "https://api.cloudinary.com" */
	struct delivery delivery;
	const struct hmac_key *token_key; /* in the vault; NULL: none */
	/* Other API secrets that may have signed what is verified. */
	size_t n_verify_secrets;
	const struct span *verify_secrets; /* in the vault */
};

/*
 * One member of `set`. Values are as configured: whoever joins a group's
 * escapes "=" and "|" in them, see elements_escape().
 */
struct setting {
	const struct term *term;
	int line;
	size_t n; /* 1; elements of a list; members of a group */
	const struct text_template *values;
	const struct span *keys; /* TERM_GROUP only */
};

/* One member of `allow`. */
struct allowance {
	const struct term *term;
	int line;
	struct rule rule;
};

#define PRIVATE_MAX 4 /* files and folders that are no secrets, in number */

/* A file or a folder that the configuration names, as it is written there. */
struct named {
	const char *option; /* a constant: "deny_users_file" */
	struct span text;   /* as written, absolute or not; NUL-terminated */
	bool secret;
};

#define NAMED_FILES_MAX (SECRETS_MAX + PRIVATE_MAX) /* in number */

/* A list that may be absent: absent asks nothing, an empty one lets nobody. */
struct names {
	bool present;
	size_t n;
	const struct span *name; /* sorted */
};

bool names_have(const struct names *names, struct span name);

struct policy {
	struct span name;
	int line;
	enum action action;
	const struct cloud *cloud;
	size_t n_set, n_allow;
	const struct setting *set;     /* sorted by name */
	const struct allowance *allow; /* sorted by name */
	size_t n_require;
	const struct claim_rule *require;
	struct names users, deny_users;
	bool has_addresses;
	size_t n_addresses;
	const struct address_range *addresses;
	bool has_origins;
	struct origins origins; /* a part of the site's */
	long long lifetime;     /* seconds */
	size_t n_limits, n_totals;
	const struct limit *limits; /* of each user, or of each address */
	const struct limit *totals; /* of the policy as a whole */
	bool anonymous;             /* no session: counted by address */
	bool webhook;              /* verify without public_id: anonymous too */
	struct span cookie_domain; /* of Set-Cookie for a token; or empty */
	bool reusable, any_owner, shared_tags;
};

struct config {
	struct span path; /* of the file, as given */
	size_t n_clouds, n_policies, n_secret_paths;
	const struct cloud *clouds;
	struct session_config session;
	struct origins origins;
	const struct policy *policies;
	struct store_config store;
	bool counts;      /* some policy has a limit: the store is needed */
	bool has_webhook; /* some policy verifies webhooks */
	struct span log;  /* a file, NUL-terminated; empty: standard error */
	struct span deny_users_file;     /* NUL-terminated; empty: none */
	const struct span *secret_paths; /* real paths, for DOCUMENT_ROOT */
	size_t n_private;                /* the same of what else is private: */
	struct span private_paths[PRIVATE_MAX]; /* log, deny list, counters,
						   sessions */
	size_t n_named;
	struct named named[NAMED_FILES_MAX]; /* for the doctor */
	struct vault *vault;
	void *memory; /* what everything above lies in */
};

const struct policy *config_policy(
    const struct config *config, struct span name);
const struct setting *policy_setting(
    const struct policy *policy, const struct term *term);
const struct allowance *policy_allowance(
    const struct policy *policy, const struct term *term);

/*
 * Does a secret, or what else is nobody's business, lie below this folder
 * (without links), which a web server publishes? An empty one publishes
 * nothing.
 */
bool config_published(const struct config *config, struct span document_root);

/* Mistakes and advice, as they are found. */
enum severity { SAY_ERROR = 1, SAY_WARNING, SAY_NOTE };

struct report {
	/* line 0: the file as a whole. text is one sentence or two. */
	void (*say)(struct report *self, enum severity severity,
	    const char *file, int line, struct span text);
	/* Asked when nothing is wrong in any policy; NULL: nobody is there who
	 * could follow advice. */
	void (*advise)(struct report *self, const struct config *config);
	unsigned errors; /* counted by report_say() */
	/* The asker looks after deny_users_file: mistakes in it are not ours.
	 */
	bool serves;
	struct watch *watch; /* the files that are read; NULL: nobody asks */
};

/* Says it in sink_say()'s format, and counts the errors. */
void report_say(struct report *report, enum severity severity, const char *file,
    int line, const char *format, va_list *values);

/*
 * Reads and checks the file and all that it names. NULL when there is any
 * mistake; each one has been said. Warnings and notes are said too. The file
 * is opened as trusted_open() says. Free with config_free().
 */
struct config *config_load(const char *path, struct report *report);

/* Wipes the secrets and frees. NULL is fine. */
void config_free(struct config *config);

#endif
