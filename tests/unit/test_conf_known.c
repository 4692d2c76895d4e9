#include "test.h"

#include "policies.h"
#include "policy/conf_policy.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct bench b;

/* Is the value one that the parameter can have in this action? */
static bool
known(const char *name, enum action action, const char *value)
{
	const struct term *term = term_find(span_of(name));
	struct text_template text;
	bool right;

	bench_read(&b, "a = 1;");
	if (!conf_template(
		&b.l, b.root, term, span_of(value), SPAN_LIT("p"), &text))
		abort();
	right = conf_known_value(&b.l, b.root, term, action, &text);
	assert_int_equal(b.box.report.errors, !right);
	return right;
}

static bool
unknown(
    const char *name, enum action action, const char *value, const char *said)
{
	return !known(name, action, value) && sandbox_said(&b.box, said);
}

TEST(test_resource_type)
{
	assert_true(known("resource_type", ACTION_UPLOAD, "auto"));
	assert_true(unknown("resource_type", ACTION_DESTROY, "auto",
	    "resource_type = \"auto\": there are \"image\", \"video\" and "
	    "\"raw\"\n"));
	assert_true(known("resource_type", ACTION_ARCHIVE, "all"));
	assert_true(unknown("resource_type", ACTION_UPLOAD, "all",
	    "\"video\", \"raw\" and \"auto\"\n"));
	assert_true(unknown("resource_type", ACTION_UPLOAD, "Image",
	    "\"auto\"; did you mean \"image\"?"));
	assert_true(unknown("resource_type", ACTION_UPLOAD, "{claim.t}", ""));
	assert_true(known("resource_type", ACTION_DELIVER, "raw"));
	assert_false(known("resource_type", ACTION_DELIVER, "auto"));
}

TEST(test_type)
{
	assert_true(known("type", ACTION_DELIVER, "upload"));
	assert_true(known("type", ACTION_DELIVER, "private"));
	assert_true(known("type", ACTION_DELIVER, "authenticated"));
	assert_true(unknown("type", ACTION_DELIVER, "fetch",
	    "there are \"upload\", \"private\" and \"authenticated\"\n"));
	assert_true(unknown(
	    "type", ACTION_DELIVER, "privat", "did you mean \"private\"?"));
	assert_true(unknown("type", ACTION_DELIVER, "{claim.t}", ""));
	assert_true(known("type", ACTION_UPLOAD, "fetch"));
}

TEST(test_command)
{
	static const char *const both[] = { "add", "remove_all" };
	static const char *const tags[] = { "set_exclusive", "remove",
		"replace" };

	for (size_t i = 0; i < N(both); i++) {
		assert_true(known("command", ACTION_TAGS, both[i]));
		assert_true(known("command", ACTION_CONTEXT, both[i]));
	}
	for (size_t i = 0; i < N(tags); i++) {
		assert_true(known("command", ACTION_TAGS, tags[i]));
		assert_false(known("command", ACTION_CONTEXT, tags[i]));
	}
	assert_true(unknown("command", ACTION_TAGS, "ad", "did you mean"));
	assert_false(known("command", ACTION_TAGS, "explode"));
	assert_false(known("command", ACTION_TAGS, "Add"));
}

TEST(test_mode)
{
	assert_true(known("mode", ACTION_ARCHIVE, "create"));
	assert_true(known("mode", ACTION_ARCHIVE, "download"));
	assert_true(unknown("mode", ACTION_ARCHIVE, "downlaod",
	    "there are \"create\" and \"download\"; did you mean "
	    "\"download\"?"));
	assert_true(known("target_format", ACTION_ARCHIVE, "tgz"));
}

TEST(test_format)
{
	static const char *const wrong[] = { ".jpg", "jp g", "jpg/", "j-g",
		"j_g", "{claim.f}", "abcdefghijklmnopq", "\xc3\xa9" };

	assert_true(known("format", ACTION_DELIVER, "jpg"));
	assert_true(known("format", ACTION_DOWNLOAD, "mp4"));
	assert_true(known("format", ACTION_DELIVER, "abcdefghijklmnop"));
	assert_true(known("format", ACTION_DELIVER, "J"));
	for (size_t i = 0; i < N(wrong); i++) {
		assert_true(unknown("format", ACTION_DELIVER, wrong[i],
		    "a format is 1 to 16 letters and digits"));
		assert_false(known("format", ACTION_DOWNLOAD, wrong[i]));
		assert_true(known("format", ACTION_UPLOAD, wrong[i]));
	}
}

TEST(test_ip)
{
	static const char *const right[] = { "{ip}", "{claim.addr}",
		"192.0.2.7", "2001:db8::1" };
	static const char *const wrong[] = { "192.0.2", "192.0.2.07",
		"192.0.2.0/24", "{user}", "{ip}0", "10.0.0.{claim.n}", "host",
		"{random}" };

	for (size_t i = 0; i < N(right); i++)
		assert_true(known("ip", ACTION_TOKEN, right[i]));
	for (size_t i = 0; i < N(wrong); i++)
		assert_true(unknown(
		    "ip", ACTION_TOKEN, wrong[i], ": it takes \"{ip}\""));
}

TEST(test_numbers)
{
	static const char *const times[] = { "duration", "start_time",
		"expiration" };

	for (size_t i = 0; i < N(times); i++) {
		assert_true(known(times[i], ACTION_TOKEN, "1"));
		assert_true(known(times[i], ACTION_TOKEN, "999999999999"));
		assert_false(known(times[i], ACTION_TOKEN, "1000000000000"));
		assert_true(unknown(
		    times[i], ACTION_TOKEN, "0", "can't be less than 1"));
		assert_false(known(times[i], ACTION_TOKEN, "-1"));
	}
	assert_true(known("version", ACTION_DELIVER, "0"));
	assert_true(known("version", ACTION_VERIFY, "1767225600"));
	assert_true(unknown(
	    "version", ACTION_DELIVER, "-1", "version can't be less than 0"));
	assert_false(known("version", ACTION_DELIVER, "{claim.v}"));
}

TEST(test_acl)
{
	assert_true(known("acl", ACTION_TOKEN, "/image/upload/{user}/*"));
	assert_true(unknown("acl", ACTION_TOKEN, "image/upload/{user}/*",
	    "acl = \"image/upload/{user}/*\": "));
	assert_false(known("acl", ACTION_TOKEN, "/a/../{user}/*"));
	assert_false(known("acl", ACTION_TOKEN, "/a!/b"));
	assert_false(known("acl", ACTION_TOKEN, "/a//b"));
}

TEST(test_transformation)
{
	assert_true(known("transformation", ACTION_DELIVER, ""));
	assert_true(known("transformation", ACTION_DELIVER, "w_200,c_fill"));
	assert_true(
	    known("transformation", ACTION_DELIVER, "l_text:A:{claim.name}"));
	assert_true(unknown("transformation", ACTION_DELIVER, "w_20%",
	    "transformation = \"w_20%\": "));
	assert_false(known("transformation", ACTION_DELIVER, "wide"));
	assert_false(known("transformation", ACTION_DELIVER, "w_200//h_1"));
	assert_true(known("transformation", ACTION_UPLOAD, "wide"));
	assert_true(known("transformation", ACTION_DOWNLOAD, "w_20%"));
}

/* "name = ...;" as a rule of allow. */
static bool
rule_known(const char *text, enum action action)
{
	const struct policy policy = { .name = SPAN_LIT("p"),
		.action = action };
	const config_setting_t *at;
	const struct term *term;
	struct rule rule;
	bool right;

	bench_read(&b, text);
	at = config_setting_get_elem(b.root, 0);
	term = term_find(span_of(config_setting_name(at)));
	if (!conf_rule(&b.l, at, term, &policy, &rule))
		return false;
	right = conf_known_rule(&b.l, at, term, action, &rule);
	assert_int_equal(b.box.report.errors, !right);
	return right;
}

TEST(test_rules)
{
	assert_true(rule_known("duration = \"int 1..60\";", ACTION_TOKEN));
	assert_false(rule_known("duration = \"int 0..60\";", ACTION_TOKEN));
	assert_true(sandbox_said(&b.box, "duration can't be less than 1"));
	assert_true(rule_known("version = \"int 0..9\";", ACTION_DELIVER));
	assert_false(rule_known("version = \"int -1..9\";", ACTION_DELIVER));
	assert_true(rule_known("version = [ 1, 2 ];", ACTION_DELIVER));
	assert_true(
	    rule_known("version = ( 1, \"1767225600\" );", ACTION_VERIFY));
	assert_false(rule_known("version = [ -1 ];", ACTION_DELIVER));
	assert_false(rule_known("version = [ \"007\" ];", ACTION_DELIVER));
	assert_false(rule_known("version = [ 1.0 ];", ACTION_DELIVER));
	assert_true(rule_known("command = [ \"add\" ];", ACTION_TAGS));
	assert_false(
	    rule_known("command = ( \"add\",\n\"ad\" );", ACTION_TAGS));
	assert_true(sandbox_said(&b.box, "error 2: command = \"ad\""));
	assert_true(rule_known("acl = [ \"/a/{user}/*\" ];", ACTION_TOKEN));
	assert_false(rule_known("acl = [ \"a/{user}/*\" ];", ACTION_TOKEN));
	assert_false(rule_known("acl = \"/a/{user}/*\";", ACTION_TOKEN));
	assert_false(rule_known("acl = [ \"/a,/b\" ];", ACTION_TOKEN));
	assert_true(rule_known("overwrite = [ true ];", ACTION_UPLOAD));
	/* A key of a group is free to count from anywhere. */
	assert_true(
	    rule_known("context = { n = \"int -5..5\"; };", ACTION_UPLOAD));
}

static bool
original(const char *text, enum action action)
{
	const config_setting_t *at;

	bench_read(&b, text);
	at = config_setting_get_elem(b.root, 0);
	return conf_is_original(
	    at, term_find(span_of(config_setting_name(at))), action);
}

TEST(test_original)
{
	assert_true(original("transformation = \"\";", ACTION_DELIVER));
	assert_false(original("transformation = \" \";", ACTION_DELIVER));
	assert_false(original("transformation = [ \"\" ];", ACTION_DELIVER));
	assert_false(original("transformation = \"\";", ACTION_UPLOAD));
	assert_false(original("transformation = \"\";", ACTION_DOWNLOAD));
	assert_false(original("format = \"\";", ACTION_DELIVER));
}

AROUND(bench_open(&b), bench_close(&b));
