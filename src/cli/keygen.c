#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/random.h"
#include "base/sink.h"
#include "base/write.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/say.h"

#define KEY_BYTES 32 /* RFC 7518 3.2: as long as the hash of HS256 */

static const char usage[] =
    "usage: signpost keygen [FILE]\n"
    "\n"
    "A new session key: 64 characters from 32 random bytes. With FILE it is\n"
    "written there with mode 0600 (and never over an existing file), else\n"
    "to standard output. Your login signs with the same text.\n";

static int
write_file(const char *path, struct span text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool good = fd >= 0 && write_all(fd, text);

	good = (fd < 0 || close(fd) == 0) && good;
	if (!good) {
		fprintf(stderr, "signpost: %s: %s\n", say_plain(path),
		    strerror(errno));
		if (fd >= 0)
			unlink(path); /* no half of a key */
		return 1;
	}
	fprintf(stderr,
	    "wrote %s. In the configuration:\n"
	    "    keys = ( { id = \"1\"; file = \"%s\"; } );\n",
	    say_plain(path), say_plain(path));
	return 0;
}

int
cli_keygen(int argc, char **argv)
{
	unsigned char key[KEY_BYTES], text[2 * KEY_BYTES + 1];
	const char *path = NULL;
	struct sink out;
	size_t n;
	int code = options_read(argc, argv, usage, NULL, 0, &path, 1, &n);

	if (code >= 0)
		return code;
	if (!random_kernel.fill(&random_kernel, key, sizeof(key))) {
		fputs("signpost: the kernel gave no random bytes\n", stderr);
		return 1;
	}
	sink_init(&out, text, sizeof(text));
	sink_hex(&out, (struct span){ key, sizeof(key) });
	sink_byte(&out, '\n');
	if (n == 1)
		code = write_file(path, sink_view(&out));
	else
		code = fwrite(text, 1, out.n, stdout) == out.n ? 0 : 1;
	wipe(key, sizeof(key));
	wipe(text, sizeof(text));
	return code;
}
