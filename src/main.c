/* How was I started? */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"
#include "gateway/door.h"
#include "gateway/fastcgi.h"
#include "gateway/listen.h"
#include "gateway/start.h"

/*
 * Is GATEWAY_INTERFACE only left over in somebody's shell? A web server sets
 * all of these (RFC 3875 4.1: each is a MUST), and no client can unset them.
 */
static bool
by_hand(int argc)
{
	static const char *const must[] = { "SERVER_PROTOCOL",
		"SERVER_SOFTWARE", "SERVER_NAME", "REMOTE_ADDR",
		"SCRIPT_NAME" };

	for (size_t i = 0; i < sizeof(must) / sizeof(must[0]); i++)
		if (getenv(must[i]) != NULL)
			return false;
	return argc > 1;
}

/*
 * The arguments count for the command line alone, and for FastCGI, where the
 * web server's configuration gives them: under CGI they are the client's.
 */
int
main(int argc, char **argv)
{
	const char *fault;

	if (!door_hold_standard())
		return 1;
	fault = listen_take();
	if (fault != NULL) {
		fprintf(stderr, "signpost: %s\n", fault);
		return 1;
	}
	if (fastcgi_listens(STDIN_FILENO))
		return start_fastcgi(argc, argv);
	if (getenv("GATEWAY_INTERFACE") != NULL && !by_hand(argc))
		start_cgi();
	return cli_main(argc, argv);
}
