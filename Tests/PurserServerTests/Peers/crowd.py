"""Asks a purserd many questions at once, over as many connections, until it is told to stop or the server goes away.

Arguments: the port, how many ask at once, how many questions each. Prints `begun` when all have sent their first
question, and at the end a JSON object: how many were answered with which status, how many got no connection, and how many
were cut off after they were sent.
"""

import collections
import json
import socket
import sys
import threading

port, width, each = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
body = json.dumps({"message": "What is a purser?"}).encode()
request = b"POST /chat HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body
counts = collections.Counter()
lock = threading.Lock()
begun = threading.Semaphore(0)


def note(what):
    with lock:
        counts[what] += 1


def read_answer(connection):
    data = b""
    while True:
        piece = connection.recv(65536)
        if not piece:
            return None, True
        data += piece
        head, separator, rest = data.partition(b"\r\n\r\n")
        if separator:
            lines = head.lower().split(b"\r\n")
            length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length"))
            if len(rest) >= length:
                return int(head.split()[1]), b"connection: close" in lines


def ask():
    connection = None
    is_first = True
    for _ in range(each):
        try:
            if connection is None:
                connection = socket.create_connection(("127.0.0.1", port))
            connection.sendall(request)
        except OSError:
            note("no connection")
            break
        finally:
            if is_first:
                begun.release()
                is_first = False
        try:
            status, closes = read_answer(connection)
        except OSError:
            status, closes = None, True
        note("cut off" if status is None else str(status))
        if closes:
            connection.close()
            connection = None
    if connection is not None:
        connection.close()


threads = [threading.Thread(target=ask) for _ in range(width)]
for thread in threads:
    thread.start()
for _ in threads:
    begun.acquire()
print("begun", flush=True)
for thread in threads:
    thread.join()
print(json.dumps(counts), flush=True)
