"""Parses exposition text with prometheus_client: a question is {format, text}.

Out: families [{name, type, help, samples [{name, labels, value, timestamp}]}] or error.
"""

import peer
from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics_parser


def number(value):
    return None if value is None else float(value)


def parse(given):
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


def answer(given):
    try:
        return parse(given)
    except Exception as error:
        return {"families": [], "error": repr(error)}


peer.serve(answer)
