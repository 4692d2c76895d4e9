#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cli/doctor.h"
#include "cli/path_mend.h"
#include "cli/store_look.h"
#include "store/network.h"

#define LITTLE_BYTES (16LL * 1024 * 1024) /* the store's file takes less */

/* In a folder of its own the user does it, whose links root would follow. */
static void
mend_folder(struct doctor *d, const char *folder)
{
	const char *word = finding_word(d->found, folder);
	const struct account *as = &d->as;
	struct stat st;

	if (!d->root || (as->uid == 0 && path_rooted(folder)))
		finding_mend(
		    d->found, "mkdir -p %s && chmod 700 %s", word, word);
	else if (path_rooted(folder))
		finding_mend(d->found, "install -d -m 700 -o %s -g %s %s",
		    as->name, as->group, word);
	else if (lstat(folder, &st) != 0)
		finding_mend(d->found, "runuser -u %s -- mkdir -m 700 %s",
		    as->name, word);
	else if (S_ISDIR(st.st_mode))
		finding_mend(d->found,
		    "chown -h %s:%s %s && runuser -u %s -- chmod 700 %s",
		    as->name, as->group, word, as->name, word);
}

/* The folder, or the one it will be made in. */
static bool
existing(const char *folder, char *mem, size_t cap)
{
	struct span place = span_of(folder);

	for (;;) {
		if (!sink_string(mem, cap, place.n == 0 ? "/%v" : "%v", place))
			return false;
		if (access(mem, F_OK) == 0)
			return true;
		if (place.n == 0)
			return false;
		place = span_cut_last(place, '/').head;
	}
}

static void
look_room(struct doctor *d, const char *folder, const char *there)
{
	struct statvfs st;
	long long left;

	if (statvfs(there, &st) != 0)
		return;
	left = (long long)st.f_bavail * (long long)st.f_frsize;
	if (left >= LITTLE_BYTES)
		return;
	finding_add(d->found, left == 0 ? FINDING_FAULT : FINDING_WARNING,
	    "store", folder, "its file system has %d KiB left", left / 1024);
	finding_mend(d->found, "df -h %s", finding_word(d->found, folder));
}

static void
look_folder(struct doctor *d, const char *folder)
{
	unsigned char mem[2 * PATH_TEXT_MAX];
	char there[PATH_TEXT_MAX + 2];
	struct sink why;

	sink_init(&why, mem, sizeof(mem));
	if (!existing(folder, there, sizeof(there)))
		return;
	if (network_refuse(there, &why)) {
		finding_add(d->found, FINDING_FAULT, "store", folder, "%v",
		    sink_view(&why));
		return;
	}
	look_room(d, folder, there);
	if (d->copies)
		return; /* doctor_units() says it */
	if (geteuid() == 0)
		finding_add(d->found, FINDING_WARNING, "store", folder,
		    "not looked at: root may write anywhere; say --user with "
		    "the user who runs the program");
	else if (store_look(&d->config->store, &why))
		finding_add(d->found, FINDING_OK, "store", folder,
		    access(folder, F_OK) == 0
			? "counts can be kept here"
			: "it is not there yet and will be made");
	else {
		finding_add(d->found, FINDING_FAULT, "store", folder, "%v",
		    sink_view(&why));
		mend_folder(d, folder);
	}
}

void
doctor_store(struct doctor *d)
{
	const struct config *config = d->config;
	unsigned char mem[2 * PATH_TEXT_MAX];
	struct sink why;
	const char *place;

	if (config == NULL)
		return;
	if (!config->counts) {
		finding_add(d->found, FINDING_OK, "store", "",
		    "no policy has a limit: nothing is counted");
		return;
	}
	place = (const char *)config->store.place.p;
	if (config->store.kind == STORE_FILE) {
		look_folder(d, place);
		return;
	}
	sink_init(&why, mem, sizeof(mem));
	if (store_look(&config->store, &why))
		finding_add(d->found, FINDING_OK, "store", place,
		    "Redis answers, and takes what is written");
	else
		finding_add(d->found, FINDING_FAULT, "store", place, "%v",
		    sink_view(&why));
}
