/* How was I started? */

#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"
#include "gateway/fastcgi.h"
#include "gateway/start.h"

/*
 * The arguments count for the command line alone, and for FastCGI, where the
 * web server's configuration gives them: under CGI they are the client's.
 */
int
main(int argc, char **argv)
{
	if (fastcgi_listens(STDIN_FILENO))
		return start_fastcgi(argc, argv);
	if (getenv("GATEWAY_INTERFACE") != NULL)
		start_cgi();
	return cli_main(argc, argv);
}
