#include <sys/stat.h>

#include "policy/loader.h"

void
conf_log(struct loader *l, const config_setting_t *root)
{
	const config_setting_t *at = conf_member(root, "log");
	struct span text, path;
	struct stat st;

	if (!conf_string(l, root, "log", false, &text) ||
	    !conf_path(l, at, "log", text, &path))
		return;
	if (stat((const char *)path.p, &st) == 0 && S_ISDIR(st.st_mode)) {
		conf_error(l, at,
		    "log = %q is a folder: name a file, as in "
		    "\"%v/signpost.log\"",
		    text, text);
		return;
	}
	l->config->log = path;
}
