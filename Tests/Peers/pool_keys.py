"""Makes the signing key of a user pool: a question is a folder, to which it writes key.pem and jwks.json."""

import base64
import json

import peer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


def encode(number):
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def write(folder):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with open(folder + "/key.pem", "wb") as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    numbers = key.public_key().public_numbers()
    one = {"kty": "RSA", "kid": "one", "use": "sig", "alg": "RS256", "n": encode(numbers.n), "e": encode(numbers.e)}
    with open(folder + "/jwks.json", "w") as file:
        json.dump({"keys": [one]}, file)
    return {}


peer.serve(write)
