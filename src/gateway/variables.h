/*
 * From the variables of CGI or FastCGI to a request: each variable that
 * matters once, and none over its limit. Pure.
 */
#ifndef GATEWAY_VARIABLES_H
#define GATEWAY_VARIABLES_H

#include "http/request.h"

/* Views into what they were read from. */
struct variables {
	/*
	 * intake is the first fault found, or INTAKE_WHOLE. A member that
	 * came twice or is too large is empty. document_root is as given.
	 */
	struct request request;
	bool has_length;  /* CONTENT_LENGTH is there and not empty */
	long long length; /* 0 when it is no number */
};

/*
 * envp holds "NAME=value" strings and ends with a NULL. user is the variable
 * that holds who is there (see remote_user.h); empty: none does.
 */
void variables_read(char *const *envp, struct span user, struct variables *out);

/* The same of FastCGI's pairs, which record_look() found good. */
void variables_read_pairs(
    struct span pairs, struct span user, struct variables *out);

/*
 * Hands the body over, which is all of standard input, or its first
 * HOOK_BODY_MAX + 1 bytes. It must be as long as CONTENT_LENGTH says; without a
 * CONTENT_LENGTH (mod_cgid, chunked) any length will do. On a fault the
 * request has no body.
 */
void variables_body(struct variables *v, struct span body);

/* Notes a fault; the first one stays. about is a constant. */
void variables_fault(
    struct variables *v, enum intake intake, struct span about);

#endif
