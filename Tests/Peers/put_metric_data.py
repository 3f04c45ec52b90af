"""Checks PutMetricData inputs against botocore's model, without a network: a question is an input as text.

Out: report (empty if there are no faults), datums, largest (number of values of a datum), count and sum of the samples.
"""

import json

import botocore.session
import peer
from botocore.validate import ParamValidator

model = botocore.session.get_session().get_service_model("cloudwatch")
shape = model.operation_model("PutMetricData").input_shape


def check(line):
    given = json.loads(line)
    report = ParamValidator().validate(given, shape)
    data = given["MetricData"]
    pairs = [
        pair
        for datum in data
        for pair in (
            zip(datum["Values"], datum["Counts"])
            if "Values" in datum
            else [(datum["StatisticValues"]["Sum"], 1)]
        )
    ]
    return {
        "report": report.generate_report(),
        "datums": len(data),
        "largest": max(len(datum.get("Values", [])) for datum in data),
        "bytes": len(line),
        "count": sum(count for _, count in pairs),
        "sum": sum(value * count for value, count in pairs),
    }


peer.serve(check)
