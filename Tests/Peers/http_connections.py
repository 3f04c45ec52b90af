"""An HTTP server that counts connections and requests: HTTP/1.1 without TLS, and HTTP/2 or HTTP/1.1 with TLS by ALPN.

Its first line is {"certificate": PATH}, the certificate to trust. {"listen": true} opens three ports and returns {"listener",
"port", "tlsPort", "tls1Port"}; the second port offers h2 and http/1.1, the third only http/1.1. {"counts": LISTENER} returns
the counts of its ports since the last such question: connections, requests {path: count}, open (responses in flight), most (the
peak of open), closed (streams that the client closed early), sent (bytes of streams that the kernel accepted). With "open": N it
waits until N responses are in flight; with "closed": N or "sent": N it waits until that count is at least N.
{"close": LISTENER} closes the ports.

The path says what it does; the body of the request is always read first:

/echo       the request's body
/slow?S     responds after S seconds
/together?N responds to N such requests once all N are in flight
/never      accepts the request and never responds
/once       responds to the first request on the connection; closes the connection after reading a later one
/big?N      N bytes
/stream?N   N pieces of 1000 bytes, each numbered, as fast as the client reads
/drip?S     a piece every S seconds, endlessly
/cut?N      N pieces, then the connection breaks
/reset      accepts the request and resets the stream (HTTP/2)
"""

import asyncio
import shutil
import ssl
import tempfile
import threading
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import loopback_certificate
import peer


class Counts:
    """The counts of one listener's ports."""

    def __init__(self):
        self.open = 0
        self.together = []
        self.waiting = []
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
        self.tell()

    def end(self):
        self.open -= 1
        self.tell()

    def close(self):
        self.closed += 1
        self.tell()

    def send(self, count):
        self.sent += count
        self.tell()

    def request(self, path):
        self.requests[path] = self.requests.get(path, 0) + 1

    def is_reached(self, asked):
        return (
            self.open == asked.get("open", self.open)
            and self.closed >= asked.get("closed", 0)
            and self.sent >= asked.get("sent", 0)
        )

    def tell(self):
        """Wakes the waiters whose condition is met."""
        for waiter in list(self.waiting):
            if self.is_reached(waiter[0]):
                self.waiting.remove(waiter)
                waiter[1].set_result(self.take())

    def take(self):
        """Returns the counts since the last call."""
        names = ["connections", "requests", "open", "most", "closed", "sent"]
        counted = {name: getattr(self, name) for name in names}
        self.reset()
        return counted

    async def reached(self, asked):
        if self.is_reached(asked):
            return self.take()
        future = asyncio.get_running_loop().create_future()
        self.waiting.append((asked, future))
        return await future

    async def meet(self, count):
        """Waits until `count` requests have arrived."""
        future = asyncio.get_running_loop().create_future()
        self.together.append(future)
        if len(self.together) >= count:
            for each in self.together:
                each.set_result(None)
            self.together = []
        await future


class Cut(Exception):
    """Raised to break the connection."""


async def respond(counts, path, body, number, start, write):
    """Answers one request: `start(length)` sends the headers, `write(bytes)` a piece."""
    name, _, argument = path.partition("?")
    if name == "/slow":
        await asyncio.sleep(float(argument))
    elif name == "/together":
        await counts.meet(int(argument))
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


async def serve_http1(counts, reader, writer):
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
            counts.send(len(piece))

        counts.begin()
        answer = asyncio.ensure_future(respond(counts, path, body, number, start, write))
        # If the client sends something before the response ends, it has either disconnected or sent its next request already,
        # because the kernel has taken the whole response but has not reported that yet.
        next_byte = asyncio.ensure_future(reader.read(1))
        await asyncio.wait([answer, next_byte], return_when=asyncio.FIRST_COMPLETED)
        is_gone = next_byte.done() and (next_byte.exception() is not None or not next_byte.result())
        if next_byte.done() and not is_gone:
            await asyncio.wait([answer])
        counts.end()
        error = answer.exception() if answer.done() else None
        # A client that disconnects while it is being sent bytes causes a read error or a write error, whichever comes first.
        if not answer.done() or isinstance(error, OSError):
            counts.close()
            answer.cancel()
            next_byte.cancel()
            return
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
    def __init__(self, counts, reader, writer):
        self.counts = counts
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
                self.counts.send(size)
                await self.flush()

        self.counts.begin()
        try:
            if path == "/reset":
                self.connection.reset_stream(stream, error_code=2)
            else:
                await respond(self.counts, path, body, self.number, start, write)
                self.connection.end_stream(stream)
            await self.flush()
        except Cut:
            self.writer.close()
        except (ConnectionError, h2.exceptions.ProtocolError):
            # The client has ended the stream or the connection, and run() has not read that yet.
            if self.tasks.pop(stream, None) is not None:
                self.counts.close()
        finally:
            self.counts.end()
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
                self.counts.close()
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
            self.counts.request(path)
            self.tasks[event.stream_id] = asyncio.ensure_future(self.answer(event.stream_id, path, bytes(body)))
        elif isinstance(event, h2.events.StreamReset):
            task = self.tasks.pop(event.stream_id, None)
            if task is not None:
                self.counts.close()
                task.cancel()
        elif isinstance(event, h2.events.WindowUpdated):
            async with self.window:
                self.window.notify_all()


async def connected(counts, reader, writer):
    counts.connections += 1
    secure = writer.get_extra_info("ssl_object")
    try:
        if secure is not None and secure.selected_alpn_protocol() == "h2":
            await HTTP2(counts, reader, writer).run()
        else:
            await serve_http1(counts, reader, writer)
    except (asyncio.CancelledError, ConnectionError):
        pass
    finally:
        writer.close()


def context(folder, protocols):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(folder / "server.pem")
    made.set_alpn_protocols(protocols)
    return made


class Listeners:
    def __init__(self, folder):
        private, public = loopback_certificate.make(is_authority=True)
        (folder / "certificate.pem").write_bytes(public)
        (folder / "server.pem").write_bytes(private + public)
        self.contexts = [None, context(folder, ["h2", "http/1.1"]), context(folder, ["http/1.1"])]
        self.all = {}

    async def listen(self):
        counts = Counts()
        servers = [
            await asyncio.start_server(
                lambda reader, writer: connected(counts, reader, writer),
                "127.0.0.1",
                0,
                ssl=secure,
                backlog=1000,
                # A busy machine may be slow.
                ssl_handshake_timeout=None if secure is None else 600,
            )
            for secure in self.contexts
        ]
        ports = [server.sockets[0].getsockname()[1] for server in servers]
        self.all[ports[0]] = (counts, servers)
        return {"listener": ports[0], **dict(zip(["port", "tlsPort", "tls1Port"], ports))}

    async def answer(self, asked):
        if "listen" in asked:
            return await self.listen()
        if "counts" in asked:
            return await self.all[asked["counts"]][0].reached(asked)
        for server in self.all.pop(asked["close"])[1]:
            server.close()
        return {}


folder = Path(tempfile.mkdtemp())
listeners = Listeners(folder)
loop = asyncio.new_event_loop()
threading.Thread(target=loop.run_forever, daemon=True).start()
peer.serve(
    lambda asked: asyncio.run_coroutine_threadsafe(listeners.answer(asked), loop).result(),
    {"certificate": str(folder / "certificate.pem")},
    at_end=lambda: shutil.rmtree(folder),
)
