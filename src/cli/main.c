/* The command line: a program of its own, which no web server starts. */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"
#include "gateway/fastcgi.h"
#include "gateway/start.h"

/*
 * Where a web server started it, the arguments can be the client's (RFC 3875
 * 4.4). A GATEWAY_INTERFACE that is only left over in somebody's shell is none:
 * a server sets these too (4.1: each is a MUST).
 */
static bool
is_served(void)
{
	static const char *const must[] = { "SERVER_PROTOCOL",
		"SERVER_SOFTWARE", "SERVER_NAME", "REMOTE_ADDR",
		"SCRIPT_NAME" };

	if (getenv("GATEWAY_INTERFACE") == NULL)
		return false;
	for (size_t i = 0; i < sizeof(must) / sizeof(must[0]); i++)
		if (getenv(must[i]) != NULL)
			return true;
	return false;
}

int
main(int argc, char **argv)
{
	if (!start_hold_standard())
		return 1;
	if (fastcgi_listens(STDIN_FILENO) || is_served()) {
		fputs("signpost: this is the command line; a web server starts "
		      "the endpoint, lib/signpost/signpost\n",
		    stderr);
		return 2;
	}
	return cli_main(argc, argv);
}
