/*
 * SHA-256 (FIPS 180-4) and HMAC (RFC 2104) with it: for the few bytes that are
 * signed, so that nothing needs a library of cryptography.
 */

#ifndef SMARTMSG_CORE_SHA256_H
#define SMARTMSG_CORE_SHA256_H

#include "core/str.h"

#define SMARTMSG_SHA256_SIZE 32

void smartmsg_sha256(smartmsg_str_t text,
                     unsigned char digest[SMARTMSG_SHA256_SIZE]);

void smartmsg_hmac_sha256(smartmsg_str_t key, smartmsg_str_t text,
                          unsigned char digest[SMARTMSG_SHA256_SIZE]);

#endif
