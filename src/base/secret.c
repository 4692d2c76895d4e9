#include "base/secret.h"

#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/enc.h"
#include "base/limits.h"
#include "base/trusted.h"

#define DECIMAL(n) DECIMAL_OF(n)
#define DECIMAL_OF(n) #n

/*
 * What manuals, samples and generators write where a secret belongs, in lower
 * case, without '-', '_' and '.': jwt.io's, those of SDKs and of frameworks.
 */
static const char *const placeholders[] = { "changeme", "changethis",
	"replaceme", "replacethis", "placeholder", "yoursecret",
	"yourapisecret", "yourkey", "256bitsecret", "384bitsecret",
	"512bitsecret", "stringsecretatleast", "stringsecretthatisatleast",
	"supersecret", "secretgoeshere", "secrethere" };

static bool
is_joint(unsigned char c)
{
	return c == '-' || c == '_' || c == '.';
}

/* Does text start with word, when letter case and joints do not count? */
static bool
starts_with_word(struct span text, const char *word)
{
	for (size_t i = 0; i < text.n && *word != '\0'; i++) {
		unsigned char c = text.p[i];

		if (is_joint(c) && i > 0)
			continue;
		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c | 0x20);
		if (c != (unsigned char)*word++)
			return false;
	}
	return *word == '\0';
}

static bool
is_placeholder(struct span text)
{
	size_t n = sizeof(placeholders) / sizeof(placeholders[0]);

	for (; text.n > 0; text = span_skip(text, 1))
		for (size_t i = 0; i < n; i++)
			if ((*text.p | 0x20) == placeholders[i][0] &&
			    starts_with_word(text, placeholders[i]))
				return true;
	return false;
}

/*
 * "-----BEGIN", wherever it stands: as an HMAC key the text of a public key
 * is public (RFC 8725 2.1, 3.1).
 */
static bool
is_pem(struct span text)
{
	for (; text.n > 0; text = span_skip(text, 1))
		if (span_starts(text, SPAN_LIT("-----BEGIN")))
			return true;
	return false;
}

/* Why these bytes are no secret, encoded or not; NULL when they may be. */
static const char *
fault_in_meaning(struct span bytes)
{
	if (is_pem(bytes))
		return "this is a PEM key or certificate: a shared secret is "
		       "wanted";
	if (is_placeholder(bytes))
		return "this is a placeholder out of a manual: put the real "
		       "secret there";
	return NULL;
}

static const char *
fault_of_byte(unsigned char c)
{
	switch (c) {
	case '\n':
		return "it has more than one line: keep the secret alone, and "
		       "at most one newline behind it";
	case '\r':
		return "it has a CR: save it with Unix line ends, not CR LF";
	case ' ':
	case '\t':
		return "it has a blank: remove it (if it belongs to the "
		       "secret, write the secret in hex or base64)";
	case '"':
	case '\'':
		return "it has a quote: remove it (if it belongs to the "
		       "secret, write the secret in hex or base64)";
	default:
		break;
	}
	if (c < 0x20 || c == 0x7f)
		return "it has a control character: remove it, or write the "
		       "secret in hex or base64";
	if (c > 0x7f)
		return "it has a byte outside ASCII: write the secret in hex "
		       "or base64";
	return NULL;
}

/*
 * secret-file = 1*secret-char [ LF ]
 * secret-char = %x21 / %x23-26 / %x28-7E
 *
 * text comes without the LF.
 */
static const char *
fault_in_text(struct span text)
{
	const char *fault = text.n == 0 ? "it is empty: put the secret there"
					: fault_in_meaning(text);

	for (size_t i = 0; fault == NULL && i < text.n; i++)
		fault = fault_of_byte(text.p[i]);
	return fault;
}

/* Decoding never makes bytes longer: out has text.n of them. */
static const char *
decode(enum encoding e, struct span text, unsigned char *out, size_t *n)
{
	switch (e) {
	case ENCODING_TEXT:
		memcpy(out, text.p, text.n);
		*n = text.n;
		return NULL;
	case ENCODING_HEX:
		if (hex_decode(text, out, text.n, n))
			return NULL;
		return "it is not hex: an even number of 0-9 and a-f is wanted";
	case ENCODING_BASE64:
		if (base64_decode(text, out, text.n, n))
			return NULL;
		return "it is not base64: either alphabet, with or without "
		       "padding, nothing else";
	}
	return "its encoding is unknown";
}

/*
 * The secret in the vault; on failure the reason. All that was worked on lies
 * in the scratch.
 */
static const char *
take_in(struct vault *v, unsigned char *scratch, int fd, enum encoding e,
    struct span *out)
{
	unsigned char *decoded = scratch + SECRET_FILE_MAX + 1;
	struct span text = { scratch, 0 }, secret = { decoded, 0 };
	const char *fault;
	unsigned char *place;

	if (!trusted_read(fd, scratch, SECRET_FILE_MAX + 1, &text.n))
		return "it can't be read";
	if (text.n > SECRET_FILE_MAX)
		return "it is over " DECIMAL(
		    SECRET_FILE_MAX) " bytes: name the right file";
	if (text.n > 0 && text.p[text.n - 1] == '\n')
		text.n--;
	fault = fault_in_text(text);
	if (fault == NULL)
		fault = decode(e, text, decoded, &secret.n);
	if (fault == NULL)
		fault = fault_in_meaning(secret);
	if (fault != NULL)
		return fault;
	if (secret.n > SECRET_MAX)
		return "the secret in it is over " DECIMAL(
		    SECRET_MAX) " bytes: make a shorter one";
	place = vault_take(v, secret.n);
	if (place == NULL)
		return "there is no room for one more secret";
	memcpy(place, secret.p, secret.n);
	*out = (struct span){ place, secret.n };
	return NULL;
}

/* dir/path, or path alone when it is absolute or there is no dir. */
static bool
full_name(const char *dir, const char *path, char *mem, size_t cap)
{
	struct sink name;

	sink_init(&name, mem, cap - 1);
	if (path[0] != '/' && dir[0] != '\0')
		sink_say(&name, "%s/", dir);
	sink_text(&name, path);
	mem[name.n] = '\0';
	return !name.full;
}

bool
secret_read(struct vault *v, const char *dir, const char *path, enum encoding e,
    struct span *out, struct sink *real, struct sink *why)
{
	char name[PATH_TEXT_MAX + 1];
	unsigned char place_mem[PATH_TEXT_MAX];
	unsigned char *scratch = vault_scratch(v);
	const char *fault = "there is no room for one more secret";
	struct sink place;
	int fd;

	*out = (struct span){ NULL, 0 };
	if (!full_name(dir, path, name, sizeof(name))) {
		sink_say(why, "%s: this path is too long", path);
		return false;
	}
	sink_init(&place, place_mem, sizeof(place_mem));
	fd = trusted_open_secret(name, &place, why);
	if (fd < 0)
		return false;
	if (real != NULL && place.n > real->cap - real->n) {
		fault = "its path is too long";
	} else if (scratch != NULL) {
		fault = take_in(v, scratch, fd, e, out);
		wipe(scratch, VAULT_SCRATCH);
	}
	close(fd);
	if (fault != NULL)
		sink_say(why, "%s: %s", name, fault);
	else if (real != NULL)
		sink_span(real, sink_view(&place));
	return fault == NULL;
}
