/* A session as PHP would have left it in save_path. */
#ifndef CLI_PHP_MAKE_H
#define CLI_PHP_MAKE_H

#include "base/random.h"
#include "base/sink.h"
#include "session/session.h"

/*
 * The JSON object's members, which are texts and objects of texts, as
 * session.serialize_handler writes them. False for anything else, or without
 * room.
 */
bool php_write(
    const struct session_config *config, struct span json, struct sink *out);

/*
 * Writes a new file of mode 0600 into config->save_path, under an id that
 * random makes: what php_write() makes of the JSON, and issued (seconds) as the
 * time of its last change. What the Cookie header says goes to cookie. Else
 * false, and why says what was wrong.
 */
bool php_make(const struct session_config *config, struct span json,
    long long issued, struct random_source *random, struct sink *cookie,
    struct sink *why);

#endif
