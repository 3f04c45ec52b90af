"""Checks alarms with the AWS CLI and with cfn-lint, without a network.

In: {command: put-metric-alarm or put-composite-alarm, text} or {command: cfn-lint, text}. Out: faults, empty if there are none.
cfn-lint's errors and warnings are faults; its suggestions (I...) are not.
"""

import contextlib
import io
import os
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

import peer


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


def check(given):
    command, text = given["command"], given["text"]
    return {"faults": lint(text) if command == "cfn-lint" else put(command, text)}


# One at a time, because the output is redirected for the whole process.
peer.serve(check, at_once=1)
