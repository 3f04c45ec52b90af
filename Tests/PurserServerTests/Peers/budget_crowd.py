"""Asks a purserd as much as it can, over many connections, until its budget is used up or it goes away.

Arguments: the port, how many ask at once, a word that begins every question's id. An id goes along as X-Correlation-Id and stands
at the begin of the message, so that the ledger's row and the model's bill can be put together. Who is refused for the budget asks
again a little later, since other calls give back what they held; after ten refusals in a row he stops. At the end it prints
a JSON object: how many answers of each status came, and how many calls were cut off.
"""

import asyncio
import collections
import json
import sys

port, width, word = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
counts = collections.Counter()
# Longer than the fake's input tokens, which the worst case must cover.
filler = " What does a purser do aboard?" * 12


async def ask(number):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    refusals, question = 0, 0
    while refusals < 10:
        question += 1
        id = f"{word}-{number}-{question}"
        body = json.dumps({"message": id + filler}).encode()
        head = f"POST /chat HTTP/1.1\r\nHost: a\r\nX-Correlation-Id: {id}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(length)
        status = answer[9:12].decode()
        counts[status] += 1
        if status == "402":
            refusals += 1
            await asyncio.sleep(0.2)
        else:
            refusals = 0
    writer.close()


async def main():
    for result in await asyncio.gather(*(ask(number) for number in range(width)), return_exceptions=True):
        if result is not None:
            counts["cut off"] += 1
    print(json.dumps(counts), flush=True)


asyncio.run(main())
