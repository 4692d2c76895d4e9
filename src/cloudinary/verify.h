/* What Cloudinary signed: an upload's answer, a webhook. */
#ifndef CLOUDINARY_VERIFY_H
#define CLOUDINARY_VERIFY_H

#include "http/problem.h"
#include "http/request.h"
#include "policy/decide.h"

/*
 * Is this the signature of an upload's answer, over public_id and version?
 * Always version 1 (no %26); hash told by its length, 40 or 64 lower-case hex
 * digits; compared in constant time with that of the account's API secret and
 * of each of verify_secrets. False as well when public_id is empty, or version
 * not plain digits.
 * Source: cloudinary_npm lib/utils/index.js verify_api_response_signature.
 */
bool verify_upload(const struct cloud *cloud, struct span public_id,
    struct span version, struct span signature);

/*
 * The same of a notification: over body and timestamp. False as well when the
 * timestamp is not plain digits, lies more than WEBHOOK_SECONDS (a limit that
 * still passes) behind now, or ahead of it.
 * Source: cloudinary_npm lib/utils/index.js verifyNotificationSignature.
 */
bool verify_notification(const struct cloud *cloud, struct span body,
    struct span timestamp, struct span signature, long long now);

/*
 * The whole webhook: X-Cld-Timestamp, X-Cld-Signature, and a body that is a
 * strict JSON object (each of its own names once, and none with an escape).
 * The body is read only after it was verified. False with a 400 or 403 in *why.
 */
bool verify_webhook(const struct policy *policy, const struct request *request,
    long long now, struct problem *why);

/* A grant of action = "verify": false with a 403 in *why. */
bool verify_grant(const struct grant *grant, struct problem *why);

#endif
