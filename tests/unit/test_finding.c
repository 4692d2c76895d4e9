#include "test.h"

#include "cli/finding.h"

static struct findings f;

TEST(they_are_kept)
{
	findings_init(&f);
	finding_add(&f, FINDING_FAULT, "files", "/a", "%s has %d", "it", 7LL);
	finding_mend(&f, "chmod o= %s", finding_word(&f, "/a b"));
	finding_add(&f, FINDING_OK, "clock", "", "fine");
	assert_int_equal(f.n, 2);
	assert_int_equal(f.times[FINDING_FAULT], 1);
	assert_int_equal(f.times[FINDING_WARNING], 0);
	assert_true(span_is(f.list[0].what, "/a"));
	assert_true(span_is(f.list[0].says, "it has 7"));
	assert_true(span_is(f.list[0].mend, "chmod o= '/a b'"));
	assert_string_equal(f.list[0].group, "files");
	assert_true(span_is(f.list[1].says, "fine"));
	assert_int_equal(f.list[1].mend.n, 0);
	assert_false(f.full);
}

/* Nothing of a file's name acts on a terminal, or hides in a command. */
TEST(odd_bytes)
{
	findings_init(&f);
	finding_add(&f, FINDING_FAULT, "files", "/a\033[2J\n\xff", "no");
	finding_mend(&f, "rm %s", finding_word(&f, "/a\nb"));
	assert_true(span_is(f.list[0].what, "/a?[2J??"));
	assert_int_equal(f.list[0].mend.n, 0);
	finding_add(&f, FINDING_FAULT, "files", "/b\xc3\xbc", "no");
	finding_mend(&f, "rm %s", finding_word(&f, "/b\xc3\xbc"));
	assert_true(span_is(f.list[1].what, "/b\xc3\xbc"));
	assert_true(span_is(f.list[1].mend, "rm '/b\xc3\xbc'"));
	finding_mend(&f, "rm %s", finding_word(&f, "/\xc3"));
	assert_true(span_is(f.list[1].mend, "rm '/b\xc3\xbc'"));
}

TEST(words_of_a_shell)
{
	static const struct {
		const char *path, *word;
	} rows[] = {
		{ "/a/b-c_d.e:f+g,h@i", "/a/b-c_d.e:f+g,h@i" },
		{ "", "''" },
		{ "a b", "'a b'" },
		{ "it's", "'it'\\''s'" },
		{ "'", "''\\'''" },
		{ "$(x)", "'$(x)'" },
		{ "a`b`", "'a`b`'" },
		{ "*", "'*'" },
		{ "~", "'~'" },
		{ "#", "'#'" },
		{ "=", "'='" },
		{ "-rf", "./-rf" },
		{ "- f", "./'- f'" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		findings_init(&f);
		assert_string_equal(
		    finding_word(&f, rows[i].path), rows[i].word);
	}
}

TEST(there_is_a_limit)
{
	static char long_name[8192];

	findings_init(&f);
	for (size_t i = 0; i < FINDINGS_MAX; i++)
		finding_add(&f, FINDING_OK, "files", "x", "y");
	assert_false(f.full);
	finding_add(&f, FINDING_FAULT, "files", "x", "y");
	assert_true(f.full);
	assert_int_equal(f.n, FINDINGS_MAX);
	assert_int_equal(f.times[FINDING_FAULT], 1);
	memset(long_name, 'a', sizeof(long_name) - 1);
	findings_init(&f);
	for (size_t i = 0; i < 40; i++)
		finding_add(&f, FINDING_WARNING, "files", long_name, "y");
	assert_true(f.full);
	assert_int_equal(f.times[FINDING_WARNING], 40);
	assert_int_equal(f.list[39].what.n, 0);
	assert_string_equal(finding_word(&f, "/a"), "");
	/* Half of a command is none. */
	findings_init(&f);
	for (size_t i = 0; i < 30; i++)
		finding_add(&f, FINDING_WARNING, "files", long_name, "y");
	finding_add(&f, FINDING_WARNING, "files", "x", "y");
	finding_mend(&f, "mv %s /a", long_name);
	assert_int_not_equal(f.list[30].mend.n, 0);
	finding_mend(&f, "mv %s /b", long_name);
	assert_true(f.full);
	assert_true(span_ends(f.list[30].mend, SPAN_LIT(" /a")));
}
