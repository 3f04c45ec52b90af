"""Crowds of clients that misbehave for a while: they stop streams, reset, send half a request, or do not read.

{"word": WORD, "port": N, "width": the number of clients, "seconds": N, "pid": the server's process id, "kill": whether to end the
server with SIGKILL after half of the time} is answered with how often each kind of client was done, and the server's largest
resident memory in MiB as "memory". WORD is the prefix of every question's id, which is sent as X-Correlation-Id and at the
beginning of the message, to match the ledger's row with the model's bill.
"""

import asyncio
import collections
import json
import os
import random
import signal
import socket
import struct
import threading
import time

import peer

# Long enough for the worst case to cover the input tokens that the fake counts.
filler = " What does a purser do aboard?" * 4


def request(id, streams):
    body = json.dumps({"message": id + filler}).encode()
    accept = "Accept: text/event-stream\r\n" if streams else ""
    head = f"POST /chat HTTP/1.1\r\nHost: a\r\n{accept}X-Correlation-Id: {id}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def reset(writer):
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def whole(reader, writer, id):
    writer.write(request(id, False))
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    await reader.readexactly(length)


async def read(reader, writer, id):
    writer.write(request(id, True))
    while await reader.read(65536):
        if writer.is_closing():
            break


async def stopped(reader, writer, id):
    writer.write(request(id, True))
    await reader.readuntil(b"event: delta")


async def reset_at_once(reader, writer, id):
    writer.write(request(id, random.random() < 0.5))
    await writer.drain()
    await asyncio.sleep(random.random() * 0.15)
    reset(writer)


async def half(reader, writer, id):
    data = request(id, False)
    writer.write(data[: random.randrange(1, len(data))])
    await writer.drain()
    await asyncio.sleep(random.random() * 0.1)


async def unread(reader, writer, id):
    reader._transport.pause_reading()
    writer.write(request(id, True))
    await asyncio.sleep(random.random())


kinds = {"whole": whole, "read": read, "stopped": stopped, "reset": reset_at_once, "half": half, "unread": unread}


async def client(asked, number, end, counts):
    question = 0
    while time.monotonic() < end:
        question += 1
        kind = random.choice(list(kinds))
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", asked["port"])
        except OSError:
            return
        try:
            await asyncio.wait_for(kinds[kind](reader, writer, f"{asked['word']}-{number}-{question}"), 3)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.TimeoutError, StopIteration):
            pass
        finally:
            counts[kind] += 1
            writer.transport.abort() if random.random() < 0.3 else writer.close()


def memory(pid):
    try:
        with open(f"/proc/{pid}/status") as file:
            return next(int(line.split()[1]) // 1024 for line in file if line.startswith("VmRSS"))
    except (OSError, StopIteration):
        return 0


async def run(asked):
    counts = collections.Counter()
    random.seed(asked["word"])
    start = time.monotonic()
    end = start + asked["seconds"]
    clients = [asyncio.ensure_future(client(asked, number, end, counts)) for number in range(asked["width"])]
    while time.monotonic() < end:
        await asyncio.sleep(0.1)
        counts["memory"] = max(counts["memory"], memory(asked["pid"]))
        if asked["kill"] and time.monotonic() > start + asked["seconds"] / 2:
            os.kill(asked["pid"], signal.SIGKILL)
            asked["kill"] = False
    await asyncio.gather(*clients)
    return counts


loop = asyncio.new_event_loop()
threading.Thread(target=loop.run_forever, daemon=True).start()
peer.serve(lambda asked: asyncio.run_coroutine_threadsafe(run(asked), loop).result())
