#include "store/store.h"

#include "store/redis.h"
#include "store/slots.h"

const char *
store_missing(const struct store_config *config)
{
	bool redis = config->kind == STORE_TCP || config->kind == STORE_UNIX;

	if (!redis || redis_built_in())
		return NULL;
	return "the store is Redis, and this program was built without "
	       "hiredis: build it with hiredis, or keep the counts in a folder";
}

struct counters *
store_new(const struct store_config *config)
{
	switch (config->kind) {
	case STORE_FILE:
		return slots_new((const char *)config->place.p, SLOTS_BUCKETS);
	case STORE_TCP:
	case STORE_UNIX:
		return redis_new(config, REDIS_STEP_MS);
	case STORE_NONE:
		break;
	}
	return NULL;
}
