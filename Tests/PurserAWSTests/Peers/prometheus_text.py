"""Parses exposition text with prometheus_client: one JSON object {format, text} on each line in, one on each line out.

Out: families [{name, type, help, samples [{name, labels, value, timestamp}]}] or error. Ends when its input closes.
"""

import json
import sys

from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics_parser


def number(value):
    return None if value is None else float(value)


def parse(line):
    given = json.loads(line)
    read = openmetrics_parser if given["format"] == "openmetrics" else parser
    families = []
    for family in read.text_string_to_metric_families(given["text"]):
        samples = [
            {"name": s.name, "labels": s.labels, "value": float(s.value), "timestamp": number(s.timestamp)}
            for s in family.samples
        ]
        families.append(
            {"name": family.name, "type": family.type, "help": family.documentation, "samples": samples}
        )
    return {"families": families}


for line in sys.stdin:
    try:
        answer = parse(line)
    except Exception as error:
        answer = {"families": [], "error": repr(error)}
    print(json.dumps(answer), flush=True)
