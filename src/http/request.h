/*
 * What a web server handed on. Views into the gateway's memory, valid until
 * the request is answered. Each variable occurs once: the gateway says so.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "base/span.h"

/* How the request came in; anything but INTAKE_WHOLE is refused by handle(). */
enum intake {
	INTAKE_NONE = 0,
	INTAKE_WHOLE,
	INTAKE_TWICE,     /* a variable that matters came twice: see about */
	INTAKE_TOO_LARGE, /* a variable or the body over its limit */
	INTAKE_LENGTH,    /* CONTENT_LENGTH is no number, or not the truth */
	INTAKE_ROLE       /* FastCGI, but not the RESPONDER role */
};

struct request {
	enum intake intake;
	struct span about; /* the variable that intake speaks of, a constant */

	struct span method;         /* REQUEST_METHOD */
	struct span query;          /* QUERY_STRING, still encoded */
	struct span content_type;   /* CONTENT_TYPE */
	struct span body;           /* standard input, all of it */
	struct span cookie;         /* HTTP_COOKIE */
	struct span authorization;  /* HTTP_AUTHORIZATION or, where Apache
				       rewrote, REDIRECT_HTTP_AUTHORIZATION */
	struct span origin;         /* HTTP_ORIGIN */
	struct span sec_fetch_site; /* HTTP_SEC_FETCH_SITE */
	struct span sec_fetch_mode; /* HTTP_SEC_FETCH_MODE */
	struct span sec_fetch_dest; /* HTTP_SEC_FETCH_DEST */
	struct span cld_timestamp;  /* HTTP_X_CLD_TIMESTAMP */
	struct span cld_signature;  /* HTTP_X_CLD_SIGNATURE */
	struct span remote_addr;    /* REMOTE_ADDR */
	struct span auth_type;      /* AUTH_TYPE */
	struct span remote_user;    /* the variable that the configuration
				       names, if it names one */
	struct span document_root;  /* DOCUMENT_ROOT without links */
};

#endif
