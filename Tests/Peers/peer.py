"""What the peers have in common: one process answers the questions of all tests of a run.

A peer prints a line of JSON when it is ready. Each line in is a number and a question as JSON, each line out a number and its
answer, as soon as it is known and in whatever order; `NUMBER! TEXT` says that there is no answer, and why. A peer ends
when its input closes.
"""

import json
import os
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor

# Its own, since a peer may look at what others print.
out = sys.stdout
lock = threading.Lock()


def say(text):
    with lock:
        out.write(text + "\n")
        out.flush()


def reply(number, answer, question):
    try:
        say(f"{number} {json.dumps(answer(question), default=str)}")
    except Exception:
        say(f"{number}! {json.dumps(traceback.format_exc())}")


def serve(answer, ready=None, at_once=64, at_end=lambda: None):
    """Answers each question with what `answer` returns for it, `at_once` of them on threads of their own."""
    say(json.dumps(ready))
    pool = ThreadPoolExecutor(at_once)
    for line in sys.stdin:
        number, _, question = line.partition(" ")
        pool.submit(reply, number, answer, json.loads(question))
    at_end()
    # Nothing that still runs is worth waiting for.
    os._exit(0)
