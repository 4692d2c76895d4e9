#include "cli/explain.h"

#define SLIPPED_MAX (2 * SECRET_MAX + 128)

/* One hash of a string and a secret, in a way that people have tried. */
enum construction {
	PLAIN,
	HMAC,
	HMAC_OF_BOTH, /* the secret behind the string as well */
	SECRET_FIRST,
	JOINED,
	NAMED,
	CONSTRUCTIONS
};

static const enum cause construction_cause[CONSTRUCTIONS] = { CAUSE_NONE,
	CAUSE_HMAC, CAUSE_HMAC, CAUSE_SECRET_FIRST, CAUSE_SECRET_JOINED,
	CAUSE_SECRET_JOINED };

static bool
make(enum construction c, enum hash hash, struct span string,
    struct span secret, unsigned char out[static DIGEST_MAX])
{
	_Alignas(max_align_t) unsigned char room[HMAC_KEY_MAX];
	struct hmac_key *key = (struct hmac_key *)(void *)room;
	struct span parts[3] = { string, secret };
	size_t n = 2;
	bool right;

	if (c == HMAC || c == HMAC_OF_BOTH) {
		right = hmac_key_init(key, hash, secret) &&
			hmac_of(key, parts, c == HMAC ? 1 : 2, out) > 0;
		wipe(room, sizeof(room));
		return right;
	}
	if (c == SECRET_FIRST) {
		parts[0] = secret;
		parts[1] = string;
	} else if (c == JOINED || c == NAMED) {
		parts[1] =
		    c == JOINED ? SPAN_LIT("&") : SPAN_LIT("&api_secret=");
		parts[2] = secret;
		n = 3;
	}
	return digest_of(hash, parts, n, out);
}

static bool
fits(struct trial *t, enum construction c, struct span string,
    struct span secret)
{
	unsigned char digest[DIGEST_MAX];
	enum hash hash = t->received->hash;
	bool same;

	t->budget -= (long long)(string.n + secret.n) + 128;
	if (t->budget < 0 || hash == HASH_NONE)
		return false;
	same = make(c, hash, string, secret, digest) &&
	       digest_equal(digest, t->received->bytes, digest_size(hash));
	wipe(digest, sizeof(digest));
	return same;
}

/* The first construction that fits, from PLAIN to before end. */
static bool
construct(struct trial *t, struct span string, struct span secret,
    enum construction end, enum cause *cause)
{
	for (enum construction c = PLAIN; c < end; c++)
		if (fits(t, c, string, secret)) {
			*cause = construction_cause[c];
			return true;
		}
	return false;
}

/* A secret with one slip in it: the nth; false behind the last. */
static bool
slip(const struct cloud *cloud, struct span secret, size_t nth,
    struct sink *out, enum cause *cause)
{
	static const struct {
		const char *before, *behind;
		enum cause cause;
	} around[] = { { "\"", "\"", CAUSE_SECRET_QUOTED },
		{ "'", "'", CAUSE_SECRET_QUOTED },
		{ "\"", "", CAUSE_SECRET_QUOTED },
		{ "", "\"", CAUSE_SECRET_QUOTED },
		{ "", "'", CAUSE_SECRET_QUOTED },
		{ "'", "", CAUSE_SECRET_QUOTED },
		{ "", "\n", CAUSE_SECRET_LINE_END },
		{ "", "\r\n", CAUSE_SECRET_LINE_END },
		{ "", "\r", CAUSE_SECRET_LINE_END },
		{ "", "\\n", CAUSE_SECRET_LINE_END },
		{ "", " ", CAUSE_SECRET_BLANK },
		{ " ", "", CAUSE_SECRET_BLANK },
		{ "", "\t", CAUSE_SECRET_BLANK },
		{ "\"", "\"\n", CAUSE_SECRET_QUOTED },
		{ "", ";", CAUSE_SECRET_QUOTED } };
	const size_t n_around = sizeof(around) / sizeof(around[0]);
	size_t front, back;

	if (nth < n_around) {
		*cause = around[nth].cause;
		sink_say(out, "%s%v%s", around[nth].before, secret,
		    around[nth].behind);
		return true;
	}
	nth -= n_around;
	if (nth < 8) {
		*cause = CAUSE_SECRET_CUT;
		front = (nth + 1) / 3;
		back = (nth + 1) % 3;
		if (secret.n > front + back)
			sink_span(out, span_head(span_skip(secret, front),
					   secret.n - front - back));
		return true;
	}
	if (nth < 10) {
		*cause = CAUSE_SECRET_CASE;
		for (size_t i = 0; i < secret.n; i++) {
			unsigned char c = secret.p[i],
				      first = nth == 8 ? 'A' : 'a';

			sink_byte(out, c >= first && c < first + 26
					   ? (unsigned char)(c ^ 0x20)
					   : c);
		}
		return true;
	}
	*cause = CAUSE_SECRET_URL;
	if (nth == 10)
		sink_say(out, "cloudinary://%v:%v@%v", cloud->api_key, secret,
		    cloud->cloud_name);
	else if (nth == 11)
		sink_say(out, "%v@%v", secret, cloud->cloud_name);
	else if (nth == 12)
		sink_say(out, "%v:%v", cloud->api_key, secret);
	return nth <= 12;
}

static bool
slipped(struct trial *t, const struct cloud *cloud, struct span secret,
    struct span string, enum construction end, enum cause *cause,
    enum cause *how)
{
	unsigned char room[SLIPPED_MAX];
	enum cause what;
	bool found = false;
	struct sink out;

	for (size_t nth = 0; !found; nth++) {
		sink_init(&out, room, sizeof(room));
		if (!slip(cloud, secret, nth, &out, &what))
			break;
		if (!out.full && out.n > 0 &&
		    construct(t, string, sink_view(&out), end, how)) {
			*cause = what;
			found = true;
		}
	}
	wipe(room, sizeof(room));
	return found;
}

/* Whose secret it is, where nothing else is wrong with it. */
static enum cause
whose(const struct trial *t, const struct cloud *cloud, bool old)
{
	if (t->cloud != NULL && t->cloud != cloud)
		return CAUSE_OTHER_CLOUD;
	if (old)
		return CAUSE_OLD_SECRET;
	return t->received->hash == cloud->hash ? CAUSE_RIGHT : CAUSE_ALGORITHM;
}

static bool
try_secret(struct trial *t, const struct cloud *cloud, struct span secret,
    bool old, struct span string, enum effort effort, struct making *out)
{
	enum construction exact = effort == EFFORT_EXACT ? HMAC : CONSTRUCTIONS;
	enum construction inexact =
	    effort == EFFORT_FULL ? CONSTRUCTIONS : HMAC;
	enum cause cause, how = CAUSE_NONE, owner = whose(t, cloud, old);

	if (!construct(t, string, secret, exact, &cause) &&
	    (effort == EFFORT_EXACT ||
		!slipped(t, cloud, secret, string, inexact, &cause, &how)))
		return false;
	if (cause == CAUSE_NONE)
		cause = owner;
	else if (how == CAUSE_NONE && owner != CAUSE_RIGHT &&
		 owner != CAUSE_ALGORITHM)
		how = owner;
	*out = (struct making){ cause, how, cloud,
		t->received->hash != cloud->hash };
	return true;
}

/* No secret at all, or a word in its place, or the key. */
static bool
try_none(struct trial *t, struct span string, struct making *out)
{
	static const char *const words[] = { "", "undefined", "null", "None" };
	enum cause cause;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (construct(t, string, span_of(words[i]),
			i == 0 ? HMAC : CONSTRUCTIONS, &cause)) {
			*out = (struct making){ CAUSE_NO_SECRET, cause, NULL,
				false };
			return true;
		}
	for (size_t i = 0; t->config != NULL && i < t->config->n_clouds; i++) {
		const struct cloud *cloud = &t->config->clouds[i];

		if (construct(
			t, string, cloud->api_key, CONSTRUCTIONS, &cause)) {
			*out = (struct making){ CAUSE_API_KEY, cause, cloud,
				t->received->hash != cloud->hash };
			return true;
		}
	}
	return false;
}

bool
explain_try(
    struct trial *t, struct span string, enum effort effort, struct making *out)
{
	*out = (struct making){ .cause = CAUSE_NONE };
	for (size_t i = 0; t->config != NULL && i < t->config->n_clouds; i++) {
		const struct cloud *cloud = &t->config->clouds[i];

		if (try_secret(t, cloud, cloud->api_secret, false, string,
			effort, out))
			return true;
		for (size_t j = 0; j < cloud->n_verify_secrets; j++)
			if (try_secret(t, cloud, cloud->verify_secrets[j], true,
				string, effort, out))
				return true;
	}
	return effort != EFFORT_EXACT && try_none(t, string, out);
}
