#include "test.h"

#include "cli/unit_mend.h"

static struct unit_mend m;

/* The command after one credential; "" where there is none. */
static const char *
command(const char *name, const char *source)
{
	static char mem[4 * PATH_TEXT_MAX];
	unsigned char bytes[4 * PATH_TEXT_MAX];
	struct sink out;

	sink_init(&out, bytes, sizeof(bytes));
	unit_mend_init(&m);
	unit_mend_credential(&m, span_of(name), span_of(source), false);
	unit_mend_say(&m, false, &out);
	assert_true(sink_string(mem, sizeof(mem), "%v", sink_view(&out)));
	return mem;
}

static bool
has_line(const char *command, const char *line)
{
	return strstr(command, line) != NULL;
}

TEST(lines)
{
	assert_string_equal(command("a.key", "/etc/a.key"),
	    "mkdir -p /etc/systemd/system/signpost@.service.d && "
	    "printf '%s\\n' '' '[Service]' 'LoadCredential=a.key:/etc/a.key' | "
	    "tee -a /etc/systemd/system/signpost@.service.d/override.conf "
	    ">/dev/null && systemctl daemon-reload && "
	    "systemctl restart 'signpost@*'");
	assert_true(has_line(command("", ""), " 'LoadCredential=' | "));
	assert_true(has_line(command("it's", "/100%/a\\b"),
	    " 'LoadCredential=it'\\''s:/100%%/a\\b' | "));
	assert_true(
	    has_line(command("a\\%", "/a"), " 'LoadCredential=a\\\\%%:/a' | "));
	/* What systemd can't be told. */
	assert_string_equal(command("a", "/a "), "");
	assert_string_equal(command("a", "/a\\"), "");
	assert_string_equal(command("a", ""), "");
	assert_string_equal(command(" a", "/a"), "");
	assert_string_equal(command("a/b", "/a"), "");
	assert_string_equal(command("a\nb", "/a"), "");
}

TEST(others)
{
	static unsigned char mem[4 * PATH_TEXT_MAX];
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	unit_mend_init(&m);
	unit_mend_credential(&m, SPAN_LIT("a"), SPAN_LIT("/a"), true);
	unit_mend_logs(&m, SPAN_LIT("signpost"));
	unit_mend_say(&m, true, &out);
	sink_byte(&out, '\0');
	assert_true(has_line((char *)mem,
	    " 'LoadCredentialEncrypted=a:/a' 'LogsDirectory=signpost' | "
	    "sudo tee "));
	assert_true(has_line((char *)mem, "sudo mkdir"));
	assert_true(has_line((char *)mem, "sudo systemctl restart"));
	for (int i = 0; i < 2000; i++)
		unit_mend_credential(&m, SPAN_LIT("a"), SPAN_LIT("/a"), true);
	sink_init(&out, mem, sizeof(mem));
	unit_mend_say(&m, true, &out);
	assert_int_equal(out.n, 0);
}
