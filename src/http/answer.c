#include "http/answer.h"

#include "http/json_write.h"

static const char *const media_type[] = { "", "application/json",
	"application/problem+json", "text/plain; charset=utf-8" };

static void
header(struct sink *out, const char *name, struct span value)
{
	sink_say(out, "%s: %v\r\n", name, value);
}

/* Fetch, "HTTP responses": what lets a page of a listed Origin read this. */
static void
write_cors(const struct answer *a, struct sink *out)
{
	header(out, "Access-Control-Allow-Origin", a->allow_origin);
	if (a->credentials)
		sink_text(out, "Access-Control-Allow-Credentials: true\r\n");
	sink_text(out,
	    "Access-Control-Expose-Headers: RateLimit, RateLimit-Policy, "
	    "Retry-After\r\n");
	if (a->preflight)
		sink_text(out,
		    "Access-Control-Allow-Methods: GET, POST, OPTIONS\r\n"
		    "Access-Control-Allow-Headers: Content-Type, "
		    "Authorization\r\n"
		    "Access-Control-Max-Age: 600\r\n");
}

/*
 * Lists of strings with parameters (RFC 9651 3.1): what may be had, and what
 * is left of it.
 */
static void
write_rates(const struct answer *a, struct sink *out)
{
	for (size_t i = 0; i < a->n_rates; i++)
		sink_say(out, "%s\"%s\";q=%d;w=%d",
		    i == 0 ? "RateLimit-Policy: " : ", ", a->rates[i].name,
		    (long long)a->rates[i].quota,
		    (long long)a->rates[i].seconds);
	sink_text(out, a->n_rates > 0 ? "\r\n" : "");
	for (size_t i = 0; i < a->n_rates; i++)
		sink_say(out, "%s\"%s\";r=%d;t=%d",
		    i == 0 ? "RateLimit: " : ", ", a->rates[i].name,
		    (long long)a->rates[i].remaining,
		    (long long)a->rates[i].resets);
	sink_text(out, a->n_rates > 0 ? "\r\n" : "");
	if (a->retry_after > 0)
		sink_say(out, "Retry-After: %d\r\n", a->retry_after);
}

/*
 * A grant's only. A value that could end the header, or begin another one, is
 * no value; nor is one that no browser would keep.
 */
static void
write_cookie(const struct answer *a, struct sink *out)
{
	bool right = a->status == 200 && a->set_cookie.n > 0 &&
		     a->set_cookie.n <= SET_COOKIE_MAX;

	for (size_t i = 0; right && i < a->set_cookie.n; i++)
		right =
		    a->set_cookie.p[i] >= 0x20 && a->set_cookie.p[i] <= 0x7e;
	if (right)
		header(out, "Set-Cookie", a->set_cookie);
}

/*
 * CGI's answer, RFC 3875 6.2.1. A 204 has neither body nor Content-Length
 * (RFC 9110 8.6). An answer of no known status is one that nobody gave: its
 * body is not sent.
 */
void
answer_write(const struct answer *a, struct sink *out)
{
	const char *title = problem_title(a->status);
	bool given =
	    title != NULL && a->status != 204 && a->media != MEDIA_NONE;
	struct span body = given ? a->body : (struct span){ NULL, 0 };
	bool listed = a->allow_origin.n > 0;

	if (title != NULL)
		sink_say(out, "Status: %d %s\r\n", (long long)a->status, title);
	else
		sink_text(out, "Status: 500 Internal Server Error\r\n");
	if (given)
		header(out, "Content-Type", span_of(media_type[a->media]));
	if (a->status != 204)
		sink_say(out, "Content-Length: %d\r\n", (long long)body.n);
	sink_say(out,
	    "Cache-Control: no-store\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "Cross-Origin-Resource-Policy: %s\r\n"
	    "Vary: Origin, Cookie\r\n",
	    listed ? "cross-origin" : "same-origin");
	if (listed)
		write_cors(a, out);
	if (a->allow)
		sink_text(out, "Allow: GET, POST, OPTIONS\r\n");
	write_rates(a, out);
	write_cookie(a, out);
	sink_text(out, "\r\n");
	sink_span(out, body);
}

/* A member that is left out when it says nothing. */
static void
member(struct json_out *j, const char *name, struct span value)
{
	if (value.n == 0)
		return;
	json_name(j, name);
	json_text(j, value);
}

void
answer_problem(struct answer *a, const struct problem *p, struct sink *body)
{
	const char *title = problem_title(p->status);
	struct span detail = sink_view(&p->detail);
	size_t mark = body->n;
	struct json_out j;

	a->status = p->status;
	a->media = MEDIA_PROBLEM;
	a->code = p->code;
	json_begin(&j, body);
	json_open(&j, '{');
	member(&j, "type", SPAN_LIT("about:blank"));
	member(&j, "title", span_of(title));
	json_name(&j, "status");
	json_number(&j, p->status);
	member(&j, "detail", detail);
	member(&j, "code", span_of(p->code));
	member(&j, "request_id", span_of(a->request_id));
	member(&j, "param", p->param);
	member(&j, "policy", p->policy);
	if (p->server_time != 0) {
		json_name(&j, "server_time");
		json_number(&j, p->server_time);
	}
	if (p->retry_after != 0) {
		json_name(&j, "retry_after");
		json_number(&j, p->retry_after);
	}
	json_name(&j, "error");
	json_open(&j, '{');
	member(&j, "message", detail);
	json_close(&j);
	json_close(&j);
	a->body = sink_since(body, mark);
}
