/*
 * application/x-www-form-urlencoded, as in queries and bodies, strictly.
 */
#ifndef HTTP_FORM_H
#define HTTP_FORM_H

#include "http/reading.h"

/*
 * Adds every pair of the text to the reading; none in an empty text. False
 * with a 400 in its problem at the first pair that is not right. Whether
 * data[NAME] may stand for a name here is said once all is read: see ask.c.
 */
bool form_read(struct span text, struct reading *r);

#endif
