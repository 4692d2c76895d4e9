/*
 * PHP's own session files, as the core sees them: behind this interface are
 * the files themselves, see gateway/php_files.h, or whatever a test puts there.
 */
#ifndef BASE_PHP_SESSIONS_H
#define BASE_PHP_SESSIONS_H

#include "base/span.h"

enum php_found {
	PHP_FOUND_NOTHING = 0, /* there is no such session */
	PHP_FOUND_UNTRUSTED,   /* no regular file of our own, or too large */
	PHP_FOUND_TORN,        /* it changed while it was read */
	PHP_FOUND
};

struct php_session_file {
	struct span text;
	long long changed; /* when PHP wrote it, or used it; seconds */
};

struct php_sessions {
	/*
	 * Reads the session's file once, without waiting for PHP's lock.
	 * folder is NUL-terminated; id is [A-Za-z0-9,-]{22,256}, which the
	 * caller has checked; room has cap bytes, into which the text goes.
	 */
	enum php_found (*read)(struct php_sessions *self, struct span folder,
	    struct span id, unsigned char *room, size_t cap,
	    struct php_session_file *out);
};

#endif
