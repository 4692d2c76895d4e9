#ifndef BASE_VERSION_H
#define BASE_VERSION_H

/* The newest heading of CHANGES.md. */
#define SIGNPOST_VERSION "0.1.0"

#endif
