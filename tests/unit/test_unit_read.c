#define _GNU_SOURCE

#include "test.h"

#include "cli/unit.h"
#include "folder.h"

#define NAME "a@.service"
#define ETC "etc/systemd/system/"
#define DROPINS ETC NAME ".d/"

static struct unit u;
static unsigned char mem[8192];
static struct sink why;

/* A file of this text, and the folders above it. */
static const char *
put_unit(const char *name, const char *text)
{
	char part[256];

	for (size_t i = 0; name[i] != '\0'; i++) {
		part[i] = name[i];
		part[i + 1] = '\0';
		if (name[i] != '/')
			continue;
		part[i] = '\0';
		mkdir(in_folder(part), 0755);
		part[i] = '/';
	}
	return put_file(name, 0644, span_of(text));
}

static bool
read_it(void)
{
	sink_init(&why, mem, sizeof(mem));
	return unit_read(&u, folder, NAME, &why);
}

static bool
has(const char *name)
{
	return unit_credential(&u, span_of(name)) != NULL;
}

static bool
said(const char *text)
{
	sink_byte(&why, '\0');
	return strstr((const char *)mem, text) != NULL;
}

/* A drop-in is masked, and then the unit; what is read is told in
 * tests/cases/commands/services.cases. */
TEST_WITH(masked, folder_setup, folder_teardown)
{
	assert_false(read_it());
	assert_int_equal(why.n, 0);
	assert_string_equal(u.file, "");
	put_unit("lib/systemd/system/" NAME, "[Service]\nSetCredential=l:x");
	put_unit("usr/lib/systemd/system/" NAME,
	    "[Service]\nSetCredential=u:x\nSetCredential=v:x");
	put_unit(DROPINS "m.conf", "[Service]\nSetCredential=m:x");
	assert_true(read_it());
	assert_true(has("u") && has("m") && !has("l"));
	assert_int_equal(remove(in_folder(DROPINS "m.conf")), 0);
	assert_int_equal(symlink("/dev/null", in_folder(DROPINS "m.conf")), 0);
	assert_true(read_it());
	assert_int_equal(u.n, 2);
	assert_int_equal(symlink("/dev/null", in_folder(ETC NAME)), 0);
	assert_false(read_it());
	assert_int_equal(why.n, 0);
	assert_string_equal(u.file, "");
}

TEST_WITH(not_believed, folder_setup, folder_teardown)
{
	static char big[16385];
	const char *path;

	path = put_unit(ETC NAME, "[Service]\nSetCredential=a:x");
	assert_true(read_it());
	assert_int_equal(chmod(path, 0646), 0);
	assert_false(read_it());
	assert_true(said("others than its owner can write to it"));
	assert_int_equal(chmod(path, 0644), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(path, NOBODY, NOBODY), 0);
		assert_false(read_it());
		assert_true(said("it belongs to another user"));
		assert_int_equal(chown(path, 0, 0), 0);
	}
	put_unit(DROPINS "a.conf", "");
	assert_true(read_it());
	assert_int_equal(chmod(in_folder(DROPINS), 0777), 0);
	assert_false(read_it());
	assert_true(said("everybody can write to its folder"));
	assert_int_equal(chmod(in_folder(DROPINS), 0755), 0);
	/* A link is followed, and what it leads to must be right as well. */
	put_file("elsewhere", 0666, SPAN_LIT("[Service]"));
	assert_int_equal(
	    symlink(in_folder("elsewhere"), in_folder(DROPINS "b.conf")), 0);
	assert_false(read_it());
	assert_int_equal(chmod(in_folder("elsewhere"), 0644), 0);
	assert_true(read_it());
	assert_int_equal(remove(in_folder("elsewhere")), 0);
	assert_false(read_it());
	assert_true(said("leads nowhere"));
	assert_int_equal(remove(in_folder(DROPINS "b.conf")), 0);
	assert_int_equal(mkfifo(in_folder(DROPINS "b.conf"), 0600), 0);
	assert_false(read_it());
	assert_true(said("not a regular file"));
	assert_int_equal(remove(in_folder(DROPINS "b.conf")), 0);
	memset(big, '\n', sizeof(big));
	put_file(ETC NAME, 0644,
	    (struct span){ (const void *)big, sizeof(big) - 2 });
	assert_true(read_it());
	put_file(ETC NAME, 0644,
	    (struct span){ (const void *)big, sizeof(big) - 1 });
	assert_false(read_it());
	assert_true(said("too long"));
}

TEST_WITH(many, folder_setup, folder_teardown)
{
	char name[64];

	put_unit(ETC NAME, "[Service]\n");
	for (int i = 0; i < 32; i++) {
		snprintf(name, sizeof(name), DROPINS "%02d.conf", i);
		put_unit(name, "[Service]\nSetCredential=a:x\n");
	}
	assert_true(read_it());
	assert_false(u.unsure);
	put_unit(DROPINS "more.conf", "[Service]\nSetCredential=a:x\n");
	assert_true(read_it());
	assert_true(u.unsure);
}
