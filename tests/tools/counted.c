/*
 * Of the build for make coverage alone, which counts what was run and writes
 * the counts down in exit(): those of a process that ends otherwise (a child
 * of fork() by _exit(), a broken promise by abort()) are written down as well.
 * What a signal ends from outside stays uncounted.
 */
#include <sys/stat.h>

/* Of libgcov, as gcc's manual has it; once written, a second time is nothing.
 */
void __gcov_dump(void);

/* The linker's names (--wrap) for the caller's function and the real one. */
_Noreturn void __wrap__exit(int status);
_Noreturn void __real__exit(int status);
_Noreturn void __wrap_abort(void);
_Noreturn void __real_abort(void);

int __sanitizer_install_malloc_and_free_hooks(
    void (*on_malloc)(void), void (*on_free)(void));

/* Before libgcov's own: processes of several users add to one file. */
__attribute__((destructor)) static void
dump(void)
{
	mode_t mask = umask(0);

	__gcov_dump();
	umask(mask);
}

void
__wrap__exit(int status)
{
	dump();
	__real__exit(status);
}

void
__wrap_abort(void)
{
	dump();
	__real_abort();
}

/* One target of the fuzzers asks the sanitizers for this: here is none. */
int
__sanitizer_install_malloc_and_free_hooks(
    void (*on_malloc)(void), void (*on_free)(void))
{
	(void)on_malloc;
	(void)on_free;
	return 0;
}
