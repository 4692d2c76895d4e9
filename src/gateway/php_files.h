/* PHP's session files (its handler "files"), in the file system. */
#ifndef GATEWAY_PHP_FILES_H
#define GATEWAY_PHP_FILES_H

#include "session/session.h"

/*
 * folder/sess_ID: a regular file, no link and of one name, of our own user,
 * that nobody else may write. It is read without a lock, since PHP holds its
 * own for the whole of a request, however long that takes; PHP_FOUND_TORN says
 * that it changed meanwhile.
 */
extern struct php_sessions php_files;

#endif
