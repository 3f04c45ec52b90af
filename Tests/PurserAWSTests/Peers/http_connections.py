"""An HTTP server that counts connections and requests: HTTP/1.1 without TLS, and HTTP/2 or HTTP/1.1 with TLS by ALPN.

Arguments: a folder, in which it writes `certificate.pem`, the certificate to trust. It prints {"port", "tlsPort",
"tls1Port"} as its first line; the second port offers h2 and http/1.1, the third http/1.1 alone. Each line in is answered by
one line with what it counted since the last line, as JSON: connections, requests {path: count}, open (answers under way
now), most (the most of them at once), closed (streams that the client ended before their end), sent (bytes of streams that the kernel took). Ends with its input.

The path says what it does; the body of the request is always read first:

/echo       the request's body
/slow?S     answers after S seconds
/never      takes the request and never answers
/once       answers the connection's first request; closes it after reading a later one
/big?N      N bytes
/stream?N   N pieces of 1000 bytes, each one numbered, as fast as they are taken
/drip?S     a piece every S seconds, without end
/cut?N      N pieces, then the connection breaks
/reset      takes the request and resets the stream (HTTP/2)
"""

import asyncio
import json
import ssl
import sys
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import loopback_certificate


class Counts:
    def __init__(self):
        self.open = 0
        self.reset()

    def reset(self):
        self.connections = 0
        self.requests = {}
        self.closed = 0
        self.most = self.open
        self.sent = 0

    def begin(self):
        self.open += 1
        self.most = max(self.most, self.open)

    def request(self, path):
        self.requests[path] = self.requests.get(path, 0) + 1


counts = Counts()


class Cut(Exception):
    """The connection shall break."""


async def respond(path, body, number, start, write):
    """Answers one request: `start(length)` sends the headers, `write(bytes)` a piece."""
    name, _, argument = path.partition("?")
    if name == "/slow":
        await asyncio.sleep(float(argument))
    elif name == "/never":
        await asyncio.sleep(3600)
    elif name == "/once" and number > 1:
        raise Cut
    elif name == "/big":
        await start(int(argument))
        for _ in range(0, int(argument), 1000):
            await write(b"x" * min(1000, int(argument)))
        return
    elif name in ("/stream", "/cut"):
        await start(None)
        for piece in range(int(argument)):
            await write(b"%08d" % piece + b"x" * 992)
        if name == "/cut":
            raise Cut
        return
    elif name == "/drip":
        await start(None)
        while True:
            await write(b"drop")
            await asyncio.sleep(float(argument))
    await start(len(body))
    await write(body)


async def serve_http1(reader, writer):
    number = 0
    ahead = b""
    while True:
        try:
            head = (ahead + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        number += 1
        lines = head.split("\r\n")
        method, path, _ = lines[0].split(" ")
        fields = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines[1:] if line}
        body = await reader.readexactly(int(fields.get("content-length", 0)))
        counts.request(path)
        chunked = False

        async def start(length):
            nonlocal chunked
            chunked = length is None
            framing = "Transfer-Encoding: chunked" if chunked else "Content-Length: %d" % length
            writer.write(("HTTP/1.1 200 OK\r\n%s\r\nX-Version: 1.1\r\n\r\n" % framing).encode())
            await writer.drain()

        async def write(piece):
            writer.write(b"%x\r\n" % len(piece) + piece + b"\r\n" if chunked else piece)
            await writer.drain()
            counts.sent += len(piece)

        counts.begin()
        answer = asyncio.ensure_future(respond(path, body, number, start, write))
        # What comes from the client before the answer's end is its going away, or, where the kernel has all of the answer
        # and we have not been told so yet, its next request.
        next_byte = asyncio.ensure_future(reader.read(1))
        await asyncio.wait([answer, next_byte], return_when=asyncio.FIRST_COMPLETED)
        if next_byte.done() and next_byte.result():
            await asyncio.wait([answer])
        counts.open -= 1
        if not answer.done():
            counts.closed += 1
            answer.cancel()
            return
        error = answer.exception()
        if error is not None:
            next_byte.cancel()
            return
        if chunked:
            writer.write(b"0\r\n\r\n")
        if not next_byte.done():
            next_byte.cancel()
        try:
            ahead = await next_byte
        except asyncio.CancelledError:
            ahead = b""
        else:
            if not ahead:
                return


class HTTP2:
    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.connection = h2.connection.H2Connection(config=h2.config.H2Configuration(client_side=False))
        self.requests, self.tasks, self.number = {}, {}, 0
        self.window = asyncio.Condition()

    async def flush(self):
        self.writer.write(self.connection.data_to_send())
        await self.writer.drain()

    async def answer(self, stream, path, body):
        self.number += 1

        async def start(length):
            fields = [(":status", "200"), ("x-version", "2")]
            if length is not None:
                fields.append(("content-length", str(length)))
            self.connection.send_headers(stream, fields)
            await self.flush()

        async def write(piece):
            while piece:
                async with self.window:
                    await self.window.wait_for(lambda: self.connection.local_flow_control_window(stream) > 0)
                size = min(
                    len(piece),
                    self.connection.local_flow_control_window(stream),
                    self.connection.max_outbound_frame_size,
                )
                self.connection.send_data(stream, piece[:size])
                piece = piece[size:]
                counts.sent += size
                await self.flush()

        counts.begin()
        try:
            if path == "/reset":
                self.connection.reset_stream(stream, error_code=2)
            else:
                await respond(path, body, self.number, start, write)
                self.connection.end_stream(stream)
            await self.flush()
        except Cut:
            self.writer.close()
        except (ConnectionError, h2.exceptions.ProtocolError):
            pass
        finally:
            counts.open -= 1
            self.tasks.pop(stream, None)

    async def run(self):
        self.connection.initiate_connection()
        await self.flush()
        try:
            while data := await self.reader.read(65536):
                for event in self.connection.receive_data(data):
                    await self.handle(event)
                await self.flush()
        except (ConnectionError, h2.exceptions.ProtocolError):
            pass
        finally:
            for task in list(self.tasks.values()):
                counts.closed += 1
                task.cancel()

    async def handle(self, event):
        if isinstance(event, h2.events.RequestReceived):
            self.requests[event.stream_id] = [dict(event.headers), bytearray()]
        elif isinstance(event, h2.events.DataReceived):
            self.requests[event.stream_id][1].extend(event.data)
            self.connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            fields, body = self.requests.pop(event.stream_id)
            path = fields.get(b":path", fields.get(":path"))
            path = path.decode() if isinstance(path, bytes) else path
            counts.request(path)
            self.tasks[event.stream_id] = asyncio.ensure_future(self.answer(event.stream_id, path, bytes(body)))
        elif isinstance(event, h2.events.StreamReset):
            task = self.tasks.pop(event.stream_id, None)
            if task is not None:
                counts.closed += 1
                task.cancel()
        elif isinstance(event, h2.events.WindowUpdated):
            async with self.window:
                self.window.notify_all()


async def connected(reader, writer):
    counts.connections += 1
    secure = writer.get_extra_info("ssl_object")
    try:
        if secure is not None and secure.selected_alpn_protocol() == "h2":
            await HTTP2(reader, writer).run()
        else:
            await serve_http1(reader, writer)
    except (asyncio.CancelledError, ConnectionError):
        pass
    finally:
        writer.close()


def certificate(folder):
    """A certificate of its own authority, written for the client; the server's context."""
    private, public = loopback_certificate.make(is_authority=True)
    (folder / "certificate.pem").write_bytes(public)
    (folder / "server.pem").write_bytes(private + public)


def context(folder, protocols):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(folder / "server.pem")
    made.set_alpn_protocols(protocols)
    return made


async def main():
    folder = Path(sys.argv[1])
    certificate(folder)
    servers = [
        await asyncio.start_server(connected, "127.0.0.1", 0, ssl=secure, backlog=1000)
        for secure in [None, context(folder, ["h2", "http/1.1"]), context(folder, ["http/1.1"])]
    ]
    ports = [server.sockets[0].getsockname()[1] for server in servers]
    print(json.dumps(dict(zip(["port", "tlsPort", "tls1Port"], ports))), flush=True)
    lines = asyncio.StreamReader()
    await asyncio.get_event_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while await lines.readline():
        print(
            json.dumps(
                {
                    "connections": counts.connections,
                    "requests": counts.requests,
                    "open": counts.open,
                    "most": counts.most,
                    "closed": counts.closed,
                    "sent": counts.sent,
                }
            ),
            flush=True,
        )
        counts.reset()


asyncio.run(main())
