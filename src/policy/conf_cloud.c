#include "base/limits.h"
#include "base/text.h"
#include "policy/loader.h"

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

bool
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

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (conf_member(group, others[i]) != NULL)
			conf_error(l, conf_member(group, others[i]),
			    "url_file says %s already: leave one of them out",
			    others[i]);
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
	static const char *const names[] = { "cloud_name", "api_key",
		"api_secret_file", "url_file", "signature_algorithm",
		"upload_prefix", "secure", "secure_distribution", "private_cdn",
		"cname", "long_url_signature", "token_key_file",
		"verify_secret_files", "api_secret" };
	static const char *const algorithms[] = { "sha256", "sha1" };
	size_t algorithm = 0;

	conf_known(l, group, names, sizeof(names) / sizeof(names[0]));
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
