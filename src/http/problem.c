#include "http/problem.h"

#include "base/text.h"

const char *
problem_title(int status)
{
	switch (status) {
	case 200:
		return "OK";
	case 204:
		return "No Content";
	case 400:
		return "Bad Request";
	case 401:
		return "Unauthorized";
	case 403:
		return "Forbidden";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 413:
		return "Content Too Large";
	case 415:
		return "Unsupported Media Type";
	case 429:
		return "Too Many Requests";
	case 500:
		return "Internal Server Error";
	case 503:
		return "Service Unavailable";
	default:
		return NULL;
	}
}

void
problem_clear(struct problem *p)
{
	p->status = 0;
	p->code = NULL;
	p->param = p->policy = (struct span){ NULL, 0 };
	p->server_time = p->retry_after = 0;
	p->reason = NULL;
	sink_init(&p->detail, p->text, sizeof(p->text));
}

/*
 * What did fit, with "..." for the rest, cut where a character begins. A
 * sink drops a span that does not fit whole, so only the last bytes of the
 * room can be half a character.
 */
static void
shorten(struct sink *detail)
{
	size_t n = detail->cap - 3;

	if (detail->n > n)
		while (n > 0 && (detail->p[n] & 0xc0) == 0x80)
			n--;
	else
		n = detail->n;
	detail->n = n;
	detail->full = false;
	sink_text(detail, "...");
}

bool
problem_set(struct problem *p, int status, const char *code, struct span param,
    const char *format, ...)
{
	va_list values;

	if (p->status != 0)
		return false;
	p->status = status;
	p->code = code;
	p->param = param;
	va_start(values, format);
	sink_say_list(&p->detail, format, &values);
	va_end(values);
	if (p->detail.full)
		shorten(&p->detail);
	if (p->detail.n == 0 || !text_utf8(sink_view(&p->detail))) {
		sink_init(&p->detail, p->text, sizeof(p->text));
		sink_text(&p->detail, problem_title(status));
	}
	return false;
}
