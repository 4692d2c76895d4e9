/* PHP's own sessions, as its handler "files" keeps them. */
#ifndef SESSION_PHP_H
#define SESSION_PHP_H

#include "base/sink.h"

/*
 * A session's file is read once, and up to PHP_READS_MORE times again while PHP
 * is writing it. Its age counts from when PHP last wrote or touched it, as
 * session.gc_maxlifetime.
 */
#define PHP_READS_MORE 3

/* [A-Za-z0-9,-]{22,256}: session.sid_length, session.sid_bits_per_character */
bool php_id(struct span id);

/*
 * A session file's text, of the handler "php_serialize" or else "php", as one
 * JSON object. Nothing in it is ever run. Strings (at most PHP_TEXT_MAX bytes,
 * UTF-8, no control characters), integers, true and false stay what they are;
 * arrays become objects with their keys as names; all else (null, floats,
 * objects, references, other strings) becomes null. Values are skipped by
 * their lengths, since a string may hold anything.
 *
 * False, and nothing usable in json, for a text that is cut, has bytes behind
 * its end, nests deeper than TOKEN_DEPTH_MAX, or does not fit.
 */
#define PHP_TEXT_MAX 1024
bool php_read(struct span text, bool php_serialize, struct sink *json);

#endif
