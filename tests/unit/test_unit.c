#include "test.h"

#include <stdio.h>

#include "cli/unit.h"
#include "guard.h"

static struct unit u;

static void
take(const char *text)
{
	unit_init(&u);
	unit_take(&u, span_of(text));
}

/* The source of this name: "" for none that is known, NULL without the name. */
static const char *
source_of(const char *name)
{
	const struct unit_credential *c = unit_credential(&u, span_of(name));
	static char mem[PATH_TEXT_MAX + 1];

	if (c == NULL)
		return NULL;
	assert_true(sink_string(mem, sizeof(mem), "%v", c->source));
	return mem;
}

TEST(credentials)
{
	take("LoadCredential=early:/a\n[Unit]\nLoadCredential=unit:/a\n"
	     "[Service]\nLoadCredential=a.key:/etc/a.key\n"
	     "# LoadCredential=no:/a\n  ; LoadCredential=no:/a\r\n"
	     "  LoadCredential = b:/etc/b: c \r\n"
	     "LoadCredential=\\\n# between\n  c:/etc/c\n"
	     "LoadCredential=d\nLoadCredential=e:e\nNoSuch=x\nbad line\n"
	     "SetCredential=f:text\nSetCredential=g\n"
	     "LoadCredentialEncrypted=h:/etc/h\n"
	     "LoadCredential=i:%E/i\n[Install]\nLoadCredential=no:/a");
	assert_int_equal(u.n, 8);
	assert_false(u.unsure);
	assert_null(source_of("early"));
	assert_null(source_of("unit"));
	assert_null(source_of("no"));
	assert_string_equal(source_of("a.key"), "/etc/a.key");
	assert_string_equal(source_of("b"), "/etc/b: c");
	assert_string_equal(source_of("c"), "/etc/c");
	for (const char *p = "defi"; *p != '\0'; p++)
		assert_string_equal(source_of((char[2]){ *p }), "");
	assert_true(unit_credential(&u, SPAN_LIT("f"))->set);
	assert_true(unit_credential(&u, SPAN_LIT("h"))->encrypted);
}

/* A later line of the same name, and an empty one. */
TEST(order)
{
	take("[Service]\nLoadCredential=a:/1\nSetCredential=a:text\n"
	     "LoadCredential=a:/2\nLoadCredential=b:/b\n");
	assert_int_equal(u.n, 3);
	assert_string_equal(source_of("a"), "/2");
	unit_take(&u, SPAN_LIT("[Service]\nLoadCredential=\n"));
	assert_int_equal(u.n, 1);
	assert_true(unit_credential(&u, SPAN_LIT("a"))->set);
	unit_take(&u, SPAN_LIT("LoadCredential=c:/c\n"));
	assert_null(source_of("c")); /* each file begins outside of sections */
	unit_take(&u, SPAN_LIT("[Service]\nSetCredential=\n"));
	assert_int_equal(u.n, 0);
}

TEST(odd_names)
{
	take("[Service]\nLoadCredential=a%%b c:/x/100%%\n"
	     "LoadCredential=it\\\\s:/y\nLoadCredential=\"q:/z\"\n");
	assert_string_equal(source_of("a%b c"), "/x/100%");
	assert_string_equal(source_of("it\\s"), "/y");
	assert_string_equal(source_of("\"q"), "/z\"");
	assert_false(u.unsure);
	/* systemd leaves these out, and so does this. */
	take("[Service]\nLoadCredential=a/b:/a\nLoadCredential=..:/a\n"
	     "LoadCredential=c://a\nLoadCredential=d:/a/../b\n"
	     "LoadCredential=e:/./b\nLoadCredential=f:a/b\n"
	     "LoadCredential=:/a\nLoadCredential=g\\:h:/a\n");
	assert_int_equal(u.n, 0);
	take("[Service]\nLoadCredential=d:/a/\n");
	assert_string_equal(source_of("d"), "/a/");
	take("[Service]\nLoadCredential=%i.key:/a\n");
	assert_true(u.unsure);
	take("[Service]\nImportCredential=x*\n");
	assert_true(u.unsure);
}

TEST(names)
{
	char longest[257];

	memset(longest, 'a', sizeof(longest));
	assert_true(unit_names((struct span){ (void *)longest, 255 }));
	assert_false(unit_names((struct span){ (void *)longest, 256 }));
	assert_true(unit_names(SPAN_LIT("it's a key")));
	assert_false(unit_names(SPAN_LIT("")));
	assert_false(unit_names(SPAN_LIT(".")));
	assert_false(unit_names(SPAN_LIT("a:b")));
	assert_false(unit_names(SPAN_LIT("a\nb")));
	assert_false(unit_names(SPAN_LIT("\xff")));
}

TEST(without_room)
{
	static char text[2 * UNIT_TEXT_MAX];
	size_t n = 0;

	n += (size_t)snprintf(text, sizeof(text), "[Service]\n");
	for (int i = 0; i <= UNIT_CREDENTIALS_MAX; i++)
		n += (size_t)snprintf(
		    text + n, sizeof(text) - n, "LoadCredential=n%d:/a\n", i);
	take(text);
	assert_int_equal(u.n, UNIT_CREDENTIALS_MAX);
	assert_true(u.unsure);
	n = (size_t)snprintf(text, sizeof(text), "[Service]\n");
	for (int i = 0; i <= UNIT_FOLDERS_MAX; i++)
		n += (size_t)snprintf(
		    text + n, sizeof(text) - n, "StateDirectory=n%d\n", i);
	take(text);
	assert_int_equal(u.n_folders, UNIT_FOLDERS_MAX);
	assert_true(u.unsure);
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	take(text);
	assert_true(u.unsure);
	assert_int_equal(u.n, 0);
}

/* Every end of it, with nothing readable behind. */
TEST(cut_short)
{
	static const char text[] =
	    "[Service]\nLoadCredential=a%%\\\\b:/c%%\\\n;\n d\nSetCredential=x:"
	    "%\nStateDirectory=a:b -c\nReadWritePaths=-+/x\r\n[";

	for (size_t n = 0; n < sizeof(text); n++) {
		struct span part =
		    guarded((struct span){ (const void *)text, n });

		unit_init(&u);
		unit_take(&u, part);
		guard_free(part);
	}
}
