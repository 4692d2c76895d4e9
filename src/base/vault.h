/*
 * The one place for secrets: pages of their own, kept out of swap (as far as
 * the kernel lets), core files and forked children; read-only once sealed,
 * wiped when freed. Keys' HMAC states lie here too.
 */
#ifndef BASE_VAULT_H
#define BASE_VAULT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"

struct vault;

/* An empty, writable vault; NULL with errno when there is no memory. */
struct vault *vault_new(void);

/* n zeroed bytes, aligned for any object; NULL when it is full or sealed. */
void *vault_take(struct vault *v, size_t n);

/*
 * Room for text on its way to becoming a secret: VAULT_SCRATCH bytes, the same
 * ones in every call. Whoever uses them wipes them. NULL when it is sealed.
 */
#define VAULT_SCRATCH (2 * (SECRET_FILE_MAX + 1))
unsigned char *vault_scratch(struct vault *v);

/* No more changes: the pages become read-only. False with errno. */
bool vault_seal(struct vault *v);

/* Could the pages be locked into memory? False is worth a line in the log. */
bool vault_locked(const struct vault *v);

/* Wipe and give back. NULL is fine. */
void vault_free(struct vault *v);

#endif
