/* The linker's --wrap sends the calls of our own objects here: see Makefile. */
#define _GNU_SOURCE /* RTLD_NEXT */

#include "hooks.h"

#include "cli/doctor.h"

#include <dlfcn.h>
#include <stdlib.h>

struct hooks hooks;

#define HOOK(type, name, parameters, arguments)                                \
	type __real_##name parameters;                                         \
	type __wrap_##name parameters;                                         \
	type __wrap_##name parameters                                          \
	{                                                                      \
		return hooks.name != NULL ? hooks.name arguments               \
					  : __real_##name arguments;           \
	}

HOOK(ssize_t, read, (int fd, void *p, size_t n), (fd, p, n))
HOOK(ssize_t, pread, (int fd, void *p, size_t n, off_t at), (fd, p, n, at))
HOOK(ssize_t, write, (int fd, const void *p, size_t n), (fd, p, n))
HOOK(ssize_t, pwritev2,
    (int fd, const struct iovec *v, int n, off_t at, int flags),
    (fd, v, n, at, flags))
HOOK(ssize_t, getrandom, (void *p, size_t n, unsigned flags), (p, n, flags))
HOOK(void *, mmap, (void *p, size_t n, int prot, int flags, int fd, off_t at),
    (p, n, prot, flags, fd, at))
HOOK(int, mprotect, (void *p, size_t n, int prot), (p, n, prot))
HOOK(int, madvise, (void *p, size_t n, int advice), (p, n, advice))
HOOK(int, mlock, (const void *p, size_t n), (p, n))
HOOK(int, munmap, (void *p, size_t n), (p, n))
HOOK(time_t, time, (time_t * out), (out))

void __real_doctor_units(struct doctor *, const char *);
void __wrap_doctor_units(struct doctor *, const char *);

void
__wrap_doctor_units(struct doctor *d, const char *above)
{
	__real_doctor_units(d, hooks.above != NULL ? hooks.above : above);
}

void __real_handle(const struct config *, const struct request *, long long,
    struct world *, struct workspace *, struct answer *);
void __wrap_handle(const struct config *, const struct request *, long long,
    struct world *, struct workspace *, struct answer *);

void
__wrap_handle(const struct config *config, const struct request *request,
    long long now, struct world *world, struct workspace *ws,
    struct answer *out)
{
	(hooks.handle != NULL ? hooks.handle : __real_handle)(
	    config, request, now, world, ws, out);
}

/* In the place of the C library's: a program's name is first. */
int
poll(struct pollfd *fds, nfds_t n, int milliseconds)
{
	int (*real)(struct pollfd *, nfds_t, int) = hooks.poll;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "poll");
	if (real == NULL)
		abort();
	return real(fds, n, milliseconds);
}
