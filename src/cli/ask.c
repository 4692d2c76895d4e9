#include "cli/ask.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
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

/* One line, byte by byte: what follows is another question's answer. */
static bool
read_line(char *out, size_t cap, bool *fits)
{
	size_t n = 0;
	char c;

	*fits = true;
	for (;;) {
		ssize_t got = read(STDIN_FILENO, &c, 1);

		if (got < 0 && errno == EINTR && !stopped)
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
	struct span s = span_of(text);

	if (s.n > 0 && s.p[s.n - 1] == '\r')
		s.n--;
	s = span_trim(s);
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
		if (!read_line(out, cap, &fits))
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

/* With read(2) interrupted, and not begun again. */
static void
catch_signals(struct sigaction *before)
{
	struct sigaction action = { .sa_handler = on_signal };

	stopped = 0;
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &action, &before[i]);
}

static void
leave_signals(const struct sigaction *before)
{
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &before[i], NULL);
}

static bool
read_secret(const char *question, bool empty, char *out, size_t cap)
{
	bool fits;

	for (int i = 0; i < TIMES; i++) {
		fprintf(stderr, "%s (it is not shown): ", question);
		if (!read_line(out, cap, &fits))
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
	bool answered;

	if (tcgetattr(STDIN_FILENO, &shown) != 0)
		return false;
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	catch_signals(before);
	/* Not TCSAFLUSH: who pastes several lines at once loses none. */
	answered = tcsetattr(STDIN_FILENO, TCSADRAIN, &hidden) == 0 &&
		   read_secret(question, empty, out, cap);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &shown);
	leave_signals(before);
	if (!answered) {
		wipe(out, cap);
		fputs("\n", stderr);
	}
	return answered;
}
