"""Writes metrics with Powertools for AWS Lambda: a question is the metrics; its answer is a line of the Embedded Metric Format.

In: namespace, dimensions {name: value}, metrics [[name, unit, resolution, [values]]], timestamp (ms). Out: Powertools' output.
"""

import contextlib
import io
import os

os.environ["POWERTOOLS_METRICS_DISABLED"] = "false"
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider

import peer


def write(given):
    metrics = AmazonCloudWatchEMFProvider(namespace=given["namespace"])
    for name, value in given["dimensions"].items():
        metrics.add_dimension(name, value)
    metrics.set_timestamp(given["timestamp"])
    for name, unit, resolution, values in given["metrics"]:
        for value in values:
            metrics.add_metric(name=name, unit=unit, value=value, resolution=resolution)
    metrics.add_metadata("request", "a-1")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        metrics.flush_metrics()
    return printed.getvalue()


# One at a time, because the output is redirected for the whole process.
peer.serve(write, at_once=1)
