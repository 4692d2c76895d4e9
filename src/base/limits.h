/*
 * Every limit of the program, in bytes unless the name says otherwise.
 * A limit is the largest value that is still accepted.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#include <assert.h>

/* The request, as the web server hands it on. */
#define QUERY_MAX 8192
#define BODY_MAX 16384
#define HOOK_BODY_MAX 131072 /* the body of a webhook */
#define COOKIE_HEADER_MAX 32768
#define COOKIE_MAX 8192 /* one cookie's value */
#define AUTHORIZATION_MAX (COOKIE_MAX + 7)
#define HEADER_MAX 512     /* Origin, Content-Type, Sec-Fetch-Site, method */
#define PATH_TEXT_MAX 4096 /* DOCUMENT_ROOT, SCRIPT_FILENAME */

/* What a request holds, once decoded. */
#define PARAMS_MAX 64     /* parameters of one item, in number */
#define NAME_MAX_BYTES 64 /* a parameter's name */
#define LIST_MAX 100      /* elements of one list, in number */
#define BATCH_MAX 20      /* items of one request, in number */
#define JSON_DEPTH_MAX 8  /* nesting of a request's body */
/* Names in one object of a body, in number; context and metadata hold the
 * most. Names that are made to collide cost as many steps as there are in
 * their object, and a body has room for BODY_MAX / 5 in all. */
#define JSON_MEMBERS_MAX LIST_MAX

/* Who is asking. */
#define USER_MAX 255
#define TOKEN_DEPTH_MAX 32    /* nesting of a token's payload */
#define SESSION_KEYS_MAX 8    /* in number */
#define INFLATED_MAX 65536    /* a compressed payload, once inflated */
#define CHUNKS_MAX 16         /* cookies that one value is spread over */
#define JOINED_MAX 32768      /* all of them together */
#define PHP_ID_MAX 256        /* session.sid_length, PHP's own limit */
#define PHP_SESSION_MAX 32768 /* a PHP session's file */
#define SESSION_AHEAD_MAX_SECONDS (400LL * 24 * 3600) /* RFC 6265bis 5.5 */

/* What a policy can say. */
#define TEXT_RULE_MAX 1024          /* N of "text N" */
#define INT_RULE_MAX 999999999999LL /* of "int A..B", either sign */
#define SEGMENT_MAX 64              /* one segment of an id */
#define ID_MAX 255                  /* a public_id, Cloudinary's own limit */
#define VALUE_MAX 8192              /* one value, as signed */
#define LIFETIME_MIN_SECONDS 120
#define LIFETIME_MAX_SECONDS 3600  /* Cloudinary's own limit */
#define CLOCK_SKEW_MAX_SECONDS 300 /* a client's timestamp */
#define POLICY_LIMITS_MAX 3        /* one for each window, in number */
#define LIMIT_COUNT_MAX 1000000    /* signatures in one window, in number */
#define POLICY_NAMES_MAX 1024      /* users, or addresses, in number */

/* The configuration. */
#define CONFIG_MAX 262144
#define CONFIG_ERRORS_MAX 100 /* mistakes that are said, in number */
#define CONFIG_DEPTH_MAX 16
#define CONFIG_MEMORY_MAX                                                      \
	4194304 /* of one that is read; pages when touched                     \
		 */
#define API_KEY_MAX 32
#define CLOUDS_MAX 16    /* in number */
#define POLICIES_MAX 128 /* in number */
#define ORIGINS_MAX 64   /* in number */
#define ORIGIN_MAX 255
#define VERIFY_SECRETS_MAX 4 /* more API secrets of one account, in number */
#define SECRETS_MAX 28       /* of one configuration, in number: see vault.c */
#define SECRET_MIN 16
#define SECRET_SHORT 32 /* shorter ones are warned about */
#define SECRET_MAX 512  /* after decoding */
#define SECRET_FILE_MAX 2048
#define DENIED_FILE_MAX 1048576 /* deny_users_file */
#define DENIED_MAX 65536        /* users in it, in number */
#define STORE_DATABASE_MAX 9999 /* a Redis server's databases, as a number */
#define SOCKET_PATH_MAX 107     /* sun_path without its NUL, unix(7) */

/* Delivery. */
#define TRANSFORMATION_MAX 1024
#define ACL_MAX 1024 /* all of a token's acl, joined */
#define HOST_MAX 253 /* a host's name, RFC 1035 */
#define WEBHOOK_SECONDS                                                        \
	7200 /* a notification's age, as the SDKs' valid_for                   \
	      */

/* The answer. */
#define WRITE_SECONDS 60 /* for a reader that takes nothing of it */
#define DETAIL_MAX 1024
#define BODY_OUT_MAX 131072
#define HEAD_OUT_MAX 8192
#define URL_OUT_MAX 16384 /* a delivery URL, or a token */
#define LOG_LINE_MAX 4096 /* PIPE_BUF: one write is never torn */
#define STRING_TO_SIGN_MAX (2 * BODY_MAX + PARAMS_MAX * (VALUE_MAX / 4))

/* Room for one request's decoded bytes. */
#define ARENA_MAX 262144

/* FastCGI. */
#define FCGI_PARAMS_MAX 65536   /* all variables of one request */
#define FCGI_VARIABLES_MAX 512  /* the same, in number */
#define FCGI_FRAMING_MAX 16384  /* headers and padding of its records */
#define DISCARD_MAX 1048576     /* read on behind a refused request */
#define FCGI_CONNECTIONS_MAX 64 /* open at once in one process, in number */
#define REQUEST_SECONDS 5       /* to arrive whole */
#define STOP_SECONDS 3          /* to end after SIGTERM */

static_assert(BODY_MAX < ARENA_MAX / 4, "a decoded body fits the arena");
static_assert(PARAMS_MAX + 3 <= JSON_MEMBERS_MAX, "parameters and our own");
static_assert(LIFETIME_MIN_SECONDS < LIFETIME_MAX_SECONDS, "a range");
static_assert(SECRET_MIN < SECRET_SHORT, "refused before warned about");

#endif
