/* The first checks of a request, before anything in it is decoded. */
#ifndef HTTP_INTAKE_H
#define HTTP_INTAKE_H

#include "http/problem.h"
#include "http/request.h"

/*
 * The FastCGI role, a variable that came twice, the method (GET or POST),
 * the sizes, the truth of CONTENT_LENGTH; in this order. False with a 400,
 * 403, 405 or 413 in *why.
 */
bool intake_check(const struct request *request, struct problem *why);

#endif
