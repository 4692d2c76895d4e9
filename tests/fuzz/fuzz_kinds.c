/*
 * handle() on any request for the kinds of signatures that fuzz_request.c
 * leaves out: lists of ids, links, delivery URLs, tokens, what is verified.
 * The input's first line is the query; what follows is a body, as there. No
 * policy here lets a client write free text, so that whatever id stands in an
 * answer must be alice's; and nobody here can sign for Cloudinary.
 */
#include <jansson.h>

#include "../unit/deciding.h"
#include "../unit/fake_counters.h"
#include "app.h"
#include "cli/session_make.h"
#include "fuzz.h"

#define OWN "\"users/{user}/**\""
#define LIMIT " limit = \"60/hour\";"
#define POLICIES                                                               \
	"again = { action = \"explicit\"; lifetime = 3600;" LIMIT              \
	" allow = { public_id = " OWN "; type = [ \"upload\" ]; }; };\n"       \
	"move = { action = \"rename\";" LIMIT                                  \
	" allow = { from_public_id = " OWN "; to_public_id = " OWN "; }; };\n" \
	"label = { action = \"tags\"; lifetime = 3600;" LIMIT                  \
	" allow = { public_ids = " OWN "; tag = [ \"a\" ]; command = "         \
	"[ \"add\", \"remove_all\" ]; }; };\n"                                 \
	"zip = { action = \"archive\";" LIMIT " allow = { public_ids = " OWN   \
	"; prefixes = [ \"users/{user}/\", \"users/{user}/**/\" ]; "           \
	"fully_qualified_public_ids = \"image/upload/users/{user}/*\"; "       \
	"mode = [ \"create\", \"download\" ]; target_public_id = " OWN         \
	"; }; };\n"                                                            \
	"get = { action = \"download\";" LIMIT " allow = { public_id = " OWN   \
	"; format = [ \"jpg\" ]; }; };\n"                                      \
	"thumb = { action = \"deliver\"; allow = { public_id = " OWN           \
	"; transformation = [ \"w_200,c_fill\", \"\" ]; version = "            \
	"\"int 1..99999\"; format = [ \"png\" ]; }; };\n"                      \
	"brief = { action = \"deliver\"; set = { transformation = \"w_1\"; };" \
	" allow = { public_id = " OWN "; duration = \"int 1..600\"; }; };\n"   \
	"album = { action = \"token\"; cookie_domain = \"example.com\"; "      \
	"set = { acl = \"/image/upload/users/{user}/*\"; }; allow = { "        \
	"duration = \"int 1..600\"; expiration = \"int 1..9999999999\"; "      \
	"start_time = \"int 1..9999999999\"; }; };\n"                          \
	"one = { action = \"token\"; set = { duration = 60; ip = \"{ip}\"; };" \
	" allow = { url = \"/image/upload/v1/users/{user}/**\"; }; };\n"       \
	"answered = { action = \"verify\"; allow = { public_id = " OWN         \
	"; }; };\n"                                                            \
	"hook = { action = \"verify\"; addresses = [ \"192.0.2.7\" ]; };\n"

static struct config *config;
static struct workspace workspace;
static unsigned char cookie[1024];
static struct span session;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static struct deciding d;
	struct sink out;

	(void)argc;
	(void)argv;
	deciding_open(&d, POLICIES);
	sandbox_close(&d.box);
	config = d.config;
	sink_init(&out, cookie, sizeof(cookie));
	must(session_make(&config->session, &config->session.keys[0],
		 SPAN_LIT("{\"sub\":\"alice\",\"exp\":1767229200}"), 0, &out),
	    "there is a session");
	session = sink_view(&out);
	return 0;
}

static bool
fill(struct random_source *self, unsigned char *out, size_t n)
{
	(void)self;
	memset(out, 0x5a, n);
	return true;
}

static void
ask(struct span input, struct answer *answer)
{
	static struct random_source source = { fill };
	static struct counting counting;
	struct world world = { .random = &source,
		.counters = &counting.counters };
	struct span_cut line = span_cut(input, '\n');
	bool brace = span_starts(line.tail, SPAN_LIT("{"));
	struct request request = { .intake = INTAKE_WHOLE,
		.method = span_of(line.found ? "POST" : "GET"),
		.query = line.head,
		.body = line.tail,
		.content_type =
		    span_of(brace ? "application/json"
				  : "application/x-www-form-urlencoded"),
		.cookie = session,
		.cld_timestamp = SPAN_LIT("1767225600"),
		.cld_signature =
		    SPAN_LIT("b4ad47fb4e25c7bf5f92a20089f9db59bc302313"),
		.remote_addr = SPAN_LIT("192.0.2.7") };

	counting_open(&counting);
	memset(&workspace, 0xa5, sizeof(workspace));
	handle(config, &request, DECIDING_NOW, &world, &workspace, answer);
	json_set_alloc_funcs(malloc, free);
}

static bool
in_id(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || span_has(SPAN_LIT("/-_.%"), c);
}

/* Where an id begins there is "users/alice/", however it is escaped. */
static void
check_ids(struct span body)
{
	static const char *const slashes[] = { "/", "%2F", "%2f" };

	while (body.n > 0) {
		bool found = false;

		for (size_t i = 0; i < 3; i++) {
			char users[16], own[32];

			snprintf(users, sizeof(users), "users%s", slashes[i]);
			snprintf(own, sizeof(own), "users%salice%s", slashes[i],
			    slashes[i]);
			if (!span_starts(body, span_of(users)))
				continue;
			found = true;
			must(span_starts(body, span_of(own)),
			    "every id is the user's own");
		}
		body = span_skip(body, 1);
		while (found && body.n > 0 && in_id(body.p[0]))
			body = span_skip(body, 1);
	}
}

/* A cookie is one line of ASCII, and there only where a token is. */
static void
check_cookie(const struct answer *answer)
{
	must(answer->set_cookie.n == 0 || span_is(answer->policy, "album"),
	    "only this policy sets a cookie");
	for (size_t i = 0; i < answer->set_cookie.n; i++)
		must(answer->set_cookie.p[i] > ' ' - 1 &&
			 answer->set_cookie.p[i] < 0x7f,
		    "a header is one line");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char head[HEAD_OUT_MAX + BODY_OUT_MAX];
	struct answer answer;
	struct sink out;

	ask((struct span){ data, size }, &answer);
	must(answer.status == 200 ||
		 (answer.status >= 400 && answer.status < 500),
	    "the status is a grant or a refusal");
	must(!span_is(span_of(answer.code), "valid"),
	    "nobody here can sign for Cloudinary");
	if (answer.status == 200)
		check_ids(answer.body);
	else
		must(answer.set_cookie.n == 0, "a refusal sets no cookie");
	check_cookie(&answer);
	sink_init(&out, head, sizeof(head));
	answer_write(&answer, &out);
	must(!out.full, "there is room for the answer");
	return 0;
}
