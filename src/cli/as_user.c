#include "cli/as_user.h"

#include "base/text.h"
#include "cli/php_make.h"
#include "cli/session_make.h"
#include "gateway/php_files.h"

/* No id that PHP makes: it writes hexadecimal digits, or longer ones. */
static const struct span php_id = SPAN_INIT("signpost-asks-as-this-user");

static enum php_found
read_php(struct php_sessions *self, struct span folder, struct span id,
    unsigned char *room, size_t cap, struct php_session_file *out)
{
	const struct as_user *as = (const struct as_user *)(void *)self;

	if (!span_eq(id, php_id))
		return php_files.read(&php_files, folder, id, room, cap, out);
	if (as->data.n > cap)
		return PHP_FOUND_UNTRUSTED;
	memcpy(room, as->data.p, as->data.n);
	*out = (struct php_session_file){
		span_head((struct span){ room, cap }, as->data.n), as->changed
	};
	return PHP_FOUND;
}

bool
as_user_right(struct span name)
{
	return name.n > 0 && name.n <= USER_MAX && text_utf8(name) &&
	       !text_has_control(name);
}

static const char *
make_php(
    const struct session_config *config, struct span text, struct as_user *out)
{
	struct sink cookie;

	sink_init(&out->data, out->data_mem, sizeof(out->data_mem));
	if (!php_write(config, text, &out->data))
		return "the session can't be written as PHP would";
	sink_init(&cookie, out->cookie_mem, sizeof(out->cookie_mem));
	sink_say(&cookie, "%v=%v", config->cookie, php_id);
	out->cookie = sink_view(&cookie);
	return NULL;
}

static const char *
make_signed(const struct session_config *config, struct span text,
    long long issued, struct as_user *out)
{
	struct sink cookie;

	sink_init(&cookie, out->cookie_mem, sizeof(out->cookie_mem));
	if (!session_make(config, &config->keys[0], text, issued, &cookie))
		return "the cookie would be too long";
	out->cookie = sink_view(&cookie);
	return NULL;
}

const char *
as_user(const struct session_config *config, struct payload_wishes *wishes,
    struct as_user *out)
{
	unsigned char payload[COOKIE_MAX];
	struct sink text;

	out->php.read = read_php;
	out->data.n = 0;
	out->cookie = out->variable = (struct span){ NULL, 0 };
	if (config->format == FORMAT_REMOTE_USER) {
		out->variable = wishes->user;
		return wishes->n_claims == 0
			   ? NULL
			   : "with format = \"remote_user\" there is a name "
			     "and no claim";
	}
	wishes->ttl = payload_ttl(config);
	sink_init(&text, payload, sizeof(payload));
	if (!payload_write(config, wishes, &text))
		return "session.user has an index such as [0], or a claim has "
		       "a name that can't be made here";
	out->changed = payload_issued(config, wishes);
	return config->format == FORMAT_PHP
		   ? make_php(config, sink_view(&text), out)
		   : make_signed(config, sink_view(&text), out->changed, out);
}
