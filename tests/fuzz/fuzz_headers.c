/*
 * What a client or a web server says in a variable, of any bytes: Cookie,
 * Origin and Sec-Fetch-Site, Authorization, REMOTE_USER. The input's first line
 * is a cookie's name, a site or a scheme; the rest is what is read. Each is
 * judged by a reading of its own.
 */
#include "cli/session_make.h"
#include "fuzz.h"
#include "http/cookie.h"
#include "http/origin.h"
#include "proving.h"

#define INPUT_MAX 16384

static struct session_config bearer, server;
static unsigned char token_room[1024];
static struct span token;
static struct session_key no_key;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct sink out;

	(void)argc;
	(void)argv;
	bearer = proving_format("jwt", "session", "sub");
	bearer.bearer = true;
	proving_keys(&bearer);
	sink_init(&out, token_room, sizeof(token_room));
	must(session_make(&bearer, proving_key(&bearer),
		 SPAN_LIT("{\"sub\":\"ann\",\"exp\":1700003600}"), 0, &out),
	    "there is a token");
	token = span_cut(sink_view(&out), '=').tail;
	server = proving_format("remote_user", "", "");
	server.keys = &no_key;
	return 0;
}

static bool
is_blank(unsigned char c)
{
	return c == ' ' || c == '\t';
}

/* In a Cookie header, from i on up to end: is this the name's? */
static bool
is_pair_of(struct span h, size_t i, size_t end, struct span name, size_t *value)
{
	size_t stop = i;

	while (stop < end && h.p[stop] != '=')
		stop++;
	if (stop == end)
		return false;
	*value = stop + 1;
	while (i < stop && is_blank(h.p[i]))
		i++;
	while (stop > i && is_blank(h.p[stop - 1]))
		stop--;
	return name.n > 0 && stop - i == name.n &&
	       memcmp(h.p + i, name.p, name.n) == 0;
}

static bool
is_cookie_value(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '"' ||
		    s.p[i] == ',' || s.p[i] == '\\')
			return false;
	return s.n <= COOKIE_MAX;
}

static struct span
without_quotes(struct span s)
{
	bool quoted = s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"';

	return quoted ? (struct span){ s.p + 1, s.n - 2 } : s;
}

/* All pairs of this name are counted; the first one is looked at. */
static enum cookie_found
expect_cookie(struct span h, struct span name, struct span *value)
{
	size_t times = 0, at = 0;
	bool blank = false;

	for (size_t i = 0, end; i < h.n; i = end + 1) {
		for (end = i; end < h.n && h.p[end] != ';';)
			end++;
		if (!is_pair_of(h, i, end, name, &at) || times++ > 0)
			continue;
		*value = (struct span){ h.p + at, end - at };
		blank = is_blank(h.p[at - 2]);
	}
	if (times != 1)
		return times == 0 ? COOKIE_NONE : COOKIE_MANY;
	/* Blanks behind the value are nobody's. */
	while (value->n > 0 && is_blank(value->p[value->n - 1]))
		value->n--;
	*value = without_quotes(*value);
	return blank || !is_cookie_value(*value) ? COOKIE_BAD : COOKIE_ONE;
}

static void
check_cookie(struct span header, struct span name)
{
	struct span want = { NULL, 0 }, value = want;
	enum cookie_found expected = expect_cookie(header, name, &want);

	must(cookie_find(header, name, &value) == expected,
	    "a cookie is found where it is");
	must(expected == COOKIE_ONE ? value.p == want.p && value.n == want.n
				    : value.p == NULL && value.n == 0,
	    "a value is what stands there");
}

/* May a page of this origin ask, when only this one is listed? */
static bool
expect_origin(struct span listed, struct span origin, struct span site)
{
	if (span_is(site, "same-origin"))
		return true;
	if (origin.n == 0)
		return site.n == 0;
	return !span_is(origin, "null") && span_eq(origin, listed);
}

static void
check_origin(struct span listed, struct span origin, struct span site)
{
	struct request request = { .origin = origin, .sec_fetch_site = site };
	struct origins list = { 1, &listed };
	static struct problem why;
	bool passes;

	memset(&why, 0, sizeof(why));
	passes = origin_check(&list, &request, &why);
	must(passes == expect_origin(listed, origin, site),
	    "who may ask is on the list");
	must(passes == (why.status == 0), "a refusal says why");
	if (!origin_valid(origin) || span_is(origin, "null"))
		return;
	must(origin.n <= ORIGIN_MAX && text_utf8(origin) &&
		 !text_has_control(origin) && !span_has(origin, ' ') &&
		 !span_has(origin, '@') && !span_has(origin, '%') &&
		 !span_has(origin, '?') && !span_has(origin, '#') &&
		 span_cut(origin, ':').found &&
		 span_starts(span_cut(origin, ':').tail, SPAN_LIT("//")) &&
		 !span_has(span_skip(span_cut(origin, ':').tail, 2), '/'),
	    "an origin is a scheme and a host");
	for (size_t i = 0; i < origin.n; i++)
		must(origin.p[i] < 'A' || origin.p[i] > 'Z',
		    "an origin is in lower case");
}

static enum session_why
prove_authorization(struct span header)
{
	struct request request = { .authorization = header };

	return prove_request(&bearer, &request, PROVING_NOW, NULL);
}

/* The input as it is, and in front of a token and behind one. */
static void
check_authorization(struct span input)
{
	static unsigned char room[INPUT_MAX + 1024];
	enum session_why why;
	struct sink out;

	must(prove_authorization(input) != SESSION_OK, "a token needs a key");
	sink_init(&out, room, sizeof(room));
	sink_say(&out, "%v%v", input, token);
	why = prove_authorization(sink_view(&out));
	must((why == SESSION_OK) == span_is_nocase(input, "bearer "),
	    "one scheme and one space stand before a token");
	sink_init(&out, room, sizeof(room));
	sink_say(&out, "Bearer %v%v", token, input);
	why = prove_authorization(sink_view(&out));
	must((why == SESSION_OK) == (input.n == 0),
	    "nothing stands behind a token");
}

static void
check_variable(struct span input)
{
	struct request request = { .remote_user = input };
	enum session_why why =
	    prove_request(&server, &request, PROVING_NOW, NULL);

	must((why == SESSION_OK) ==
		 (input.n >= 1 && input.n <= USER_MAX && text_utf8(input) &&
		     !text_has_control(input)),
	    "a name is what the web server says");
	must(
	    (why == SESSION_NO_VARIABLE) == (input.n == 0), "nobody is nobody");
	if (why == SESSION_OK)
		must(span_eq(proven.user, input) &&
			 proven.expires == SESSION_ENDLESS,
		    "it is this name, as long as the web server says so");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = { data, size };
	struct span_cut line = span_cut(input, '\n');

	if (size > INPUT_MAX)
		return 0;
	check_cookie(line.tail, line.head);
	check_cookie(input, SPAN_LIT("s"));
	check_origin(line.head, line.tail, (struct span){ NULL, 0 });
	check_origin(SPAN_LIT("https://www.example.com"), line.head, line.tail);
	check_authorization(input);
	check_authorization(line.tail);
	check_variable(line.tail);
	return 0;
}
