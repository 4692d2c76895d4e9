#include "cloudinary/api_sign.h"

#include <string.h>

static void
write_escaped(struct sink *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '&')
			sink_text(out, "%26");
		else
			sink_byte(out, s.p[i]);
	}
}

void
string_to_sign(const struct signed_param *params, size_t n, struct sink *out)
{
	bool first = true;

	for (size_t i = 0; i < n; i++) {
		if (params[i].value.n == 0)
			continue;
		if (!first)
			sink_byte(out, '&');
		first = false;
		write_escaped(out, params[i].name);
		sink_byte(out, '=');
		write_escaped(out, params[i].value);
	}
}

bool
signature_of(struct span string, struct span secret, enum hash hash,
    struct signature *out)
{
	unsigned char digest[DIGEST_MAX];
	struct span parts[2] = { string, secret };
	struct sink hex;

	memset(out, 0, sizeof(*out));
	if (secret.n == 0 || !digest_of(hash, parts, 2, digest))
		return false;
	sink_init(&hex, out->hex, sizeof(out->hex) - 1);
	sink_hex(&hex, (struct span){ digest, digest_size(hash) });
	out->n = sink_view(&hex).n;
	return out->n > 0;
}

bool
api_sign(const struct grant *grant, struct sink *scratch, struct signature *out)
{
	struct signed_param params[PARAMS_MAX];

	memset(out, 0, sizeof(*out));
	if (!grant->given || grant->n == 0 || grant->n > PARAMS_MAX ||
	    actions[grant->policy->action].kind != KIND_API)
		return false;
	for (size_t i = 0; i < grant->n; i++) {
		params[i].name = span_of(grant->fields[i].term->name);
		params[i].value = grant->fields[i].value;
	}
	string_to_sign(params, grant->n, scratch);
	if (scratch->full)
		return false;
	return signature_of(sink_view(scratch),
	    grant->policy->cloud->api_secret, grant->policy->cloud->hash, out);
}
