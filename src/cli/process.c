#include "cli/process.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sink.h"
#include "cli/peek.h"

/* /proc/PID/NAME */
static const char *
file_of(long long pid, const char *name, char mem[static 64])
{
	sink_string(mem, 64, "/proc/%d/%s", pid, name);
	return mem;
}

/* Of /proc/PID/stat (proc(5)): in ticks since the boot. */
static long long
start_time(long long pid)
{
	unsigned char mem[1024];
	char path[64];
	struct span text;
	struct span_cut cut;
	long long value = 0;

	if (!peek_file(file_of(pid, "stat", path), mem, sizeof(mem), &text))
		return 0;
	/* The name is in brackets, and may hold any of them. */
	cut = span_cut(span_trim(span_cut_last(text, ')').tail), ' ');
	for (int field = 3; field < 22; field++)
		cut = span_cut(cut.tail, ' ');
	return span_digits(cut.head, &value) ? value : 0;
}

static long long
boot_time(void)
{
	static unsigned char mem[65536];
	struct span_cut cut = { .found = true };
	long long value = 0;

	if (!peek_file("/proc/stat", mem, sizeof(mem), &cut.tail))
		return 0;
	while (cut.found) {
		cut = span_cut(cut.tail, '\n');
		if (span_starts(cut.head, SPAN_LIT("btime ")) &&
		    span_digits(span_skip(cut.head, 6), &value))
			return value;
	}
	return 0;
}

static void
read_exe(struct process *p)
{
	static const struct span gone = SPAN_INIT(" (deleted)");
	char path[64];
	struct span exe;

	if (!peek_link(file_of(p->pid, "exe", path), p->exe, sizeof(p->exe))) {
		p->exe[0] = '\0';
		return;
	}
	exe = span_of(p->exe);
	if (span_ends(exe, gone)) {
		p->deleted = true;
		p->exe[exe.n - gone.n] = '\0';
	}
}

static bool
read_one(long long pid, struct process *p)
{
	char path[64];
	struct span text;
	struct stat st;
	long long ticks, boot;

	*p = (struct process){ .pid = pid };
	if (stat(file_of(pid, "", path), &st) != 0 ||
	    !peek_file(file_of(pid, "comm", path), p->name, sizeof(p->name) - 1,
		&text))
		return false;
	p->name[span_cut(text, '\n').head.n] = '\0';
	if (!peek_file(file_of(pid, "cmdline", path), p->words,
		sizeof(p->words) - 1, &text))
		return false;
	p->n = text.n;
	/* The effective one: the folder's owner, also of a process that is not
	 * dumpable, whose files are root's. */
	p->uid = st.st_uid;
	ticks = start_time(pid);
	boot = boot_time();
	if (ticks > 0 && boot > 0)
		p->started = boot + ticks / sysconf(_SC_CLK_TCK);
	read_exe(p);
	return true;
}

void
process_each(void (*take)(void *self, const struct process *p), void *self)
{
	DIR *dir = opendir("/proc");
	const struct dirent *entry;
	static struct process p;
	long long pid;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		/* Not one that is gone meanwhile, or the kernel's own. */
		if (span_digits(span_of(entry->d_name), &pid) &&
		    read_one(pid, &p) && p.n > 0)
			take(self, &p);
	}
	closedir(dir);
}

const char *
process_word(const struct process *p, size_t i)
{
	size_t at = 0;

	for (; at < p->n; at += strlen(p->words + at) + 1)
		if (i-- == 0)
			return p->words + at;
	return NULL;
}

/*
 * The path of the line with this inode in /proc/PID/net/unix: what that
 * process's network has. A name may hold a line's end, and so a line that
 * looks like another socket's: of two lines neither is believed.
 */
static bool
find_unix(long long pid, struct span inode, char *path, size_t cap)
{
	char line[8192], name[64];
	FILE *file = fopen(file_of(pid, "net/unix", name), "re");
	bool found = false;

	path[0] = '\0';
	while (file != NULL && fgets(line, sizeof(line), file)) {
		struct span rest = span_cut(span_of(line), '\n').head;
		struct span_cut cut = { .found = false };

		/* Num RefCount Protocol Flags Type St Inode Path */
		for (int i = 0; i < 7; i++) {
			cut = span_cut(span_trim(rest), ' ');
			rest = cut.tail;
		}
		if (!span_eq(cut.head, inode))
			continue;
		if (found)
			rest.n = 0;
		found = true;
		sink_string(path, cap, "%v", rest);
	}
	if (file != NULL)
		fclose(file);
	return found;
}

enum process_input
process_input(long long pid, char *path, size_t cap)
{
	static const struct span socket = SPAN_INIT("socket:[");
	char link[128], name[64];
	struct span text;

	path[0] = '\0';
	if (!peek_link(file_of(pid, "fd/0", name), link, sizeof(link)))
		return INPUT_UNKNOWN;
	text = span_of(link);
	if (!span_starts(text, socket))
		return INPUT_OTHER;
	text = span_cut(span_skip(text, socket.n), ']').head;
	/* A service with a network of its own got the socket from ours. */
	return find_unix(pid, text, path, cap) ||
		       find_unix((long long)getpid(), text, path, cap)
		   ? INPUT_UNIX
		   : INPUT_INTERNET;
}
