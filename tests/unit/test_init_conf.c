#include "test.h"

#include "initing.h"
#include "sandbox.h"

static char text[16384];

static void
fill(const char *format, const char *folder)
{
	initing_begin(false);
	strcpy(init.cloud_name, "demo");
	strcpy(init.api_key, "874837483274837");
	strcpy(init.folder, folder);
	strcpy(init.cookie, "session");
	init.row = format_named(span_of(format));
	if (init.row->user == NULL) {
		strcpy(init.user, "id");
		init.has_user = true;
	}
}

static void
write_text(void)
{
	struct sink out;

	sink_init(&out, text, sizeof(text) - 1);
	assert_true(init_conf(&init, &out));
	text[out.n] = '\0';
}

/* The program's own reading of it. */
TEST(each_format)
{
	struct sandbox box;

	sandbox_open(&box);
	for (const struct format_row *row = formats; row->name != NULL; row++) {
		struct config *config;

		fill(row->name, "users/{user}");
		write_text();
		config = sandbox_load(&box, text);
		if (config == NULL)
			fail_msg("%s: %s", row->name, box.said);
		assert_string_equal(config->session.name, row->name);
		assert_int_equal(config->n_policies, 4);
		assert_non_null(config_policy(config, SPAN_LIT("avatar")));
		assert_non_null(config_policy(config, SPAN_LIT("widget")));
		assert_non_null(config_policy(config, SPAN_LIT("remove")));
		assert_non_null(config_policy(config, SPAN_LIT("thumb")));
		config_free(config);
	}
	sandbox_close(&box);
}

/* Where systemd keeps the service's counts. */
TEST(behind_units)
{
	struct sandbox box;
	struct config *config;

	sandbox_open(&box);
	fill("jwt", "users/{user}");
	write_text();
	assert_null(strstr(text, "store = "));
	init.units = true;
	write_text();
	config = sandbox_load(&box, text);
	assert_non_null(config);
	assert_true(span_is(config->store.place, "/var/lib/signpost"));
	config_free(config);
	sandbox_close(&box);
}

/* Payload's usual collection, or the one that the pasted cookie is of. */
TEST(whose_ids)
{
	fill("payload", "users/{user}");
	write_text();
	assert_non_null(strstr(text, "  collection = \"users\";\n"));
	strcpy(init.collection, "customers");
	write_text();
	assert_non_null(strstr(text, "  collection = \"customers\";\n"));
	fill("simplejwt", "users/{user}");
	write_text();
	assert_null(strstr(text, "collection"));
}

/* One policy, for everybody, and nothing that check would warn of. */
TEST(nobody_logs_in)
{
	static const char *const folders[] = { "guests", "form/{date}" };
	const struct policy *guest;
	struct sandbox box;
	struct config *config;

	sandbox_open(&box);
	for (size_t k = 0; k < sizeof(folders) / sizeof(folders[0]); k++) {
		fill("jwt", folders[k]);
		init.guests = true;
		write_text();
		assert_non_null(strstr(text, "# Nobody logs in: "));
		assert_non_null(strstr(text, folders[k]));
		config = sandbox_load(&box, text);
		if (config == NULL)
			fail_msg("%s: %s", folders[k], box.said);
		assert_null(strstr(box.said, "warning"));
		assert_int_equal(config->n_policies, 1);
		guest = config_policy(config, SPAN_LIT("guest"));
		assert_non_null(guest);
		assert_true(guest->anonymous);
		assert_int_equal(guest->action, ACTION_UPLOAD);
		assert_int_equal(guest->n_allow, 0);
		config_free(config);
	}
	sandbox_close(&box);
}

TEST(what_was_answered)
{
	struct sandbox box;
	struct config *config;

	fill("itsdangerous", "u/{user_hash}/in");
	init.algorithm = "sha512";
	init.user[0] = '\0'; /* the name itself is signed */
	init.n_origins = 2;
	strcpy(init.origins[0], "https://a.example");
	strcpy(init.origins[1], "https://b.example");
	write_text();
	assert_non_null(strstr(text, "\"u/{user_hash}/in/{random}\""));
	assert_non_null(strstr(text, "\"user_{user_hash}\""));
	assert_non_null(strstr(text, "folder = \"u/{user_hash}/in\";"));
	sandbox_open(&box);
	config = sandbox_load(&box, text);
	assert_non_null(config);
	assert_int_equal(config->session.hash, HASH_SHA512);
	assert_int_equal(config->session.user.n, 0);
	assert_int_equal(config->origins.n, 2);
	config_free(config);
	/* Nothing that is answered becomes more than a text. */
	fill("jwt", "users/{user}");
	strcpy(init.cloud_name, "a\"; policies = { x = \"\\");
	write_text();
	assert_null(sandbox_load(&box, text));
	assert_true(sandbox_said(&box, "the cloud name must be"));
	assert_int_equal(box.report.errors, 1);
	sandbox_close(&box);
}

TEST(room)
{
	struct sink out;

	fill("jwt", "users/{user}");
	sink_init(&out, text, 100);
	assert_false(init_conf(&init, &out));
}
