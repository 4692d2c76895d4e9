/* A native PHP session, where the program runs as PHP's user. */
#ifndef SESSION_PHP_SESSION_H
#define SESSION_PHP_SESSION_H

#include "session/session.h"

/*
 * The cookie's id names a file in config->save_path, which asked->php reads:
 * once, and up to PHP_READS_MORE times again while PHP is writing it. Its age
 * counts from when PHP last wrote or touched it, as session.gc_maxlifetime.
 */
#define PHP_READS_MORE 3
enum session_why php_session_open(const struct session_config *config,
    const struct session_asked *asked, struct session *out);

/* [A-Za-z0-9,-]{22,256}: session.sid_length, session.sid_bits_per_character */
bool php_session_id(struct span id);

#endif
