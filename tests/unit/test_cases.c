#include "cases.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct item *kept[32];
static size_t n_kept;

/* A file of cases with this text; its items. */
static struct cases
read_text(const char *text)
{
	char path[] = "/tmp/signpost-cases-XXXXXX";
	int fd = mkstemp(path);
	struct cases cases;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	cases = cases_read(path);
	assert_true(n_kept < sizeof(kept) / sizeof(kept[0]));
	kept[n_kept++] = cases.items; /* they live as long as the process */
	unlink(path);
	return cases;
}

TEST(items)
{
	struct cases c = read_text(
	    "# a comment\n\nframe\n\ta @ b\n    c\naccept x y\n\t\tz\n"
	    "\n# another\n\t# of the item\nreject");

	assert_int_equal(c.n, 3);
	assert_string_equal(c.items[0].word, "frame");
	assert_string_equal(c.items[0].text, "");
	assert_int_equal(c.items[0].line, 3);
	assert_int_equal(c.items[0].n, 2);
	assert_string_equal(c.items[0].lines[0], "a @ b");
	assert_string_equal(c.items[0].lines[1], "c");
	assert_string_equal(c.items[1].text, "x y");
	assert_int_equal(c.items[1].n, 2);
	assert_string_equal(c.items[1].lines[0], "\tz");
	assert_string_equal(c.items[1].lines[1], "# of the item");
	assert_string_equal(c.items[2].word, "reject");
	assert_int_equal(c.items[2].line, 11);
	assert_ptr_equal(cases_setting(&c.items[2], "frame"), &c.items[0]);
	assert_null(cases_setting(&c.items[2], "base"));
	assert_null(cases_setting(&c.items[0], "frame"));
}

TEST(frames)
{
	struct cases c = read_text(
	    "a 1\nframe\n\tf {\n\t@\n\t}\na 2\nbase\n\tb @ b\na 3\nframe\na 4");
	static const char *const framed[] = { "x\ny", NULL, "f { x\ny } ", NULL,
		"b f { x\ny }  b ", NULL, "b  b " };

	for (size_t i = 0; i < c.n; i += 2) {
		char *made = cases_framed(&c.items[i], "x\ny");

		assert_string_equal(made, framed[i]);
		free(made);
	}
}

TEST(repetitions)
{
	static const struct {
		const char *text, *spread;
	} each[] = { { "<<ab*3>>", "ababab" }, { "-<<x*0>>-", "--" },
		{ "<<<#>,*3>>", "0,1,2," }, { "<<a*b*2>>", "a*ba*b" },
		{ "<<x*2>><<y*1>>", "xxy" }, { "<<x>>", "<<x>>" },
		{ "<<x*>>", "<<x*>>" }, { "<<*3>>", "<<*3>>" },
		{ "<<x*3", "<<x*3" }, { "<<x*3z>>", "<<x*3z>>" },
		{ "a < b <#>", "a < b <#>" } };

	for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
		char text[128];
		struct cases c;

		snprintf(text, sizeof(text), "w %s\n\t%s", each[i].text,
		    each[i].text);
		c = read_text(text);
		assert_string_equal(c.items[0].text, each[i].spread);
		assert_string_equal(c.items[0].lines[0], each[i].spread);
	}
}
