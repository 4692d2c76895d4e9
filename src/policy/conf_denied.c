#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/trusted.h"
#include "policy/denied.h"
#include "policy/loader.h"

/* Of the list that is read here nothing is kept: see gateway/denied_file.h. */
struct scratch {
	unsigned char text[DENIED_FILE_MAX + 1];
	struct span room[DENIED_MAX];
};

/* False with what is wrong in why. */
static bool
check(struct scratch *s, const char *path, struct sink *why)
{
	int fd = trusted_open(path, why);
	struct names users;
	bool was_read;
	size_t n;

	if (fd < 0)
		return false;
	was_read = conf_read(fd, s->text, sizeof(s->text), &n);
	close(fd);
	if (was_read && n <= DENIED_FILE_MAX) {
		sink_say(why, "%s: ", path);
		return denied_read((struct span){ s->text, n }, s->room,
		    DENIED_MAX, &users, why);
	}
	if (was_read)
		sink_say(why, "%s: it is longer than %d bytes", path,
		    (long long)DENIED_FILE_MAX);
	else
		sink_say(why, "%s: it can't be read", path);
	return false;
}

void
conf_denied(struct loader *l, const config_setting_t *session)
{
	static const char name[] = "deny_users_file";
	const config_setting_t *at = conf_member(session, name);
	unsigned char mem[DETAIL_MAX];
	struct span text, path;
	struct scratch *s;
	struct sink why;

	if (!conf_string(l, session, name, false, &text) ||
	    !conf_path(l, at, name, text, &path))
		return;
	l->config->deny_users_file = path;
	conf_private(l, path);
	if (l->report->serves)
		return;
	s = malloc(sizeof(*s));
	sink_init(&why, mem, sizeof(mem));
	if (s == NULL)
		conf_error(l, at, "%s: there is no memory to read it", name);
	else if (!check(s, (const char *)path.p, &why))
		conf_error(l, at, "%s: %v", name, (struct span){ mem, why.n });
	free(s);
}
