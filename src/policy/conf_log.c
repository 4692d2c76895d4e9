#include <sys/stat.h>

#include "policy/loader.h"

static bool
is_same(const struct stat *log, const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_dev == log->st_dev &&
	       st.st_ino == log->st_ino;
}

/* A line in one of these would be the end of it. */
static bool
is_read_here(const struct loader *l, const struct stat *log)
{
	const struct config *config = l->config;

	for (size_t i = 0; i < config->n_secret_paths; i++)
		if (is_same(log, (const char *)config->secret_paths[i].p))
			return true;
	return is_same(log, l->file) ||
	       (config->deny_users_file.n > 0 &&
		   is_same(log, (const char *)config->deny_users_file.p));
}

/* What is there already under the log's name; false when it can't be one. */
static bool
check_there(struct loader *l, const config_setting_t *at, struct span text,
    const struct stat *st)
{
	unsigned before = l->report->errors;

	if (S_ISDIR(st->st_mode))
		conf_error(l, at,
		    "log = %q is a folder: name a file, as in "
		    "\"%v/signpost.log\"",
		    text, text);
	else if (is_read_here(l, st))
		conf_error(l, at,
		    "log = %q is a file that this configuration needs, and "
		    "lines would be written into it: name another",
		    text);
	else if (!S_ISREG(st->st_mode))
		conf_warn(l, at,
		    "log = %q is not a regular file, so that lines go to "
		    "standard error: name one, or leave it out",
		    text);
	return l->report->errors == before;
}

void
conf_log(struct loader *l, const config_setting_t *root)
{
	const config_setting_t *at = conf_member(root, "log");
	struct span text, path;
	struct stat st;

	if (!conf_string(l, root, "log", false, &text) ||
	    !conf_path(l, at, "log", text, &path))
		return;
	if (lstat((const char *)path.p, &st) == 0 &&
	    !check_there(l, at, text, &st))
		return;
	l->config->log = path;
	conf_private(l, path);
}
