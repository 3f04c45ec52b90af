"""Reads messages of event streams with botocore: a question is a message in base64; its answer is the message's contents.

Out: headers [[name, type, value]] (bytes and UUIDs in base64), payload (base64).
"""

import base64
import peer
from botocore import eventstream

KINDS = {}


def remember(type_number, name):
    """Records the type of each value that botocore reads, because botocore keeps only the value."""
    unpack = eventstream.EventStreamHeaderParser._HEADER_TYPE_MAP[type_number]

    def unpack_and_note(data):
        value, length = unpack(data)
        KINDS.setdefault("seen", []).append(name)
        return value, length

    eventstream.EventStreamHeaderParser._HEADER_TYPE_MAP[type_number] = unpack_and_note


for number, kind in enumerate(
    ["boolean", "boolean", "byte", "short", "integer", "long", "bytes", "string", "timestamp", "uuid"]
):
    remember(number, kind)


def plain(value):
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def read(text):
    KINDS["seen"] = []
    buffer = eventstream.EventStreamBuffer()
    buffer.add_data(base64.b64decode(text))
    message = next(buffer)
    headers = [[name, kind, plain(value)] for (name, value), kind in zip(message.headers.items(), KINDS["seen"])]
    return {"headers": headers, "payload": plain(message.payload)}


# One at a time, because `remember` records the types globally.
peer.serve(read, at_once=1)
