"""Asks a purserd for its health over TLS. Arguments: the port, the certificate. Prints the status and the protocol."""

import socket
import ssl
import sys

context = ssl.create_default_context(cafile=sys.argv[2])
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as plain:
    with context.wrap_socket(plain, server_hostname="localhost") as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        print(connection.recv(65536).split()[1].decode(), connection.version(), flush=True)
