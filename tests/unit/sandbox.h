/*
 * A folder of its own for tests that read a configuration and its secrets,
 * and what was said about them. Aborts when the folder can't be made.
 */
#ifndef TESTS_SANDBOX_H
#define TESTS_SANDBOX_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/advice.h"
#include "policy/config.h"

struct sandbox {
	struct report report; /* the first member: it is found from it */
	char dir[32], conf[64];
	char said[65536]; /* lines like "error 12: text", or "" */
	size_t n;
};

/* Secrets of the sample below, of no account. */
#define SANDBOX_SECRET "abcdefghijklmnopqrstuvwxyz1"
#define SANDBOX_KEY "correct-horse-battery-staple-0001"

#define SANDBOX_TOKEN_KEY                                                      \
	"00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef"

/* A right configuration, for sandbox_load(). */
#define SANDBOX_CLOUD                                                          \
	"cloudinary = {\n"                                                     \
	"  cloud_name = \"demo\";\n"                                           \
	"  api_key = \"874837483274837\";\n"                                   \
	"  api_secret_file = \"cloudinary.secret\"; # beside this file\n"      \
	"};\n"
/* The same, and the key for auth tokens. */
#define SANDBOX_TOKEN_CLOUD                                                    \
	"cloudinary = { cloud_name = \"demo\"; api_key = "                     \
	"\"874837483274837\";\n"                                               \
	"  api_secret_file = \"cloudinary.secret\"; token_key_file = "         \
	"\"token.key\"; };\n"
#define SANDBOX_SESSION                                                        \
	"session = {\n"                                                        \
	"  cookie = \"session\";\n"                                            \
	"  keys = ( { id = \"2026-11\"; file = \"session.key\"; } );\n"        \
	"};\n"
#define SANDBOX_POLICIES                                                       \
	"policies = {\n"                                                       \
	"  avatar = {\n"                                                       \
	"    action = \"upload\";\n"                                           \
	"    set = { public_id = \"users/{user}/{random}\";\n"                 \
	"            overwrite = false; allowed_formats = \"jpg,png\"; };\n"   \
	"  };\n"                                                               \
	"};\n"

static inline void
sandbox_say(struct report *self, enum severity severity, const char *file,
    int line, struct span text)
{
	static const char *const words[] = { "?", "error", "warning", "note" };
	struct sandbox *box = (struct sandbox *)(void *)self;
	size_t room = sizeof(box->said) - box->n;
	int n = snprintf(box->said + box->n, room, "%s %d: %.*s\n",
	    words[severity], line, (int)text.n, (const char *)text.p);

	(void)file;
	if (n < 0 || (size_t)n >= room)
		abort();
	box->n += (size_t)n;
}

/* Forgets what was said. */
static inline void
sandbox_hush(struct sandbox *box)
{
	box->report =
	    (struct report){ .say = sandbox_say, .advise = advice_say };
	box->n = 0;
	box->said[0] = '\0';
}

/* Writes a file of this mode into the folder, over an old one. */
static inline void
sandbox_bytes(
    struct sandbox *box, const char *name, struct span content, mode_t mode)
{
	char path[320];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", box->dir, name);
	unlink(path);
	f = fopen(path, "wb");
	if (f == NULL || chmod(path, mode) != 0 ||
	    fwrite(content.p, 1, content.n, f) != content.n || fclose(f) != 0)
		abort();
}

static inline void
sandbox_file(
    struct sandbox *box, const char *name, const char *text, mode_t mode)
{
	sandbox_bytes(box, name, span_of(text), mode);
}

/* A new folder (mode 0700) with the sample's secrets in it. */
static inline void
sandbox_open(struct sandbox *box)
{
	strcpy(box->dir, "/tmp/signpost-XXXXXX");
	if (mkdtemp(box->dir) == NULL)
		abort();
	snprintf(box->conf, sizeof(box->conf), "%s/signpost.conf", box->dir);
	sandbox_file(box, "cloudinary.secret", SANDBOX_SECRET "\n", 0600);
	sandbox_file(box, "session.key", SANDBOX_KEY "\n", 0600);
	sandbox_file(box, "token.key", SANDBOX_TOKEN_KEY "\n", 0600);
	sandbox_hush(box);
}

/* Removes the folder and the files in it. */
static inline void
sandbox_close(struct sandbox *box)
{
	DIR *d = opendir(box->dir);
	struct dirent *e;
	char path[320];

	while (d != NULL && (e = readdir(d)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", box->dir, e->d_name);
		unlink(path); /* fails for "." and "..", as it should */
	}
	if (d == NULL || closedir(d) != 0 || rmdir(box->dir) != 0)
		abort();
}

/* Does the text occur in what was said? */
static inline bool
sandbox_said(const struct sandbox *box, const char *text)
{
	if (strstr(box->said, text) != NULL)
		return true;
	fprintf(stderr, "not said: %s\nbut:\n%s", text, box->said);
	return false;
}

/* Loads this text as the configuration; what was said before is forgotten. */
static inline struct config *
sandbox_load_bytes(struct sandbox *box, struct span text)
{
	sandbox_hush(box);
	sandbox_bytes(box, "signpost.conf", text, 0600);
	return config_load(box->conf, &box->report);
}

static inline struct config *
sandbox_load(struct sandbox *box, const char *text)
{
	return sandbox_load_bytes(box, span_of(text));
}

#endif
