"""Reads messages of event streams with botocore: one message in base64 on each line in, what it holds as JSON out.

Out: headers [[name, type, value]] (bytes and UUIDs in base64), payload (base64). Ends when its input closes.
"""

import base64
import json
import sys

from botocore import eventstream

KINDS = {}


def remember(type_number, name):
    """Notes the type of each value that botocore reads; it keeps the value alone."""
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


for line in sys.stdin:
    KINDS["seen"] = []
    buffer = eventstream.EventStreamBuffer()
    buffer.add_data(base64.b64decode(line))
    message = next(buffer)
    headers = [[name, kind, plain(value)] for (name, value), kind in zip(message.headers.items(), KINDS["seen"])]
    print(json.dumps({"headers": headers, "payload": plain(message.payload)}), flush=True)
