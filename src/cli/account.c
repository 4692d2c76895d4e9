#define _GNU_SOURCE /* fgetpwent, fgetgrent, setgroups */

#include "cli/account.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/sink.h"

static void
fill(struct account *out, const struct passwd *pw)
{
	out->uid = pw->pw_uid;
	out->gid = pw->pw_gid;
	sink_string(out->name, sizeof(out->name), "%s", pw->pw_name);
	sink_string(out->home, sizeof(out->home), "%s", pw->pw_dir);
}

/* Of this name, or (name is NULL) of this number. */
static bool
find_user(const char *name, uid_t uid, struct account *out)
{
	FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *pw;
	bool found = false;

	if (file == NULL)
		return false;
	while (!found && (pw = fgetpwent(file)) != NULL) {
		found = name != NULL ? strcmp(pw->pw_name, name) == 0
				     : pw->pw_uid == uid;
		if (found)
			fill(out, pw);
	}
	fclose(file);
	return found;
}

static bool
has_member(const struct group *gr, const char *name)
{
	for (char **member = gr->gr_mem; *member != NULL; member++)
		if (strcmp(*member, name) == 0)
			return true;
	return false;
}

void
group_name(gid_t gid, char *name)
{
	FILE *file = fopen("/etc/group", "re");
	const struct group *gr;

	sink_string(name, ACCOUNT_NAME_MAX, "%d", (long long)gid);
	while (file != NULL && (gr = fgetgrent(file)) != NULL) {
		if (gr->gr_gid != gid)
			continue;
		sink_string(name, ACCOUNT_NAME_MAX, "%s", gr->gr_name);
		break;
	}
	if (file != NULL)
		fclose(file);
}

/* The name of its group, and the groups that list it. */
static void
find_groups(struct account *out)
{
	FILE *file = fopen("/etc/group", "re");
	const struct group *gr;

	group_name(out->gid, out->group);
	if (file == NULL)
		return;
	while ((gr = fgetgrent(file)) != NULL)
		if (gr->gr_gid != out->gid &&
		    out->n_groups < ACCOUNT_GROUPS_MAX &&
		    has_member(gr, out->name))
			out->groups[out->n_groups++] = gr->gr_gid;
	fclose(file);
}

/* All but the groups. */
static void
find_number(uid_t uid, struct account *out)
{
	*out = (struct account){ .uid = uid, .gid = (gid_t)uid };
	if (!find_user(NULL, uid, out))
		sink_string(out->name, ACCOUNT_NAME_MAX, "%d", (long long)uid);
}

/* UID or UID:GID. */
static bool
take_numbers(const char *name, struct account *out)
{
	struct span_cut cut = span_cut(span_of(name), ':');
	long long uid, gid = 0;

	if (!span_digits(cut.head, &uid) || uid > 4294967294 ||
	    (cut.found && (!span_digits(cut.tail, &gid) || gid > 4294967294)))
		return false;
	find_number((uid_t)uid, out);
	if (cut.found)
		out->gid = (gid_t)gid;
	return true;
}

bool
account_named(const char *name, struct account *out)
{
	*out = (struct account){ .uid = 0 };
	if (!find_user(name, 0, out) && !take_numbers(name, out))
		return false;
	find_groups(out);
	return true;
}

void
account_of(uid_t uid, struct account *out)
{
	find_number(uid, out);
	find_groups(out);
}

void
account_self(struct account *out)
{
	gid_t all[ACCOUNT_GROUPS_MAX];
	int n = getgroups(ACCOUNT_GROUPS_MAX, all);

	account_of(geteuid(), out);
	out->gid = getegid();
	group_name(out->gid, out->group);
	out->n_groups = 0;
	for (int i = 0; i < n; i++)
		out->groups[out->n_groups++] = all[i];
}

bool
account_in(const struct account *who, gid_t group)
{
	if (who->gid == group)
		return true;
	for (size_t i = 0; i < who->n_groups; i++)
		if (who->groups[i] == group)
			return true;
	return false;
}

bool
account_become(const struct account *who)
{
	return setgroups(who->n_groups, who->groups) == 0 &&
	       setresgid(who->gid, who->gid, who->gid) == 0 &&
	       setresuid(who->uid, who->uid, who->uid) == 0;
}
