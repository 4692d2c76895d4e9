#include "policy/loader.h"

void
conf_delivery(
    struct loader *l, const config_setting_t *group, struct cloud *out)
{
	(void)l;
	(void)group;
	(void)out;
}
