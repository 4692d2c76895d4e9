#include "cloudinary/verify.h"

#include "base/enc.h"
#include "http/json.h"

static const struct span no_param = { NULL, 0 };

/* 40 or 64 lower-case hex digits say which hash; HASH_NONE for all else. */
static enum hash
read_signature(struct span text, unsigned char out[static DIGEST_MAX])
{
	enum hash hash = text.n == 40   ? HASH_SHA1
			 : text.n == 64 ? HASH_SHA256
					: HASH_NONE;
	size_t n;

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] >= 'A' && text.p[i] <= 'F')
			return HASH_NONE;
	if (hash == HASH_NONE || !hex_decode(text, out, DIGEST_MAX, &n) ||
	    n != digest_size(hash))
		return HASH_NONE;
	return hash;
}

/* Is given the digest of the parts and the secret, which takes the last? */
static bool
matches(struct span *parts, size_t n, struct span secret, enum hash hash,
    const unsigned char *given)
{
	unsigned char digest[DIGEST_MAX];

	parts[n - 1] = secret;
	return secret.n > 0 && digest_of(hash, parts, n, digest) &&
	       digest_equal(digest, given, digest_size(hash));
}

/* All secrets are tried, whichever fits, so that time says nothing. */
static bool
signed_by(const struct cloud *cloud, struct span *parts, size_t n,
    struct span signature)
{
	unsigned char given[DIGEST_MAX];
	enum hash hash = read_signature(signature, given);
	bool right;

	if (hash == HASH_NONE)
		return false;
	right = matches(parts, n, cloud->api_secret, hash, given);
	for (size_t i = 0; i < cloud->n_verify_secrets; i++)
		right |=
		    matches(parts, n, cloud->verify_secrets[i], hash, given);
	return right;
}

bool
verify_upload(const struct cloud *cloud, struct span public_id,
    struct span version, struct span signature)
{
	struct span parts[] = { SPAN_LIT("public_id="), public_id,
		SPAN_LIT("&version="), version, { NULL, 0 } };
	long long number;

	/* Nothing is escaped: "1&version=2" would make it another asset's. */
	return public_id.n > 0 && span_digits(version, &number) &&
	       signed_by(cloud, parts, 5, signature);
}

/* Neither older than the window, nor of the future. */
static bool
in_time(struct span timestamp, long long now)
{
	long long at;

	return span_digits(timestamp, &at) && at <= now &&
	       now - at <= WEBHOOK_SECONDS;
}

bool
verify_notification(const struct cloud *cloud, struct span body,
    struct span timestamp, struct span signature, long long now)
{
	struct span parts[] = { body, timestamp, { NULL, 0 } };

	return in_time(timestamp, now) && signed_by(cloud, parts, 3, signature);
}

static bool
missing(const char *name, struct problem *why)
{
	return problem_set(why, 400, "parameter_missing", span_of(name),
	    "The notification's header %s is not here; hand it on.", name);
}

static bool
check_json(struct span body, struct problem *why)
{
	struct json_value object = { JSON_KIND_OBJECT, body };

	if (json_object_valid(body, TOKEN_DEPTH_MAX) &&
	    json_names_apart(object))
		return true;
	return problem_set(why, 400, "malformed", no_param,
	    "The body is not one JSON object with each name once; hand on the "
	    "notification's own bytes.");
}

/* Verified first and read after: only Cloudinary's own bytes are. */
bool
verify_webhook(const struct policy *policy, const struct request *request,
    long long now, struct problem *why)
{
	long long at;

	if (request->cld_timestamp.n == 0)
		return missing("X-Cld-Timestamp", why);
	if (request->cld_signature.n == 0)
		return missing("X-Cld-Signature", why);
	if (!span_digits(request->cld_timestamp, &at))
		return problem_set(why, 400, "malformed",
		    SPAN_LIT("X-Cld-Timestamp"),
		    "X-Cld-Timestamp takes plain digits.");
	if (!in_time(request->cld_timestamp, now)) {
		why->server_time = now;
		return problem_set(why, 403, "timestamp_stale",
		    SPAN_LIT("X-Cld-Timestamp"),
		    "The notification is of %d, and it is %d here: it may be "
		    "%d seconds old at most, and not of the future.",
		    at, now, (long long)WEBHOOK_SECONDS);
	}
	if (!verify_notification(policy->cloud, request->body,
		request->cld_timestamp, request->cld_signature, now))
		return problem_set(why, 403, "signature_wrong",
		    SPAN_LIT("X-Cld-Signature"),
		    "This is no notification of Cloudinary's, or was changed "
		    "on its way, or was signed with an API secret that is not "
		    "configured here.");
	return check_json(request->body, why);
}

bool
verify_grant(const struct grant *grant, struct problem *why)
{
	if (grant->given && grant->policy->action == ACTION_VERIFY &&
	    verify_upload(grant->policy->cloud, grant_value(grant, "public_id"),
		grant_value(grant, "version"), grant_value(grant, "signature")))
		return true;
	return problem_set(why, 403, "signature_wrong", SPAN_LIT("signature"),
	    "Cloudinary did not say this of this public_id and version.");
}
