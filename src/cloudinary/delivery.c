#include "cloudinary/delivery.h"

#include <string.h>

#include "base/enc.h"
#include "base/text.h"
#include "policy/value.h"

#define SHORT_FORM 8
#define LONG_FORM 32

bool
delivery_sign(struct span transformation, struct span source,
    struct span secret, enum hash hash, bool long_form,
    struct delivery_signature *out)
{
	const struct span slash = SPAN_LIT("/");
	bool both = transformation.n > 0;
	struct span parts[] = { transformation, both ? slash : transformation,
		source, secret };
	unsigned char digest[DIGEST_MAX], mem[2 * DIGEST_MAX];
	struct sink text, all;

	memset(out, 0, sizeof(*out));
	if (long_form)
		hash = HASH_SHA256;
	if (secret.n == 0 || source.n == 0 ||
	    !digest_of(hash, parts, 4, digest))
		return false;
	sink_init(&text, mem, sizeof(mem));
	base64url_encode((struct span){ digest, digest_size(hash) }, &text);
	sink_init(&all, out->text, sizeof(out->text) - 1);
	sink_say(&all, "s--%v--",
	    span_head(sink_view(&text), long_form ? LONG_FORM : SHORT_FORM));
	out->n = sink_view(&all).n;
	return out->n > 0;
}

/* res.cloudinary.com has the cloud's name in the path, as its own do not. */
static bool
is_shared(const struct cloud *cloud)
{
	return !cloud->delivery.private_cdn ||
	       span_is(
		   cloud->delivery.secure_distribution, "res.cloudinary.com");
}

void
delivery_host(const struct cloud *cloud, struct sink *out)
{
	const struct delivery *d = &cloud->delivery;
	struct span own = d->insecure ? d->cname : d->secure_distribution;

	sink_text(out, d->insecure ? "http://" : "https://");
	if (own.n > 0)
		sink_span(out, own);
	else if (d->private_cdn)
		sink_say(out, "%v-res.cloudinary.com", cloud->cloud_name);
	else
		sink_text(out, "res.cloudinary.com");
}

/* Does a URL read it as a version: "v" 1*DIGIT at its beginning? */
static bool
begins_with_version(struct span source)
{
	return source.n > 1 && source.p[0] == 'v' && source.p[1] >= '0' &&
	       source.p[1] <= '9';
}

void
delivery_path(
    const struct delivery_url *url, struct span signature, struct sink *out)
{
	if (is_shared(url->cloud))
		sink_say(out, "/%v", url->cloud->cloud_name);
	sink_say(out, "/%v/%v", url->resource_type, url->type);
	if (signature.n > 0)
		sink_say(out, "/%v", signature);
	if (url->transformation.n > 0)
		sink_say(out, "/%v", url->transformation);
	if (url->version.n > 0)
		sink_say(out, "/v%v", url->version);
	else if (span_has(url->source, '/') &&
		 !begins_with_version(url->source))
		sink_text(out, "/v1");
	sink_say(out, "/%v", url->source);
}

/* public_id [ "." format ], of what all SDKs hash alike; empty otherwise. */
static struct span
source_of(const struct grant *grant, struct arena *arena)
{
	struct span id = grant_value(grant, "public_id");
	struct span format = grant_value(grant, "format");
	size_t size = id.n + format.n + 1;
	unsigned char *mem = arena_bytes(arena, size);
	struct sink text;

	sink_init(&text, mem, mem == NULL ? 0 : size);
	sink_span(&text, id);
	if (format.n > 0)
		sink_say(&text, ".%v", format);
	for (size_t i = 0; i < text.n; i++)
		if (!text_segment((struct span){ text.p + i, 1 }) &&
		    text.p[i] != '/' && text.p[i] != '.')
			return (struct span){ NULL, 0 };
	return id.n > 0 ? sink_view(&text) : id;
}

bool
delivery_of(
    const struct grant *grant, struct arena *arena, struct delivery_url *out)
{
	long long version = 1;
	struct delivery_url url;

	*out = (struct delivery_url){ 0 };
	if (!grant->given || grant->policy->action != ACTION_DELIVER)
		return false;
	url = (struct delivery_url){ .cloud = grant->policy->cloud,
		.resource_type = grant->resource_type,
		.type = grant_value(grant, "type"),
		.transformation = grant_value(grant, "transformation"),
		.version = grant_value(grant, "version"),
		.source = source_of(grant, arena) };
	if (url.type.n == 0)
		url.type = SPAN_LIT("upload");
	if (url.source.n == 0 ||
	    (url.version.n > 0 && !span_digits(url.version, &version)) ||
	    (url.transformation.n > 0 &&
		!transformation_valid(url.transformation, NULL)))
		return false;
	*out = url;
	return true;
}

bool
delivery_write(const struct grant *grant, struct sink *out)
{
	unsigned char mem[2 * ID_MAX];
	struct delivery_signature signature;
	struct delivery_url url;
	struct arena arena;
	const struct cloud *cloud;

	arena_init(&arena, mem, sizeof(mem));
	if (!delivery_of(grant, &arena, &url))
		return false;
	cloud = url.cloud;
	if (!delivery_sign(url.transformation, url.source, cloud->api_secret,
		cloud->hash, cloud->delivery.long_url_signature, &signature))
		return false;
	delivery_host(cloud, out);
	delivery_path(&url, span_of(signature.text), out);
	return !out->full;
}
