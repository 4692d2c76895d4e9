#include "cloudinary/respond.h"

#include "cloudinary/api_sign.h"
#include "cloudinary/auth_token.h"
#include "cloudinary/delivery.h"
#include "cloudinary/verify.h"
#include "http/camel.h"

static const struct span nothing = { NULL, 0 };

static bool
out_of_room(const struct response *r)
{
	return problem_set(r->ctx->why, 500, "out_of_room", nothing,
	    "The request and the policy together are too large.");
}

/* Room for one text of the answer, from the arena. */
static bool
open_text(const struct response *r, struct sink *text)
{
	unsigned char *mem = arena_bytes(r->ctx->arena, URL_OUT_MAX);

	sink_init(text, mem, mem == NULL ? 0 : URL_OUT_MAX);
	return mem != NULL || out_of_room(r);
}

/* https://api.cloudinary.com/v1_1/CLOUD/RESOURCE_TYPE/ACTION */
static void
write_url(const struct grant *grant, struct sink *out)
{
	const struct cloud *cloud = grant->policy->cloud;

	sink_say(out, "%v/v1_1/%v/%v/%s", cloud->upload_prefix,
	    cloud->cloud_name, grant->resource_type,
	    actions[grant->policy->action].path);
}

/* "public_ids[]": [ "a", "b" ], which is signed as public_ids=a,b */
static void
write_list(struct json_out *out, const struct grant_field *field)
{
	struct span_cut cut = { .tail = field->value, .found = true };
	unsigned char mem[NAME_MAX_BYTES + 2];
	struct sink name;

	sink_init(&name, mem, sizeof(mem));
	sink_say(&name, "%s[]", field->term->name);
	json_name_span(out, sink_view(&name));
	json_open(out, '[');
	while (cut.found) {
		cut = span_cut(cut.tail, ',');
		json_text(out, cut.head);
	}
	json_close(out);
}

static void
write_fields(
    const struct grant *grant, struct span signature, struct json_out *out)
{
	json_name(out, "fields");
	json_open(out, '{');
	json_named_text(out, "api_key", grant->policy->cloud->api_key);
	for (size_t i = 0; i < grant->n; i++) {
		const struct grant_field *field = &grant->fields[i];

		if (term_sent_as_list(field->term, grant->policy->action))
			write_list(out, field);
		else
			json_named_text(out, field->term->name, field->value);
	}
	json_named_text(out, "signature", signature);
	json_close(out);
}

static void
write_if_signed(
    const struct grant *grant, const char *name, struct json_out *out)
{
	struct span value = grant_value(grant, name);

	if (value.n > 0)
		json_named_text(out, name, value);
}

static void
write_call(
    const struct grant *grant, struct span signature, struct json_out *out)
{
	const struct cloud *cloud = grant->policy->cloud;
	bool classic = grant->contract == CONTRACT_CLASSIC;
	bool plain = grant->contract == CONTRACT_PLAIN || classic;
	unsigned char mem[1024];
	struct sink url;

	json_open(out, '{');
	if (plain) {
		sink_init(&url, mem, sizeof(mem));
		write_url(grant, &url);
		json_named_text(out, "url", sink_view(&url));
		write_fields(grant, signature, out);
	}
	json_named_text(out, "signature", signature);
	json_named_number(out, "timestamp", grant->timestamp);
	json_named_text(out, "api_key", cloud->api_key);
	json_named_text(out, "cloud_name", cloud->cloud_name);
	if (classic) {
		json_named_text(out, "apikey", cloud->api_key);
		json_named_text(out, "cloudname", cloud->cloud_name);
	}
	if (plain) {
		write_if_signed(grant, "public_id", out);
		write_if_signed(grant, "folder", out);
		json_named_number(out, "expires_at", grant->expires_at);
	}
	json_close(out);
}

/* What else is signed and the widget takes: the texts that were signed. */
static void
write_prepared(
    const struct grant *grant, struct span signature, struct json_out *out)
{
	json_open(out, '{');
	json_named_text(out, "signature", signature);
	json_named_number(out, "uploadSignatureTimestamp", grant->timestamp);
	json_named_text(out, "apiKey", grant->policy->cloud->api_key);
	json_named_text(out, "resourceType", grant->resource_type);
	for (size_t i = 0; i < grant->n; i++) {
		const struct grant_field *field = &grant->fields[i];
		const char *camel = camel_of(span_of(field->term->name));

		if (camel != NULL)
			json_named_text(out, camel, field->value);
	}
	json_close(out);
}

/*
 * NAME=VALUE& with all but RFC 3986's unreserved characters escaped, so that
 * nothing ends a value.
 */
static void
write_pair(struct sink *out, const char *name, bool element, struct span value)
{
	sink_say(out, "%s%s=", name, element ? "%5B%5D" : "");
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = value.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || span_has(SPAN_LIT("-._~"), c)) {
			sink_byte(out, c);
			continue;
		}
		sink_byte(out, '%');
		sink_byte(out, (unsigned char)"0123456789ABCDEF"[c >> 4]);
		sink_byte(out, (unsigned char)"0123456789ABCDEF"[c & 15]);
	}
	sink_byte(out, '&');
}

static void
write_query(const struct grant *grant, struct sink *out)
{
	for (size_t i = 0; i < grant->n; i++) {
		const struct grant_field *field = &grant->fields[i];
		struct span_cut cut = { .tail = field->value, .found = true };
		bool list =
		    term_sent_as_list(field->term, grant->policy->action);

		if (!list)
			write_pair(out, field->term->name, false, field->value);
		while (list && cut.found) {
			cut = span_cut(cut.tail, ',');
			write_pair(out, field->term->name, true, cut.head);
		}
	}
	write_pair(out, "api_key", false, grant->policy->cloud->api_key);
}

/* {"url": ..., "expires_at": ...}, the latter where there is one. */
static bool
write_link(const struct response *r, const struct sink *url, long long expires)
{
	if (url->full || url->n == 0)
		return out_of_room(r);
	json_open(r->json, '{');
	json_named_text(r->json, "url", sink_view(url));
	if (expires > 0)
		json_named_number(r->json, "expires_at", expires);
	json_close(r->json);
	return true;
}

/*
 * Source of a link: cloudinary_npm lib/utils/index.js private_download_url,
 * download_archive_url. The string to sign is done with: the URL takes its
 * place.
 */
static bool
respond_call(const struct response *r, const struct grant *grant)
{
	struct signature signature;
	struct span hex;

	sink_init(r->string, r->string->p, r->string->cap);
	if (!api_sign(grant, r->string, &signature))
		return out_of_room(r);
	hex = span_of(signature.hex);
	if (grant->contract == CONTRACT_TEXT) {
		r->out->media = MEDIA_TEXT;
		sink_span(r->body, hex);
	} else if (grant->contract == CONTRACT_PREPARE)
		write_prepared(grant, hex, r->json);
	else if (grant->link) {
		sink_init(r->string, r->string->p, r->string->cap);
		write_url(grant, r->string);
		sink_byte(r->string, '?');
		write_query(grant, r->string);
		sink_say(r->string, "signature=%v", hex);
		return write_link(r, r->string, grant->expires_at);
	} else
		write_call(grant, hex, r->json);
	return true;
}

/* A token for the path of this URL, which is complete but for its query. */
static bool
write_token_url(const struct response *r, const struct grant *grant,
    struct span path, struct span token)
{
	struct sink url;

	if (!open_text(r, &url))
		return false;
	delivery_host(grant->policy->cloud, &url);
	sink_say(&url, "%v?%s=%v", path, AUTH_TOKEN_NAME, token);
	json_named_text(r->json, "url", sink_view(&url));
	return !url.full || out_of_room(r);
}

static bool
respond_delivery(const struct response *r, const struct grant *grant)
{
	struct delivery_url url;
	struct sink text, token;

	if (!open_text(r, &text))
		return false;
	if (grant->expires_at == 0)
		return delivery_write(grant, &text) ? write_link(r, &text, 0)
						    : out_of_room(r);
	if (!open_text(r, &token) || !delivery_of(grant, r->ctx->arena, &url))
		return out_of_room(r);
	delivery_path(&url, nothing, &text);
	if (text.full ||
	    !auth_token_grant(grant, sink_view(&text), r->ctx->arena, &token))
		return out_of_room(r);
	json_open(r->json, '{');
	if (!write_token_url(r, grant, sink_view(&text), sink_view(&token)))
		return false;
	json_named_number(r->json, "expires_at", grant->expires_at);
	json_close(r->json);
	return true;
}

/* The browser keeps it for the site's delivery host. */
static bool
set_cookie(
    const struct response *r, const struct grant *grant, struct span token)
{
	struct span domain = grant->policy->cookie_domain;
	struct sink cookie;

	if (domain.n == 0)
		return true;
	if (!open_text(r, &cookie))
		return false;
	auth_token_cookie(
	    token, domain, grant->expires_at - r->ctx->facts->now, &cookie);
	r->out->set_cookie = sink_view(&cookie);
	return r->out->set_cookie.n > 0 || out_of_room(r);
}

static bool
respond_token(const struct response *r, const struct grant *grant)
{
	struct span url = grant_value(grant, "url");
	struct sink token, named;

	if (!open_text(r, &token) || !open_text(r, &named))
		return false;
	if (!auth_token_grant(grant, nothing, r->ctx->arena, &token))
		return problem_set(r->ctx->why, 403, "value_not_allowed",
		    nothing,
		    "No token can be made of this: paths are ASCII, and ip is "
		    "an address.");
	sink_say(&named, "%s=%v", AUTH_TOKEN_NAME, sink_view(&token));
	json_open(r->json, '{');
	json_named_text(r->json, "token", sink_view(&named));
	if (url.n > 0 && !write_token_url(r, grant, url, sink_view(&token)))
		return false;
	json_named_number(r->json, "expires_at", grant->expires_at);
	json_close(r->json);
	return set_cookie(r, grant, sink_view(&token));
}

bool
respond(const struct response *r, const struct grant *grant)
{
	r->out->media = MEDIA_JSON;
	if (!grant->given)
		return out_of_room(r);
	switch (actions[grant->policy->action].kind) {
	case KIND_API:
		return respond_call(r, grant);
	case KIND_DELIVERY:
		return respond_delivery(r, grant);
	case KIND_TOKEN:
		return respond_token(r, grant);
	case KIND_VERIFY:
		if (!verify_grant(grant, r->ctx->why))
			return false;
		json_open(r->json, '{');
		json_named_bool(r->json, "valid", true);
		json_close(r->json);
		return true;
	case KIND_NONE:
	default:
		return out_of_room(r);
	}
}

void
respond_information(const struct config *config, const struct cloud *cloud,
    const struct request *request, const struct ctx *ctx, struct sink *out)
{
	struct problem unused;
	const struct ctx asking = { ctx->facts, ctx->arena, &unused };
	struct json_out j;

	json_begin(&j, out);
	json_open(&j, '{');
	json_named_text(&j, "cloud_name", cloud->cloud_name);
	json_named_text(&j, "api_key", cloud->api_key);
	json_named_text(&j, "user", ctx->facts->session->user);
	json_name(&j, "policies");
	json_open(&j, '[');
	for (size_t i = 0; i < config->n_policies; i++) {
		struct arena before = *ctx->arena;

		problem_clear(&unused);
		if (policy_open_to(&config->policies[i], request, &asking))
			json_text(&j, config->policies[i].name);
		*ctx->arena = before; /* nothing of it is needed further */
	}
	json_close(&j);
	json_named_number(&j, "server_time", ctx->facts->now);
	json_close(&j);
}

/* A list is sent as its elements with commas between them. */
static bool
sent_as_list(const struct param *p, struct span value)
{
	struct span_cut cut = { .tail = value, .found = true };
	size_t i = 0;

	if (p == NULL || p->shape != SHAPE_LIST)
		return false;
	while (cut.found) {
		cut = span_cut(cut.tail, ',');
		if (i == p->n || !span_eq(p->values[i++], cut.head))
			return false;
	}
	return i == p->n;
}

static bool
check_field(const struct grant *grant, const struct grant_field *field,
    const struct params *asked, struct problem *why)
{
	struct span name = span_of(field->term->name), sent = nothing;
	const struct param *p = params_find(asked, name);

	if (p != NULL && p->shape == SHAPE_TEXT)
		sent = p->values[0];
	if (span_is(name, "timestamp") || camel_of(name) != NULL ||
	    span_eq(sent, field->value) || sent_as_list(p, field->value))
		return true;
	if (span_is(name, "source") && sent.n == 0 &&
	    span_is(field->value, "uw"))
		return true;
	if (p != NULL)
		return problem_set(why, 403, "contract_not_served", name,
		    "The Upload Widget sends %q in another way than the policy "
		    "%q signs it; send %q.",
		    name, grant->policy->name, field->value);
	return problem_set(why, 403, "contract_not_served", name,
	    "The policy %q signs %q = %q, which the Upload Widget would not "
	    "send: put it in a signed preset, and name the preset in `set`.",
	    grant->policy->name, name, field->value);
}

bool
respond_possible(
    const struct grant *grant, const struct params *asked, struct problem *why)
{
	if (!grant->given || grant->policy->action != ACTION_UPLOAD)
		return problem_set(why, 403, "contract_not_served", nothing,
		    "prepareUploadParams is for uploads only.");
	for (size_t i = 0; i < grant->n; i++)
		if (!check_field(grant, &grant->fields[i], asked, why))
			return false;
	return true;
}

void
respond_refusal(const struct problem *why, struct json_out *out)
{
	json_open(out, '{');
	json_named_bool(out, "cancel", true);
	json_named_text(out, "error", sink_view(&why->detail));
	json_named_text(out, "code", span_of(why->code));
	if (why->param.n > 0)
		json_named_text(out, "param", why->param);
	json_close(out);
}
