#include "base/limits.h"
#include "base/text.h"
#include "policy/loader.h"

#define REDIS_PORT 6379

#define FORMS                                                                  \
	"write \"redis://127.0.0.1:6379\", \"redis://[::1]/1\", "              \
	"\"unix:/run/redis/redis.sock\", or a folder such as \"counters\""

/*
 * Does it begin as a URL does (RFC 3986 3.1)? A folder of such a name is
 * written "./a:b".
 */
static bool
is_url(struct span s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != ':' && s.p[n] != '/' &&
	       (s.p[n] == '+' || s.p[n] == '.' ||
		   text_segment((struct span){ &s.p[n], 1 })))
		n++;
	return n > 0 && n < s.n && s.p[n] == ':' && s.p[0] != '.';
}

/* "host" or "[host]", and what stands behind the ":" that follows it. */
static struct span_cut
cut_host(struct span text)
{
	struct span_cut cut = span_cut(text, ':');
	struct span_cut bracket = span_cut(text, ']');

	if (!span_starts(text, SPAN_LIT("[")) || !bracket.found)
		return cut;
	cut = span_cut(bracket.tail, ':');
	cut.head = span_head(text, bracket.head.n + 1 + cut.head.n);
	return cut;
}

/* The server's address, as it is written to connect; false for a name. */
static bool
read_host(struct loader *l, struct span host, struct span *out)
{
	bool six =
	    span_starts(host, SPAN_LIT("[")) && span_ends(host, SPAN_LIT("]"));
	unsigned char mem[64];
	struct address address;
	struct sink text;

	if (span_is(host, "localhost"))
		host = SPAN_LIT("127.0.0.1");
	if (six)
		host = span_skip(span_head(host, host.n - 1), 1);
	if (span_has(host, ':') != six || !address_parse(host, &address))
		return false;
	sink_init(&text, mem, sizeof(mem));
	address_write(&address, &text);
	*out = arena_copy(&l->arena, sink_view(&text));
	return out->p != NULL;
}

static bool
read_number(struct span text, long long least, long long most, unsigned *out)
{
	long long value;

	if (!span_digits(text, &value) || value < least || value > most)
		return false;
	*out = (unsigned)value;
	return true;
}

/*
 * tcp      = "redis://" host [ ":" port ] [ "/" database ]
 * host     = IPv4 / "[" IPv6 "]" / "localhost"
 * port     = 1..65535, 6379 when it is left out
 * database = 0..STORE_DATABASE_MAX, 0 when it is left out
 *
 * text comes without "redis://".
 */
static void
read_tcp(struct loader *l, const config_setting_t *at, struct span text,
    struct store_config *out)
{
	struct span_cut database = span_cut(text, '/');
	struct span_cut host = cut_host(database.head);

	out->kind = STORE_TCP;
	out->port = REDIS_PORT;
	if (!read_host(l, host.head, &out->place))
		conf_error(l, at,
		    "store: %q is no IP address, and a name would wait for DNS "
		    "longer than a request may: " FORMS,
		    host.head);
	else if (host.found && !read_number(host.tail, 1, 65535, &out->port))
		conf_error(l, at,
		    "store: %q is no port from 1 to 65535: " FORMS, host.tail);
	else if (database.found && !read_number(database.tail, 0,
				       STORE_DATABASE_MAX, &out->database))
		/* "?password=..." may follow it, and is not repeated. */
		conf_error(l, at,
		    "store: what stands behind the last \"/\" is no database "
		    "from 0 to %d: " FORMS,
		    (long long)STORE_DATABASE_MAX);
}

/* unix = "unix:/" path, of at most SOCKET_PATH_MAX bytes with its "/" */
static void
read_unix(struct loader *l, const config_setting_t *at, struct span path,
    struct store_config *out)
{
	out->kind = STORE_UNIX;
	if (path.n < 2 || path.p[0] != '/' || path.p[1] == '/' ||
	    span_has(path, '?') || text_has_control(path))
		conf_error(l, at,
		    "store: a socket is named by its whole path: " FORMS);
	else if (path.n > SOCKET_PATH_MAX)
		conf_error(l, at,
		    "store: the socket's path has %d bytes, and %d are the "
		    "most",
		    (long long)path.n, (long long)SOCKET_PATH_MAX);
	else
		out->place = arena_copy(&l->arena, path);
}

static struct span
without_slash(struct span folder)
{
	while (folder.n > 1 && folder.p[folder.n - 1] == '/')
		folder.n--;
	return folder;
}

static void
read_store(struct loader *l, const config_setting_t *at, struct span text,
    struct store_config *out)
{
	const struct span tcp = SPAN_LIT("redis://"), local = SPAN_LIT("unix:");

	out->kind = STORE_FILE;
	if (is_url(text) && !span_starts(text, local) && span_has(text, '@'))
		/* It may be a password, and is not repeated. */
		conf_error(l, at,
		    "store: no password is written here: put it into a file of "
		    "its own, name that in store_password_file, and " FORMS);
	else if (span_starts(text, tcp))
		read_tcp(l, at, span_skip(text, tcp.n), out);
	else if (span_starts(text, local))
		read_unix(l, at, span_skip(text, local.n), out);
	else if (is_url(text))
		conf_error(l, at, "store = %q is not known: " FORMS, text);
	else if (conf_path(l, at, "store", without_slash(text), &out->place))
		conf_private(l, out->place);
}

void
conf_store(struct loader *l, const config_setting_t *root)
{
	const config_setting_t *at = conf_member(root, "store");
	const config_setting_t *password =
	    conf_member(root, "store_password_file");
	struct store_config *out = &l->config->store;
	struct span text = SPAN_LIT("counters");

	if (at != NULL && !conf_string(l, root, "store", false, &text))
		return;
	read_store(l, at, text, out);
	if (password != NULL && out->kind == STORE_FILE)
		conf_error(l, password,
		    "store_password_file belongs to Redis, as in store = "
		    "\"redis://127.0.0.1\": leave it out");
	else if (password != NULL)
		conf_secret(l, root, "store_password_file", ENCODING_TEXT,
		    &out->password);
}
