#include "policy/acl.h"

bool
acl_valid(const struct text_template *acl, struct sink *why)
{
	(void)acl;
	(void)why;
	return false;
}

bool
acl_owned(struct span path, struct span policy, struct span cloud_name,
    struct arena *arena, struct span *id, struct sink *why)
{
	(void)path;
	(void)policy;
	(void)cloud_name;
	(void)arena;
	(void)why;
	*id = (struct span){ NULL, 0 };
	return false;
}
