"""Makes the signing key of a user pool: key.pem and jwks.json in the folder that is named. Prints `written`."""

import base64
import json
import sys

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

folder = sys.argv[1]
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
with open(folder + "/key.pem", "wb") as file:
    file.write(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
numbers = key.public_key().public_numbers()


def encode(number):
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


document = {
    "keys": [
        {"kty": "RSA", "kid": "one", "use": "sig", "alg": "RS256", "n": encode(numbers.n), "e": encode(numbers.e)}
    ]
}
with open(folder + "/jwks.json", "w") as file:
    json.dump(document, file)
print("written", flush=True)
