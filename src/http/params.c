#include "http/params.h"

const struct param *
params_find(const struct params *ps, struct span name)
{
	for (size_t i = 0; i < ps->n; i++)
		if (span_eq(ps->p[i].name, name))
			return &ps->p[i];
	return NULL;
}
