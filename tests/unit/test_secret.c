#define _GNU_SOURCE

#include "test.h"

#include <limits.h>

#include "base/digest.h"
#include "base/limits.h"
#include "base/secret.h"
#include "folder.h"

/* Stands in every refused content, and never in what is said about it. */
#define MARK "ZqXjKvW7"

/* What the last one said, where the file is, and the secret. */
static char why_text[8192], real_text[PATH_TEXT_MAX + 1];
static unsigned char secret[SECRET_FILE_MAX];
static size_t secret_n;

static bool
scratch_clean(struct vault *v)
{
	unsigned char *scratch = vault_scratch(v);

	for (size_t i = 0; i < VAULT_SCRATCH; i++)
		if (scratch[i] != 0)
			return false;
	return true;
}

static bool
read_into(struct vault *v, const char *dir, const char *path, enum encoding e)
{
	struct span out = SPAN_LIT("dirty");
	struct sink real, why;
	int before = lowest_free();
	bool ok;

	memset(why_text, 0, sizeof(why_text));
	memset(real_text, 0, sizeof(real_text));
	sink_init(&why, why_text, sizeof(why_text) - 1);
	sink_init(&real, real_text, sizeof(real_text) - 1);
	ok = secret_read(v, dir, path, e, &out, &real, &why);
	assert_int_equal(lowest_free(), before);
	assert_int_equal(ok, why.n == 0);
	assert_int_equal(ok, real.n > 0);
	assert_int_equal(ok, out.n > 0);
	secret_n = out.n;
	if (ok)
		memcpy(secret, out.p, out.n);
	else
		assert_null(out.p);
	return ok;
}

/* A file with this content, read. */
static bool
reads(struct span content, enum encoding e)
{
	struct vault *v = vault_new();
	const char *path = put_file("secret", 0600, content);
	bool ok;

	assert_non_null(v);
	ok = read_into(v, folder, "secret", e);
	assert_true(scratch_clean(v));
	vault_free(v);
	if (!ok) {
		assert_memory_equal(why_text, path, strlen(path));
		assert_null(strstr(why_text, MARK));
	}
	return ok;
}

static void
accepts(struct span content, enum encoding e, struct span right)
{
	if (!reads(content, e))
		fail_msg("refused: %s", why_text);
	assert_int_equal(secret_n, right.n);
	assert_memory_equal(secret, right.p, right.n);
}

static void
refuses(struct span content, enum encoding e, const char *reason)
{
	if (reads(content, e))
		fail_msg("accepted: %.*s", (int)content.n, content.p);
	if (strstr(why_text, reason) == NULL)
		fail_msg("\"%s\" not in \"%s\"", reason, why_text);
}

#define ACCEPTS(content, e, right)                                             \
	accepts(SPAN_LIT(content), e, SPAN_LIT(right))
#define REFUSES(content, e, reason) refuses(SPAN_LIT(content), e, reason)

TEST_WITH(test_text, folder_setup, folder_teardown)
{
	ACCEPTS(MARK, ENCODING_TEXT, MARK);
	ACCEPTS(MARK "\n", ENCODING_TEXT, MARK);
	ACCEPTS("x", ENCODING_TEXT, "x");
	ACCEPTS("cloudinary://1:" MARK "@demo\n", ENCODING_TEXT,
	    "cloudinary://1:" MARK "@demo");
	REFUSES("", ENCODING_TEXT, "empty");
	REFUSES("\n", ENCODING_TEXT, "empty");
	REFUSES("\n\n", ENCODING_TEXT, "more than one line");
	REFUSES("\n" MARK, ENCODING_TEXT, "more than one line");
	REFUSES(MARK "\n\n", ENCODING_TEXT, "more than one line");
	REFUSES(MARK "\n" MARK "\n", ENCODING_TEXT, "more than one line");
	REFUSES(MARK "\r\n", ENCODING_TEXT, "CR LF");
	REFUSES(" " MARK, ENCODING_TEXT, "blank");
	REFUSES(MARK " ", ENCODING_TEXT, "blank");
	REFUSES(MARK " " MARK, ENCODING_TEXT, "blank");
	REFUSES(MARK "\t\n", ENCODING_TEXT, "blank");
	REFUSES("\"" MARK "\"", ENCODING_TEXT, "quote");
	REFUSES("'" MARK "'\n", ENCODING_TEXT, "quote");
	REFUSES("\0" MARK, ENCODING_TEXT, "control");
	REFUSES(MARK "\0", ENCODING_TEXT, "control");
	REFUSES(MARK "\0" MARK, ENCODING_TEXT, "control");
	REFUSES("\xef\xbb\xbf" MARK, ENCODING_TEXT, "outside ASCII");
}

/* Each byte value at the start, in the middle and at the end. */
TEST_WITH(test_bytes, folder_setup, folder_teardown)
{
	unsigned char content[9];
	struct span all = { content, sizeof(content) };

	for (unsigned c = 0; c < 256; c++)
		for (size_t at = 0; at < sizeof(content); at += 4) {
			bool right =
			    c > 0x20 && c < 0x7f && c != '"' && c != '\'';

			memcpy(content, MARK "Z", sizeof(content));
			content[at] = (unsigned char)c;
			if (c == '\n' && at == 8)
				accepts(all, ENCODING_TEXT, span_head(all, 8));
			else if (right)
				accepts(all, ENCODING_TEXT, all);
			else
				refuses(all, ENCODING_TEXT, ": it has ");
		}
}

TEST_WITH(test_hex, folder_setup, folder_teardown)
{
	ACCEPTS("00", ENCODING_HEX, "\0");
	ACCEPTS("00ff7F\n", ENCODING_HEX, "\0\xff\x7f");
	ACCEPTS("aBcDeF09", ENCODING_HEX, "\xab\xcd\xef\x09");
	REFUSES("00ff7", ENCODING_HEX, "not hex");
	REFUSES("00fg", ENCODING_HEX, "not hex");
	REFUSES("0x00ff", ENCODING_HEX, "not hex");
	REFUSES(MARK, ENCODING_HEX, "not hex");
	REFUSES("00ff\n\n", ENCODING_HEX, "more than one line");
	REFUSES("00 ff", ENCODING_HEX, "blank");
	REFUSES("\n", ENCODING_HEX, "empty");
}

TEST_WITH(test_base64, folder_setup, folder_teardown)
{
	ACCEPTS("AP9/", ENCODING_BASE64, "\0\xff\x7f");
	ACCEPTS("AP9_\n", ENCODING_BASE64, "\0\xff\x7f");
	ACCEPTS("+/8=", ENCODING_BASE64, "\xfb\xff");
	ACCEPTS("-_8", ENCODING_BASE64, "\xfb\xff");
	ACCEPTS("-_8=", ENCODING_BASE64, "\xfb\xff");
	ACCEPTS("AA==", ENCODING_BASE64, "\0");
	REFUSES("+_8=", ENCODING_BASE64, "not base64");
	REFUSES("+/9=", ENCODING_BASE64, "not base64"); /* spare bits */
	REFUSES("+/8==", ENCODING_BASE64, "not base64");
	REFUSES("AA=", ENCODING_BASE64, "not base64");
	REFUSES("=", ENCODING_BASE64, "not base64");
	REFUSES("====", ENCODING_BASE64, "not base64");
	REFUSES("A", ENCODING_BASE64, "not base64");
	REFUSES(MARK "*AAA", ENCODING_BASE64, "not base64");
	REFUSES("AP9/\n\n", ENCODING_BASE64, "more than one line");
	REFUSES("AP9/", (enum encoding)99, "encoding is unknown");
}

/* n times the byte that at gives, and a newline if there is to be one. */
static struct span
many(size_t n, bool newline)
{
	static unsigned char mem[SECRET_FILE_MAX + 3];

	memset(mem, 'A', n);
	mem[n] = '\n';
	return (struct span){ mem, n + newline };
}

TEST_WITH(test_limits, folder_setup, folder_teardown)
{
	const char *long_secret = "secret in it is over 512 bytes";
	const char *long_file = "it is over 2048 bytes";

	for (size_t n = SECRET_MAX - 1; n <= SECRET_MAX + 1; n++)
		for (int newline = 0; newline < 2; newline++) {
			assert_int_equal(reads(many(n, newline), ENCODING_TEXT),
			    n <= SECRET_MAX);
			if (n > SECRET_MAX)
				assert_non_null(strstr(why_text, long_secret));
			assert_int_equal(
			    reads(many(2 * n, newline), ENCODING_HEX),
			    n <= SECRET_MAX);
			if (n > SECRET_MAX)
				assert_non_null(strstr(why_text, long_secret));
		}
	/* 682, 683 and 684 digits are 511, 512 and 513 bytes. */
	assert_true(reads(many(682, true), ENCODING_BASE64));
	assert_int_equal(secret_n, SECRET_MAX - 1);
	assert_true(reads(many(683, true), ENCODING_BASE64));
	assert_int_equal(secret_n, SECRET_MAX);
	refuses(many(684, true), ENCODING_BASE64, long_secret);
	for (enum encoding e = ENCODING_TEXT; e <= ENCODING_BASE64; e++) {
		refuses(many(SECRET_FILE_MAX - 4, false), e, long_secret);
		refuses(many(SECRET_FILE_MAX, false), e, long_secret);
		refuses(many(SECRET_FILE_MAX + 1, false), e, long_file);
		refuses(many(SECRET_FILE_MAX, true), e, long_file);
	}
	refuses(many(SECRET_FILE_MAX - 1, true), ENCODING_TEXT, long_secret);
}

/* The key of the other kind, as it is and wrapped once more. */
TEST_WITH(test_pem, folder_setup, folder_teardown)
{
	REFUSES("-----BEGIN PUBLIC KEY-----\n" MARK
		"\n-----END PUBLIC KEY-----\n",
	    ENCODING_TEXT, "PEM");
	REFUSES("\n  -----BEGIN RSA PRIVATE KEY-----\n", ENCODING_TEXT, "PEM");
	REFUSES(MARK "-----BEGIN", ENCODING_TEXT, "PEM");
	REFUSES(MARK "-----BEGIN", ENCODING_HEX, "PEM");
	REFUSES("2d2d2d2d2d424547494e", ENCODING_HEX, "PEM");
	REFUSES("LS0tLS1CRUdJTg==", ENCODING_BASE64, "PEM");
	ACCEPTS(MARK "-----BEGIM", ENCODING_TEXT, MARK "-----BEGIM");
	ACCEPTS(MARK "----BEGIN", ENCODING_TEXT, MARK "----BEGIN");
	ACCEPTS(MARK "-----BEGI", ENCODING_TEXT, MARK "-----BEGI");
}

TEST_WITH(test_placeholders, folder_setup, folder_teardown)
{
	static const char *const known[] = { "your-256-bit-secret",
		"your-384-bit-secret", "your-512-bit-secret",
		"a-string-secret-at-least-256-bits-long",
		"a-string-secret-at-least-512-bits-long-x",
		"a-valid-string-secret-that-is-at-least-512-bits-long",
		"changeme", "CHANGE_ME", "Change-Me-To-Something-Random",
		"changemechangemechangemechangeme", "change-this-now",
		"please.replace.me", "cloudinary://KEY:<your_api_secret>@demo",
		"YOUR_API_SECRET", "your-secret-here", "my_super_secret_key",
		"PLACEHOLDER", "xx--change--me" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		refuses(span_of(known[i]), ENCODING_TEXT, "placeholder");
		assert_null(strstr(why_text, known[i]));
	}
	REFUSES("6368616e67656d65", ENCODING_HEX, "placeholder");
	REFUSES("Y2hhbmdlbWU=", ENCODING_BASE64, "placeholder");
	ACCEPTS("chamgeme", ENCODING_TEXT, "chamgeme");
	ACCEPTS("changem", ENCODING_TEXT, "changem");
	ACCEPTS("change=me", ENCODING_TEXT, "change=me");
	ACCEPTS("your-257-bit-secret", ENCODING_TEXT, "your-257-bit-secret");
	ACCEPTS("----------", ENCODING_TEXT, "----------");
}

TEST_WITH(test_paths, folder_setup, folder_teardown)
{
	struct vault *v = vault_new();
	char here[PATH_MAX], file[PATH_MAX];

	put_folder("sub", 0755);
	strcpy(file, put_file("sub/key", 0600, SPAN_LIT(MARK "\n")));
	assert_true(read_into(v, folder, "sub/key", ENCODING_TEXT));
	assert_string_equal(real_text, file);
	assert_true(read_into(v, in_folder("sub"), "key", ENCODING_TEXT));
	assert_true(read_into(v, in_folder("sub/.."), "./sub/key", 0));
	assert_string_equal(real_text, file);
	assert_true(read_into(v, "/nowhere", file, ENCODING_TEXT));
	assert_string_equal(real_text, file);
	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(chdir(folder), 0);
	assert_true(read_into(v, "", "sub/key", ENCODING_TEXT));
	assert_true(read_into(v, ".", "sub/key", ENCODING_TEXT));
	assert_string_equal(real_text, file);
	assert_int_equal(chdir(here), 0);
	assert_false(read_into(v, folder, "key", ENCODING_TEXT));
	assert_non_null(strstr(why_text, "no such file"));
	assert_false(read_into(v, folder, "", ENCODING_TEXT));
	assert_false(read_into(v, folder, "sub", ENCODING_TEXT));
	assert_non_null(strstr(why_text, "regular"));
	vault_free(v);
}

/* The room for the real path: none asked, just enough, one byte short. */
TEST_WITH(test_real, folder_setup, folder_teardown)
{
	struct vault *v = vault_new();
	const char *path = put_file("key", 0600, SPAN_LIT(MARK));
	unsigned char mem[PATH_MAX], why_mem[1024];
	struct sink real, why;
	struct span out;

	sink_init(&why, why_mem, sizeof(why_mem));
	assert_true(
	    secret_read(v, folder, "key", ENCODING_TEXT, &out, NULL, &why));
	sink_init(&real, mem, strlen(path));
	assert_true(
	    secret_read(v, folder, "key", ENCODING_TEXT, &out, &real, &why));
	assert_true(span_is(sink_view(&real), path));
	assert_int_equal(why.n, 0);
	sink_init(&real, mem, strlen(path) - 1);
	assert_false(
	    secret_read(v, folder, "key", ENCODING_TEXT, &out, &real, &why));
	assert_int_equal(out.n, 0);
	assert_int_equal(real.n, 0);
	assert_int_not_equal(why.n, 0);
	vault_free(v);
}

/* dir and path together at the limit, and one over. */
TEST_WITH(test_long_path, folder_setup, folder_teardown)
{
	static char path[PATH_TEXT_MAX + 2];
	struct vault *v = vault_new();
	size_t n = PATH_TEXT_MAX - strlen(folder) - 1;

	memset(path, 'a', n + 1);
	assert_false(read_into(v, folder, path, ENCODING_TEXT));
	assert_non_null(strstr(why_text, "path is too long"));
	assert_null(strstr(why_text, folder));
	path[n] = '\0';
	assert_false(read_into(v, folder, path, ENCODING_TEXT));
	assert_non_null(strstr(why_text, folder));
	vault_free(v);
}

/* What trusted_open_secret() refuses is refused, one of each kind. */
TEST_WITH(test_trust, folder_setup, folder_teardown)
{
	struct vault *v = vault_new();

	put_file("secret", 0640, SPAN_LIT(MARK));
	assert_true(read_into(v, folder, "secret", ENCODING_TEXT));
	put_file("secret", 0644, SPAN_LIT(MARK));
	assert_false(read_into(v, folder, "secret", ENCODING_TEXT));
	assert_non_null(strstr(why_text, "chmod o= "));
	put_file("secret", 0660, SPAN_LIT(MARK));
	assert_false(read_into(v, folder, "secret", ENCODING_TEXT));
	put_file("secret", 0600, SPAN_LIT(MARK));
	assert_int_equal(symlink("secret", in_folder("link")), 0);
	assert_false(read_into(v, folder, "link", ENCODING_TEXT));
	assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
	assert_false(read_into(v, folder, "fifo", ENCODING_TEXT));
	assert_int_equal(chmod(folder, 0777), 0);
	assert_false(read_into(v, folder, "secret", ENCODING_TEXT));
	assert_int_equal(chmod(folder, 01777), 0);
	assert_true(read_into(v, folder, "secret", ENCODING_TEXT));
	vault_free(v);
}

TEST_WITH(test_foreign, folder_setup, folder_teardown)
{
	struct vault *v = vault_new();
	const char *path = put_file("secret", 0640, SPAN_LIT(MARK));

	need_root();
	give(path, NOBODY, 0);
	assert_false(read_into(v, folder, "secret", ENCODING_TEXT));
	become(NOBODY, NOBODY, 0);
	assert_false(read_into(v, folder, "secret", ENCODING_TEXT));
	become_root();
	give(path, 0, NOBODY);
	assert_false(read_into(v, folder, "secret", ENCODING_TEXT));
	become(NOBODY, NOBODY, 0);
	assert_true(read_into(v, folder, "secret", ENCODING_TEXT));
	become_root();
	vault_free(v);
}

/* A full vault and a sealed one take no secret, and keep what they have. */
TEST_WITH(test_vault_full, folder_setup, folder_teardown)
{
	struct vault *v = vault_new();

	put_file("secret", 0600, SPAN_LIT(MARK "\n"));
	put_file("bad", 0600, SPAN_LIT(MARK " \n"));
	while (vault_take(v, 16) != NULL)
		continue;
	assert_false(read_into(v, folder, "secret", ENCODING_TEXT));
	assert_non_null(strstr(why_text, "no room"));
	assert_true(scratch_clean(v));
	vault_free(v);

	/* A refused one takes no room. */
	v = vault_new();
	for (int i = 0; i < 2000; i++)
		assert_false(read_into(v, folder, "bad", ENCODING_TEXT));
	assert_true(read_into(v, folder, "secret", ENCODING_TEXT));
	assert_true(vault_seal(v));
	assert_false(read_into(v, folder, "secret", ENCODING_TEXT));
	assert_non_null(strstr(why_text, "no room"));
	vault_free(v);
}
