#include "store/store.h"

#include "store/redis.h"
#include "store/slots.h"

struct counters *
store_new(const struct store_config *config)
{
	switch (config->kind) {
	case STORE_FILE:
		return slots_new((const char *)config->place.p, SLOTS_BUCKETS);
	case STORE_TCP:
	case STORE_UNIX:
		return redis_new(config);
	case STORE_NONE:
		break;
	}
	return NULL;
}
