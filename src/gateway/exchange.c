#include "gateway/exchange.h"

#include <fcgiapp.h>

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

/*
 * keepConnection makes FCGX_Accept_r() read from ipcFd instead of accepting;
 * it sets it to what the web server wants. Detached, libfcgi closes without
 * waiting up to 2 s for the web server to close first: nothing is unread. The
 * rest of a large body is not libfcgi's to read: it would wait for it.
 */
enum exchange
exchange_answer(struct serve *s, int fd, enum record_state state)
{
	FCGX_Request r;
	struct variables v;
	struct span answer;

	FCGX_InitRequest(&r, -1, FCGI_FAIL_ACCEPT_ON_INTR);
	r.ipcFd = fd;
	r.keepConnection = 1;
	FCGX_Detach(&r);
	if (FCGX_Accept_r(&r) != 0)
		return EXCHANGE_CLOSED;
	serve_begin(s);
	read_request(s, &r, &v);
	answer = serve_answer(s, &v);
	FCGX_PutStr((const char *)answer.p, (int)answer.n, r.out);
	FCGX_FClose(r.err);
	if (FCGX_FClose(r.out) != 0)
		serve_log("lost", SPAN_LIT("the web server did not take the "
					   "answer"));
	if (state == RECORD_LARGE_BODY) {
		FCGX_Free(&r, 0);
		return EXCHANGE_UNREAD;
	}
	FCGX_Finish_r(&r);
	return r.ipcFd < 0 ? EXCHANGE_CLOSED : EXCHANGE_KEPT;
}
