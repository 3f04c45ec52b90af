"""Checks alarms with AWS's own command line and with cfn-lint, without a network: one JSON object on each line in, one out.

In: {command: put-metric-alarm or put-composite-alarm, text} or {command: cfn-lint, text}. Out: faults, empty where all is well.
Of cfn-lint's findings errors and warnings are faults; what it merely suggests (I...) is not. Ends when its input closes.
"""

import contextlib
import io
import json
import os
import sys
import tempfile

os.environ.update(
    AWS_DEFAULT_REGION="us-east-1",
    AWS_ACCESS_KEY_ID="AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY="secret",
    AWS_EC2_METADATA_DISABLED="true",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
)

from awscli.clidriver import create_clidriver
from cfnlint.api import lint_all


def lint(text):
    return [str(match) for match in lint_all(text) if not match.rule.id.startswith("I")]


def put(command, text):
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        arguments = ["--cli-input-json", "file://" + file.name, "--generate-cli-skeleton", "output"]
        said = io.StringIO()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
            status = create_clidriver().main(["cloudwatch", command] + arguments)
    return [] if status == 0 else [f"{status}: {said.getvalue()}"]


for line in sys.stdin:
    given = json.loads(line)
    command, text = given["command"], given["text"]
    faults = lint(text) if command == "cfn-lint" else put(command, text)
    print(json.dumps({"faults": faults}), flush=True)
