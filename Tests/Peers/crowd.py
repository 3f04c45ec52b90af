"""Sends a purserd many concurrent questions, with one connection per client, until all are sent or the server ends.

{"begin": NAME, "port": N, "width": the number of clients, "each": the number of questions per client} is answered when all
clients have sent their first question and one of them has been answered. {"result": NAME} is answered when all clients are done, with the number of responses by
status, the number of questions that got no connection, and the number of questions that were cut off after they were sent.
"""

import collections
import json
import socket
import threading

import peer

body = json.dumps({"message": "What is a purser?"}).encode()
request = b"POST /chat HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body
crowds = {}


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


class Crowd:
    def __init__(self, port, width, each):
        self.port, self.each = port, each
        self.counts = collections.Counter()
        self.lock = threading.Lock()
        self.begun = threading.Semaphore(0)
        self.answered = threading.Event()
        self.threads = [threading.Thread(target=self.ask, daemon=True) for _ in range(width)]

    def begin(self):
        for thread in self.threads:
            thread.start()
        for _ in self.threads:
            self.begun.acquire()
        # A server under load may not have read any question yet.
        self.answered.wait()

    def result(self):
        for thread in self.threads:
            thread.join()
        return self.counts

    def note(self, what):
        with self.lock:
            self.counts[what] += 1
        self.answered.set()

    def ask(self):
        connection = None
        is_first = True
        for _ in range(self.each):
            try:
                if connection is None:
                    connection = socket.create_connection(("127.0.0.1", self.port))
                connection.sendall(request)
            except OSError:
                self.note("no connection")
                break
            finally:
                if is_first:
                    self.begun.release()
                    is_first = False
            try:
                status, closes = read_answer(connection)
            except OSError:
                status, closes = None, True
            self.note("cut off" if status is None else str(status))
            if closes:
                connection.close()
                connection = None
        if connection is not None:
            connection.close()


def answer(asked):
    if "result" in asked:
        return crowds.pop(asked["result"]).result()
    crowd = Crowd(asked["port"], asked["width"], asked["each"])
    crowds[asked["begin"]] = crowd
    crowd.begin()
    return {}


peer.serve(answer)
