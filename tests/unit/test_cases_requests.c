/*
 * Requests, and what handle() answers: the grants and the refusals.
 *
 *   grant TEXT     200 granted, and each signature in the answer is right
 *   proof TEXT     a grant; and spoilt in any part of its cookie, without it,
 *                  or on a page of another site, it is refused
 *   refuse TEXT    a problem, and no signature anywhere
 *   answer TEXT    anything else: information, health, a preflight, valid,
 *                  a batch of which nothing is granted. No signature either
 *
 * A setting may also stand below a case, for this one alone. In a setting
 * above, each @ is the case's text, so that a table is one line for each case.
 *
 *   query TEXT     the query; without it, the case's text is
 *   body TEXT      it is a POST of this; or of the case's lines "> TEXT"
 *   form too       once more, with the query as a form, and no query
 *   method NAME    if not GET, or POST with a body
 *   Name: TEXT     a header or variable: see fields[]. Content-Type is JSON
 *                  where the body begins with a brace, else a form. A root of
 *                  . is the folder of secrets; a signature sha1 is made
 *   session TEXT   what the session of the asker says; - for nobody. Without
 *                  it, alice is logged in for an hour
 *   bearer TEXT    a bearer token says so
 *   now SECONDS    the time; 1767225600 is the start of 2026
 *   random N       so many draws of random bytes succeed: 00 01 02 ...
 *   intake NAME OF how the gateway got it: none twice large length role
 *   configuration none
 *   counters none; full; odd; crowded SECONDS WHY; broken WHY; fault WHY
 *   used NAME SECONDS N   the window of this name has counted N already
 *   denied NAME    the list of users has this one, or - none; else it was never
 *                  read
 *   generation N, outdated yes, files none
 *
 * and what is expected:
 *
 *   STATUS CODE [PARAM][: WORDS]   of refuse and answer; WORDS of the detail
 *   verdict THE SAME      the setting, for all that say nothing else
 *   signs STRING   what the signature is over, and then the next of a batch;
 *                  without it, what the answer's fields say
 *   says TEXT      the answer's body has it
 *   is TEXT        the answer's body is this; ~~ stands for anything
 *   head LINE      the head has this line
 *   cookie TEXT    the head sets this cookie; ~~ as well
 *   never WORDS    neither head nor body has them
 *   log WORDS      the log's facts: user=, policy=, action=, public_id=,
 *                  items=GRANTED/N, reason=
 *   counted N NAME CROWD ...   what the store was asked for; or nothing
 *
 * The setting policies is what a configuration has there, the setting login
 * its section session.
 */

#include "test.h"

#include <ctype.h>
#include <fcntl.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "app.h"
#include "cases.h"
#include "cli/session_make.h"
#include "fake_counters.h"
#include "gateway/php_files.h"
#include "sandbox.h"

#define NOW 1767225600LL
#define PHP_FILE "sess_abcdefghij0123456789ab"
#define ALICE "{\"sub\":\"alice\",\"exp\":1767229200}"
#define FIELD(name, member)                                                    \
	{                                                                      \
		name ":", offsetof(struct request, member)                     \
	}

#define LOGIN                                                                  \
	"cookie = \"session\"; bearer = true;"                                 \
	" keys = ( { id = \"1\"; file = \"session.key\"; } );"

static const struct {
	const char *name;
	size_t at;
} fields[] = { FIELD("Content-Type", content_type), FIELD("Cookie", cookie),
	FIELD("Authorization", authorization), FIELD("Origin", origin),
	FIELD("Sec-Fetch-Site", sec_fetch_site),
	FIELD("Sec-Fetch-Mode", sec_fetch_mode),
	FIELD("Sec-Fetch-Dest", sec_fetch_dest),
	FIELD("X-Cld-Timestamp", cld_timestamp),
	FIELD("X-Cld-Signature", cld_signature),
	FIELD("Remote-Addr", remote_addr), FIELD("Remote-User", remote_user),
	FIELD("Document-Root", document_root) };

#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static struct sandbox box;
static struct config *config;
static struct counting counting;
static struct workspace workspace;
static struct request request;
static struct answer answer;
static char head[HEAD_OUT_MAX + BODY_OUT_MAX], *body; /* as they are sent */

/* Text in memory that lasts as long as the case. */
static char pool[1 << 20];
static size_t pooled;

__attribute__((format(printf, 1, 2))) static char *
text(const char *format, ...)
{
	char *at = pool + pooled;
	size_t room = sizeof(pool) - pooled;
	va_list list;
	int n;

	va_start(list, format);
	n = vsnprintf(at, room, format, list);
	va_end(list);
	if (n < 0 || (size_t)n >= room)
		abort();
	pooled += (size_t)n + 1;
	return at;
}

static const char *
text_of(struct span s)
{
	return text("%.*s", (int)s.n, (const char *)s.p);
}

/* Of the case, or of the nearest setting, with the case's text in it. */
static const char *
given(const struct item *item, const char *word)
{
	const struct item *set = cases_setting(item, word);
	const char *p, *made = "";

	for (size_t i = 0; i < item->n; i++)
		if (cases_behind(item->lines[i], word) != NULL)
			return cases_behind(item->lines[i], word);
	if (set == NULL)
		return NULL;
	for (p = set->text; strchr(p, '@') != NULL; p = strchr(p, '@') + 1)
		made =
		    text("%s%.*s%s", made, (int)strcspn(p, "@"), p, item->text);
	return text("%s%s", made, p);
}

/* Is it a setting, for this case alone? */
static bool
is_setting(const char *line)
{
	static const char *const words[] = { ">", "query", "form", "body",
		"method", "session", "bearer", "now", "random", "intake",
		"configuration", "counters", "used", "denied", "generation",
		"files", "outdated", "signs" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (cases_behind(line, words[i]) != NULL)
			return true;
	for (size_t i = 0; i < FIELDS; i++)
		if (cases_behind(line, fields[i].name) != NULL)
			return true;
	return false;
}

static long long
number(const struct item *item, const char *word, long long otherwise)
{
	const char *is = given(item, word);

	return is == NULL ? otherwise : strtoll(is, NULL, 10);
}

static bool
is_given(const struct item *item, const char *word, const char *value)
{
	const char *is = given(item, word);

	return is != NULL && strcmp(is, value) == 0;
}

/* The one of the last case, if it has the same text. */
static void
configure(const struct item *item)
{
	static char last[65536];
	const struct item *set = cases_setting(item, "policies");
	const struct item *login = cases_setting(item, "login");
	const char *all = text(SANDBOX_TOKEN_CLOUD
	    "session = { %s }; origins = [ \"https://www.example.com\"%s ];\n"
	    "policies = {",
	    login == NULL ? LOGIN : login->text,
	    login == NULL ? ", \"null\"" : "");

	for (size_t i = 0; set != NULL && i < set->n; i++)
		all = text("%s\n%s", all, set->lines[i]);
	all = text("%s\n};\n", all);
	if (strcmp(all, last) == 0)
		return;
	config_free(config);
	config = sandbox_load(&box, all);
	if (config == NULL)
		cases_fail(item, "%s", box.said);
	snprintf(last, sizeof(last), "%s", all);
}

/* NAME=VALUE, a right session of this text. */
static const char *
made(const char *claims)
{
	static unsigned char memory[2 * COOKIE_MAX];
	struct sink out;

	sink_init(&out, memory, sizeof(memory));
	if (!session_make(&config->session, &config->session.keys[0],
		span_of(claims), NOW, &out))
		abort();
	return text_of(sink_view(&out));
}

static const char *
hex_of(const unsigned char *bytes, size_t n)
{
	const char *hex = "";

	for (size_t i = 0; i < n; i++)
		hex = text("%s%02x", hex, bytes[i]);
	return hex;
}

/* The digest of the text and, behind it, the API secret. */
static size_t
digest(const EVP_MD *md, const char *string, unsigned char *out)
{
	const char *all = text("%s%s", string, SANDBOX_SECRET);
	unsigned n;

	if (EVP_Digest(all, strlen(all), out, &n, md, NULL) != 1)
		abort();
	return n;
}

static void
put(const char *name, const char *value)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (strcmp(fields[i].name, name) == 0)
			*(struct span *)(void *)((char *)&request +
						 fields[i].at) = span_of(value);
}

static enum intake
intake_of(const struct item *item)
{
	static const char *const names[] = { "none", "whole", "twice", "large",
		"length", "role" };
	const char *name = given(item, "intake");

	for (int i = 0; name != NULL && i < 6; i++)
		if (cases_behind(name, names[i]) != NULL) {
			request.about = span_of(cases_behind(name, names[i]));
			return (enum intake)i;
		}
	return INTAKE_WHOLE;
}

static void
put_request(const struct item *item)
{
	const char *query = given(item, "query"), *sent = NULL;
	const char *method = given(item, "method");

	for (size_t i = 0; i < item->n; i++)
		if (cases_behind(item->lines[i], ">") != NULL)
			sent = text("%s%s%s", sent == NULL ? "" : sent,
			    sent == NULL ? "" : "\n",
			    cases_behind(item->lines[i], ">"));
	if (sent == NULL)
		sent = given(item, "body");
	if (sent == NULL)
		sent = "";
	if (method == NULL)
		method = sent[0] != '\0' ? "POST" : "GET";
	request = (struct request){ .intake = intake_of(item),
		.about = request.about,
		.method = span_of(method),
		.query = span_of(query != NULL ? query : item->text),
		.body = span_of(sent),
		.remote_addr = SPAN_LIT("192.0.2.7") };
	if (sent[0] != '\0')
		put("Content-Type:", sent[0] == '{'
					 ? "application/json"
					 : "application/x-www-form-urlencoded");
}

/* From whom it came; what is said outright counts most. */
static void
put_fields(const struct item *item)
{
	const char *session = given(item, "session");
	const char *bearer = given(item, "bearer");
	unsigned char mac[EVP_MAX_MD_SIZE];

	if (session == NULL || strcmp(session, "-") != 0)
		put("Cookie:", made(session == NULL ? ALICE : session));
	if (bearer != NULL)
		put("Authorization:",
		    text("Bearer %s", strchr(made(bearer), '=') + 1));
	for (size_t i = 0; i < FIELDS; i++) {
		const char *value = given(item, fields[i].name);

		if (value == NULL)
			continue;
		if (i == FIELDS - 1 && value[0] == '.')
			value = text("%s%s", box.dir, value + 1);
		if (strcmp(value, "sha1") == 0)
			value = hex_of(
			    mac, digest(EVP_sha1(),
				     text("%s%s", text_of(request.body),
					 given(item, "X-Cld-Timestamp:")),
				     mac));
		put(fields[i].name, value);
	}
}

/* Random bytes, so many times. */
struct draws {
	struct random_source source;
	long long left;
};

static bool
fill(struct random_source *self, unsigned char *out, size_t n)
{
	struct draws *draws = (struct draws *)(void *)self;

	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)i;
	return draws->left-- > 0;
}

/* All is judged by now, and nothing is signed or written. */
static void
before_signing(void)
{
	unsigned char dirt[64];

	memset(dirt, 0xa5, sizeof(dirt));
	assert_memory_equal(workspace.string, dirt, sizeof(dirt));
	assert_memory_equal(workspace.body, dirt, sizeof(dirt));
}

/* counters WHAT, and each window that was used. */
static void
put_counters(const struct item *item, long long now)
{
	const char *what = given(item, "counters"), *why;
	char name[512];
	unsigned seconds, used;

	counting_open(&counting);
	counting.hook = before_signing;
	for (size_t i = 0; i < item->n; i++)
		if (sscanf(item->lines[i], "used %511s %u %u", name, &seconds,
			&used) == 3)
			counting_window(&counting, span_of(name), seconds, now)
			    ->used = used;
	if (what == NULL)
		return;
	if (strcmp(what, "full") == 0)
		counting_say(&counting, COUNTERS_FULL, NULL, 0);
	if (strcmp(what, "odd") == 0)
		counting_say(&counting, (enum counters_what)99, "what?", 0);
	if (cases_behind(what, "broken") != NULL)
		counting_say(&counting, COUNTERS_BROKEN,
		    cases_behind(what, "broken"), 57);
	if ((why = cases_behind(what, "crowded")) != NULL)
		counting_say(&counting, COUNTERS_CROWDED, strchr(why, ' ') + 1,
		    (unsigned)strtoul(why, NULL, 10));
	counting.fault = cases_behind(what, "fault");
}

/* What each answer has, and no answer more than there is room for. */
static void
check_head(const struct item *item)
{
	const char *length = text("\r\nContent-Length: %zu\r\n", strlen(body));

	if (strncmp(head, text("Status: %d ", answer.status), 12) != 0 ||
	    strstr(head, "\r\nCache-Control: no-store\r\n"
			 "X-Content-Type-Options: nosniff\r\n") == NULL ||
	    strstr(head, "\r\nVary: Origin, Cookie\r\n") == NULL ||
	    (strstr(head, length) == NULL) != (answer.status == 204) ||
	    (size_t)(body - head) > HEAD_OUT_MAX)
		cases_fail(item, "that is no head:\n%s", head);
}

static void
ask(const struct item *item)
{
	struct draws source = { { fill }, number(item, "random", 1000) };
	const char *list = given(item, "denied");
	struct span denied = span_of(list == NULL ? "" : list);
	struct names names = { true, !span_is(denied, "-"), &denied };
	bool no_store = is_given(item, "counters", "none");
	struct world world = { .random = &source.source,
		.counters = no_store ? NULL : &counting.counters,
		.denied = denied.n == 0 ? NULL : &names,
		.php = is_given(item, "files", "none") ? NULL : &php_files,
		.generation = (unsigned)number(item, "generation", 1),
		.outdated = is_given(item, "outdated", "yes") };
	long long now = number(item, "now", NOW);
	struct sink out;

	put_counters(item, now);
	memset(&workspace, 0xa5, sizeof(workspace));
	memset(&answer, 0xa5, sizeof(answer));
	handle(is_given(item, "configuration", "none") ? NULL : config,
	    &request, now, &world, &workspace, &answer);
	sink_init(&out, head, sizeof(head) - 1);
	answer_write(&answer, &out);
	head[out.n] = '\0';
	body = strstr(head, "\r\n\r\n") + 4;
	check_head(item);
}

/* name=value of an answer's fields, as it is to be signed: an & is %26. */
static const char *
string_of(const struct item *item, const json_t *list)
{
	static unsigned char memory[BODY_OUT_MAX];
	const char *name, *last = "";
	const json_t *value, *element;
	struct sink out;
	size_t i;

	sink_init(&out, memory, sizeof(memory) - 1);
	json_object_foreach((json_t *)(uintptr_t)list, name, value)
	{
		const char *joined = json_string_value(value);

		if (strcmp(name, "api_key") == 0 ||
		    strcmp(name, "signature") == 0)
			continue;
		if (strcmp(last, name) >= 0)
			cases_fail(item, "%s stands behind %s", name, last);
		last = name;
		json_array_foreach(value, i, element) joined =
		    text("%s%s%s", i > 0 ? joined : "", i > 0 ? "," : "",
			json_string_value(element));
		sink_say(&out, "%s%v=", out.n > 0 ? "&" : "",
		    span_head(span_of(name), strcspn(name, "[")));
		for (; *joined != '\0'; joined++)
			if (*joined == '&')
				sink_text(&out, "%26");
			else
				sink_byte(&out, (unsigned char)*joined);
	}
	memory[out.n] = '\0';
	return (const char *)memory;
}

/* Where signatures stand in a body, and what stands behind them. */
static const struct mark {
	const char *before, *after;
} marks[] = { { "~hmac=", "\"" }, { "/s--", "--/" }, { "signature=", "\"" },
	{ "\"signature\":\"", "\"" }, { "", "" } };

/* Made with OpenSSL alone. */
static const char *
signature_over(const char *string, const struct mark *m)
{
	unsigned char out[EVP_MAX_MD_SIZE], key[32];
	char base64[2 * EVP_MAX_MD_SIZE];
	size_t n;

	if (m == &marks[0]) {
		for (size_t i = 0; i < sizeof(key); i++)
			sscanf(SANDBOX_TOKEN_KEY + 2 * i, "%2hhx", &key[i]);
		if (HMAC(EVP_sha256(), key, sizeof(key),
			(const unsigned char *)string, strlen(string), out,
			NULL) == NULL)
			abort();
		return hex_of(out, 32);
	}
	n = digest(EVP_sha256(), string, out);
	if (m != &marks[1])
		return hex_of(out, n);
	EVP_EncodeBlock((unsigned char *)base64, out, (int)n);
	for (char *p = base64; *p != '\0'; p++)
		*p = (char)(*p == '+' ? '-' : *p == '/' ? '_' : *p);
	return text("%.8s", base64);
}

/* Of the next `signs` below the case, or NULL. */
static const char *
next_string(const struct item *item, size_t *line)
{
	const char *string = NULL;

	while (string == NULL && *line < item->n)
		string = cases_behind(item->lines[(*line)++], "signs");
	return string;
}

/* Each signature is over what it is said to be over, and was counted. */
static void
check_grant(const struct item *item)
{
	json_t *all = json_loads(body, JSON_REJECT_DUPLICATES, NULL);
	const json_t *list = json_object_get(all, "fields");
	const char *string = given(item, "signs"), *next, *p = body;
	const struct mark *m = marks;
	size_t n = 0, line = 0;

	if (list != NULL) {
		next = string_of(item, list);
		if (string != NULL && strcmp(string, next) != 0)
			cases_fail(item, "the fields are of\n%s", next);
		string = next;
	}
	if (string == NULL)
		cases_fail(item, "it does not say what it signs");
	while (strstr(body, m->before) == NULL)
		m++;
	while (*p != '\0' && (p = strstr(p, m->before)) != NULL) {
		const char *right;

		next = list != NULL ? NULL : next_string(item, &line);
		string = next != NULL ? next : string;
		right = text("%s%s", signature_over(string, m), m->after);
		p += strlen(m->before);
		if (strncmp(p, right, strlen(right)) != 0 ||
		    (m->after[0] == '\0' && strcmp(p, right) != 0))
			cases_fail(
			    item, "not signed is\n%s\nin\n%s", string, body);
		p += strlen(right);
		n++;
	}
	json_decref(all);
	if (n == 0 || (next_string(item, &line) != NULL && list == NULL))
		cases_fail(item, "there are only %zu signatures", n);
	if (body[0] != '[')
		n = 1; /* it may stand there twice */
	if (n != answer.granted || counting.takes > 1 ||
	    (counting.takes == 1 &&
		(counting.said != COUNTERS_TAKEN || counting.amount != n)))
		cases_fail(item, "%zu signatures are not those counted", n);
}

static const char *
counted_text(void)
{
	static const char *const crowds[] = { "none", "known", "open" };
	const char *all = text("%u", counting.amount);

	for (size_t i = 0; i < counting.n_given; i++)
		all = text("%s %s %s", all, text_of(counting.given[i].name),
		    crowds[counting.given[i].crowd]);
	return counting.takes == 0 ? "nothing" : all;
}

static const char *
log_text(void)
{
	return text("user=%s policy=%s action=%s public_id=%s items=%u/%u "
		    "reason=%s",
	    text_of(answer.user), text_of(answer.policy),
	    answer.action == NULL ? "" : answer.action,
	    text_of(answer.public_id), answer.granted, answer.items,
	    answer.reason == NULL ? "none" : answer.reason);
}

/* Whatever it is called, a digest is 40 or 64 hexadecimal digits. */
static void
check_unsigned(const struct item *item)
{
	bool any = answer.media == MEDIA_TEXT ||
		   strstr(body, "\"signature\":") != NULL ||
		   strstr(body, "/s--") != NULL || strstr(body, "hmac") != NULL;

	for (const char *p = body; *p != '\0'; p++)
		any = any || strspn(p, "0123456789abcdef") >= 40;
	if (any || strstr(head, "Set-Cookie") != NULL)
		cases_fail(item, "there is a signature:\n%s", head);
	if (answer.status != 429 && strstr(body, "counters_") == NULL &&
	    strstr(log_text(), "action=verify") == NULL && counting.takes > 0)
		cases_fail(item, "it is counted");
}

/* A problem as it is written, and one for all without a session. */
static void
check_refusal(const struct item *item)
{
	static char first[1024];

	if (answer.media != MEDIA_PROBLEM ||
	    strstr(head, "\r\nContent-Type: application/problem+json\r\n") ==
		NULL ||
	    strstr(body, "\"request_id\":\"0001020304050607\"") == NULL ||
	    strstr(body, text("\"code\":\"%s\"", answer.code)) == NULL)
		cases_fail(item, "it is no problem:\n%s", head);
	if (answer.status != 401)
		return;
	if (first[0] == '\0')
		snprintf(first, sizeof(first), "%s", body);
	if (strcmp(first, body) != 0)
		cases_fail(item, "no session is told apart:\n%s", body);
}

/* STATUS CODE [PARAM][: WORDS] */
static void
check_verdict(const struct item *item, const char *verdict)
{
	const char *words = verdict == NULL ? NULL : strstr(verdict, ": ");
	const char *is = text("%d %s%s%s", answer.status, answer.code,
	    answer.param.n > 0 ? " " : "", text_of(answer.param));
	json_t *all = json_loads(body, 0, NULL);
	const char *detail = json_string_value(json_object_get(all, "detail"));

	if (verdict == NULL || strncmp(is, verdict, strlen(is)) != 0 ||
	    (verdict + strlen(is) != words && verdict[strlen(is)] != '\0') ||
	    (words != NULL &&
		(detail == NULL || strstr(detail, words + 2) == NULL)))
		cases_fail(item, "expected: %s\nbut came %s\n%s",
		    verdict == NULL ? "some verdict" : verdict, is, body);
	json_decref(all);
}

/* The text with ~~ for anything. */
static bool
is_text(const char *p, const char *expected)
{
	const char *gap = strstr(expected, "~~");
	size_t n;

	if (gap == NULL)
		return strcmp(p, expected) == 0;
	n = (size_t)(gap - expected);
	if (strncmp(p, expected, n) != 0)
		return false;
	for (p += n; *p != '\0'; p++)
		if (is_text(p, gap + 2))
			return true;
	return is_text(p, gap + 2);
}

static void
expect(const struct item *item, const char *line)
{
	const char *is = body, *expected;
	bool met = true;

	if ((expected = cases_behind(line, "says")) != NULL)
		met = strstr(body, expected) != NULL;
	else if ((expected = cases_behind(line, "is")) != NULL)
		met = is_text(body, expected);
	else if ((expected = cases_behind(line, "head")) != NULL)
		met = strstr(is = text("\r\n%s", head),
			  text("\r\n%s\r\n", expected)) != NULL;
	else if ((expected = cases_behind(line, "cookie")) != NULL) {
		is = strstr(head, "\r\nSet-Cookie: ");
		is = is == NULL
			 ? ""
			 : text("%.*s", (int)strcspn(is + 14, "\r"), is + 14);
		met = is_text(is, expected);
	} else if ((expected = cases_behind(line, "never")) != NULL)
		met = strstr(is = head, expected) == NULL;
	else if ((expected = cases_behind(line, "log")) != NULL)
		met = strstr(is = log_text(), expected) != NULL;
	else if ((expected = cases_behind(line, "counted")) != NULL)
		met = strcmp(is = counted_text(), expected) == 0;
	else if (isdigit((unsigned char)line[0]))
		check_verdict(item, line);
	else if (!is_setting(line))
		cases_fail(item, "nothing is known of: %s", line);
	if (!met)
		cases_fail(item, "expected: %s\nbut came\n%s", line, is);
}

static void
judge(const struct item *item)
{
	const char *verdict = NULL;
	bool refuse = strcmp(item->word, "refuse") == 0;
	bool grant = !refuse && strcmp(item->word, "answer") != 0;

	ask(item);
	for (size_t i = 0; i < item->n; i++)
		if (isdigit((unsigned char)item->lines[i][0]))
			verdict = item->lines[i];
	if (verdict == NULL)
		check_verdict(
		    item, grant ? "200 granted" : given(item, "verdict"));
	for (size_t i = 0; i < item->n; i++)
		expect(item, item->lines[i]);
	(grant ? check_grant : check_unsigned)(item);
	if (refuse)
		check_refusal(item);
	if (counting.probes > 0 && strcmp(answer.code, "health") != 0)
		cases_fail(item, "only ?health asks the store how it is");
}

static void
refused(const struct item *item, const char *verdict)
{
	ask(item);
	check_verdict(item, verdict);
	check_unsigned(item);
	check_refusal(item);
}

/* Each part of it counts, and no page of another site can use it. */
static void
spoil(const struct item *item)
{
	static unsigned char cookie[2 * COOKIE_MAX];
	const struct request right = request;
	size_t n = right.cookie.n;

	if (config->session.format == FORMAT_SUPABASE)
		n = n * 3 / 4;
	if (n > 0)
		memcpy(cookie, right.cookie.p, right.cookie.n);
	request.cookie.p = cookie;
	for (size_t at = right.cookie.n / 3; at < n; at += 5) {
		cookie[at] ^= 2;
		refused(item, "401 no_session");
		cookie[at] ^= 2;
	}
	request.cookie.n = n > 0 ? right.cookie.n - 1 : 0;
	request.remote_user =
	    right.remote_user.n > 0 ? SPAN_LIT("a\nb") : SPAN_LIT("alice");
	refused(item, "401 no_session");
	request.cookie = SPAN_LIT("theme=dark");
	refused(item, "401 no_session");
	request.remote_user = (struct span){ NULL, 0 };
	refused(item, "401 no_session");
	request = right;
	request.sec_fetch_site = SPAN_LIT("cross-site");
	refused(item, "403 cross_site");
	request.origin = SPAN_LIT("https://evil.example");
	refused(item, "403 origin_not_listed");
	request.sec_fetch_site = (struct span){ NULL, 0 };
	refused(item, "403 origin_not_listed");
}

static void
run(const struct item *item)
{
	pooled = 0;
	configure(item);
	put_request(item);
	put_fields(item);
	judge(item);
	if (strcmp(item->word, "proof") == 0)
		spoil(item);
	if (!is_given(item, "form", "too"))
		return;
	request.method = SPAN_LIT("POST");
	request.body = request.query;
	request.query.n = 0;
	put("Content-Type:", "application/x-www-form-urlencoded");
	judge(item);
}

/* For the targets' own policies, some of which have a name from here. */
static void
seed(const struct item *item, const char *folder)
{
	const char *all;

	pooled = 0;
	put_request(item);
	all = text("%s%s%s", text_of(request.query),
	    request.body.n > 0 ? "\n" : "", text_of(request.body));
	if (strlen(all) > BODY_MAX)
		return; /* not one of thousands of bytes */
	cases_seed(item, folder, "request", all, strlen(all));
	cases_seed(item, folder, "kinds", all, strlen(all));
}

CASES("requests",
    "grant proof refuse answer; body counters denied form generation login "
    "method now outdated policies query random session signs used verdict "
    "Authorization: Content-Type: Cookie: Document-Root: Origin: Remote-Addr: "
    "Remote-User: Sec-Fetch-Dest: Sec-Fetch-Mode: Sec-Fetch-Site: "
    "X-Cld-Signature: X-Cld-Timestamp:",
    run, seed);

static void
open_box(void)
{
	const struct timespec times[2] = { { NOW, 0 }, { NOW, 0 } };
	char path[128];

	sandbox_open(&box);
	sandbox_file(&box, "denied.users", "mallory\n", 0600);
	sandbox_file(&box, PHP_FILE, "u|s:5:\"alice\";", 0600);
	snprintf(path, sizeof(path), "%s/" PHP_FILE, box.dir);
	if (utimensat(AT_FDCWD, path, times, 0) != 0)
		abort();
}

static void
close_box(void)
{
	config_free(config);
	sandbox_close(&box);
}

AROUND(open_box(), close_box());
