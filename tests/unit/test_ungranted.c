/* Without a grant or a signature no answer is written, whoever asks for it. */

#include "test.h"

#include "cloudinary/api_answer.h"
#include "cloudinary/link_answer.h"
#include "cloudinary/prepare_answer.h"

static void
write_all(
    const struct grant *grant, const struct signature *signature, size_t n[3])
{
	static unsigned char memory[4096];
	struct json_out j;
	struct sink out;

	sink_init(&out, memory, sizeof(memory));
	json_begin(&j, &out);
	api_answer(grant, signature, &j);
	n[0] = out.n;
	sink_init(&out, memory, sizeof(memory));
	json_begin(&j, &out);
	prepare_answer(grant, signature, &j);
	n[1] = out.n;
	sink_init(&out, memory, sizeof(memory));
	link_write(grant, signature, &out);
	n[2] = out.n;
}

TEST(nothing_is_written)
{
	static const struct cloud cloud = { .cloud_name = SPAN_INIT("demo") };
	static const struct policy policy = { .action = ACTION_UPLOAD,
		.cloud = &cloud };
	size_t n[3];

	for (int given = 0; given < 2; given++)
		for (size_t length = 0; length <= 40; length += 40) {
			const struct grant grant = { .given = given,
				.link = true,
				.contract = CONTRACT_PLAIN,
				.policy = &policy };
			const struct signature signature = { length, "0123" };

			write_all(&grant, &signature, n);
			for (size_t i = 0; i < 3; i++)
				assert_int_equal(n[i] > 0, given && length > 0);
		}
}

TEST(a_link_needs_a_url)
{
	unsigned char memory[64];
	struct json_out j;
	struct sink out;

	sink_init(&out, memory, sizeof(memory));
	json_begin(&j, &out);
	link_answer((struct span){ NULL, 0 }, 5, &j);
	assert_int_equal(out.n, 0);
}
