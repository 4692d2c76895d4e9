#include "cloudinary/delivery.h"

bool
delivery_write(const struct grant *grant, struct sink *out)
{
	(void)grant;
	(void)out;
	return false;
}

bool
delivery_of(
    const struct grant *grant, struct arena *arena, struct delivery_url *out)
{
	(void)grant;
	(void)arena;
	*out = (struct delivery_url){ 0 };
	return false;
}
