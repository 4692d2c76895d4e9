/* The configuration for those who serve: mistakes go to the log. */
#ifndef GATEWAY_CONFIGURE_H
#define GATEWAY_CONFIGURE_H

#include "policy/config.h"

/*
 * Reads the configuration, which must not ask for a store that this program
 * was built without. NULL when anything is wrong; each mistake is a line
 * "event=config severity=error file= line= text=" in the log, and so is each
 * warning, when they are wanted. watch (may be NULL) gets the files that were
 * read or looked for, as they were. Free with config_free().
 */
struct config *configure(const char *path, bool warnings, struct watch *watch);

#endif
