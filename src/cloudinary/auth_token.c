#include "cloudinary/auth_token.h"

#include "base/address.h"
#include "base/enc.h"
#include "base/limits.h"

/* What the parts take beside their values, with room to spare. */
#define PARTS_MAX 256

static void
escape(struct span text, struct sink *out)
{
	const struct span escaped = SPAN_LIT(" \"#%&'/:;<=>?@[\\]^`{|}~");

	for (size_t i = 0; i < text.n; i++) {
		if (span_has(escaped, text.p[i])) {
			sink_byte(out, '%');
			sink_hex(out, span_head(span_skip(text, i), 1));
		} else
			sink_byte(out, text.p[i]);
	}
}

/* What the token shows; an address stands in it as it is. */
static void
write_parts(const struct auth_token *token, struct sink *out)
{
	if (token->ip.n > 0)
		sink_say(out, "ip=%v~", token->ip);
	if (token->start > 0)
		sink_say(out, "st=%d~", token->start);
	sink_say(out, "exp=%d", token->expiration);
	if (token->acl.n > 0) {
		sink_text(out, "~acl=");
		escape(token->acl, out);
	}
}

/* The url is signed, and not shown: it is the one that carries the token. */
bool
auth_token_write(const struct auth_token *token, const struct hmac_key *key,
    struct sink *scratch, struct sink *out)
{
	size_t mark = scratch->n, begin = out->n, shown;
	unsigned char digest[DIGEST_MAX];
	struct span string;

	if (key == NULL || token->expiration < 1 || token->start < 0 ||
	    (token->acl.n == 0 && token->url.n == 0))
		return false;
	write_parts(token, scratch);
	shown = scratch->n - mark;
	if (token->acl.n == 0) {
		sink_text(scratch, "~url=");
		escape(token->url, scratch);
	}
	string = sink_since(scratch, mark);
	if (string.n == 0 ||
	    hmac_of(key, &string, 1, digest) != digest_size(HASH_SHA256))
		return false;
	sink_say(out, "%v~hmac=", span_head(string, shown));
	sink_hex(out, (struct span){ digest, digest_size(HASH_SHA256) });
	if (out->full)
		out->n = begin;
	return !out->full;
}

/* Printable ASCII that every SDK escapes alike: not the backslash. */
static bool
is_path(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] <= 0x20 || text.p[i] > 0x7e || text.p[i] == '\\')
			return false;
	return text.n > 0 && text.p[0] == '/';
}

/*
 * The elements, joined with "!" in place of ",". A "!" in one of them would
 * make two of it.
 */
static bool
join_acl(struct span value, struct arena *arena, struct span *out)
{
	struct span_cut cut = { .tail = value, .found = true };
	unsigned char *mem;
	struct sink joined;

	if (value.n > ACL_MAX)
		return false;
	mem = arena_bytes(arena, value.n);
	if (mem == NULL)
		return false;
	sink_init(&joined, mem, value.n);
	while (cut.found) {
		cut = span_cut(cut.tail, ',');
		if (!is_path(cut.head) || span_has(cut.head, '!'))
			return false;
		sink_say(&joined, joined.n > 0 ? "!%v" : "%v", cut.head);
	}
	*out = sink_view(&joined);
	return !joined.full;
}

/*
 * What is opened: one url, or an acl. Not both, since nobody could tell which
 * of them was meant.
 */
static bool
take_paths(const struct grant *grant, struct span url, struct arena *arena,
    struct auth_token *out)
{
	struct span acl = grant_value(grant, "acl");

	if (grant->policy->action == ACTION_DELIVER) {
		out->url = url;
		return is_path(url);
	}
	if (grant->policy->action != ACTION_TOKEN || url.n > 0)
		return false;
	out->url = grant_value(grant, "url");
	if (acl.n == 0)
		return is_path(out->url);
	return out->url.n == 0 && join_acl(acl, arena, &out->acl);
}

bool
auth_token_grant(const struct grant *grant, struct span url,
    struct arena *arena, struct sink *out)
{
	struct auth_token token = { .start = grant->timestamp,
		.expiration = grant->expires_at };
	struct address address;
	struct sink scratch;
	unsigned char *mem;
	size_t room;

	if (!grant->given || token.start < 1 ||
	    token.expiration <= token.start ||
	    !take_paths(grant, url, arena, &token))
		return false;
	token.ip = grant_value(grant, "ip");
	if (token.ip.n > 0 && !address_parse(token.ip, &address))
		return false;
	room = PARTS_MAX + token.ip.n + 3 * (token.acl.n + token.url.n);
	mem = arena_bytes(arena, room);
	if (mem == NULL)
		return false;
	sink_init(&scratch, mem, room);
	return auth_token_write(
	    &token, grant->policy->cloud->token_key, &scratch, out);
}

/* cookie-octet of RFC 6265 4.1.1 */
static bool
is_cookie_text(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] <= 0x20 || text.p[i] > 0x7e ||
		    span_has(SPAN_LIT("\",;\\"), text.p[i]))
			return false;
	return text.n > 0;
}

void
auth_token_cookie(
    struct span token, struct span domain, long long max_age, struct sink *out)
{
	size_t mark = out->n;

	if (!is_cookie_text(token) || !is_cookie_text(domain) || max_age < 1)
		return;
	sink_say(out,
	    AUTH_TOKEN_NAME "=%v; Domain=%v; Path=/; Max-Age=%d; Secure; "
			    "HttpOnly; SameSite=Lax",
	    token, domain, max_age);
	if (out->full)
		out->n = mark;
}
