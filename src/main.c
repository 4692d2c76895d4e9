/* The endpoint: how a web server started it decides what it does. */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gateway/fastcgi.h"
#include "gateway/start.h"

/*
 * The arguments count for FastCGI alone, where the web server's configuration
 * gives them: under CGI they are the client's (RFC 3875 4.4).
 */
int
main(int argc, char **argv)
{
	const char *fault;

	if (!start_hold_standard())
		return 1;
	fault = fastcgi_take_listener();
	if (fault != NULL) {
		fprintf(stderr, "signpost: %s\n", fault);
		return 1;
	}
	if (fastcgi_listens(STDIN_FILENO))
		return start_fastcgi(argc, argv);
	if (getenv("GATEWAY_INTERFACE") != NULL)
		start_cgi();
	fputs("signpost: this is the endpoint, which a web server starts; the "
	      "command line is a program of its own: signpost --help\n",
	    stderr);
	return 2;
}
