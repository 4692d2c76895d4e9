#include "cli/explain.h"

/* The nth of the configuration's API secrets; false behind the last. */
static bool
nth_secret(const struct config *config, size_t nth, struct span *out)
{
	for (size_t i = 0; i < config->n_clouds; i++) {
		const struct cloud *cloud = &config->clouds[i];

		if (nth-- == 0) {
			*out = cloud->api_secret;
			return true;
		}
		if (nth < cloud->n_verify_secrets) {
			*out = cloud->verify_secrets[nth];
			return true;
		}
		nth -= cloud->n_verify_secrets;
	}
	return false;
}

bool
explain_unsuffix(const struct config *config, struct span *s)
{
	struct span secret;

	for (size_t i = 0; config != NULL && nth_secret(config, i, &secret);
	     i++)
		if (secret.n > 0 && span_ends(*s, secret)) {
			s->n -= secret.n;
			return true;
		}
	return false;
}

size_t
explain_mask(const struct config *config, unsigned char *p, size_t n)
{
	size_t found = 0;
	struct span secret;

	for (size_t i = 0; config != NULL && nth_secret(config, i, &secret);
	     i++)
		for (size_t at = 0; secret.n > 0 && at + secret.n <= n; at++)
			if (p[at] == secret.p[0] &&
			    memcmp(p + at, secret.p, secret.n) == 0) {
				memset(p + at, '*', secret.n);
				found++;
			}
	return found;
}
