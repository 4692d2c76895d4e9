/*
 * counters STORE PROCESSES SECONDS: what a step of the counters costs.
 * STORE: a folder, "tcp:ADDRESS:PORT" or "unix:PATH" (Redis).
 *
 * The processes count for 10000 users, each in a day's window that is never
 * full. Then the cold figure: open, one step, close, as a CGI program does.
 */
#define _GNU_SOURCE

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/store.h"

#define USERS 10000
#define SAMPLES_MAX 200000 /* of one process, the first ones */
#define COLD 200
#define PROCESSES_MAX 64

/* What a process found, in memory that it shares with its parent. */
struct found {
	unsigned long long steps, n;
	double seconds;
	float us[SAMPLES_MAX];
};

static double
us_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static _Noreturn void
stop(const char *what)
{
	fprintf(stderr, "counters: %s\n", what);
	_exit(1);
}

static struct store_config
parse(char *text)
{
	struct store_config config = { .kind = STORE_FILE,
		.place = span_of(text) };
	char *colon = strrchr(text, ':');

	if (strncmp(text, "unix:", 5) == 0) {
		config.kind = STORE_UNIX;
		config.place = span_of(text + 5);
	} else if (strncmp(text, "tcp:", 4) == 0 && colon > text + 4) {
		config.kind = STORE_TCP;
		config.port = (unsigned)strtoul(colon + 1, NULL, 10);
		*colon = '\0';
		config.place = span_of(text + 4);
	}
	return config;
}

static void
step(struct counters *counters, unsigned user)
{
	static const struct limit limit = { LIMIT_COUNT_MAX, 86400 };
	struct tally tally = { .crowd = CROWD_KNOWN, .n = 1, .limits = &limit };
	struct counters_verdict verdict;
	char name[32];

	snprintf(name, sizeof(name), "bench user %u", user);
	tally.name = span_of(name);
	verdict = counters->take(counters, &tally, 1, 1, time(NULL));
	if (verdict.what == COUNTERS_FULL) /* an earlier run's */
		return;
	if (verdict.what != COUNTERS_TAKEN)
		stop(verdict.reason);
}

static struct counters *
open_store(const struct store_config *config)
{
	struct counters *counters = store_new(config);

	if (counters == NULL)
		stop("no memory");
	return counters;
}

static _Noreturn void
hammer(const struct store_config *config, double seconds, struct found *found)
{
	struct counters *counters = open_store(config);
	unsigned random = (unsigned)getpid() * 2654435761U;
	double start, before, after;

	for (unsigned user = 0; user < 100; user++)
		step(counters, user);
	start = before = us_now();
	do {
		random = random * 1664525U + 1013904223U;
		step(counters, (random >> 8) % USERS);
		after = us_now();
		if (found->n < SAMPLES_MAX)
			found->us[found->n++] = (float)(after - before);
		found->steps++;
		before = after;
	} while (after < start + seconds * 1e6);
	found->seconds = (after - start) / 1e6;
	counters->close(counters);
	_exit(0);
}

static int
by_size(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static float
cold(const struct store_config *config)
{
	float us[COLD];

	for (unsigned i = 0; i < COLD; i++) {
		double start = us_now();
		struct counters *counters = open_store(config);

		step(counters, i);
		counters->close(counters);
		us[i] = (float)(us_now() - start);
	}
	qsort(us, COLD, sizeof(us[0]), by_size);
	return us[COLD / 2];
}

int
main(int argc, char **argv)
{
	unsigned processes =
	    argc == 4 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
	double seconds = argc == 4 ? strtod(argv[3], NULL) : 0, rate = 0;
	struct store_config config;
	struct found *found;
	int status;
	size_t n = 0;
	float *us;

	if (processes == 0 || processes > PROCESSES_MAX || seconds <= 0)
		stop("STORE PROCESSES SECONDS are wanted");
	config = parse(argv[1]);
	found = mmap(NULL, processes * sizeof(*found), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	us = calloc((size_t)processes * SAMPLES_MAX, sizeof(*us));
	if (found == MAP_FAILED || us == NULL)
		stop("no memory");
	for (unsigned i = 0; i < processes; i++)
		if (fork() == 0)
			hammer(&config, seconds, &found[i]);
	while (wait(&status) > 0)
		if (status != 0)
			stop("a process failed");
	for (unsigned i = 0; i < processes; i++) {
		memcpy(us + n, found[i].us, found[i].n * sizeof(*us));
		n += found[i].n;
		rate += (double)found[i].steps / found[i].seconds;
	}
	qsort(us, n, sizeof(*us), by_size);
	printf("%s: %u process%s, %.0f steps/s in all, a step %.2f us median, "
	       "%.2f us p99; cold %.1f us median\n",
	    argv[1], processes, processes == 1 ? "" : "es", rate, us[n / 2],
	    us[n - 1 - n / 100], cold(&config));
	free(us);
	return 0;
}
