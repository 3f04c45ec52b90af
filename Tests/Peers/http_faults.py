"""An HTTP server that behaves badly on request; the path says how.

Its first line is {"port": N, "tlsPort": N}; the second port uses TLS with a self-signed certificate. A question is the path of a
waiting request, and releases that request.

/echo      the request as JSON: method, path, headers [[name, value]], body (base64)
/slow      accepts the request and never responds
/held/KEY  accepts the request, and responds after a question with its path
/big?N     N bytes
/close     closes the connection without a response
/hangup    closes the connection before reading the body
/partial   half of the body that the header announces
/garbage   something that is not HTTP
/redirect  302 to /echo
/interim   103, then 200, with a repeated header
/status/N  that status
"""

import base64
import json
import socket
import ssl
import struct
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import loopback_certificate
import peer

held = {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def serve(self):
        if self.path == "/hangup":
            # With a linger time of zero, closing the socket resets the connection.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/slow":
            threading.Event().wait()
        elif self.path.startswith("/held/"):
            gate(self.path).wait()
            self.answer(200, b"let go")
        elif self.path == "/close":
            self.close_connection = True
        elif self.path == "/garbage":
            self.wfile.write(b"this is not HTTP\r\n\r\n")
            self.close_connection = True
        elif self.path == "/partial":
            self.answer(200, b"x" * 10, length=20)
            self.close_connection = True
        elif self.path == "/redirect":
            self.answer(302, b"", ("Location", "/echo"))
        elif self.path == "/interim":
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </early>\r\n\r\n")
            self.answer(200, b"ok", ("X-Twice", "  one "), ("x-twice", "two"), ("X-Empty", ""))
        elif self.path.startswith("/big?"):
            self.answer(200, b"x" * int(self.path.partition("?")[2]))
        elif self.path.startswith("/status/"):
            self.answer(int(self.path.rpartition("/")[2]), b"told to")
        else:
            seen = {
                "method": self.command,
                "path": self.path,
                "headers": [[name, value] for name, value in self.headers.items()],
                "body": base64.b64encode(body).decode(),
            }
            self.answer(200, json.dumps(seen).encode())

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = serve

    def answer(self, status, content, *headers, length=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            try:
                self.wfile.write(content)
            except OSError:
                pass

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *arguments):
        pass


def start(context=None):
    server = Server(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def self_signed():
    private, public = loopback_certificate.make(is_authority=False)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        file.write(private + public)
        file.flush()
        context.load_cert_chain(file.name)
    return context


def gate(path):
    return held.setdefault(path, threading.Event())


def let_go(path):
    gate(path).set()
    return {}


peer.serve(let_go, {"port": start(), "tlsPort": start(self_signed())})
