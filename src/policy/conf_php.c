#include <sys/stat.h>

#include "policy/conf_session.h"

void
conf_php(
    struct loader *l, const config_setting_t *group, struct session_config *out)
{
	static const char *const handlers[] = { "php", "php_serialize" };
	const config_setting_t *at = conf_member(group, "save_path");
	struct span text, path;
	size_t which = 0;
	struct stat st;

	conf_choice(l, group, "serialize_handler", handlers, 2, &which);
	out->php_serialize = which == 1;
	if (!conf_string(l, group, "save_path", true, &text))
		return;
	if (span_has(text, ';')) {
		conf_error(l, at,
		    "save_path = %q: folders in folders (\"N;/path\") are not "
		    "read here",
		    text);
		return;
	}
	if (!conf_path(l, at, "save_path", text, &path))
		return;
	if (stat((const char *)path.p, &st) != 0 || !S_ISDIR(st.st_mode)) {
		conf_error(l, at,
		    "save_path = %q is no folder; PHP's phpinfo() says which "
		    "one it is",
		    text);
		return;
	}
	out->save_path = path;
	conf_private(l, path);
}
