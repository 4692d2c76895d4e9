/* What `check --json` prints. */
#ifndef CLI_CHECK_JSON_H
#define CLI_CHECK_JSON_H

#include "http/json_write.h"
#include "policy/config.h"

/* A report that writes each message down as it comes. */
struct check_json {
	struct report report; /* hand on a pointer to this member */
	struct sink out;
	struct json_out j;
};

/*
 * Begins an object: "configuration", and "messages", a list of objects of
 * "severity" ("error", "warning", "note"), "file", "line" (0: the file as a
 * whole) and "text". mem lives as long as c.
 */
void check_json_begin(
    struct check_json *c, const char *path, void *mem, size_t cap);

/*
 * Ends it with "right", and "policies" (see describe_json.h) where config is
 * not NULL. Returns the whole and a newline; empty without room.
 */
struct span check_json_end(struct check_json *c, const struct config *config);

#endif
