#ifndef PURSER_CCRYPTO_SHIM_H
#define PURSER_CCRYPTO_SHIM_H

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

// Swift does not import these selections of EVP_PKEY_fromdata, because they are macros of macros.
static const int CCRYPTO_PUBLIC_KEY = EVP_PKEY_PUBLIC_KEY;
static const int CCRYPTO_KEYPAIR = EVP_PKEY_KEYPAIR;

#endif
