#include "gateway/listen.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sink.h"
#include "gateway/fastcgi.h"

#define FIRST 3 /* SD_LISTEN_FDS_START */

/* A child of the one they were for has inherited them: not its sockets. */
static bool
is_for_us(const char *pid)
{
	char text[32];
	struct sink ours;

	if (pid == NULL)
		return false;
	sink_init(&ours, text, sizeof(text));
	sink_say(&ours, "%d", (long long)getpid());
	return span_is(sink_view(&ours), pid);
}

static const char *
take(const char *count)
{
	if (count == NULL || strcmp(count, "1") != 0)
		return "LISTEN_FDS: exactly one listening socket is taken";
	if (!fastcgi_listens(FIRST))
		return "LISTEN_FDS: descriptor 3 is not a listening socket; "
		       "connections are accepted here, not before "
		       "(Accept=no)";
	if (dup2(FIRST, STDIN_FILENO) != STDIN_FILENO)
		return "LISTEN_FDS: descriptor 3 can't become descriptor 0";
	close(FIRST);
	return NULL;
}

const char *
listen_take(void)
{
	const char *fault = NULL;

	if (is_for_us(getenv("LISTEN_PID")))
		fault = take(getenv("LISTEN_FDS"));
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return fault;
}
