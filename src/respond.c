#include "respond.h"

#include "cloudinary/api_answer.h"
#include "cloudinary/auth_token.h"
#include "cloudinary/delivery.h"
#include "cloudinary/link_answer.h"
#include "cloudinary/prepare_answer.h"
#include "cloudinary/verify.h"

static const struct span nothing = { NULL, 0 };

static bool
out_of_room(const struct response *r)
{
	return problem_set(r->why, 500, "out_of_room", nothing,
	    "The request and the policy together are too large.");
}

/* Room for one text of the answer, from the arena. */
static bool
open_text(const struct response *r, struct sink *text)
{
	unsigned char *mem = arena_bytes(r->arena, URL_OUT_MAX);

	sink_init(text, mem, mem == NULL ? 0 : URL_OUT_MAX);
	return mem != NULL || out_of_room(r);
}

/* The string to sign is done with: the URL takes its place. */
static bool
write_link(const struct response *r, const struct grant *grant,
    const struct signature *signature)
{
	struct span url;

	sink_init(r->string, r->string->p, r->string->cap);
	link_write(grant, signature, r->string);
	url = sink_view(r->string);
	link_answer(url, grant->expires_at, r->json);
	return url.n > 0 || out_of_room(r);
}

static bool
respond_call(const struct response *r, const struct grant *grant)
{
	struct signature signature;

	sink_init(r->string, r->string->p, r->string->cap);
	if (!api_sign(grant, r->string, &signature))
		return out_of_room(r);
	if (grant->contract == CONTRACT_TEXT) {
		r->out->media = MEDIA_TEXT;
		sink_text(r->body, signature.hex);
	} else if (grant->contract == CONTRACT_PREPARE)
		prepare_answer(grant, &signature, r->json);
	else if (grant->link)
		return write_link(r, grant, &signature);
	else
		api_answer(grant, &signature, r->json);
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
	json_name(r->json, "url");
	json_text(r->json, sink_view(&url));
	return !url.full || out_of_room(r);
}

static bool
respond_delivery(const struct response *r, const struct grant *grant)
{
	struct delivery_url url;
	struct sink text, token;

	if (!open_text(r, &text))
		return false;
	if (grant->expires_at == 0) {
		if (!delivery_write(grant, &text))
			return out_of_room(r);
		link_answer(sink_view(&text), 0, r->json);
		return true;
	}
	if (!open_text(r, &token) || !delivery_of(grant, r->arena, &url))
		return out_of_room(r);
	delivery_path(&url, nothing, &text);
	if (text.full ||
	    !auth_token_grant(grant, sink_view(&text), r->arena, &token))
		return out_of_room(r);
	json_open(r->json, '{');
	if (!write_token_url(r, grant, sink_view(&text), sink_view(&token)))
		return false;
	json_name(r->json, "expires_at");
	json_number(r->json, grant->expires_at);
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
	auth_token_cookie(token, domain, grant->expires_at - r->now, &cookie);
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
	if (!auth_token_grant(grant, nothing, r->arena, &token))
		return problem_set(r->why, 403, "value_not_allowed", nothing,
		    "No token can be made of this: paths are ASCII, and ip is "
		    "an address.");
	sink_say(&named, "%s=%v", AUTH_TOKEN_NAME, sink_view(&token));
	json_open(r->json, '{');
	json_name(r->json, "token");
	json_text(r->json, sink_view(&named));
	if (url.n > 0 && !write_token_url(r, grant, url, sink_view(&token)))
		return false;
	json_name(r->json, "expires_at");
	json_number(r->json, grant->expires_at);
	json_close(r->json);
	return set_cookie(r, grant, sink_view(&token));
}

static bool
respond_verify(const struct response *r, const struct grant *grant)
{
	if (!verify_grant(grant, r->why))
		return false;
	json_open(r->json, '{');
	json_name(r->json, "valid");
	json_bool(r->json, true);
	json_close(r->json);
	return true;
}

bool
respond(const struct response *r, const struct grant *grant)
{
	r->out->media = MEDIA_JSON;
	switch (actions[grant->policy->action].kind) {
	case KIND_API:
		return respond_call(r, grant);
	case KIND_DELIVERY:
		return respond_delivery(r, grant);
	case KIND_TOKEN:
		return respond_token(r, grant);
	case KIND_VERIFY:
		return respond_verify(r, grant);
	case KIND_NONE:
	default:
		return out_of_room(r);
	}
}
