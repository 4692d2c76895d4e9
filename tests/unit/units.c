/*
 * units [-l] [GROUP[.TEST] ...]: runs the unit tests, or those that are named;
 * -l lists them. A file of cases is a group, FOLDER/FILE, and its lines are
 * tests; FOLDER alone is all of them. units -s FOLDER writes what the cases
 * give the fuzz targets.
 *
 * One group runs in this process, as a debugger likes it. More run in a
 * process each, JOBS at a time; what a group prints is kept in units.out, and
 * what failed is repeated at the end.
 */
#define _GNU_SOURCE /* sections' ends, program_invocation_name */

#include "cases.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LIMIT 600                   /* seconds for one group */
#define ONE_GROUP "UNITS_ONE_GROUP" /* set where a group has its process */
#define BESIDE ".out"               /* the folder for what groups print */

struct group {
	char name[64];
	struct CMUnitTest *tests; /* those that are wanted */
	size_t n;
	const char *file; /* where it stands in the source */
	pid_t pid;
	double start;
	unsigned passed, failed;
	char fault[128]; /* what went wrong beside the tests */
};

extern const struct test *__start_tests[], *__stop_tests[];

static struct group *groups;
static size_t n_groups;

/* span of tests/unit/test_span.c. */
static void
name_group(char out[64], const char *file)
{
	const char *name = strrchr(file, '/');

	name = name == NULL ? file : name + 1;
	name += strncmp(name, "test_", 5) == 0 ? 5 : 0;
	snprintf(out, 64, "%.*s", (int)strcspn(name, "."), name);
}

static int
by_place(const void *a, const void *b)
{
	const struct test *x = *(const struct test *const *)a;
	const struct test *y = *(const struct test *const *)b;
	int files = strcmp(x->file, y->file);

	return files != 0 ? files : x->line - y->line;
}

/* Is it GROUP, FOLDER, or GROUP.TEST? A name of NULL: of this group? */
static bool
names(const char *word, const char *group, const char *name)
{
	size_t n = strlen(group), k = strlen(word);

	if (strncmp(word, group, k) == 0 && group[k] == '/')
		return true;
	if (strncmp(word, group, n) != 0)
		return false;
	return word[n] == '\0' ||
	       (word[n] == '.' &&
		   (name == NULL || strcmp(word + n + 1, name) == 0));
}

static bool
wanted(char **words, const char *group, const char *name)
{
	bool any = words[0] == NULL;

	for (; *words != NULL; words++)
		any = any || names(*words, group, name);
	return any;
}

/* The group of this name, made when it is wanted and not there; or NULL. */
static struct group *
group_of(const char *name, const char *file, char **words)
{
	struct group *g = groups + n_groups;

	if (n_groups > 0 && strcmp(g[-1].name, name) == 0)
		return g - 1;
	if (!wanted(words, name, NULL))
		return NULL;
	groups = realloc(groups, (n_groups + 1) * sizeof(groups[0]));
	if (groups == NULL)
		abort();
	g = groups + n_groups++;
	memset(g, 0, sizeof(*g));
	snprintf(g->name, sizeof(g->name), "%s", name);
	g->file = file;
	return g;
}

static void
add_test(struct group *g, const struct CMUnitTest *test, char **words)
{
	if (!wanted(words, g->name, test->name))
		return;
	g->tests = realloc(g->tests, (g->n + 1) * sizeof(g->tests[0]));
	if (g->tests == NULL)
		abort();
	g->tests[g->n++] = *test;
}

/* Is it one of these words, which blanks part, up to this end? */
static bool
is_among(const char *words, const char *end, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = words; p < end; p += strcspn(p, " ;") + 1)
		if (strcspn(p, " ;") == n && strncmp(p, word, n) == 0)
			return true;
	return false;
}

/* Is it a case? A word that is no setting either ends the program. */
static bool
is_case(const struct test *test, const struct item *item)
{
	const char *settings = strchr(test->words, ';');
	const char *end = settings + strlen(settings);

	if (is_among(test->words, settings, item->word))
		return true;
	if (!is_among(settings + 2, end, item->word)) {
		fprintf(stderr, "%s:%d: no word \"%s\" here: it can be %s\n",
		    item->file, item->line, item->word, test->words);
		exit(2);
	}
	return false;
}

/* The cases of one file, or (with a folder to write to) their seeds. */
static void
add_cases(
    const struct test *test, const char *file, char **words, const char *seeds)
{
	struct group *g;
	struct cases cases;
	char path[512], group[256];

	snprintf(group, sizeof(group), "%s/%.*s", test->folder,
	    (int)strcspn(file, "."), file);
	g = group_of(group, test->file, words);
	if (g == NULL)
		return;
	snprintf(path, sizeof(path), "tests/cases/%s/%s", test->folder, file);
	cases = cases_read(path);
	for (size_t i = 0; i < cases.n; i++) {
		union {
			const struct item *item;
			void *state;
		} one = { &cases.items[i] };
		char line[16];

		if (!is_case(test, one.item))
			continue;
		if (seeds != NULL && test->seed != NULL)
			test->seed(one.item, seeds);
		snprintf(line, sizeof(line), "%d", one.item->line);
		add_test(g,
		    &(struct CMUnitTest){
			strdup(line), test->run, NULL, NULL, one.state },
		    words);
	}
}

static void
add_folder(const struct test *test, char **words, const char *seeds)
{
	char path[512];
	struct dirent **each;
	int n;

	snprintf(path, sizeof(path), "tests/cases/%s", test->folder);
	n = scandir(path, &each, NULL, alphasort);
	if (n < 0) {
		fprintf(stderr, "units: there is no folder %s here\n", path);
		exit(2);
	}
	for (int i = 0; i < n; i++) {
		if (strchr(each[i]->d_name, '.') != each[i]->d_name)
			add_cases(test, each[i]->d_name, words, seeds);
		free(each[i]);
	}
	free(each);
}

static void
add(const struct test *test, char **words)
{
	char name[64];
	struct group *g;

	name_group(name, test->file);
	if (test->name == NULL || (test->when != NULL && !test->when()))
		return;
	g = group_of(name, test->file, words);
	if (g != NULL)
		add_test(g,
		    &(struct CMUnitTest){ test->name, test->run, test->set_up,
			test->tear_down, NULL },
		    words);
}

/* What is done around the tests of this file; NULL for nothing. */
static const struct test *
around(const char *file)
{
	for (const struct test **t = __start_tests; t < __stop_tests; t++)
		if ((*t)->name == NULL && strcmp((*t)->file, file) == 0)
			return *t;
	return NULL;
}

static bool
holds(const struct group *g, const char *word)
{
	bool found = strcmp(word, g->name) == 0;

	for (size_t k = 0; k < g->n; k++)
		found = found || names(word, g->name, g->tests[k].name);
	return found;
}

/* The first word that names nothing; NULL when each names something. */
static const char *
astray(char **words)
{
	for (; *words != NULL; words++) {
		bool found = false;

		for (size_t i = 0; i < n_groups; i++)
			found = found || holds(&groups[i], *words);
		if (!found)
			return *words;
	}
	return NULL;
}

static int
list(void)
{
	for (size_t i = 0; i < n_groups; i++)
		for (size_t k = 0; k < groups[i].n; k++)
			printf(
			    "%s.%s\n", groups[i].name, groups[i].tests[k].name);
	return 0;
}

static int
run_here(const struct group *g)
{
	const struct test none = { 0 };
	const struct test *own = around(g->file);
	const struct test *with = own == NULL ? &none : own;
	int failed = _cmocka_run_group_tests(
	    g->name, g->tests, g->n, with->set_up, with->tear_down);

	return failed > 0 || g->n == 0;
}

static const char *
output_of(const struct group *g)
{
	static char path[4096];
	int n = snprintf(
	    path, sizeof(path), "%s" BESIDE "/", program_invocation_name);

	for (const char *p = g->name; *p != '\0' && n < 4095; p++)
		path[n++] = *p == '/' ? '-' : *p;
	path[n] = '\0';
	return path;
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* This program with the words of the group alone; never returns. */
static void
become(struct group *g, int argc, char **words)
{
	char **own = calloc((size_t)argc + 2, sizeof(own[0]));
	int out = open(output_of(g), O_WRONLY | O_CREAT | O_TRUNC, 0644);
	int in = open("/dev/null", O_RDONLY);
	size_t n = 0;

	if (own == NULL || out < 0 || in < 0)
		abort();
	own[n++] = program_invocation_name;
	/* Never a folder, or this would begin all of it again. */
	for (; *words != NULL; words++)
		if (strlen(*words) >= strlen(g->name) &&
		    names(*words, g->name, NULL))
			own[n++] = *words;
	if (n == 1)
		own[n] = g->name;
	dup2(in, 0);
	dup2(out, 1);
	dup2(out, 2);
	close(in);
	close(out);
	alarm(LIMIT);
	setenv(ONE_GROUP, "1", 1);
	execv(program_invocation_name, own);
	abort();
}

static void
begin(struct group *g, int argc, char **words)
{
	g->start = seconds();
	g->pid = fork();
	if (g->pid == 0)
		become(g, argc, words);
	if (g->pid < 0)
		abort();
}

/* What a line adds up; 0 for the name of a test, which may be a number. */
static unsigned
counted(const char *line, const char *state)
{
	size_t n = strlen(state);
	char *end;
	unsigned long count;

	if (strncmp(line, state, n) != 0)
		return 0;
	count = strtoul(line + n, &end, 10);
	return strncmp(end, " test", 5) == 0 ? (unsigned)count : 0;
}

/* Adds up what cmocka says at the end of a group. */
static unsigned
count(struct group *g)
{
	FILE *in = fopen(output_of(g), "r");
	unsigned skipped = 0;
	char line[4096];

	while (in != NULL && fgets(line, sizeof(line), in) != NULL) {
		g->passed += counted(line, "[  PASSED  ] ");
		g->failed += counted(line, "[  FAILED  ] ");
		skipped += counted(line, "[  SKIPPED ] ");
	}
	if (in != NULL)
		fclose(in);
	return g->passed + g->failed + skipped;
}

static void
judge(struct group *g, int status)
{
	unsigned ended = count(g);

	if (WIFSIGNALED(status))
		snprintf(g->fault, sizeof(g->fault), "it ended by signal %d%s",
		    WTERMSIG(status),
		    WTERMSIG(status) == SIGALRM ? ": it took too long" : "");
	else if (g->passed + g->failed == 0)
		strcpy(g->fault, "nothing was tested");
	else if (ended != g->n)
		snprintf(g->fault, sizeof(g->fault),
		    "of its %zu tests, %u came to an end", g->n, ended);
	else if (WEXITSTATUS(status) != 0 && g->failed == 0)
		snprintf(g->fault, sizeof(g->fault),
		    "it ended with %d after its tests", WEXITSTATUS(status));
	if (g->fault[0] != '\0' && g->failed == 0)
		g->failed = 1;
	printf("%-32s %4u passed", g->name, g->passed);
	if (g->failed > 0)
		printf(" %4u FAILED", g->failed);
	printf(" %8.2f s\n", seconds() - g->start);
}

/* Waits for one group to end. */
static void
end_one(void)
{
	int status;
	pid_t pid = wait(&status);

	for (size_t i = 0; i < n_groups; i++)
		if (pid > 0 && groups[i].pid == pid)
			judge(&groups[i], status);
}

/* Is it a line of cmocka's that only counts, or names what was told above? */
static bool
tells_nothing(const char *line, bool *over)
{
	*over = *over || strstr(line, " test(s) run.") != NULL;
	return line[0] == '\n' || strncmp(line, "[====", 5) == 0 ||
	       strstr(line, " FAILED TEST(S)") != NULL ||
	       (*over && (strncmp(line, "[  PASSED  ]", 12) == 0 ||
			     strncmp(line, "[  FAILED  ]", 12) == 0));
}

/* What it printed, without the tests that passed. */
static void
repeat(const struct group *g)
{
	static const char run[] = "[ RUN      ]", ok[] = "[       OK ]";
	FILE *in = fopen(output_of(g), "r");
	char line[4096], begun[4096] = "";
	bool over = false;

	printf("\n%s: %s\n", g->name,
	    g->fault[0] != '\0' ? g->fault : output_of(g));
	while (in != NULL && fgets(line, sizeof(line), in) != NULL) {
		if (strncmp(line, run, sizeof(run) - 1) == 0) {
			strcpy(begun, line);
			continue;
		}
		if (tells_nothing(line, &over))
			continue;
		if (strncmp(line, ok, sizeof(ok) - 1) != 0)
			printf("%s%s", begun, line);
		begun[0] = '\0';
	}
	printf("%s", begun);
	if (in != NULL)
		fclose(in);
}

/* The longest begin first, so that none runs alone at the end. */
static void
order(void)
{
	static const char *const longest[] = { "slots", "conf", "denied_file",
		"php_data", "fastcgi" };
	size_t to = 0;

	for (size_t k = 0; k < sizeof(longest) / sizeof(longest[0]); k++)
		for (size_t i = to; i < n_groups; i++)
			if (strcmp(groups[i].name, longest[k]) == 0) {
				struct group g = groups[i];

				memmove(&groups[to + 1], &groups[to],
				    (i - to) * sizeof(g));
				groups[to++] = g;
				break;
			}
}

static int
run_each(int argc, char **words)
{
	const char *jobs = getenv("JOBS");
	long n = jobs != NULL ? strtol(jobs, NULL, 10)
			      : sysconf(_SC_NPROCESSORS_ONLN);
	unsigned passed = 0, failed = 0;
	char folder[4096];

	snprintf(folder, sizeof(folder), "%s" BESIDE, program_invocation_name);
	if (mkdir(folder, 0755) != 0 && errno != EEXIST)
		abort();
	order();
	for (size_t i = 0; i < n_groups; i++) {
		if ((long)i >= n && i > 0)
			end_one();
		begin(&groups[i], argc, words);
	}
	while (waitid(P_ALL, 0, &(siginfo_t){ 0 }, WEXITED | WNOWAIT) == 0)
		end_one();
	for (size_t i = 0; i < n_groups; i++) {
		passed += groups[i].passed;
		failed += groups[i].failed;
		if (groups[i].failed > 0)
			repeat(&groups[i]);
	}
	printf("%u passed, %u failed\n", passed, failed);
	return failed > 0;
}

int
main(int argc, char **argv)
{
	size_t n = (size_t)(__stop_tests - __start_tests);
	bool only_list = argc > 1 && strcmp(argv[1], "-l") == 0;
	const char *seeds =
	    argc == 3 && strcmp(argv[1], "-s") == 0 ? argv[2] : NULL;
	char **words = seeds != NULL ? argv + 3 : argv + 1 + only_list;
	const char *lost;

	setvbuf(stdout, NULL, _IOLBF, 0);
	qsort(__start_tests, n, sizeof(__start_tests[0]), by_place);
	for (size_t i = 0; i < n; i++)
		if (__start_tests[i]->folder != NULL)
			add_folder(__start_tests[i], words, seeds);
		else
			add(__start_tests[i], words);
	if (seeds != NULL)
		return 0;
	lost = astray(words);
	if (lost != NULL) {
		fprintf(stderr, "units: there is no test %s: -l lists them\n",
		    lost);
		return 2;
	}
	if (only_list)
		return list();
	if (getenv(ONE_GROUP) != NULL && n_groups != 1)
		abort();
	return n_groups == 1 ? run_here(&groups[0]) : run_each(argc, words);
}
