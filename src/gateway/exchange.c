#include "gateway/exchange.h"

#include <fcgiapp.h>
#include <sys/socket.h>
#include <sys/time.h>

#define READ_MS 250   /* of one read of a body's rest, if it blocks */
#define DRAIN_MS 1000 /* of all of them */

static void
read_request(struct serve *s, FCGX_Request *r, struct variables *v)
{
	/* One byte more than may be there: reads on to the stream's end. */
	int n = FCGX_GetStr((char *)s->body, (int)sizeof(s->body), r->in);

	variables_read(r->envp, serve_user_variable(s), v);
	variables_body(v, (struct span){ s->body, (size_t)n });
	if (FCGX_GetError(r->in) != 0)
		variables_fault(v, INTAKE_LENGTH, SPAN_LIT("The body"));
}

static void
limit_reads(int fd)
{
	const struct timeval limit = { 0, READ_MS * 1000L };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
}

/*
 * The rest of a body that is too large: a web server has it at hand, and may
 * not look at the answer, or use the connection again, before it is sent.
 * False when it does not end soon. Byte by byte, since FCGX_GetStr() would
 * wait for a whole buffer of a peer that sends one byte now and then.
 */
static bool
drain(FCGX_Request *r)
{
	long long end = serve_milliseconds() + DRAIN_MS;

	for (size_t n = 0; n < DISCARD_MAX && serve_milliseconds() < end; n++)
		if (FCGX_GetChar(r->in) < 0)
			return FCGX_GetError(r->in) == 0;
	return false;
}

/*
 * keepConnection makes FCGX_Accept_r() read from ipcFd instead of accepting;
 * it sets it to what the web server wants. Detached, libfcgi closes without
 * waiting up to 2 s for the web server to close first: nothing is unread.
 */
enum exchange
exchange_answer(struct serve *s, int fd, enum record_state state)
{
	bool ended = true;
	FCGX_Request r;
	struct variables v;
	struct span answer;

	if (state == RECORD_LARGE_BODY)
		limit_reads(fd);
	FCGX_InitRequest(&r, -1, FCGI_FAIL_ACCEPT_ON_INTR);
	r.ipcFd = fd;
	r.keepConnection = 1;
	FCGX_Detach(&r);
	if (FCGX_Accept_r(&r) != 0)
		return EXCHANGE_CLOSED;
	serve_begin(s);
	read_request(s, &r, &v);
	if (state == RECORD_LARGE_BODY)
		ended = drain(&r);
	answer = serve_answer(s, &v);
	FCGX_PutStr((const char *)answer.p, (int)answer.n, r.out);
	if (!ended) {
		FCGX_FClose(r.err);
		FCGX_FClose(r.out);
		FCGX_Free(&r, 0);
		return EXCHANGE_UNREAD;
	}
	FCGX_Finish_r(&r);
	return r.ipcFd < 0 ? EXCHANGE_CLOSED : EXCHANGE_KEPT;
}
