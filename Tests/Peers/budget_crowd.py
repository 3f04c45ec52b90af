"""Crowds of clients that call purserds as often as they can, over many connections, until their shared budget is used up.

{"crowd": WORD, "group": NAME, "port": N, "width": the number of clients} is answered when the crowd has ended, with the number of
responses by status and the number of calls that were cut off because the server ended. WORD is the prefix of every question's id,
which is sent as X-Correlation-Id and at the beginning of the message, to match the ledger's row with the model's bill.
{"group": NAME, "answers": N} is answered with true when the crowds of the group have had N answers, not counting refusals because
of the budget, or with false when they have all ended.

A client that is refused because of the budget asks again when another call of the group ends, because that may release a hold. If
no call is in flight, no hold can be released, and the budget is used up.
"""

import asyncio
import collections
import json
import threading

import peer

# Long enough for the worst case to cover the input tokens that the fake reports.
filler = " What does a purser do aboard?" * 12


class Group:
    def __init__(self):
        self.crowds = 0
        self.answers = 0
        self.under_way = 0
        self.refused = collections.deque()
        self.watchers = []

    def begin(self):
        self.under_way += 1

    def end(self, status):
        """Records the end of a call, with its status if there was a response."""
        self.under_way -= 1
        if status not in (None, "402"):
            self.answers += 1
            self.tell()
        if status != "402" and self.refused:
            self.refused.popleft().set_result(True)
        elif self.under_way == 0:
            while self.refused:
                self.refused.popleft().set_result(False)

    async def may_ask_again(self):
        if self.under_way == 0:
            return False
        future = asyncio.get_running_loop().create_future()
        self.refused.append(future)
        return await future

    def tell(self):
        for watcher in list(self.watchers):
            count, future = watcher
            if self.answers >= count or self.crowds == 0:
                self.watchers.remove(watcher)
                future.set_result(self.answers >= count)

    async def answered(self, count):
        future = asyncio.get_running_loop().create_future()
        self.watchers.append((count, future))
        self.tell()
        return await future


groups = collections.defaultdict(Group)


async def ask(group, port, word, number, counts):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        question, goes_on = 0, True
        while goes_on:
            question += 1
            id = f"{word}-{number}-{question}"
            body = json.dumps({"message": id + filler}).encode()
            head = f"POST /chat HTTP/1.1\r\nHost: a\r\nX-Correlation-Id: {id}\r\nContent-Length: {len(body)}\r\n\r\n"
            status = None
            group.begin()
            try:
                writer.write(head.encode() + body)
                answer = await reader.readuntil(b"\r\n\r\n")
                lines = answer.lower().split(b"\r\n")
                length = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
                await reader.readexactly(length)
                status = answer[9:12].decode()
            finally:
                group.end(status)
            counts[status] += 1
            if status == "402":
                goes_on = await group.may_ask_again()
    finally:
        writer.close()


async def run(asked):
    group = groups[asked["group"]]
    counts = collections.Counter()
    group.crowds += 1
    calls = [ask(group, asked["port"], asked["crowd"], number, counts) for number in range(asked["width"])]
    for result in await asyncio.gather(*calls, return_exceptions=True):
        if result is not None:
            counts["cut off"] += 1
    group.crowds -= 1
    group.tell()
    return counts


loop = asyncio.new_event_loop()
threading.Thread(target=loop.run_forever, daemon=True).start()


def answer(asked):
    wanted = groups[asked["group"]].answered(asked["answers"]) if "answers" in asked else run(asked)
    return asyncio.run_coroutine_threadsafe(wanted, loop).result()


peer.serve(answer)
