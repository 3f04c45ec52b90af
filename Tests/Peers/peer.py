"""The code that all peers share: one process answers the questions of all tests in a run.

A peer prints a line of JSON when it is ready. Each input line is a number and a question as JSON; each output line is a number
and its answer, as soon as it is known and in any order. `NUMBER! TEXT` means that there is no answer, and gives the reason. A
peer ends when its input closes.
"""

import json
import os
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor

# The peer's own reference, since a peer may redirect sys.stdout to read what other code prints.
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
    """Answers each question with the result of `answer`, at most `at_once` at a time, each on its own thread."""
    say(json.dumps(ready))
    pool = ThreadPoolExecutor(at_once)
    for line in sys.stdin:
        number, _, question = line.partition(" ")
        pool.submit(reply, number, answer, json.loads(question))
    at_end()
    # Do not wait for calls that are still running.
    os._exit(0)
