/* Would counting work? For `signpost check`; nothing is made or counted. */
#ifndef CLI_STORE_LOOK_H
#define CLI_STORE_LOOK_H

#include "base/sink.h"
#include "policy/config.h"

/*
 * Could the user who runs this count there? False with the reason, and what
 * would be right, in why. A folder or file that is still missing is fine where
 * it could be made. Redis is asked, within its usual time.
 */
bool store_look(const struct store_config *config, struct sink *why);

#endif
