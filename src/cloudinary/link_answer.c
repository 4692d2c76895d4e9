#include "cloudinary/link_answer.h"

/* All but RFC 3986's unreserved characters, so that nothing ends a value. */
static void
write_escaped(struct sink *out, struct span s)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') ||
			     span_has(SPAN_LIT("-._~"), c);

		if (plain) {
			sink_byte(out, c);
			continue;
		}
		sink_byte(out, '%');
		sink_byte(out, (unsigned char)hex[c >> 4]);
		sink_byte(out, (unsigned char)hex[c & 15]);
	}
}

static void
write_pair(struct sink *out, const char *name, bool element, struct span value)
{
	sink_say(out, "%s%s=", name, element ? "%5B%5D" : "");
	write_escaped(out, value);
	sink_byte(out, '&');
}

static void
write_field(
    struct sink *out, const struct grant_field *field, enum action action)
{
	struct span_cut cut = { .tail = field->value, .found = true };

	if (!term_sent_as_list(field->term, action)) {
		write_pair(out, field->term->name, false, field->value);
		return;
	}
	while (cut.found) {
		cut = span_cut(cut.tail, ',');
		write_pair(out, field->term->name, true, cut.head);
	}
}

void
link_write(const struct grant *grant, const struct signature *signature,
    struct sink *out)
{
	const struct cloud *cloud = grant->policy->cloud;
	enum action action = grant->policy->action;

	if (!grant->given || !grant->link || signature->n == 0)
		return;
	sink_say(out, "%v/v1_1/%v/%v/%s?", cloud->upload_prefix,
	    cloud->cloud_name, grant->resource_type, actions[action].path);
	for (size_t i = 0; i < grant->n; i++)
		write_field(out, &grant->fields[i], action);
	write_pair(out, "api_key", false, cloud->api_key);
	sink_say(out, "signature=%s", signature->hex);
}

void
link_answer(struct span url, long long expires_at, struct json_out *out)
{
	if (url.n == 0)
		return;
	json_open(out, '{');
	json_name(out, "url");
	json_text(out, url);
	if (expires_at > 0) {
		json_name(out, "expires_at");
		json_number(out, expires_at);
	}
	json_close(out);
}
