"""Asks a purserd for its health over TLS: {port, certificate} in, {status, protocol} out."""

import socket
import ssl

import peer


def ask(given):
    context = ssl.create_default_context(cafile=given["certificate"])
    with socket.create_connection(("127.0.0.1", given["port"])) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as connection:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            status = int(connection.recv(65536).split()[1])
            return {"status": status, "protocol": connection.version()}


peer.serve(ask)
