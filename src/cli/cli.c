#include "cli/cli.h"

#include <openssl/opensslv.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/version.h"
#include "cli/say.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *does;
} commands[] = {
	{ "call", cli_call, "one request, as a web server would make it" },
	{ "check", cli_check, "is this configuration right?" },
	{ "doctor", cli_doctor, "what would bite, and what mends it" },
	{ "explain", cli_explain, "why is a signature refused?" },
	{ "init", cli_init, "a configuration, from a few questions" },
	{ "inspect", cli_inspect, "would this cookie be accepted?" },
	{ "keygen", cli_keygen, "a new session key" },
	{ "mint", cli_mint, "a session cookie for trying things out" },
	{ "sign", cli_sign, "the answer that a client would get" },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void
print_help(FILE *to)
{
	fputs(
	    "usage: signpost COMMAND [OPTIONS]\n"
	    "\n"
	    "The command line of signpost, which signs Cloudinary uploads and\n"
	    "deletes for logged-in users. A web server starts the endpoint,\n"
	    "lib/signpost/signpost; by hand there are:\n"
	    "\n",
	    to);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].does);
	fputs("\n"
	      "signpost COMMAND --help says more; --version names the build.\n",
	    to);
}

static int
unknown(const char *word)
{
	const char *names[COMMANDS];

	for (size_t i = 0; i < COMMANDS; i++)
		names[i] = commands[i].name;
	fprintf(stderr, "signpost: there is no command %s", say_plain(word));
	say_near(word, names, COMMANDS);
	fputs("\n", stderr);
	print_help(stderr);
	return 2;
}

static int
run(int argc, char **argv)
{
	if (argc < 2) {
		print_help(stderr);
		return 2;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		print_help(stdout);
		return 0;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("signpost %s (OpenSSL %s)\n", SIGNPOST_VERSION,
		    OPENSSL_VERSION_STR);
		return 0;
	}
	if (!digest_self_test()) {
		fputs("signpost: libcrypto gives wrong digests\n", stderr);
		return 1;
	}
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	return unknown(argv[1]);
}

/* What nobody could hear is no success, whatever else came of it. */
int
cli_main(int argc, char **argv)
{
	int code = run(argc, argv);
	bool heard = fflush(stdout) == 0 && ferror(stdout) == 0;

	return code == 0 && !heard ? 1 : code;
}
