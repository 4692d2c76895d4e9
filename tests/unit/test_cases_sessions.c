/*
 * Sessions: what the proof in a request is worth, by session_open() with a
 * configuration that config_load() has read.
 *
 *   opens USER      each request below opens a session of this user
 *   refused WORDS   each is refused, for a reason with these words; behind it
 *                   stands a full stop
 *   fails CODE WORDS   each is one of mint, which ends with this code and says
 *                      these words, and makes nothing
 *
 * Below stand requests, a line each: the WORD of a shape, or
 *
 *   cookie, authorization   what this header says
 *   variable, auth_type     what the web server says
 *   data                    the file of PHP's session PHP_ID, changed at "now"
 *   mint WORDS              a cookie by signpost mint with these words
 *   at SECONDS              no request: what time it is for those below, or (of
 *                           mint) how long after that
 *
 * and what each of the sessions shows:
 *
 *   expires SECONDS   or never
 *   key ID
 *   bearer            it was a bearer token that counted
 *   name              the proof holds nothing but the user
 *   claim PATH TEXT
 *   no_claim PATH
 *   sealed            with the Cookie header cut, or another byte in a cookie's
 *                     value, there is none
 *
 * Settings:
 *
 *   session TEXT      the group's members
 *   keys              one of them: a key a line, ID TEXT
 *   now SECONDS
 *   beside            what each request holds unless it says it otherwise
 *   good TEXT         what "@" is in a request
 *   mac DIGEST KEY    what makes a MAC
 *   shape WORD FIELD TEXT   a request, the text of which is "@" in this one;
 *                           below, seed TARGET TEXT for fuzz targets
 *
 * In their texts \xHH is a byte, and $f(TEXT) what f makes of the text: u and b
 * base64url and base64, p percent signs, m and c its MAC in base64url and in
 * base64 without padding. Nothing that is tested makes any of it.
 */

#include "test.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "capture.h"
#include "cases.h"
#include "cli/cli.h"
#include "gateway/php_files.h"
#include "guard.h"
#include "policy/config.h"
#include "sandbox.h"
#include "session/session.h"

#define PHP_ID "abcdefghij0123456789AB"

enum field { COOKIE, AUTHORIZATION, VARIABLE, AUTH_TYPE, DATA, FIELDS };

static struct sandbox box;
static struct capture printed; /* by mint */
static unsigned char pool[1 << 20], spare[1 << 18], room[ARENA_MAX];
static struct sink made; /* texts of a request, in the pool */
static struct config *config;
static long long now;
static struct span fields[FIELDS]; /* of the request at hand */
static struct arena arena;         /* of its session */
static struct session session;

/* The word before the first blank, and what is behind it. */
static struct span_cut
first_word(const char *line)
{
	return span_cut(span_of(line), ' ');
}

/* The bytes in base64, in the spare room. */
static struct span
base64(struct span s, bool url, bool padded)
{
	size_t n = (size_t)EVP_EncodeBlock(spare, s.p, (int)s.n);

	for (size_t i = 0; url && i < n; i++)
		if (spare[i] == '+' || spare[i] == '/')
			spare[i] = spare[i] == '+' ? '-' : '_';
	while (!padded && n > 0 && spare[n - 1] == '=')
		n--;
	return (struct span){ spare, n };
}

static struct span
percent(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += (size_t)sprintf((char *)spare + n, "%%%02X", s.p[i]);
	return (struct span){ spare, n };
}

/* As a C string, which lives as long as the request. */
static const char *
string(struct span s)
{
	const char *at = (const char *)made.p + made.n;

	sink_say(&made, "%v", s);
	sink_byte(&made, '\0');
	return at;
}

static struct span expand(
    const struct item *item, struct span text, struct span at);

/* The MAC of the text, by the key that is set. */
static struct span
mac_of(const struct item *item, struct span text)
{
	static unsigned char mac[EVP_MAX_MD_SIZE];
	const struct item *set = cases_setting(item, "mac");
	struct span_cut cut = first_word(set->text);
	struct span key = expand(set, cut.tail, SPAN_LIT("@"));
	unsigned n = 0;

	if (HMAC(EVP_get_digestbyname(string(cut.head)), key.p, (int)key.n,
		text.p, text.n, mac, &n) == NULL)
		cases_fail(set, "this makes no MAC");
	return (struct span){ mac, n };
}

/* How long the text is before the bracket that closes it. */
static size_t
inside(struct span s)
{
	size_t n = 0;

	for (int depth = 0; n < s.n && (depth > 0 || s.p[n] != ')'); n++)
		depth += (s.p[n] == '(') - (s.p[n] == ')');
	return n;
}

/* The f(TEXT) that rest begins with, and the bracket, which are taken. */
static void
put_made(const struct item *item, struct span *rest, struct span at)
{
	unsigned char f = rest->p[0];
	size_t n = inside(span_skip(*rest, 2)), mark = made.n;
	struct span s = expand(item, span_head(span_skip(*rest, 2), n), at);

	*rest = span_skip(*rest, n + 3);
	if (f == 'm' || f == 'c')
		s = mac_of(item, s);
	s = f == 'p' ? percent(s) : base64(s, f == 'u' || f == 'm', f == 'b');
	made.n = mark;
	sink_span(&made, s);
}

/* The text written out, with the other one for its "@". */
static struct span
expand(const struct item *item, struct span text, struct span at)
{
	size_t mark = made.n;
	unsigned byte;

	while (text.n > 0) {
		unsigned char c = text.p[0];

		text = span_skip(text, 1);
		if (c == '@') {
			sink_span(&made, at);
		} else if (c == '$' && text.n > 2 && text.p[1] == '(') {
			put_made(item, &text, at);
		} else if (c == '\\' && text.n > 2 && text.p[0] == 'x' &&
			   sscanf((const char *)text.p, "x%2x", &byte) == 1) {
			sink_byte(&made, (unsigned char)byte);
			text = span_skip(text, 3);
		} else {
			sink_byte(&made, c);
		}
	}
	if (made.full)
		abort();
	return sink_since(&made, mark);
}

/* The shape of this word; NULL for none. */
static const struct item *
shape_of(const struct item *item, struct span word)
{
	do
		item = cases_setting(item, "shape");
	while (item != NULL && !span_eq(first_word(item->text).head, word));
	return item;
}

/* What "@" is in a request. */
static struct span
good_text(const struct item *item)
{
	const struct item *good = cases_setting(item, "good");

	return good == NULL ? SPAN_LIT("@")
			    : expand(item, span_of(good->text), SPAN_LIT("@"));
}

/* Puts what a request's line says into the request at hand. */
static void
take_line(const struct item *item, const char *line)
{
	static const char *const names[FIELDS] = { "cookie", "authorization",
		"variable", "auth_type", "data" };
	struct span_cut cut = first_word(line);
	const struct item *shape = shape_of(item, cut.head);
	struct span value = expand(item, cut.tail, good_text(item));

	if (shape != NULL) {
		cut = span_cut(span_cut(span_of(shape->text), ' ').tail, ' ');
		value = expand(item, cut.tail, value);
	}
	for (int i = 0; i < FIELDS; i++)
		if (span_is(cut.head, names[i])) {
			fields[i] = value;
			return;
		}
	cases_fail(item, "this is no request: %s", line);
}

static long long
seconds(struct span text)
{
	return strtoll((const char *)text.p, NULL, 10);
}

/* The file of the PHP session, or none. */
static void
put_data(struct span data, long long changed)
{
	const struct timespec times[2] = { { .tv_sec = changed },
		{ .tv_sec = changed } };
	char path[320];

	snprintf(path, sizeof(path), "%s/sess_" PHP_ID, box.dir);
	unlink(path);
	if (data.p == NULL)
		return;
	sandbox_bytes(&box, "sess_" PHP_ID, data, 0600);
	if (utimensat(AT_FDCWD, path, times, 0) != 0)
		abort();
}

/* The text of this field, the last byte before a page that can't be read. */
static struct span
held(enum field field)
{
	static struct span blocks[FIELDS];
	struct span s = fields[field], *block = &blocks[field];
	unsigned char *p;

	if (block->p == NULL)
		*block = guarded((struct span){ pool, sizeof(pool) / 8 });
	p = (unsigned char *)(uintptr_t)block->p + block->n - s.n;
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return (struct span){ p, s.n };
}

/* What the request at hand is worth. Nothing is left of a refused one. */
static enum session_why
ask(void)
{
	struct request request = { .cookie = held(COOKIE),
		.authorization = held(AUTHORIZATION),
		.remote_user = held(VARIABLE),
		.auth_type = held(AUTH_TYPE) };
	struct session_asked asked = { &request, now, &php_files, &arena };
	enum session_why why;

	arena_init(&arena, room, sizeof(room));
	memset(&session, 0xa5, sizeof(session));
	why = session_open(&config->session, &asked, &session).why;
	assert_int_equal(session.open, why == SESSION_OK);
	if (why != SESSION_OK)
		assert_true(!session.bearer && session.user.p == NULL &&
			    session.user.n == 0 && session.expires == 0 &&
			    session.key_id.p == NULL &&
			    session.claims.kind == JSON_ABSENT &&
			    session.claims.text.p == NULL);
	return why;
}

/* The header as it is is asked for last. */
static bool
is_sealed(void)
{
	const struct span whole = fields[COOKIE];
	bool in_value = false, right = true;

	for (size_t i = 0; right && i < whole.n; i++) {
		fields[COOKIE] = span_head(whole, i);
		right = ask() != SESSION_OK;
		in_value = in_value && whole.p[i] != ';';
		fields[COOKIE] = (struct span){ spare, whole.n };
		memcpy(spare, whole.p, whole.n);
		for (unsigned c = 1; in_value && right && c < 256; c++) {
			spare[i] = (unsigned char)(whole.p[i] ^ c);
			right = ask() != SESSION_OK;
		}
		in_value = in_value || whole.p[i] == '=';
	}
	fields[COOKIE] = whole;
	return right && ask() == SESSION_OK;
}

static bool
has_claim(struct span line)
{
	struct span_cut cut = span_cut(line, ' ');
	struct span text;

	return session_claim(&session, cut.head, &arena, &text) &&
	       span_eq(text, expand(NULL, cut.tail, SPAN_LIT("@")));
}

static bool
shows(struct span word, struct span rest)
{
	if (span_is(word, "expires"))
		return session.expires == (span_is(rest, "never")
						  ? SESSION_ENDLESS
						  : seconds(rest));
	if (span_is(word, "key"))
		return span_eq(session.key_id, rest);
	if (span_is(word, "bearer"))
		return session.bearer;
	if (span_is(word, "name"))
		return session.claims.kind == JSON_ABSENT;
	if (span_is(word, "claim"))
		return has_claim(rest);
	if (span_is(word, "no_claim"))
		return !session_claim(&session, rest, &arena, &rest) &&
		       rest.p == NULL;
	return is_sealed();
}

/* Does a line of this word say what a session shows? */
static bool
is_shown(struct span word)
{
	static const char *const words[] = { "expires", "key", "bearer", "name",
		"claim", "no_claim", "sealed" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_is(word, words[i]))
			return true;
	return false;
}

/* One of the keys, which is written in hex, and the member that names it. */
static void
put_key(const struct item *item, const char *line, FILE *out)
{
	struct span_cut cut = first_word(line);
	const char *id = string(cut.head);
	char file[80];
	struct sink hex;

	snprintf(file, sizeof(file), "%s.key", id);
	sink_init(&hex, spare, sizeof(spare));
	sink_hex(&hex, expand(item, cut.tail, SPAN_LIT("@")));
	sandbox_bytes(&box, file, sink_view(&hex), 0600);
	fprintf(out, "{ id = \"%s\"; file = \"%s\"; encoding = \"hex\"; }", id,
	    file);
}

static struct config *
load(const struct item *item)
{
	const struct item *set = cases_setting(item, "session");
	const struct item *keys = cases_setting(item, "keys");
	struct config *read;
	char *text;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	if (out == NULL)
		abort();
	sink_init(&made, pool, sizeof(pool));
	fprintf(out, SANDBOX_CLOUD "session = { %s\n", set->text);
	for (size_t i = 0; keys != NULL && i < keys->n; i++) {
		fputs(i == 0 ? "keys = (" : ",", out);
		put_key(item, keys->lines[i], out);
	}
	fputs(keys != NULL && keys->n > 0 ? " );" : "", out);
	fputs("};\n" SANDBOX_POLICIES, out);
	fclose(out);
	read = sandbox_load(&box, text);
	free(text);
	if (read == NULL)
		cases_fail(set, "it is no configuration:\n%s", box.said);
	return read;
}

/* The Cookie header that mint makes, and its exit code. */
static int
mint(const struct item *item, struct span words)
{
	const char *argv[16] = { "mint" };
	int n = 1;

	sink_init(&made, pool, sizeof(pool));
	memset(fields, 0, sizeof(fields));
	while (words.n > 0 && n < 14) {
		struct span_cut cut = span_cut(words, ' ');

		argv[n++] = string(expand(item, cut.head, SPAN_LIT("@")));
		words = cut.tail;
	}
	argv[n] = box.conf;
	n = capture_run(&printed, cli_mint, argv);
	fields[COOKIE] = span_cut(span_of(printed.out), '\n').head;
	return n;
}

/* The request of this line, and what is set beside it. */
static void
read_request(const struct item *item, const char *line)
{
	const struct item *beside = cases_setting(item, "beside");

	sink_init(&made, pool, sizeof(pool));
	memset(fields, 0, sizeof(fields));
	for (size_t i = 0; beside != NULL && i < beside->n; i++)
		take_line(item, beside->lines[i]);
	take_line(item, line);
}

/* Fails when the request at hand isn't worth what the case says. */
static void
judge(const struct item *item, const char *line)
{
	bool opens = item->word[0] == 'o', bearer = false;
	enum session_why why = ask();
	struct span user = expand(item, span_of(item->text), SPAN_LIT("@"));
	char said[256];
	bool right;

	snprintf(said, sizeof(said), "%s.", session_why_text(why));
	right = opens ? span_eq(session.user, user)
		      : strstr(said, item->text) != NULL;
	if (!right || opens != (why == SESSION_OK) || item->text[0] == '\0')
		cases_fail(item, "%s\nbut came: %s \"%s\"", line, said,
		    string(session.user));
	for (size_t i = 0; i < item->n; i++) {
		struct span_cut cut = first_word(item->lines[i]);

		if (is_shown(cut.head) &&
		    (!opens || !shows(cut.head, cut.tail)))
			cases_fail(item,
			    "%s\nexpected: %s\nbut came: expires %lld, key "
			    "%s, claims %s",
			    line, item->lines[i], session.expires,
			    string(session.key_id),
			    string(session.claims.text));
		bearer = bearer || span_is(cut.head, "bearer");
	}
	if (session.bearer != bearer)
		cases_fail(item, "%s\nbut a bearer token counted", line);
}

static void
run_mint(const struct item *item, const char *line, struct span words)
{
	bool fails = item->word[0] == 'f';
	struct span_cut cut = first_word(item->text);
	long long code = fails ? seconds(cut.head) : 0, later = now;

	if (mint(item, words) != code ||
	    (fails && (printed.out[0] != '\0' || cut.tail.n == 0 ||
			  strstr(printed.err, string(cut.tail)) == NULL)))
		cases_fail(
		    item, "%s\nbut came: %s%s", line, printed.out, printed.err);
	now += time(NULL);
	if (!fails)
		judge(item, line);
	now = later;
}

static void
run(const struct item *item)
{
	long long set = seconds(span_of(cases_setting(item, "now")->text));
	size_t asked = 0;

	config = load(item);
	now = set;
	for (size_t i = 0; i < item->n; i++) {
		struct span_cut cut = first_word(item->lines[i]);

		if (span_is(cut.head, "at")) {
			now = seconds(cut.tail);
		} else if (span_is(cut.head, "mint")) {
			run_mint(item, item->lines[i], cut.tail);
			asked++;
		} else if (!is_shown(cut.head)) {
			read_request(item, item->lines[i]);
			put_data(fields[DATA], set);
			judge(item, item->lines[i]);
			asked++;
		}
	}
	if (asked == 0)
		cases_fail(item, "nothing is asked");
	config_free(config);
}

/* For each request of a shape that has a line "seed TARGET TEXT". */
static void
seed(const struct item *item, const char *folder)
{
	for (size_t i = 0; i < item->n; i++) {
		struct span_cut cut = first_word(item->lines[i]);
		const struct item *shape = shape_of(item, cut.head);
		struct item line = *item;

		line.line += (int)i + 1;
		for (size_t k = 0; shape != NULL && k < shape->n; k++) {
			struct span_cut to =
			    span_cut(first_word(shape->lines[k]).tail, ' ');
			struct span s;

			sink_init(&made, pool, sizeof(pool));
			s = expand(item, cut.tail, good_text(item));
			s = expand(item, to.tail, s);
			cases_seed(&line, folder, string(to.head), s.p, s.n);
		}
	}
}

CASES("sessions", "opens refused fails; beside good keys mac now session shape",
    run, seed);
AROUND(sandbox_open(&box), sandbox_close(&box));
