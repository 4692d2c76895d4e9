/* What a client may know before it names a policy. */
#ifndef CLOUDINARY_INFORMATION_H
#define CLOUDINARY_INFORMATION_H

#include "policy/decide.h"

/*
 * cloud_name and api_key of that account, user, the policies that are open to
 * this user, and server_time, as JSON.
 */
void information_write(const struct config *config, const struct cloud *cloud,
    const struct facts *facts, const struct request *request,
    struct arena *arena, struct sink *out);

#endif
