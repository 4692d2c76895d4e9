#include "test.h"

#include <linux/magic.h>
#include <stdio.h>

#include "store/network.h"

TEST(test_refused)
{
	static const unsigned types[] = { NFS_SUPER_MAGIC, SMB_SUPER_MAGIC,
		V9FS_MAGIC, AFS_SUPER_MAGIC, AFS_FS_MAGIC, CODA_SUPER_MAGIC,
		NCP_SUPER_MAGIC, OCFS2_SUPER_MAGIC, 0x65735546, 0xff534d42,
		0xfe534d42, 0x00c36400, 0x0bd00bd0, 0x47504653, 0x01161970,
		0x19830326, 0x786f4256 };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		assert_non_null(network_name(types[i]));
	assert_string_equal(network_name(0x6969), "NFS");
}

TEST(test_accepted)
{
	static const unsigned types[] = { EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC,
		BTRFS_SUPER_MAGIC, TMPFS_MAGIC, F2FS_SUPER_MAGIC,
		OVERLAYFS_SUPER_MAGIC, RAMFS_MAGIC, REISERFS_SUPER_MAGIC, 0,
		0x6968, 0x696a, 0xffffffff };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		assert_null(network_name(types[i]));
}

static bool
refused(const char *path, char text[static 256])
{
	struct sink why;
	bool result;

	memset(text, 0, 256);
	sink_init(&why, text, 255);
	result = network_refuse(path, &why);
	assert_int_equal(result, why.n > 0);
	return result;
}

TEST(test_paths)
{
	char text[256];

	assert_false(refused("/proc", text));
	assert_true(refused("/signpost-test-none", text));
	assert_string_equal(text, "/signpost-test-none: its file system can't "
				  "be looked at");
}
