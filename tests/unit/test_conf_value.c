#include "test.h"

#include "policies.h"
#include "policy/conf_policy.h"

static struct bench b;

/* "overwrite = true;": the value of that parameter, "" when it is wrong. */
static const char *
value(const char *text)
{
	static char out[256];
	const config_setting_t *at;
	struct span value;

	bench_read(&b, text);
	at = config_setting_get_elem(b.root, 0);
	if (!conf_value(&b.l, at, term_find(span_of(config_setting_name(at))),
		&value)) {
		assert_int_equal(value.n, 0);
		assert_int_equal(b.box.report.errors, 1);
		return "";
	}
	assert_int_equal(b.box.report.errors, 0);
	assert_true(value.n < sizeof(out));
	memcpy(out, value.p, value.n);
	out[value.n] = '\0';
	return out;
}

static void
wrong(const char *text, const char *said)
{
	assert_string_equal(value(text), "");
	assert_true(sandbox_said(&b.box, said));
}

TEST(test_types)
{
	assert_string_equal(value("overwrite = true;"), "true");
	assert_string_equal(value("overwrite = false;"), "false");
	assert_string_equal(value("moderation = \"manual\";"), "manual");
	assert_string_equal(value("public_id = \"a/b\";"), "a/b");
	assert_string_equal(value("tags = \"a,b\";"), "a,b");
	assert_string_equal(value("context = \"a\";"), "a");
	assert_string_equal(value("context = -12;"), "-12");
	assert_string_equal(value("context = true;"), "true");

	wrong(
	    "overwrite = \"true\";", "overwrite takes true or false, without");
	wrong("overwrite = 1;", "overwrite takes true or false");
	wrong("moderation = true;", "moderation takes text in quotes");
	wrong("moderation = 1;", "moderation takes text in quotes");
	wrong("moderation = 1.5;", "moderation takes text in quotes");
	wrong("public_id = [ \"a\" ];", "public_id takes text in quotes");
	wrong(
	    "context = 1.5;", "context takes a text, a whole number, true or");
}

TEST(test_int)
{
	static const struct term term = { .name = "n", .type = TERM_INT };
	struct span value;

	bench_read(&b, "n = 2147483647; m = -2147483648; s = \"1\"; t = true;");
	assert_true(conf_value(&b.l, conf_member(b.root, "n"), &term, &value));
	assert_true(span_is(value, "2147483647"));
	assert_true(conf_value(&b.l, conf_member(b.root, "m"), &term, &value));
	assert_true(span_is(value, "-2147483648"));
	assert_false(conf_value(&b.l, conf_member(b.root, "s"), &term, &value));
	assert_false(conf_value(&b.l, conf_member(b.root, "t"), &term, &value));
	assert_true(sandbox_said(&b.box, "n takes a whole number, without"));
}

/* What the configuration's numbers have no room for, stands in quotes. */
TEST(test_long_int)
{
	assert_string_equal(value("duration = 3600;"), "3600");
	assert_string_equal(
	    value("expiration = \"1767225600\";"), "1767225600");
	assert_string_equal(
	    value("version = \"999999999999\";"), "999999999999");
	wrong("version = \"1000000000000\";", "version takes a whole number");
	wrong(
	    "version = \"999999999\";", "in quotes when it has more than nine");
	wrong("version = \"0767225600\";", "version takes a whole number");
	wrong("version = \"+767225600\";", "version takes a whole number");
	wrong("version = \"-767225600\";", "version takes a whole number");
	wrong("version = \" 1767225600\";", "version takes a whole number");
	wrong("version = \"17672256.0\";", "version takes a whole number");
	wrong("version = \"{claim.vers}\";", "version takes a whole number");
	wrong("version = \"\";", "version takes a whole number");
	wrong("duration = 3600.0;", "duration takes a whole number");
	wrong("duration = true;", "duration takes a whole number");
}

TEST(test_text)
{
	wrong("\nmoderation = \"\";", "error 2: moderation is empty here");
	wrong("context = \"\";", "leave it out");
	wrong("moderation = \"a\\nb\";", "holds a control character");
	wrong("moderation = \"a\\tb\";", "holds a control character");
	assert_string_equal(value("moderation = \"a b\";"), "a b");
	assert_string_equal(value("moderation = \"\xc3\xa9\";"), "\xc3\xa9");
}

static bool
element(const char *text)
{
	bench_read(&b, "a = 1;");
	return conf_element(
	    &b.l, b.root, term_find(SPAN_LIT("tags")), span_of(text));
}

TEST(test_element)
{
	assert_true(element("a"));
	assert_true(element("a b"));
	assert_false(element(""));
	assert_true(sandbox_said(&b.box, "an element of tags is empty"));
	assert_false(element("a,b"));
	assert_true(sandbox_said(&b.box, "holds a comma"));
	assert_false(element(" a"));
	assert_false(element("a "));
	assert_false(element(" "));
	assert_true(sandbox_said(&b.box, "begins or ends with a blank"));
}

static bool
has_template(const char *name, const char *text)
{
	struct text_template out;

	bench_read(&b, "a = 1;");
	return conf_template(&b.l, b.root, term_find(span_of(name)),
	    span_of(text), SPAN_LIT("avatar"), &out);
}

TEST(test_template)
{
	assert_true(
	    has_template("moderation", "{user}{claim.a.b}{ip}{policy}"));
	assert_true(has_template("moderation", "{ user } {}"));
	assert_false(has_template("moderation", "{usr}"));
	assert_true(sandbox_said(&b.box, "moderation = \"{usr}\": {usr} is"));
	assert_true(has_template("tags", "a{ip}"));
	assert_false(has_template("folder", "a{ip}"));
	assert_true(
	    sandbox_said(&b.box, "folder = \"a{ip}\": {ip} can't stand"));
	assert_true(has_template("tags", "a{user}"));
	assert_true(has_template("acl", "/a/{user}/*"));
	assert_false(has_template("acl", "/a/{ip}/*"));
	assert_false(has_template("public_ids", "a/{ip}"));
	assert_false(has_template("prefixes", "a/{ip}/"));
	assert_false(has_template("url", "/a/{ip}"));
	assert_true(has_template("ip", "{ip}"));
}

AROUND(bench_open(&b), bench_close(&b));
