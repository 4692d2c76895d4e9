#include <sys/stat.h>
#include <unistd.h>

#include "base/trusted.h"
#include "cli/doctor.h"
#include "cli/path_mend.h"

static void
say_mend(struct doctor *d, const char *path, enum path_kind kind)
{
	unsigned char mem[4 * PATH_TEXT_MAX];
	struct sink out;

	sink_init(&out, mem, sizeof(mem));
	path_mend(path, kind, &d->as, d->root, &out);
	finding_mend(d->found, "%v", sink_view(&out));
}

static struct span
octal(mode_t mode, unsigned char mem[static 4])
{
	for (size_t i = 0; i < 4; i++)
		mem[i] = (unsigned char)('0' + (mode >> (9 - 3 * i) & 7));
	return (mode & 07000) != 0 ? (struct span){ mem, 4 }
				   : (struct span){ mem + 1, 3 };
}

/* Whose it is, for those who know what they want to see. */
static void
say_good(struct doctor *d, const char *path, const char *is)
{
	char group[ACCOUNT_NAME_MAX];
	unsigned char mem[4];
	struct account who;
	struct stat st;

	if (lstat(path, &st) != 0)
		return;
	account_of(st.st_uid, &who);
	group_name(st.st_gid, group);
	finding_add(d->found, FINDING_OK, "files", path, "%s (%s:%s, %v)", is,
	    who.name, group, octal(st.st_mode, mem));
}

/* The reason begins with the path, which the finding has already. */
static struct span
without(struct span why, const char *path)
{
	struct span own = span_of(path);

	if (span_starts(why, own))
		why = span_skip(why, own.n);
	return span_starts(why, SPAN_LIT(": ")) ? span_skip(why, 2) : why;
}

static void
look(struct doctor *d, const char *path, bool secret, const char *is)
{
	unsigned char mem[4 * PATH_TEXT_MAX], real_mem[PATH_TEXT_MAX];
	struct sink why, real;
	int fd;

	sink_init(&why, mem, sizeof(mem));
	sink_init(&real, real_mem, sizeof(real_mem));
	fd = secret ? trusted_open_secret(path, &real, &why)
		    : trusted_open(path, &why);
	if (fd >= 0) {
		close(fd);
		say_good(d, path, is);
		return;
	}
	finding_add(d->found, FINDING_FAULT, "files", path, "%v",
	    without(sink_view(&why), path));
	say_mend(d, path, secret ? PATH_SECRET : PATH_READ);
}

void
doctor_files(struct doctor *d)
{
	const struct config *config = d->config;
	const struct watch *w = d->watch;

	for (size_t i = 0; i < w->n; i++)
		look(d, w->file[i].path, i > 0,
		    i > 0 ? "a secret that nobody else can read"
			  : "the configuration");
	if (config != NULL && config->deny_users_file.n > 0)
		look(d, (const char *)config->deny_users_file.p, false,
		    "the list of denied users");
}
