#define _GNU_SOURCE /* realpath */

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/enc.h"
#include "base/limits.h"
#include "base/text.h"
#include "policy/conf.h"

static void conf_named(
    struct loader *l, const char *option, struct span text, bool secret);

static bool conf_api_secret(
    struct loader *l, const config_setting_t *at, struct span secret);

static bool
join(struct loader *l, const config_setting_t *at, const char *name,
    struct span text, struct sink *out)
{
	char dir[PATH_MAX] = "";

	if (text.p[0] != '/' && realpath(l->dir, dir) == NULL) {
		conf_error(l, at,
		    "%s: the configuration's own folder can't be looked at",
		    name);
		return false;
	}
	/* The root's own name ends in the slash already. */
	sink_say(out, "%s%s%v", dir,
	    text.p[0] == '/' || dir[1] == '\0' ? "" : "/", text);
	if (!out->full)
		return true;
	conf_error(l, at, "%s: this path is too long", name);
	return false;
}

static bool
folder_exists(struct span path)
{
	struct span folder = span_cut_last(path, '/').head;
	char mem[PATH_TEXT_MAX];
	struct sink name;
	struct stat st;

	sink_init(&name, mem, sizeof(mem));
	sink_say(&name, "%v/", folder);
	sink_byte(&name, '\0');
	return !name.full && stat(mem, &st) == 0;
}

bool
conf_path(struct loader *l, const config_setting_t *at, const char *name,
    struct span text, struct span *out)
{
	unsigned char mem[PATH_TEXT_MAX];
	struct sink path;

	if (text.n == 0 || text_has_control(text) ||
	    text.p[text.n - 1] == '/') {
		conf_error(l, at,
		    "%s = %q is no name: write \"/a/path\", or a "
		    "name beside this file",
		    name, text);
		return false;
	}
	sink_init(&path, mem, sizeof(mem) - 1); /* a NUL comes behind */
	if (!join(l, at, name, text, &path))
		return false;
	if (!folder_exists(sink_view(&path))) {
		conf_error(l, at,
		    "%s = %q: there is no folder %v; make it, or mend the path",
		    name, text, span_cut_last(sink_view(&path), '/').head);
		return false;
	}
	conf_named(l, name, text, false);
	*out = arena_copy(&l->arena, sink_view(&path));
	return out->p != NULL;
}

/* Notes how a file is named, for people who look; text is in the arena. */
static void
conf_named(struct loader *l, const char *option, struct span text, bool secret)
{
	struct config *config = l->config;

	if (config->n_named == NAMED_FILES_MAX)
		return;
	config->named[config->n_named++] =
	    (struct named){ option, text, secret };
}

void
conf_private(struct loader *l, struct span path)
{
	struct span_cut cut = span_cut_last(path, '/');
	char folder[PATH_TEXT_MAX + 1], real[PATH_MAX];
	unsigned char mem[2 * PATH_TEXT_MAX];
	struct config *config = l->config;
	struct sink text;

	sink_init(&text, folder, sizeof(folder));
	sink_say(&text, "%v/", cut.head);
	sink_byte(&text, '\0');
	if (text.full || realpath(folder, real) == NULL ||
	    config->n_private == PRIVATE_MAX)
		return; /* conf_path() has found the folder before */
	sink_init(&text, mem, sizeof(mem));
	sink_say(&text, "%s/%v", real[1] == '\0' ? "" : real, cut.tail);
	config->private_paths[config->n_private++] =
	    arena_copy(&l->arena, sink_view(&text));
}

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

/* The same of a file's name, NUL-terminated, that stands at this setting. */
static bool
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

/*
 * The content of a secret file that the member names; said when it is absent.
 * Notes where the file lies, for the check against the document root.
 */
static bool
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

/* Long enough, and not the same as another one? at is where it is named. */
static bool
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

/* 1*63( lower-case letter / digit / "-" ), without "-" at either end */
static bool
is_label(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') &&
		    !(s.p[i] >= '0' && s.p[i] <= '9') &&
		    (s.p[i] != '-' || i == 0 || i + 1 == s.n))
			return false;
	return s.n > 0 && s.n <= 63;
}

/* host = label 1*( "." label ), RFC 1035 2.3.1 and RFC 1123 2.1 */
bool
conf_is_host(struct span s)
{
	struct span_cut cut = span_cut(s, '.');

	if (!cut.found || s.n > HOST_MAX)
		return false;
	while (cut.found) {
		if (!is_label(cut.head))
			return false;
		cut = span_cut(cut.tail, '.');
	}
	return is_label(cut.head);
}

static void
read_host(struct loader *l, const config_setting_t *group, const char *name,
    struct span *out)
{
	if (conf_string(l, group, name, false, out) && !conf_is_host(*out))
		conf_error(l, conf_member(group, name),
		    "%s must be a host as in \"images.example.com\": "
		    "lower-case "
		    "letters, digits, \"-\" and \".\", without https://, port "
		    "or path",
		    name);
}

/* Parts of one account: where it delivers, its token key, other secrets. */
static void
conf_delivery(
    struct loader *l, const config_setting_t *group, struct cloud *out)
{
	struct delivery *d = &out->delivery;
	bool secure = true;

	conf_bool(l, group, "secure", &secure);
	conf_bool(l, group, "private_cdn", &d->private_cdn);
	conf_bool(l, group, "long_url_signature", &d->long_url_signature);
	read_host(l, group, "secure_distribution", &d->secure_distribution);
	read_host(l, group, "cname", &d->cname);
	d->insecure = !secure;
	/* As in the SDKs, each is for one scheme alone. */
	if (secure && conf_member(group, "cname") != NULL)
		conf_error(l, conf_member(group, "cname"),
		    "cname is for http (secure = false); for https write "
		    "secure_distribution");
	if (!secure && conf_member(group, "secure_distribution") != NULL)
		conf_error(l, conf_member(group, "secure_distribution"),
		    "secure_distribution is for https; with secure = false "
		    "write cname");
}

/*
 * Whoever takes the wrong file is told so in the same line. The file is that
 * of one key: that it is no API secret, of any account and in any spelling,
 * is seen by conf_secret_new().
 */
static void
conf_token_key(
    struct loader *l, const config_setting_t *group, struct cloud *out)
{
	static const char *const name = "token_key_file";
	const config_setting_t *at = conf_member(group, name);
	struct span file, secret;
	struct hmac_key *key;

	if (!conf_string(l, group, name, false, &file) ||
	    !conf_secret_at(l, at,
		"token_key_file (hex, as Cloudinary shows it; not the API "
		"secret)",
		file, ENCODING_HEX, &secret) ||
	    !conf_secret_new(l, at, secret))
		return;
	key = vault_take(l->config->vault, hmac_key_size());
	if (key == NULL || !hmac_key_init(key, HASH_SHA256, secret))
		conf_error(l, at, "there is no room for this key");
	else
		out->token_key = key;
}

static void
conf_verify_secrets(
    struct loader *l, const config_setting_t *group, struct cloud *out)
{
	const char *name = "verify_secret_files";
	const config_setting_t *at = conf_member(group, name);
	struct span *files, *secrets;
	size_t n, taken = 0;

	if (!conf_strings(l, group, name, VERIFY_SECRETS_MAX, &files, &n))
		return;
	secrets = arena_array(&l->arena, n, sizeof(*secrets));
	if (secrets == NULL)
		return;
	if (n == 0)
		conf_error(l, at,
		    "%s is empty: name the files of other API secrets, or "
		    "leave it out",
		    name);
	for (size_t i = 0; i < n; i++)
		if (conf_secret_at(l, at, name, files[i], ENCODING_TEXT,
			&secrets[taken]) &&
		    conf_api_secret(l, at, secrets[taken]))
			taken++;
	out->verify_secrets = secrets;
	out->n_verify_secrets = taken;
}

static void
check_cloud_name(struct loader *l, const config_setting_t *at, struct span name)
{
	if (!text_segment(name))
		conf_error(l, at,
		    "the cloud name must be 1 to %d of the characters A-Z a-z "
		    "0-9 _ -",
		    (long long)SEGMENT_MAX);
}

static void
check_api_key(struct loader *l, const config_setting_t *at, struct span key)
{
	bool right = key.n > 0 && key.n <= API_KEY_MAX;

	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] < '0' || key.p[i] > '9')
			right = false;
	if (!right)
		conf_error(l, at, "the API key must be 1 to %d digits",
		    (long long)API_KEY_MAX);
}

/* What Cloudinary makes: letters, digits, "_" and "-". */
static bool
is_api_secret(struct span s)
{
	for (; s.n > SEGMENT_MAX; s = span_skip(s, SEGMENT_MAX))
		if (!text_segment(span_head(s, SEGMENT_MAX)))
			return false;
	return text_segment(s);
}

/* The same, and of the characters that Cloudinary's are of? */
static bool
conf_api_secret(
    struct loader *l, const config_setting_t *at, struct span secret)
{
	if (is_api_secret(secret))
		return conf_secret_new(l, at, secret);
	conf_error(l, at,
	    "the API secret must be of the characters A-Z a-z 0-9 _ - alone: "
	    "copy it again from Cloudinary's console");
	return false;
}

static void
take_secret(struct loader *l, const config_setting_t *at, struct span secret,
    struct cloud *out)
{
	if (conf_api_secret(l, at, secret))
		out->api_secret = secret;
}

/* cloud_name, api_key and api_secret_file. */
static void
take_three(struct loader *l, const config_setting_t *group, struct cloud *out)
{
	struct span secret;

	if (conf_string(l, group, "cloud_name", true, &out->cloud_name))
		check_cloud_name(
		    l, conf_member(group, "cloud_name"), out->cloud_name);
	if (conf_string(l, group, "api_key", true, &out->api_key))
		check_api_key(l, conf_member(group, "api_key"), out->api_key);
	if (conf_secret_file(
		l, group, "api_secret_file", ENCODING_TEXT, &secret))
		take_secret(
		    l, conf_member(group, "api_secret_file"), secret, out);
}

/*
 * url_file in their place, as Cloudinary's console shows it:
 *
 *   url = "cloudinary://" key ":" secret "@" cloud-name
 *
 * Nothing of a url that is not one is ever said.
 */
static void
take_url(struct loader *l, const config_setting_t *group, struct cloud *out)
{
	static const char *const others[] = { "cloud_name", "api_key",
		"api_secret_file" };
	const struct span scheme = SPAN_LIT("cloudinary://");
	const config_setting_t *at = conf_member(group, "url_file");
	struct span_cut key, secret;
	struct span url;

	conf_apart(l, group, others, sizeof(others) / sizeof(others[0]),
	    "url_file says %s already: leave one of them out");
	if (!conf_secret_file(l, group, "url_file", ENCODING_TEXT, &url))
		return;
	key = span_cut(url, ':');
	if (span_starts(url, scheme))
		key = span_cut(span_skip(url, scheme.n), ':');
	secret = span_cut(key.tail, '@');
	if (!span_starts(url, scheme) || !key.found || !secret.found) {
		conf_error(l, at,
		    "url_file must hold one line and nothing else: "
		    "cloudinary://KEY:SECRET@CLOUD");
		return;
	}
	check_api_key(l, at, key.head);
	check_cloud_name(l, at, secret.tail);
	take_secret(l, at, secret.head, out);
	out->api_key = arena_copy(&l->arena, key.head);
	out->cloud_name = arena_copy(&l->arena, secret.tail);
}

/*
 * https://host[:port]; in clear text only to this machine, where a stand-in
 * for tests listens: form fields hold what signs an upload.
 */
static bool
is_upload_prefix(struct span s)
{
	const struct span https = SPAN_LIT("https://");
	const struct span http = SPAN_LIT("http://");
	struct span host;

	if (!origin_valid(s))
		return false;
	if (span_starts(s, https))
		return true;
	if (!span_starts(s, http))
		return false;
	host = span_cut(span_skip(s, http.n), ':').head;
	return span_is(host, "127.0.0.1") || span_is(host, "localhost");
}

static void
take_upload_prefix(
    struct loader *l, const config_setting_t *group, struct cloud *out)
{
	out->upload_prefix = SPAN_LIT("https://api.cloudinary.com");
	if (!conf_string(
		l, group, "upload_prefix", false, &out->upload_prefix) ||
	    is_upload_prefix(out->upload_prefix))
		return;
	conf_error(l, conf_member(group, "upload_prefix"),
	    "upload_prefix must be https://HOST, in lower case and without a "
	    "path or a slash at its end (http:// only to 127.0.0.1 or "
	    "localhost)");
}

static void
take_cloud(struct loader *l, const config_setting_t *group, struct cloud *out)
{
	static const char *const algorithms[] = { "sha256", "sha1" };
	size_t algorithm = 0;

	conf_members(l, group, SECTION_ACCOUNT);
	if (conf_member(group, "api_secret") != NULL)
		conf_error(l, conf_member(group, "api_secret"),
		    "a secret is never written here: put it into a file of "
		    "its own, and write api_secret_file = \"FILE\"");
	if (conf_member(group, "url_file") != NULL)
		take_url(l, group, out);
	else
		take_three(l, group, out);
	conf_choice(l, group, "signature_algorithm", algorithms, 2, &algorithm);
	out->hash = algorithm == 0 ? HASH_SHA256 : HASH_SHA1;
	if (out->hash == HASH_SHA1)
		conf_warn(l, conf_member(group, "signature_algorithm"),
		    "two texts of one SHA-1 digest can be made, and clients "
		    "choose a part of what is signed: leave "
		    "signature_algorithm out (SHA-256) if this account takes "
		    "that");
	take_upload_prefix(l, group, out);
	conf_delivery(l, group, out);
	conf_token_key(l, group, out);
	conf_verify_secrets(l, group, out);
}

static void
take_clouds(struct loader *l, const config_setting_t *group)
{
	size_t n = (size_t)config_setting_length(group);
	struct cloud *clouds;

	if (n == 0 || n > CLOUDS_MAX) {
		conf_error(l, group, "clouds must hold 1 to %d accounts",
		    (long long)CLOUDS_MAX);
		return;
	}
	clouds = arena_array(&l->arena, n, sizeof(*clouds));
	if (clouds == NULL)
		return;
	l->config->clouds = clouds;
	l->config->n_clouds = n;
	for (size_t i = 0; i < n; i++) {
		const config_setting_t *at =
		    config_setting_get_elem(group, (unsigned)i);
		const char *label = config_setting_name(at);

		clouds[i].label = arena_copy(&l->arena, span_of(label));
		if (conf_group(l, group, label, true) != NULL)
			take_cloud(l, at, &clouds[i]);
	}
}

void
conf_clouds(struct loader *l, const config_setting_t *root)
{
	const config_setting_t *several = conf_member(root, "clouds");
	const config_setting_t *group;
	struct cloud *cloud;

	if (several != NULL && conf_member(root, "cloudinary") != NULL)
		conf_error(l, several,
		    "clouds stands in place of cloudinary: leave one of them "
		    "out");
	if (several != NULL) {
		group = conf_group(l, root, "clouds", true);
		if (group != NULL)
			take_clouds(l, group);
		return;
	}
	group = conf_group(l, root, "cloudinary", true);
	cloud = arena_take(&l->arena, sizeof(*cloud));
	if (group == NULL || cloud == NULL)
		return;
	take_cloud(l, group, cloud);
	l->config->clouds = cloud;
	l->config->n_clouds = 1;
}
