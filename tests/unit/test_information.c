#include "test.h"

#include "cloudinary/information.h"
#include "deciding.h"

TEST(what_is_open)
{
	static struct deciding d;
	unsigned char mem[1024];
	struct sink out;

	deciding_open(&d, "a = { action = \"destroy\"; limit = \"60/hour\";\n"
			  "  allow = { public_id = \"u/{user}/*\"; }; };\n"
			  "b = { action = \"destroy\"; limit = \"60/hour\"; "
			  "users = [ \"bob\" ];\n"
			  "  allow = { public_id = \"u/{user}/*\"; }; };\n");
	sink_init(&out, mem, sizeof(mem));
	information_write(d.config, &d.config->clouds[0], &d.facts, &d.request,
	    &d.arena, &out);
	assert_true(span_is(sink_view(&out),
	    "{\"cloud_name\":\"demo\",\"api_key\":\"874837483274837\","
	    "\"user\":\"alice\",\"policies\":[\"a\"],"
	    "\"server_time\":1767225600}"));
	d.session.user = SPAN_LIT("bob");
	sink_init(&out, mem, sizeof(mem));
	information_write(d.config, &d.config->clouds[0], &d.facts, &d.request,
	    &d.arena, &out);
	assert_true(span_is(sink_view(&out),
	    "{\"cloud_name\":\"demo\",\"api_key\":\"874837483274837\","
	    "\"user\":\"bob\",\"policies\":[\"a\",\"b\"],"
	    "\"server_time\":1767225600}"));
	deciding_close(&d);
}
