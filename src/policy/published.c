#include "policy/config.h"

bool
config_published(const struct config *config, struct span document_root)
{
	struct span root = document_root;

	if (document_root.n == 0)
		return false;
	while (root.n > 0 && root.p[root.n - 1] == '/')
		root.n--;
	for (size_t i = 0; i < config->n_secret_paths; i++) {
		struct span path = config->secret_paths[i];

		if (span_starts(path, root) && path.n > root.n &&
		    path.p[root.n] == '/')
			return true;
	}
	return false;
}
