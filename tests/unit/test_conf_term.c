#include "test.h"

#include "policies.h"
#include "policy/conf_policy.h"

static struct bench b;

/* The first member of the text, as a member of set. */
static const struct term *
find(const char *text, enum action action)
{
	bench_read(&b, text);
	return conf_term(&b.l, config_setting_get_elem(b.root, 0), action);
}

TEST(test_known)
{
	assert_ptr_equal(find("overwrite = true;", ACTION_UPLOAD),
	    term_find(SPAN_LIT("overwrite")));
	assert_string_equal(b.box.said, "");
	assert_non_null(find("public_id = \"a\";", ACTION_DESTROY));
}

TEST(test_unknown)
{
	assert_null(find("\noverwrit = true;", ACTION_UPLOAD));
	assert_true(sandbox_said(&b.box,
	    "error 2: \"overwrit\" is no parameter of upload: did you mean "
	    "\"overwrite\"?"));
	assert_null(find("overwrite = true;", ACTION_DESTROY));
	assert_true(
	    sandbox_said(&b.box, "\"overwrite\" is no parameter of destroy\n"));
	assert_null(find("Overwrite = true;", ACTION_UPLOAD));
	assert_null(find("\nmax_file_size = 5000000;", ACTION_UPLOAD));
	assert_true(sandbox_said(&b.box,
	    "error 2: Cloudinary has no parameter \"max_file_size\": the "
	    "account's plan bounds a file's size, or an eval that the policy "
	    "sets\n"));
	assert_null(find("from_public_id = \"a\";", ACTION_UPLOAD));
}

/* What nobody can write is refused with a reason, for any action. */
TEST(test_nobody)
{
	char text[128];

	for (size_t i = 0; i < vocabulary_count; i++) {
		if (vocabulary[i].sender != SENDER_NOBODY)
			continue;
		snprintf(text, sizeof(text), "%s = \"a\";", vocabulary[i].name);
		assert_null(find(text, ACTION_UPLOAD));
		assert_null(find(text, ACTION_DESTROY));
		assert_true(sandbox_said(
		    &b.box, "can stand neither in set nor in allow: "));
	}
	find("timestamp = 1;", ACTION_UPLOAD);
	assert_true(sandbox_said(&b.box, "signpost writes the time itself"));
	find("asset_id = \"a\";", ACTION_UPLOAD);
	assert_true(sandbox_said(&b.box, "it names assets"));
}

/* What belongs to links and answers alone is nobody's in a call. */
TEST(test_reserved)
{
	for (int action = ACTION_UPLOAD; action <= ACTION_DOWNLOAD; action++) {
		assert_null(find("version = 1;", (enum action)action));
		assert_true(sandbox_said(&b.box, "of an upload's answer"));
		assert_null(find("signature = \"a\";", (enum action)action));
		assert_true(sandbox_said(&b.box, "signpost makes it"));
		assert_null(find("expires_at = 1;", (enum action)action));
		assert_true(
		    sandbox_said(&b.box, "signpost writes it; see lifetime"));
	}
	assert_non_null(find("version = 1;", ACTION_DELIVER));
	assert_null(find("signature = \"a\";", ACTION_DELIVER));
	assert_null(find("version = 1;", ACTION_TOKEN));
	assert_null(find("duration = 1;", ACTION_UPLOAD));
	assert_true(
	    sandbox_said(&b.box, "\"duration\" is no parameter of upload"));
}

TEST(test_verify)
{
	assert_non_null(find("public_id = \"a\";", ACTION_VERIFY));
	assert_non_null(find("version = \"int 1..2\";", ACTION_VERIFY));
	assert_null(find("signature = \"a\";", ACTION_VERIFY));
	assert_true(
	    sandbox_said(&b.box, "verify takes it from the client by itself"));
	for (size_t i = 0; i < vocabulary_count; i++) {
		const char *name = vocabulary[i].name;
		char text[128];

		snprintf(text, sizeof(text), "%s = \"a\";", name);
		assert_int_equal(find(text, ACTION_VERIFY) != NULL,
		    strcmp(name, "public_id") == 0 ||
			strcmp(name, "version") == 0);
	}
}

static const config_setting_t *
keyed(const char *text, unsigned i, struct span *key)
{
	bench_read(&b, text);
	return conf_keyed(
	    &b.l, config_setting_get_elem(b.root, 0), i, "rule", key);
}

TEST(test_keyed)
{
	const config_setting_t *held;
	struct span key;

	held = keyed("c = { a = 1; b = 2; };", 1, &key);
	assert_true(span_is(key, "b"));
	assert_int_equal(config_setting_get_int(held), 2);
	held = keyed("c = ( { key = \"a.b\"; rule = 3; } );", 0, &key);
	assert_true(span_is(key, "a.b"));
	assert_int_equal(config_setting_get_int(held), 3);
	assert_string_equal(b.box.said, "");

	assert_null(keyed("c = ( \"a\" );", 0, &key));
	assert_true(sandbox_said(&b.box, "( { key = \"...\"; rule = ...; } )"));
	assert_null(keyed("c = ( { rule = 3; } );", 0, &key));
	assert_true(sandbox_said(&b.box, "key is missing"));
	assert_null(keyed("c = (\n{ key = \"a\"; } );", 0, &key));
	assert_true(sandbox_said(&b.box, "error 2: rule is missing"));
	keyed("c = ( { key = \"a\"; rule = 3; value = 4; } );", 0, &key);
	assert_true(sandbox_said(&b.box, "unknown name \"value\""));
}

static bool
key_right(struct span key)
{
	static const struct span before[] = { SPAN_INIT("one"),
		SPAN_INIT("two") };

	bench_read(&b, "a = 1;");
	return conf_key(&b.l, b.root, key, before, 2);
}

TEST(test_key)
{
	unsigned char text[SEGMENT_MAX + 1];

	memset(text, 'a', sizeof(text));
	assert_true(key_right((struct span){ text, 1 }));
	assert_true(key_right((struct span){ text, SEGMENT_MAX }));
	assert_false(key_right((struct span){ text, SEGMENT_MAX + 1 }));
	assert_false(key_right((struct span){ text, 0 }));
	assert_true(key_right(SPAN_LIT("onE")));
	assert_false(key_right(SPAN_LIT("one")));
	assert_true(sandbox_said(&b.box, "the key \"one\" stands here twice"));
	for (int c = 0; c < 256; c++) {
		bool right = c == '.' || c == '_' || c == '-' ||
			     (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			     (c >= 'a' && c <= 'z');

		text[1] = (unsigned char)c;
		assert_int_equal(key_right((struct span){ text, 3 }), right);
	}
}

AROUND(bench_open(&b), bench_close(&b));
