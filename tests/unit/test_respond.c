/* Without a grant or a signature nothing is answered, whoever asks for it. */

#include "test.h"

#include "cloudinary/respond.h"

static const struct facts facts;
static unsigned char memory[4096], scratch[4096], room[65536];

/* How much is written; 0 when it is refused. */
static size_t
written(const struct grant *grant)
{
	struct problem why;
	struct arena arena;
	struct answer answer = { .status = 0 };
	struct json_out j;
	struct sink out, string;
	struct ctx ctx = { &facts, &arena, &why };
	struct response r = { &out, &j, &string, &answer, &ctx };
	bool right;

	problem_clear(&why);
	arena_init(&arena, room, sizeof(room));
	sink_init(&out, memory, sizeof(memory));
	sink_init(&string, scratch, sizeof(scratch));
	json_begin(&j, &out);
	right = respond(&r, grant);
	assert_int_equal(right, why.status == 0);
	assert_int_equal(right, out.n > 0);
	return out.n;
}

TEST(nothing_is_written)
{
	static const enum contract contracts[] = { CONTRACT_PLAIN,
		CONTRACT_CLASSIC, CONTRACT_TEXT, CONTRACT_PREPARE };

	for (int given = 0; given < 2; given++)
		for (int secret = 0; secret < 2; secret++)
			for (size_t i = 0; i < 8; i++) {
				const struct cloud cloud = {
					.cloud_name = SPAN_INIT("demo"),
					.hash = HASH_SHA1,
					.api_secret = span_of(secret ? "s" : "")
				};
				const struct policy policy = {
					.action = ACTION_UPLOAD, .cloud = &cloud
				};
				const struct grant grant = { .given = given,
					.link = i >= 4,
					.contract = contracts[i % 4],
					.policy = &policy,
					.n = 1,
					.fields = {
					    { term_find(SPAN_LIT("timestamp")),
						SPAN_LIT("1") } } };

				assert_int_equal(
				    written(&grant) > 0, given && secret);
			}
}

/* Of no kind, nothing is signed. */
TEST(no_action)
{
	static const struct cloud cloud = { .cloud_name = SPAN_INIT("demo") };
	static const struct policy policy = { .cloud = &cloud };
	const struct grant grant = { .given = true, .policy = &policy };

	assert_int_equal(written(&grant), 0);
}
