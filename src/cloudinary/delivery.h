/* Delivery URLs with s--...--: who may see which transformation of what. */
#ifndef CLOUDINARY_DELIVERY_H
#define CLOUDINARY_DELIVERY_H

#include "base/digest.h"
#include "policy/decide.h"

/* Of one URL. Spans may be empty where the comment says so. */
struct delivery_url {
	const struct cloud *cloud;
	struct span resource_type;  /* image, video, raw */
	struct span type;           /* upload, private, authenticated */
	struct span transformation; /* or empty: the original */
	struct span version;        /* digits, or empty */
	struct span source;         /* public_id, perhaps with ".format" */
};

/* "s--" + 8 or 32 characters + "--" */
struct delivery_signature {
	size_t n; /* 0: none */
	char text[3 + 32 + 2 + 1];
};

/*
 * Signs transformation "/" source: SHA-1, or SHA-256 where hash says so; long
 * ones are SHA-256 whatever hash says. base64url, the first 8 or 32
 * characters. False, and *out empty, without a secret or a source.
 * Source: cloudinary_npm lib/utils/index.js url().
 */
bool delivery_sign(struct span transformation, struct span source,
    struct span secret, enum hash hash, bool long_form,
    struct delivery_signature *out);

/*
 * The path of the URL behind its host, with "/" before it and without a
 * signature ("/demo/image/upload/w_200/v1/users/alice/cat.jpg"); with one
 * where signature is not empty. The version is v1 where none is given and the
 * source has a "/" (cloudinary_npm's force_version).
 */
void delivery_path(
    const struct delivery_url *url, struct span signature, struct sink *out);

/* "https://res.cloudinary.com": see struct delivery. */
void delivery_host(const struct cloud *cloud, struct sink *out);

/*
 * The whole URL of a grant of action = "deliver", signed with the account's
 * API secret. False when the grant is not given, has another action or has no
 * room in out.
 */
bool delivery_write(const struct grant *grant, struct sink *out);

/* The parts of a grant of "deliver"; *source lies in the arena. False when
   the grant is another, or the arena is full. */
bool delivery_of(
    const struct grant *grant, struct arena *arena, struct delivery_url *out);

#endif
