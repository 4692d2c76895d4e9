/* From the start of the process to its requests. */
#ifndef GATEWAY_START_H
#define GATEWAY_START_H

#include "gateway/control.h"
#include "gateway/serve.h"
#include "policy/config.h"

/*
 * Tests the digests and reads the configuration that from names, which must
 * not ask for a store that this program was built without. On any failure the
 * reason is logged and the program goes on without a configuration: a process
 * that ended would be started again and again. Returns it, for config_free(),
 * and puts it into s; NULL when there is none. Warnings are logged too when
 * they are wanted.
 */
struct config *start_config(
    struct serve *s, const struct control *from, bool warnings);

/*
 * What s->config, if there is one, names beside itself: the log file is
 * opened, and the deny list and the counters are made ready. When it says to
 * probe and the counters are out of order, the log says why, and the program
 * goes on. End it with serve_end().
 */
void start_services(struct serve *s, bool probe);

/* FastCGI on the listening socket 0; returns the exit code. */
int start_fastcgi(int argc, char **argv);

/* One CGI request; the process ends with it. */
_Noreturn void start_cgi(void);

#endif
