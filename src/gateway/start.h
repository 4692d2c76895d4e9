/* From the start of the process to its requests. */
#ifndef GATEWAY_START_H
#define GATEWAY_START_H

#include "gateway/control.h"
#include "gateway/live.h"

/*
 * Where a descriptor of 0 to 2 is closed, the next file that is opened would
 * have its number, and get what is meant for a terminal or the log. So there is
 * /dev/null in its place, which here can be neither read nor written. False
 * when it can't be had.
 */
bool start_hold_standard(void);

/*
 * What the process gives up before it reads anything: the same; files are
 * created for the owner alone, no core file, no other process of this user may
 * look into the memory, no new privileges. False when the kernel refused any of
 * it.
 */
bool start_close_door(void);

/*
 * Tests the digests and reads the configuration that from names, for one
 * request: nothing looks after it. On any failure the reason is logged and the
 * program goes on without a configuration: a process that ended would be
 * started again and again. Returns it, for config_free() after serve_end();
 * NULL when there is none.
 */
struct config *start_once(struct serve *s, const struct control *from);

/*
 * The same for many requests: l looks after it, and after what it names
 * beside itself. Warnings are logged too. from must outlive l; end with
 * live_end().
 */
void start_live(struct live *l, struct serve *s, const struct control *from);

/* FastCGI on the listening socket 0; returns the exit code. */
int start_fastcgi(int argc, char **argv);

/* One CGI request; the process ends with it. */
_Noreturn void start_cgi(void);

#endif
