#define _GNU_SOURCE /* F_OFD_GETLK, O_TMPFILE */

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/opensslv.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "cli/doctor.h"
#include "cli/peek.h"

#define MAPS_MAX 262144
#define VAULTS_BYTES 65536 /* two, while a configuration changes */

static const char group[] = "libraries";

/* The file of a library in the text of /proc/self/maps; empty for none. */
static struct span
mapped(struct span maps, const char *name)
{
	struct span_cut cut = { .tail = maps, .found = true };
	struct span none = { NULL, 0 };

	while (cut.found) {
		struct span_cut file;

		cut = span_cut(cut.tail, '\n');
		file = span_cut_last(cut.head, '/');
		if (file.found && span_starts(file.tail, span_of(name)))
			return file.tail;
	}
	return none;
}

static void
look_files(struct doctor *d)
{
	static const char *const names[] = { "libconfig.so", "libhiredis.so" };
	unsigned char *mem = malloc(MAPS_MAX);
	struct span maps, file;

	if (mem == NULL ||
	    !peek_file("/proc/self/maps", mem, MAPS_MAX, &maps)) {
		free(mem);
		return;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		file = mapped(maps, names[i]);
		if (file.n > 0)
			finding_add(
			    d->found, FINDING_OK, group, names[i], "%v", file);
	}
	free(mem);
}

/*
 * Weak, so that they are NULL in a static program, where they would bring in
 * all of libcrypto: four times the program, and a third of a CGI start.
 */
#pragma weak OpenSSL_version
#pragma weak OpenSSL_version_num

/* Newer than built with is fine within a major version (openssl-versions). */
static void
look_openssl(struct doctor *d)
{
	bool older;

	if (OpenSSL_version == NULL || OpenSSL_version_num == NULL) {
		finding_add(d->found, FINDING_OK, group, "libcrypto",
		    "%s, inside this program", OPENSSL_VERSION_TEXT);
		return;
	}
	older = OpenSSL_version_num() < (unsigned long)OPENSSL_VERSION_NUMBER;
	finding_add(d->found, older ? FINDING_WARNING : FINDING_OK, group,
	    "libcrypto", "%s%s%s", OpenSSL_version(OPENSSL_VERSION),
	    older ? ", which is older than what this was built with: "
		  : ", built with ",
	    OPENSSL_VERSION_TEXT);
}

static void
look_others(struct doctor *d)
{
	finding_add(d->found, FINDING_OK, group, "zlib", "%s", zlibVersion());
}

/* As the shell that runs this has it; a web server's may be another. */
static void
look_memory(struct doctor *d)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0 ||
	    limit.rlim_cur >= VAULTS_BYTES || geteuid() == 0)
		return;
	finding_add(d->found, FINDING_WARNING, "kernel", "RLIMIT_MEMLOCK",
	    "%d bytes may be locked, and secrets take %d: they could be "
	    "written to swap",
	    (long long)limit.rlim_cur, (long long)VAULTS_BYTES);
	finding_mend(d->found, "ulimit -l 64");
}

static void
look_locks(struct doctor *d)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		return;
	if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
		finding_add(d->found, FINDING_OK, "kernel", "locks",
		    "open file description locks work");
	else if (errno == EINVAL)
		finding_add(d->found, FINDING_FAULT, "kernel", "locks",
		    "this kernel has no open file description locks (Linux "
		    "3.15 has): use Redis for counts");
	close(fd);
}

void
doctor_libraries(struct doctor *d)
{
	look_openssl(d);
	look_files(d);
	look_others(d);
	look_memory(d);
	look_locks(d);
}
