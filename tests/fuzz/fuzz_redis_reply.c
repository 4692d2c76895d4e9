/*
 * A step of the Redis store, whose server answers with any bytes and then ends
 * the connection. The input's first two bytes choose the step and how the bytes
 * are cut into pieces; behind a first line "-NOSCRIPT..." lies the answer to
 * the second question. A step is taken, or full, for what a small reader of its
 * own finds so, and for nothing else.
 */
#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fuzz.h"
#include "store/redis.h"

/* Of the sanitizers' allocator: gcc comes without the header. */
int __sanitizer_install_malloc_and_free_hooks(
    void (*on_malloc)(const volatile void *, size_t),
    void (*on_free)(const volatile void *));

#define WINDOWS 3
#define NUMBERS_MAX (1 + 2 * 2 * WINDOWS)
#define ANSWER_MAX 4096
#define TEXT_KEPT 100
#define ALLOCATED_MAX 65536 /* at once; what comes is at most 4096 bytes */

/* A step that is asked for: its tallies, with limits of their own. */
static struct asked {
	size_t n;
	unsigned amount;
	struct tally tallies[2];
	struct limit limits[2][WINDOWS];
} asked;

/* One answer, as it is understood here. */
enum form { FORM_NONE = 0, FORM_TEXT, FORM_ODD_TEXT, FORM_NUMBERS };
struct expected {
	enum form form;
	bool is_error;
	struct span text;
	size_t n;
	long long numbers[NUMBERS_MAX];
};

/* What the server says, question by question, and in which pieces. */
static struct said {
	struct span answers[2];
	unsigned char seed;
} said;

static char place[64];

static sem_t served; /* once for each connection, at its end */

static bool watched; /* the store is at work */

static void
on_malloc(const volatile void *p, size_t n)
{
	(void)p;
	if (watched && n > ALLOCATED_MAX)
		must(false, "a server can't make it take memory");
}

static void
on_free(const volatile void *p)
{
	(void)p;
}

/* Sizes of pieces: all the same for small seeds, then any. */
static size_t
piece_size(unsigned *state)
{
	if (said.seed < 32)
		return 1 + said.seed;
	*state = *state * 1664525U + 1013904223U;
	return 1 + (*state >> 16) % (said.seed < 128 ? 16 : 2048);
}

static void
serve(int fd)
{
	unsigned state = said.seed;
	char mem[16384];

	for (size_t i = 0; i < 2; i++) {
		struct span rest = said.answers[i];

		if (rest.n == 0 || read(fd, mem, sizeof(mem)) <= 0)
			break;
		while (rest.n > 0) {
			size_t n = piece_size(&state);

			if (n > rest.n)
				n = rest.n;
			if (send(fd, rest.p, n, MSG_NOSIGNAL) != (ssize_t)n)
				return;
			rest = span_skip(rest, n);
		}
	}
	shutdown(fd, SHUT_WR);
	while (read(fd, mem, sizeof(mem)) > 0)
		;
}

static void *
server(void *listener)
{
	for (;;) {
		int fd = accept(*(int *)listener, NULL, NULL);

		serve(fd);
		close(fd);
		sem_post(&served);
	}
	return NULL;
}

static void
leave(void)
{
	unlink(place);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	static int listener;
	pthread_t thread;

	(void)argc;
	(void)argv;
	must(redis_built_in(), "this needs hiredis");
	snprintf(place, sizeof(place), "/tmp/signpost-fuzz-%d", (int)getpid());
	strcpy(to.sun_path, place);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	must(bind(listener, (struct sockaddr *)&to, sizeof(to)) == 0 &&
		 listen(listener, 16) == 0 && sem_init(&served, 0, 0) == 0 &&
		 atexit(leave) == 0 &&
		 pthread_create(&thread, NULL, server, &listener) == 0,
	    "there is a server");
	__sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
	return 0;
}

/* Bits: 0 the second tally, 1-2 and 3-4 how many limits, 5-7 the amount. */
static void
choose(unsigned how)
{
	static const struct limit limits[2][WINDOWS] = {
		{ { 20, 60 }, { 7, 3600 }, { LIMIT_COUNT_MAX, 86400 } },
		{ { 1, 86400 }, { 100, 60 }, { 50, 3600 } }
	};
	static const unsigned amounts[] = { 1, 1, 1, 2, 5, 7, 8, BATCH_MAX };

	memset(&asked, 0, sizeof(asked));
	memcpy(asked.limits, limits, sizeof(limits));
	asked.n = 1 + (how & 1U);
	asked.amount = amounts[how >> 5];
	for (size_t i = 0; i < asked.n; i++)
		asked.tallies[i] =
		    (struct tally){ .name = span_of(i == 0 ? "a" : "b"),
			    .crowd = CROWD_KNOWN,
			    .n = 1 + (how >> (2 * i + 1) & 3U) % WINDOWS,
			    .limits = asked.limits[i] };
}

/* From *at up to CR LF, and *at behind it. False when there is no such. */
static bool
take_line(struct span s, size_t *at, struct span *line)
{
	for (size_t i = *at; i + 1 < s.n; i++)
		if (s.p[i] == '\r' && s.p[i + 1] == '\n') {
			*line = (struct span){ s.p + *at, i - *at };
			*at = i + 2;
			return true;
		}
	return false;
}

/* [ "-" ] and digits, "0" or without a zero before them, of 64 bits. */
static bool
take_number(struct span s, long long *out)
{
	bool negative = s.n > 0 && s.p[0] == '-';
	unsigned long long value = 0, most = INT64_MAX;

	if (negative) {
		s = span_skip(s, 1);
		most++;
	}
	if (s.n == 0 || (s.p[0] == '0' && (s.n > 1 || negative)))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = s.p[i] - (unsigned)'0';

		if (digit > 9 || value > (most - digit) / 10)
			return false;
		value = 10 * value + digit;
	}
	*out = negative ? (long long)(0 - value) : (long long)value;
	return true;
}

/*
 * Is this a whole answer, from its first byte to its last?
 *
 *   answer  = text / numbers
 *   text    = ( "+" / "-" ) *byte CRLF
 *   numbers = "*" 1..NUMBERS_MAX CRLF and as many times
 *             ":" number CRLF
 */
static struct expected
expect(struct span s)
{
	struct expected e = { .form = FORM_NONE };
	struct span line;
	size_t at = 0;
	long long n;

	if (!take_line(s, &at, &line) || line.n == 0)
		return e;
	if (line.p[0] == '+' || line.p[0] == '-') {
		/* Not all versions of hiredis take CR or LF in a text. */
		bool odd = span_has(line, '\r') || span_has(line, '\n');

		if (at != s.n)
			return e;
		e.is_error = line.p[0] == '-';
		e.text = span_skip(line, 1);
		e.form = odd ? FORM_ODD_TEXT : FORM_TEXT;
		return e;
	}
	if (line.p[0] != '*' || !take_number(span_skip(line, 1), &n) || n < 1 ||
	    n > NUMBERS_MAX)
		return e;
	for (; e.n < (size_t)n; e.n++)
		if (!take_line(s, &at, &line) || line.n == 0 ||
		    line.p[0] != ':' ||
		    !take_number(span_skip(line, 1), &e.numbers[e.n]))
			return e;
	if (at == s.n)
		e.form = FORM_NUMBERS;
	return e;
}

/* The verdict that these numbers are, by the grammar of redis.c. */
static enum counters_what
judge(const struct expected *e)
{
	size_t limits = asked.tallies[0].n, at = 1;
	bool full = false, taken;

	limits += asked.n == 2 ? asked.tallies[1].n : 0;
	if (e->n != 1 + 2 * limits ||
	    (e->numbers[0] != 0 && e->numbers[0] != 1))
		return COUNTERS_BROKEN;
	taken = e->numbers[0] == 1;
	for (size_t i = 0; i < limits; i++, at += 2) {
		size_t first = asked.tallies[0].n;
		const struct limit *l = i < first ? &asked.limits[0][i]
						  : &asked.limits[1][i - first];
		long long used = e->numbers[at], resets = e->numbers[at + 1];

		if (resets < 1 || resets > l->seconds || used < 0)
			return COUNTERS_BROKEN;
		if (taken && (used < asked.amount || used > l->count))
			return COUNTERS_BROKEN;
		if (!taken && used > LIMIT_COUNT_MAX)
			return COUNTERS_BROKEN;
		full = full || used + asked.amount > l->count;
	}
	if (taken)
		return COUNTERS_TAKEN;
	return full ? COUNTERS_FULL : COUNTERS_BROKEN;
}

/* The numbers, in their order, became the tallies' counts. */
static void
check_counts(const struct expected *e)
{
	size_t at = 1;

	for (size_t i = 0; i < asked.n; i++)
		for (size_t j = 0; j < asked.tallies[i].n; j++, at += 2) {
			const struct count *c = &asked.tallies[i].counts[j];

			must(c->used == e->numbers[at] &&
				 c->resets == e->numbers[at + 1],
			    "the counts are what was sent");
		}
}

/* The server's error, as far as it is kept, and nothing that can't be shown. */
static void
check_text(const char *reason, struct span text)
{
	size_t n = text.n < TEXT_KEPT ? text.n : TEXT_KEPT;
	const char *kept = strstr(reason, "it says: ");

	must(kept != NULL && strlen(kept + 9) >= n, "an error is told");
	for (size_t i = 0; i < n; i++) {
		unsigned char c = text.p[i];

		must(kept[9 + i] == (char)(c >= ' ' && c <= '~' ? c : '?'),
		    "an error is what was sent, and can be printed");
	}
}

/* The answer at the beginning; *size: how many bytes it has. */
static struct expected
expect_first(struct span s, size_t *size)
{
	struct expected e = { .form = FORM_NONE };

	for (*size = 0; e.form == FORM_NONE && *size < s.n;)
		e = expect(span_head(s, ++*size));
	return e;
}

static void
check(struct counters_verdict v, struct span answer)
{
	size_t size;
	struct expected e = expect_first(answer, &size);
	bool nonsense =
	    v.reason != NULL && (strstr(v.reason, "makes no sense") != NULL ||
				    strstr(v.reason, "closes") != NULL);

	must((v.reason != NULL) == (v.what == COUNTERS_BROKEN) &&
		 v.retry_after == 0,
	    "what is broken has a reason");
	/* What follows may come too late to be seen. */
	if (nonsense &&
	    (e.form != FORM_NUMBERS || size < answer.n || size > ANSWER_MAX))
		return;
	must(e.form != FORM_NONE && size <= ANSWER_MAX,
	    "an answer has the form");
	if (e.form != FORM_NUMBERS) {
		must(v.what == COUNTERS_BROKEN && e.is_error,
		    "a text takes nothing");
		check_text(v.reason, e.text);
		return;
	}
	must(v.what == judge(&e), "a verdict is what was sent");
	if (v.what != COUNTERS_BROKEN)
		check_counts(&e);
}

/* As the store sees the bytes: one answer, or two. */
static struct span
divide(struct span bytes)
{
	struct span line;
	size_t at = 0;

	said.answers[0] = bytes;
	said.answers[1] = span_head(bytes, 0);
	if (!span_starts(bytes, span_of("-NOSCRIPT")) ||
	    !take_line(bytes, &at, &line) || at > ANSWER_MAX)
		return bytes;
	said.answers[0] = span_head(bytes, at);
	said.answers[1] = span_skip(bytes, at);
	return said.answers[1];
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct store_config config = { .kind = STORE_UNIX,
		.place = span_of(place) };
	struct counters_verdict v;
	struct counters *store;
	struct span last;

	if (size < 2)
		return 0;
	choose(data[0]);
	said.seed = data[1];
	last = divide((struct span){ data + 2, size - 2 });
	store = redis_new(&config, 60000);
	must(store != NULL, "there is memory");
	watched = true;
	v = store->take(store, asked.tallies, asked.n, asked.amount, 0);
	watched = false;
	check(v, last);
	store->close(store);
	/* The bytes are in use up to here. */
	while (sem_wait(&served) != 0)
		;
	return 0;
}
