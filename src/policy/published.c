#include "policy/config.h"

static bool
any_below(const struct span *paths, size_t n, struct span root)
{
	for (size_t i = 0; i < n; i++)
		if (span_starts(paths[i], root) && paths[i].n > root.n &&
		    paths[i].p[root.n] == '/')
			return true;
	return false;
}

bool
config_published(const struct config *config, struct span document_root)
{
	struct span root = document_root;

	if (document_root.n == 0)
		return false;
	while (root.n > 0 && root.p[root.n - 1] == '/')
		root.n--;
	return any_below(config->secret_paths, config->n_secret_paths, root) ||
	       any_below(config->private_paths, config->n_private, root);
}
