/*
 * Each file of a folder through one target, without libFuzzer: replay FOLDER.
 * A finding ends the program, as it ends a target; so does an empty folder.
 */
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"

#define SEED_MAX 65536

/* Those that need nothing prepared have none of their own. */
__attribute__((weak)) int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

/* In memory of exactly its size, so that one byte more is a fault. */
static void
replay(const char *path, size_t size)
{
	uint8_t *data = malloc(size > 0 ? size : 1);
	FILE *file = fopen(path, "rb");

	must(data != NULL && file != NULL, "a seed can be read");
	must(fread(data, 1, size, file) == size, "a seed is read whole");
	fclose(file);
	if (size > 0) {
		LLVMFuzzerTestOneInput(data, size);
	} else {
		free(data);
		data = NULL;
		LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	}
	free(data);
}

static bool
replay_entry(const char *folder, const char *name)
{
	char path[4096];
	struct stat st;
	int n = snprintf(path, sizeof(path), "%s/%s", folder, name);

	must(n > 0 && (size_t)n < sizeof(path), "a path has this length");
	must(stat(path, &st) == 0, "a seed is there");
	if (!S_ISREG(st.st_mode))
		return false;
	must(st.st_size <= SEED_MAX, "a seed is small");
	/* What a finding was found with is said before it. */
	fprintf(stderr, "%s\n", path);
	replay(path, (size_t)st.st_size);
	return true;
}

int
main(int argc, char **argv)
{
	struct dirent *entry;
	size_t n = 0;
	DIR *dir;

	must(argc == 2, "there is one argument, a folder of seeds");
	dir = opendir(argv[1]);
	must(dir != NULL, "there is such a folder");
	LLVMFuzzerInitialize(&argc, &argv);
	while ((entry = readdir(dir)) != NULL)
		if (replay_entry(argv[1], entry->d_name))
			n++;
	closedir(dir);
	printf("%zu seeds\n", n);
	return n > 0 ? 0 : 1;
}
