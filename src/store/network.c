#include "store/network.h"

#include <sys/vfs.h>

static const struct type {
	unsigned type;
	const char *name;
} types[] = {
	{ 0x00006969, "NFS" },
	{ 0x0000517b, "SMB" },
	{ 0xfe534d42, "SMB2" },
	{ 0xff534d42, "CIFS" },
	{ 0x0000564c, "NCP" },
	{ 0x01021997, "9P" },
	{ 0x00c36400, "Ceph" },
	{ 0x5346414f, "AFS" },
	{ 0x6b414653, "AFS" },
	{ 0x73757245, "Coda" },
	{ 0x65735546, "FUSE" },
	{ 0x0bd00bd0, "Lustre" },
	{ 0x47504653, "GPFS" },
	{ 0x01161970, "GFS2" },
	{ 0x7461636f, "OCFS2" },
	{ 0x19830326, "BeeGFS" },
	{ 0x20030528, "OrangeFS" },
	{ 0xaad7aaea, "PanFS" },
	{ 0x61636673, "ACFS" },
	{ 0xbeefdead, "SNFS" },
	{ 0x013111a8, "IBRIX" },
	{ 0x786f4256, "vboxsf" },
	{ 0xbacbacbc, "vmhgfs" },
	{ 0x7c7c6673, "prl_fs" },
};

const char *
network_name(unsigned type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == type)
			return types[i].name;
	return NULL;
}

bool
network_refuse(const char *path, struct sink *why)
{
	const char *name;
	struct statfs st;

	if (statfs(path, &st) != 0) {
		sink_say(why, "%s: its file system can't be looked at", path);
		return true;
	}
	/* Signed, and of another width, on some machines. */
	name = network_name((unsigned)st.f_type);
	if (name == NULL)
		return false;
	sink_say(why,
	    "%s: this is on %s, where locks do not hold: name a folder on a "
	    "disk of this machine, or use Redis",
	    path, name);
	return true;
}
