#include "cloudinary/api_answer.h"

static struct span
hex_of(const struct signature *signature)
{
	return (
	    struct span){ (const unsigned char *)signature->hex, signature->n };
}

static void
write_member(struct json_out *out, const char *name, struct span value)
{
	json_name(out, name);
	json_text(out, value);
}

/* https://api.cloudinary.com/v1_1/CLOUD/RESOURCE_TYPE/ACTION */
static void
write_url(const struct grant *grant, struct json_out *out)
{
	unsigned char mem[1024];
	const struct cloud *cloud = grant->policy->cloud;
	struct sink url;

	sink_init(&url, mem, sizeof(mem));
	sink_say(&url, "%v/v1_1/%v/%v/%s", cloud->upload_prefix,
	    cloud->cloud_name, grant->resource_type,
	    actions[grant->policy->action].path);
	write_member(out, "url", sink_view(&url));
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
	write_member(out, "api_key", grant->policy->cloud->api_key);
	for (size_t i = 0; i < grant->n; i++) {
		const struct grant_field *field = &grant->fields[i];

		if (term_sent_as_list(field->term, grant->policy->action))
			write_list(out, field);
		else
			write_member(out, field->term->name, field->value);
	}
	write_member(out, "signature", signature);
	json_close(out);
}

static void
write_if_signed(
    const struct grant *grant, const char *name, struct json_out *out)
{
	struct span value = grant_value(grant, name);

	if (value.n > 0)
		write_member(out, name, value);
}

void
api_answer(const struct grant *grant, const struct signature *signature,
    struct json_out *out)
{
	const struct cloud *cloud = grant->policy->cloud;
	bool classic = grant->contract == CONTRACT_CLASSIC;
	bool plain = grant->contract == CONTRACT_PLAIN || classic;

	if (!grant->given || signature->n == 0)
		return;
	json_open(out, '{');
	if (plain) {
		write_url(grant, out);
		write_fields(grant, hex_of(signature), out);
	}
	write_member(out, "signature", hex_of(signature));
	json_name(out, "timestamp");
	json_number(out, grant->timestamp);
	write_member(out, "api_key", cloud->api_key);
	write_member(out, "cloud_name", cloud->cloud_name);
	if (classic) {
		write_member(out, "apikey", cloud->api_key);
		write_member(out, "cloudname", cloud->cloud_name);
	}
	if (plain) {
		write_if_signed(grant, "public_id", out);
		write_if_signed(grant, "folder", out);
		json_name(out, "expires_at");
		json_number(out, grant->expires_at);
	}
	json_close(out);
}
