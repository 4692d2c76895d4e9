#include "base/enc.h"
#include "base/limits.h"
#include "policy/loader.h"

/* The name that secret_read() looks for. */
static void
note(struct loader *l, struct span file)
{
	unsigned char mem[PATH_TEXT_MAX];
	struct sink name;

	sink_init(&name, mem, sizeof(mem));
	if (!span_starts(file, SPAN_LIT("/")) && l->dir[0] != '\0')
		sink_say(&name, "%s/", l->dir);
	sink_span(&name, file);
	if (l->report->watch != NULL && !name.full)
		watch_note(l->report->watch, sink_view(&name));
}

bool
conf_secret_at(struct loader *l, const config_setting_t *at, const char *name,
    struct span file, enum encoding encoding, struct span *out)
{
	unsigned char path_mem[PATH_TEXT_MAX], why_mem[DETAIL_MAX];
	struct sink path, why;

	if (l->config->n_secret_paths == SECRETS_MAX) {
		conf_error(l, at, "%s: there are more than %d secrets", name,
		    (long long)SECRETS_MAX);
		return false;
	}
	sink_init(&path, path_mem, sizeof(path_mem));
	sink_init(&why, why_mem, sizeof(why_mem));
	note(l, file);
	conf_named(l, name, file, true);
	if (!secret_read(l->config->vault, l->dir, (const char *)file.p,
		encoding, out, &path, &why)) {
		conf_error(
		    l, at, "%s: %v", name, (struct span){ why_mem, why.n });
		return false;
	}
	for (size_t i = 0; i < l->config->n_secret_paths; i++)
		if (span_eq(l->secret_paths[i], sink_view(&path))) {
			conf_error(l, at,
			    "%s: %v is named before already; each secret has "
			    "a file of its own",
			    name, sink_view(&path));
			return false;
		}
	l->secret_paths[l->config->n_secret_paths++] =
	    arena_copy(&l->arena, sink_view(&path));
	return true;
}

bool
conf_secret_file(struct loader *l, const config_setting_t *group,
    const char *name, enum encoding encoding, struct span *out)
{
	struct span file;

	return conf_string(l, group, name, true, &file) &&
	       conf_secret_at(
		   l, conf_member(group, name), name, file, encoding, out);
}

/* Is text what the bytes are in hex, of either case? */
static bool
is_hex_of(struct span text, struct span bytes)
{
	bool same = text.n == 2 * bytes.n;

	for (size_t i = 0; same && i < bytes.n; i++)
		same = hex_digit(text.p[2 * i]) == bytes.p[i] >> 4 &&
		       hex_digit(text.p[2 * i + 1]) == (bytes.p[i] & 15);
	return same;
}

static bool
same_secret(struct span a, struct span b)
{
	return (a.n == b.n && digest_equal(a.p, b.p, a.n)) || is_hex_of(a, b) ||
	       is_hex_of(b, a);
}

bool
conf_secret_new(
    struct loader *l, const config_setting_t *at, struct span secret)
{
	if (secret.n < SECRET_MIN) {
		conf_error(l, at,
		    "%s: this secret has %d bytes, and %d are the least",
		    config_setting_name(at) == NULL ? "key"
						    : config_setting_name(at),
		    (long long)secret.n, (long long)SECRET_MIN);
		return false;
	}
	for (size_t i = 0; i < l->n_secrets; i++) {
		const struct loaded_secret *old = &l->secrets[i];

		if (!same_secret(old->bytes, secret))
			continue;
		conf_error(l, at,
		    "this is the same secret as the one of line %d: each use "
		    "must have its own",
		    (long long)config_setting_source_line(old->at));
		return false;
	}
	l->secrets[l->n_secrets++] = (struct loaded_secret){ secret, at };
	return true;
}

bool
conf_secret(struct loader *l, const config_setting_t *group, const char *name,
    enum encoding encoding, struct span *out)
{
	struct span secret;

	if (!conf_secret_file(l, group, name, encoding, &secret) ||
	    !conf_secret_new(l, conf_member(group, name), secret))
		return false;
	*out = secret;
	return true;
}
