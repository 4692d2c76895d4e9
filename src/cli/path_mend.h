/*
 * The shell commands after which base/trusted.h would take a file: the same
 * rules, walked once more to name all that is wrong, in order.
 */
#ifndef CLI_PATH_MEND_H
#define CLI_PATH_MEND_H

#include "base/sink.h"
#include "cli/account.h"

enum path_kind { PATH_READ = 1, PATH_SECRET };

/*
 * Can nobody but root put another thing at this path? What root does by a name
 * follows links: where the answer is no, an install, a mv or a chown of root's
 * would be another user's to direct. path is absolute.
 */
bool path_rooted(const char *path);

/*
 * Commands joined by " && ", for who is the account, or (root) for root on the
 * account's behalf; nothing where nothing is wrong, or no command would mend
 * it: where a folder above is somebody else's home, what is private must move
 * out of it. A file that is missing gets a command only as a secret.
 */
void path_mend(const char *path, enum path_kind kind, const struct account *as,
    bool root, struct sink *out);

#endif
