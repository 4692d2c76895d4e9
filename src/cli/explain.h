/*
 * What `explain` finds out: one piece of it in each file. Views are into what
 * was pasted, or into the arena that was given.
 */
#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H

#include "base/arena.h"
#include "cli/explain_cause.h"
#include "cloudinary/api_sign.h"

#define EXPLAIN_PASTED_MAX 65536
#define EXPLAIN_STRING_MAX 16384 /* a string to sign */
#define EXPLAIN_SIGNATURE_MAX 1024
#define EXPLAIN_NAME_MAX 256 /* of parameters, as they are said */
#define EXPLAIN_WORK_MAX (4 * EXPLAIN_STRING_MAX)
#define EXPLAIN_ITEMS_MAX 16 /* differences that are said one by one */

/* What was pasted. */
struct complaint {
	bool has_theirs, has_ours, has_signature, has_reported;
	struct span theirs;    /* the string that Cloudinary signed */
	struct span ours;      /* what the client signed, or meant to send */
	struct span signature; /* that Cloudinary received, as it is */
	struct span reported;  /* the time of a stale request, as it is */
};

/*
 * Finds in any text Cloudinary's
 *
 *   invalid = "Invalid Signature " signature ". String to sign - '" string "'"
 *   stale   = "Stale request - reported time is " time [ " which is" ]
 *
 * plain, in a string of JSON (also one in another), in a header's line or as
 * HTML; or else reads
 *
 *   lines = 1*3( [ label ":" ] ( string / json / signature ) LF )
 *   label = "ours" / "theirs" / "signature"
 *
 * where json, and the first of two strings, is ours. False for anything else,
 * and for a string or a signature over its limit.
 */
bool explain_read(
    struct span pasted, struct arena *arena, struct complaint *out);

/* What a client signed or sent. */
struct sent {
	struct span string;             /* to sign */
	bool made;                      /* it was made here, of fields */
	struct span signature, api_key; /* among the fields */
};

/*
 * A string to sign as it is; or fields, of which one is made as the SDKs make
 * it: a JSON object of them (also inside fields, paramsToSign or
 * params_to_sign), or a URL, or a form in which api_key or signature is. False
 * when there is no room, or no such thing.
 */
bool explain_sent(struct span text, struct arena *arena, struct sent *out);

/* A string to sign, taken apart. What is no name=value belongs to the value
 * before it; without one, it has no name. */
struct pieces {
	size_t n;
	struct signed_param p[PARAMS_MAX];
};
void explain_pieces(struct span string, struct pieces *out);

/* And put together again: nothing is left out, sorted or escaped. */
void explain_join(const struct pieces *pieces, struct sink *out);

/* One more, in its place by name; there is room for it. */
void explain_insert(struct pieces *pieces, struct signed_param one);

/* The piece of that name, or pieces->n. */
size_t explain_find(const struct pieces *pieces, struct span name);

/* What it means that this one is in Cloudinary's string alone, or in the
 * client's alone. */
enum cause explain_gone(const struct signed_param *theirs);
enum cause explain_extra(const struct signed_param *ours);

/*
 * The nth way (from 0) in which people's programs write a value differently
 * before they sign it. SPELLING_OTHER, and nothing in out, where this value
 * comes out the same.
 */
enum spelling { SPELLING_END = 0, SPELLING_SAME, SPELLING_OTHER };
enum spelling explain_spell(struct span name, struct span value, size_t nth,
    struct sink *out, enum cause *cause);

/* The same for a list, which is a text with commas in it. */
#define EXPLAIN_LIST_WAYS 12
enum spelling explain_list(
    struct span value, size_t nth, struct sink *out, enum cause *cause);

/* The elements of a list in order; false for too many. */
bool explain_sort(struct span list, struct sink *out);

/* The same for the encoding of characters. */
enum spelling explain_charset(
    struct span value, size_t nth, struct sink *out, enum cause *cause);

/* One string that a client may have signed in place of Cloudinary's. */
struct change {
	struct span string;
	enum cause cause;
	struct span name; /* the parameter that it is about, or empty */
};

/* Who looks at them; true ends the walk, which is then true itself. */
struct change_eye {
	bool (*look)(struct change_eye *self, const struct change *change);
};

/* Shows these pieces, joined; nothing where they are empty or too long. */
bool explain_look(struct change_eye *eye, const struct pieces *pieces,
    enum cause cause, struct span name);

/* What is known beside the string; either may be empty. */
struct change_known {
	struct span api_key, cloud_name;
};

/* Those that are one slip away, some hundred of them. */
bool explain_near(struct span theirs, const struct change_known *known,
    struct change_eye *eye);

/* Those of which there are thousands: parts, orders, other times. */
bool explain_far(struct span theirs, struct change_eye *eye);

/* How two strings differ, without any key. */
struct difference_item {
	enum cause cause;
	struct span name, theirs, ours;
};
struct difference {
	size_t at; /* the first byte that differs */
	size_t n;
	struct difference_item item[EXPLAIN_ITEMS_MAX];
};

/* The first byte in which they differ; the shorter one's end if none does. */
size_t explain_first_difference(struct span a, struct span b);

/* n is 0 when they are the same, and only then. known as above. */
void explain_compare(struct span theirs, struct span ours,
    const struct change_known *known, struct arena *arena,
    struct difference *out);

/* A signature, as bytes. */
struct received {
	enum hash hash;  /* by its length; HASH_NONE: it can be none */
	enum cause form; /* how it was written: CAUSE_NONE is lower-case hex */
	unsigned char bytes[DIGEST_MAX];
};
void explain_signature(struct span text, struct received *out);

/* How a signature was made. */
struct making {
	enum cause cause; /* CAUSE_NONE: not found; CAUSE_RIGHT */
	enum cause also;  /* beside a slip in the secret: CAUSE_HMAC ... */
	const struct cloud *cloud; /* whose key it was; NULL: none was needed */
	bool other_hash;           /* than the cloud's signature_algorithm */
};

/* The trials; bytes that may still be hashed. */
struct trial {
	const struct config *config; /* NULL: there is none */
	const struct cloud *cloud;   /* that was asked; NULL: not known */
	const struct received *received;
	long long budget;
};
#define EXPLAIN_BUDGET (1LL << 28) /* one or two seconds */

enum effort { EFFORT_EXACT, EFFORT_WIDE, EFFORT_FULL };

/*
 * Does any of the secrets make the received signature of this string? With
 * EFFORT_WIDE also secrets with one slip in them, and other ways to hash; with
 * EFFORT_FULL both at once.
 */
bool explain_try(struct trial *trial, struct span string, enum effort effort,
    struct making *out);

/* What is wrong with a timestamp, or with a stale request's time. */
enum cause explain_timestamp(struct span text, long long now, struct sink *why);
enum cause explain_stale(struct span reported, long long now, struct sink *why);

/*
 * A string that was logged with the secret behind it, as it is hashed: takes
 * that off. False, and nothing changed, for any other.
 */
bool explain_unsuffix(const struct config *config, struct span *s);

/* Writes "*" over each API secret of the configuration in these bytes, and
 * says how many there were. */
size_t explain_mask(const struct config *config, unsigned char *p, size_t n);

/* All that was found out. */
struct explanation {
	const struct complaint *complaint;
	enum cause string; /* of another string; CAUSE_NONE: it was theirs */
	struct span name;  /* of the parameters that string is about */
	struct span was;   /* that string, where it was found; else empty */
	struct making making;
	enum cause form;  /* of the signature */
	enum cause clock; /* of the timestamp; clock_why says more */
	struct span clock_why;
	bool proved;     /* the received signature was made again */
	bool has_config; /* there was a secret to try */
	bool compared;   /* difference is filled */
	bool all_tried;
	bool exposed; /* a secret was in what was given, and is masked */
	struct difference difference;
};

/*
 * Which string was signed, and how: fills string, name, making, proved,
 * compared and difference. e->complaint has theirs; known as above.
 */
void explain_search(struct explanation *e, struct trial *trial,
    const struct change_known *known, struct arena *arena);

/* The code that stands for all of it, CAUSE_NONE: nothing fits. */
enum cause explain_cause(const struct explanation *e);

/* For people, and as one JSON object on a line. */
void explain_say(const struct explanation *e, struct sink *out);
void explain_say_json(const struct explanation *e, struct sink *out);

/*
 * Text that somebody else wrote, in printable ASCII: a backslash, controls and
 * all other bytes as escapes.
 */
void explain_clean(struct span text, struct sink *out);

#endif
