#include "policy/transformation.h"

bool
transformation_valid(struct span text, struct sink *why)
{
	(void)text;
	(void)why;
	return false;
}
