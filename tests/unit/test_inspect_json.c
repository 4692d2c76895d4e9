#include "test.h"

#include <stdio.h>

#include "cli/inspect.h"

static const struct session_config config = { .name = "remote_user",
	.format = FORMAT_REMOTE_USER };
static unsigned char mem[2048];

static void
says(const struct inspected *inspected, const char *json)
{
	struct sink out;

	sink_init(&out, mem, sizeof(mem) - 1);
	inspect_json(inspected, &out);
	assert_false(out.full);
	mem[out.n] = '\0';
	assert_string_equal((const char *)mem, json);
}

TEST(accepted)
{
	struct session session = { .user = SPAN_INIT("a\"b"),
		.expires = SESSION_ENDLESS };
	struct inspected i = {
		.config = &config, .why = SESSION_OK, .session = &session
	};

	says(&i,
	    "{\"accepted\":true,\"format\":\"remote_user\",\"user\":\"a\\\"b\","
	    "\"expires\":null,\"denied\":false,\"checks\":["
	    "{\"name\":\"found\",\"passed\":true},"
	    "{\"name\":\"user\",\"passed\":true}],\"advice\":\"\"}\n");
	session.expires = 1700000000;
	session.key_id = SPAN_LIT("k");
	i.denied = true;
	i.advice = SPAN_LIT("no");
	says(&i,
	    "{\"accepted\":false,\"format\":\"remote_user\",\"user\":"
	    "\"a\\\"b\",\"key\":\"k\",\"expires\":1700000000,\"denied\":true,"
	    "\"checks\":[{\"name\":\"found\",\"passed\":true},"
	    "{\"name\":\"user\",\"passed\":true}],\"advice\":\"no\"}\n");
}

TEST(refused)
{
	struct session session = { .open = false };
	struct inspected i = { .config = &config,
		.why = SESSION_NO_VARIABLE,
		.session = &session,
		.advice = SPAN_INIT("\xff") };
	char json[512];

	snprintf(json, sizeof(json),
	    "{\"accepted\":false,\"format\":\"remote_user\",\"denied\":false,"
	    "\"checks\":[{\"name\":\"found\",\"passed\":false,\"why\":\"%s\"},"
	    "{\"name\":\"user\",\"passed\":null}],\"advice\":\"\"}\n",
	    session_why_text(SESSION_NO_VARIABLE));
	says(&i, json);
	i = (struct inspected){ .advice = SPAN_INIT("x") };
	says(&i, "{\"accepted\":false,\"format\":null,\"denied\":false,"
		 "\"checks\":[],\"advice\":\"x\"}\n");
}
