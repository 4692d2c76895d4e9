/*
 * conf_store() on any text as the name of a store on a server: URLs alone,
 * since a folder is looked for on the disk. What is taken, and what it means,
 * is judged by a reading of its own, with addresses left to the C library. The
 * input's first byte puts a beginning in front of the rest.
 */
#include <arpa/inet.h>

#include "base/text.h"
#include "fuzz.h"
#include "policy/conf.h"

#define TEXT_MAX 512

struct expected {
	enum store_kind kind;
	struct in6_addr address; /* IPv4 as a mapped one */
	struct span path;
	unsigned port, database;
};

static struct said {
	struct report report; /* the first member: it is found from it */
	size_t n;
	unsigned char text[DETAIL_MAX];
} said;

static void
say(struct report *self, enum severity severity, const char *file, int line,
    struct span text)
{
	struct said *s = (struct said *)(void *)self;

	(void)file;
	(void)line;
	must(severity == SAY_ERROR && text.n > 0, "a mistake has words");
	must(s->n == 0 && text.n <= sizeof(s->text), "one mistake is said");
	memcpy(s->text, text.p, text.n);
	s->n = text.n;
}

static bool
is_letter(unsigned char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* RFC 3986 3.1: scheme ":" */
static bool
has_scheme(const char *s)
{
	size_t n = 0;

	while (is_letter((unsigned char)s[n]) ||
	       (n > 0 && s[n] != '\0' && strchr("0123456789+-.", s[n]) != NULL))
		n++;
	return n > 0 && s[n] == ':';
}

static bool
is_number(const char *s, unsigned least, unsigned most, unsigned *out)
{
	size_t n = strspn(s, "0123456789");

	if (n == 0 || n > 5 || s[n] != '\0' || (s[0] == '0' && n > 1))
		return false;
	*out = (unsigned)strtoul(s, NULL, 10);
	return *out >= least && *out <= most;
}

static void
map(const struct in_addr *v4, struct in6_addr *out)
{
	memset(out, 0, sizeof(*out));
	out->s6_addr[10] = out->s6_addr[11] = 0xff;
	memcpy(out->s6_addr + 12, v4, 4);
}

/* As it is written to connect: without brackets. */
static bool
is_address(const char *s, struct in6_addr *out)
{
	struct in_addr v4;

	if (inet_pton(AF_INET, s, &v4) == 1) {
		map(&v4, out);
		return true;
	}
	return inet_pton(AF_INET6, s, out) == 1;
}

/* s is cut up. */
static bool
expect_tcp(char *s, struct expected *e)
{
	char *slash = strchr(s, '/'), *colon, *bracket;
	bool six = s[0] == '[';

	e->kind = STORE_TCP;
	e->port = 6379;
	if (slash != NULL) {
		*slash = '\0';
		if (!is_number(slash + 1, 0, STORE_DATABASE_MAX, &e->database))
			return false;
	}
	bracket = six ? strchr(s, ']') : NULL;
	if (six != (bracket != NULL))
		return false;
	colon = six ? bracket + 1 : strchr(s, ':');
	if (colon != NULL && *colon != '\0') {
		if (*colon != ':' || !is_number(colon + 1, 1, 65535, &e->port))
			return false;
		*colon = '\0';
	}
	if (six) {
		*bracket = '\0';
		return strchr(s, ':') != NULL && is_address(s + 1, &e->address);
	}
	return is_address(
	    strcmp(s, "localhost") == 0 ? "127.0.0.1" : s, &e->address);
}

static bool
expect_unix(const char *path, struct expected *e)
{
	size_t n = strlen(path);

	e->kind = STORE_UNIX;
	e->path = span_of(path);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)path[i],
			      next = (unsigned char)path[i + 1];

		/* U+0080 to U+009F are C2 80 to C2 9F. */
		if (c < 0x20 || c == 0x7f || c == '?' ||
		    (c == 0xc2 && next < 0xa0))
			return false;
	}
	return n >= 2 && n <= SOCKET_PATH_MAX && path[0] == '/' &&
	       path[1] != '/';
}

/* May it be taken, and as what? name is cut up. */
static bool
expect(char *name, struct expected *e)
{
	memset(e, 0, sizeof(*e));
	if (strncmp(name, "unix:", 5) == 0)
		return expect_unix(name + 5, e);
	if (strncmp(name, "redis://", 8) != 0 || strchr(name, '@') != NULL)
		return false;
	return expect_tcp(name + 8, e);
}

static void
check_taken(const struct store_config *store, const struct expected *e)
{
	struct in6_addr place;

	must(store->kind == e->kind && store->password.n == 0,
	    "it is of this kind");
	must(store->place.p != NULL && store->place.p[store->place.n] == '\0' &&
		 strlen((const char *)store->place.p) == store->place.n,
	    "the place is a C string");
	if (e->kind == STORE_UNIX) {
		must(span_eq(store->place, e->path), "it is this socket");
		return;
	}
	must(is_address((const char *)store->place.p, &place) &&
		 memcmp(&place, &e->address, sizeof(place)) == 0,
	    "it is this address");
	must(store->port == e->port && store->database == e->database,
	    "it is this port and database");
}

/* The name's part behind the scheme may hold a password. */
static void
check_hidden(const char *name)
{
	struct span words = { said.text, said.n };

	if (strncmp(name, "unix:", 5) == 0)
		return;
	must(span_starts(words, SPAN_LIT("store: no password ")),
	    "a password is not repeated");
}

static void
read_store(const char *name, struct config *config)
{
	static unsigned char memory[16384];
	struct loader l = { .report = &said.report,
		.file = "fuzz",
		.dir = "/nonexistent",
		.config = config };
	config_setting_t *at;
	config_t tree;

	arena_init(&l.arena, memory, sizeof(memory));
	said.report = (struct report){ .say = say };
	said.n = 0;
	config_init(&tree);
	at = config_setting_add(
	    config_root_setting(&tree), "store", CONFIG_TYPE_STRING);
	must(at != NULL && config_setting_set_string(at, name) == CONFIG_TRUE,
	    "there is a setting");
	conf_store(&l, config_root_setting(&tree));
	config_destroy(&tree);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const begins[] = { "redis://", "unix:", "redis://[",
		"redis://127.0.0.1:", "redis://[::1]/", "unix:/", "", "" };
	char name[TEXT_MAX + 32], copy[sizeof(name)];
	struct config config = { .n_clouds = 0 };
	struct expected e;

	if (size == 0 || size > TEXT_MAX)
		return 0;
	snprintf(name, sizeof(name), "%s%.*s", begins[data[0] % 8],
	    (int)(size - 1), (const char *)data + 1);
	/* conf_text() has seen to it. */
	if (!text_utf8(span_of(name)) || !has_scheme(name))
		return 0;
	memcpy(copy, name, sizeof(name));
	read_store(name, &config);
	must((said.n > 0) == (said.report.errors == 1), "a mistake is counted");
	if (expect(copy, &e)) {
		must(said.report.errors == 0, "a right name is taken");
		check_taken(&config.store, &e);
		return 0;
	}
	must(said.report.errors == 1, "a wrong name is refused");
	if (strchr(name, '@') != NULL)
		check_hidden(name);
	return 0;
}
