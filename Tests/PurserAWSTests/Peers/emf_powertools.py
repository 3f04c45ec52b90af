"""Writes metrics with Powertools for AWS Lambda: an Embedded Metric Format line for each line in.

In: namespace, dimensions {name: value}, metrics [[name, unit, resolution, [values]]], timestamp (ms). What Powertools
prints is the line out.
"""

import json
import os
import sys

os.environ["POWERTOOLS_METRICS_DISABLED"] = "false"
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider

for line in sys.stdin:
    given = json.loads(line)
    metrics = AmazonCloudWatchEMFProvider(namespace=given["namespace"])
    for name, value in given["dimensions"].items():
        metrics.add_dimension(name, value)
    metrics.set_timestamp(given["timestamp"])
    for name, unit, resolution, values in given["metrics"]:
        for value in values:
            metrics.add_metric(name=name, unit=unit, value=value, resolution=resolution)
    metrics.add_metadata("request", "a-1")
    metrics.flush_metrics()
    sys.stdout.flush()
