/*
 * A cookie of any bytes, as a token and inside one. The input as it is never
 * opens, since nobody without the key makes its MAC. Its first line as header
 * and the rest as payload, rightly signed, opens only for a session that is
 * all that session.h promises.
 */
#include "../unit/token.h"
#include "base/text.h"
#include "fuzz.h"

static struct session_key key;
static struct session_config config;
static struct session session;
static unsigned char memory[65536], text[4 * COOKIE_MAX];

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	key = token_key("1", HASH_SHA256,
	    SPAN_LIT("a secret of thirty-two bytes and more"));
	config = (struct session_config){
		.format = FORMAT_JWT,
		.hash = HASH_SHA256,
		.cookie = SPAN_LIT("s"),
		.user = SPAN_LIT("sub"),
		.n_keys = 1,
		.keys = &key,
	};
	return 0;
}

static bool
opens(struct span token)
{
	static unsigned char header[4 * COOKIE_MAX + 2];
	struct request request = { .intake = INTAKE_WHOLE };
	struct arena arena;
	struct session_asked asked = { &request, TOKEN_NOW, NULL, &arena };
	struct sink out;

	sink_init(&out, header, sizeof(header));
	sink_say(&out, "s=%v", token);
	request.cookie = sink_view(&out);
	arena_init(&arena, memory, sizeof(memory));
	memset(&session, 0xa5, sizeof(session));
	return session_open(&config, &asked, &session).why == SESSION_OK;
}

static void
check_closed(void)
{
	must(!session.open && session.user.p == NULL && session.user.n == 0 &&
		 session.claims.kind == JSON_ABSENT && session.expires == 0 &&
		 session.key_id.p == NULL,
	    "a refused token leaves nothing");
}

static void
check_open(struct span header, struct span payload)
{
	struct json_value object = { JSON_KIND_OBJECT, header };

	must(json_object_valid(header, TOKEN_DEPTH_MAX) &&
		 json_object_valid(payload, TOKEN_DEPTH_MAX),
	    "header and payload are JSON objects");
	must(json_string_is(
		 json_member(object, SPAN_LIT("alg")), SPAN_LIT("HS256")),
	    "the algorithm is the configured one");
	must(session.user.n >= 1 && session.user.n <= USER_MAX,
	    "the user has a length");
	must(text_utf8(session.user) && !text_has_control(session.user),
	    "the user is text");
	must(session.expires > TOKEN_NOW, "the session is in time");
	must(span_eq(session.claims.text, payload), "the claims are all");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = { data, size };
	struct span_cut line = span_cut(input, '\n');
	struct sink out;

	if (size > COOKIE_MAX)
		return 0;
	must(!opens(input), "a token needs the key");
	check_closed();
	sink_init(&out, text, sizeof(text));
	if (opens(token_sign(line.head, line.tail, &key, &out)))
		check_open(line.head, line.tail);
	else
		check_closed();
	return 0;
}
