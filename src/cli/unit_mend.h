/*
 * The shell commands after which signpost@.service sees more: lines for the
 * drop-in that `systemctl edit` makes, which itself needs an editor.
 */
#ifndef CLI_UNIT_MEND_H
#define CLI_UNIT_MEND_H

#include "cli/unit.h"

#define UNIT_NAME "signpost@.service"

struct unit_mend {
	struct sink lines; /* words of a shell */
	bool bad;          /* systemd can't be told so */
	unsigned char mem[4 * PATH_TEXT_MAX];
};

void unit_mend_init(struct unit_mend *m);

/* LoadCredential=name:source; both empty: what was there is dropped. */
void unit_mend_credential(
    struct unit_mend *m, struct span name, struct span source, bool encrypted);

/* LogsDirectory=name */
void unit_mend_logs(struct unit_mend *m, struct span name);

/*
 * Adds the lines, and starts the workers again; nothing where systemd can't be
 * told so. sudo: for who is not root.
 */
void unit_mend_say(const struct unit_mend *m, bool sudo, struct sink *out);

#endif
