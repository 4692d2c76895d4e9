/*
 * `signpost init`: a configuration with its secrets, from at most five
 * questions. Each init_X() settles one of them, from an option, from what is
 * otherwise (with --yes), or by asking; it returns -1 to go on, else the exit
 * code of a mistake that it has said.
 */
#ifndef CLI_INIT_H
#define CLI_INIT_H

#include "base/sink.h"
#include "cli/account.h"
#include "cli/options.h"
#include "session/formats.h"

enum init_option {
	INIT_DIR,
	INIT_CLOUD_NAME,
	INIT_API_KEY,
	INIT_API_SECRET_FILE,
	INIT_FORMAT,
	INIT_COOKIE,
	INIT_USER_PATH,
	INIT_SESSION_KEY_FILE,
	INIT_FOLDER,
	INIT_ORIGIN,
	INIT_SERVER,
	INIT_USER,
	INIT_REPLACE,
	INIT_YES,
	INIT_OPTIONS
};

#define INIT_TEXT_MAX 256 /* a name, a path into a payload, a prefix */
#define INIT_ORIGINS_MAX 16

/* How a web server gets to the program, and its ready lines. */
struct server {
	const char *name, *text;
	bool control;     /* it starts a control file */
	bool socket;      /* it connects to processes that others start */
	const char *user; /* its own; NULL: as Debian's web servers, www-data */
};

struct init {
	struct option_value option[INIT_OPTIONS];
	bool yes, terminal;
	bool replace; /* a signpost.conf that is there becomes .old */

	char dir[PATH_TEXT_MAX]; /* absolute */
	struct account as;       /* who runs the program */
	bool root;               /* files are root's, for that account */

	char cloud_name[INIT_TEXT_MAX], api_key[API_KEY_MAX + 1];
	char secret[SECRET_FILE_MAX + 1]; /* of the API */

	const struct format_row *row;
	char cookie[INIT_TEXT_MAX], user[INIT_TEXT_MAX];
	char collection[INIT_TEXT_MAX]; /* "": Payload's usual one */
	const char *algorithm;          /* NULL: the format's own */
	bool has_user;                  /* session.user is written, "" too */
	char key[SECRET_FILE_MAX + 1];  /* "": the format takes none */
	bool new_key;                   /* made here */
	bool guests; /* nobody logs in: row and key stand there unused */

	char folder[INIT_TEXT_MAX];
	size_t n_origins;
	char origins[INIT_ORIGINS_MAX][ORIGIN_MAX + 1];
	const struct server *server;
	bool units; /* systemd starts the processes: see signpost@.service */
};

/* Question 1: whose Cloudinary account. */
int init_account(struct init *i);

/* Question 2: what proves who is logged in, or that nobody is. */
int init_session(struct init *i);

/* Questions 3 and 4: where pictures go, and who else may ask. */
int init_folder(struct init *i);
int init_origins(struct init *i);

/* Question 5: the web server. */
int init_server(struct init *i);

/* The configuration's text. False without room. */
bool init_conf(const struct init *i, struct sink *out);

/*
 * Makes everything, and lets the account read it as the program will. On any
 * failure nothing of it is left, and 1 is returned; 0 when all is there.
 */
int init_write(struct init *i);

/* The server's lines with the paths set. False without room. */
bool init_sample(const struct init *i, struct sink *out);

/*
 * What to paste instead, where these lines lie as a file and the server is
 * Debian's. False where it is otherwise.
 */
bool init_steps(const struct init *i, struct sink *out);

/* Where the control file is to lie; "" where there is no room. */
const char *init_control(const struct init *i);

/* What was made, the web server's lines and the next commands. */
void init_print(const struct init *i);

/* Does root set it up for another user, who runs the program? */
bool init_for_other(const struct init *i);

/* "--OPTION is needed: WHY". Returns 2. */
int init_needs(const struct init *i, enum init_option option, const char *why);

/* "signpost: init: TEXT". Returns 2. */
int init_mistake(const char *text, const char *value);

/*
 * A text from its option, or otherwise (NULL: there is none) with --yes, or
 * by this question. -1, or an exit code.
 */
int init_text(struct init *i, enum init_option option, const char *question,
    const char *otherwise, char *out, size_t cap);

/* A secret from a file: one line. -1, or an exit code. */
int init_file(const char *path, char *out, size_t cap);

#endif
