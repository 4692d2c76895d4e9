#include "cli/ask.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/span.h"

#define TIMES 3

static volatile sig_atomic_t stopped;

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

bool
ask_possible(void)
{
	return isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0;
}

/*
 * Until there is something to read. The signals of the mask come here alone,
 * and so never between a look at stopped and a read that waits.
 */
static bool
wait_for(const sigset_t *mask)
{
	fd_set set;

	while (!stopped) {
		FD_ZERO(&set);
		FD_SET(STDIN_FILENO, &set);
		if (pselect(STDIN_FILENO + 1, &set, NULL, NULL, NULL, mask) > 0)
			return true;
		if (errno != EINTR)
			return false;
	}
	return false;
}

/*
 * One line, byte by byte: what follows is another question's answer. mask:
 * with what to wait, where signals are held; or NULL.
 */
static bool
read_line(char *out, size_t cap, const sigset_t *mask, bool *fits)
{
	size_t n = 0;
	char c;

	*fits = true;
	for (;;) {
		ssize_t got;

		if (mask != NULL && !wait_for(mask))
			return false;
		got = read(STDIN_FILENO, &c, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got != 1)
			return false;
		if (c == '\n')
			break;
		if (n + 1 < cap)
			out[n++] = c;
		else
			*fits = false;
	}
	out[n] = '\0';
	return true;
}

static void
trim(char *text)
{
	struct span s = span_strip(span_of(text), " \t\r");

	memmove(text, s.p, s.n);
	text[s.n] = '\0';
}

bool
ask_line(const char *question, const char *otherwise, char *out, size_t cap)
{
	bool fits;

	for (int i = 0; i < TIMES; i++) {
		fprintf(stderr, "%s", question);
		if (otherwise != NULL)
			fprintf(stderr, " [%s]",
			    otherwise[0] == '\0' ? "none" : otherwise);
		fputs(": ", stderr);
		if (!read_line(out, cap, NULL, &fits))
			return false;
		if (!fits) {
			fputs("That is too long.\n", stderr);
			continue;
		}
		trim(out);
		if (out[0] != '\0')
			return true;
		if (otherwise != NULL && strlen(otherwise) < cap) {
			memcpy(out, otherwise, strlen(otherwise) + 1);
			return true;
		}
	}
	return false;
}

static void
on_signal(int signal)
{
	(void)signal;
	stopped = 1;
}

/* They are held, and come while we wait. */
static void
catch_signals(struct sigaction *before, sigset_t *mask)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t held;

	stopped = 0;
	sigemptyset(&action.sa_mask);
	sigemptyset(&held);
	for (size_t i = 0; i < SIGNALS; i++)
		sigaddset(&held, signals[i]);
	sigprocmask(SIG_BLOCK, &held, mask);
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &action, &before[i]);
}

static void
leave_signals(const struct sigaction *before, const sigset_t *mask)
{
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &before[i], NULL);
	sigprocmask(SIG_SETMASK, mask, NULL);
}

static bool
read_secret(const char *question, bool empty, const sigset_t *mask, char *out,
    size_t cap)
{
	bool fits;

	for (int i = 0; i < TIMES; i++) {
		fprintf(stderr, "%s (it is not shown): ", question);
		if (!read_line(out, cap, mask, &fits))
			return false;
		fputs("\n", stderr);
		if (!fits) {
			fputs("That is too long.\n", stderr);
			continue;
		}
		trim(out);
		if (out[0] != '\0' || empty)
			return true;
	}
	return false;
}

bool
ask_secret(const char *question, bool empty, char *out, size_t cap)
{
	struct sigaction before[SIGNALS];
	struct termios shown, hidden;
	sigset_t mask;
	bool answered;

	if (tcgetattr(STDIN_FILENO, &shown) != 0)
		return false;
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	catch_signals(before, &mask);
	/* Not TCSAFLUSH: who pastes several lines at once loses none. */
	answered = tcsetattr(STDIN_FILENO, TCSADRAIN, &hidden) == 0 &&
		   read_secret(question, empty, &mask, out, cap);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &shown);
	leave_signals(before, &mask);
	if (!answered) {
		wipe(out, cap);
		fputs("\n", stderr);
	}
	return answered;
}
