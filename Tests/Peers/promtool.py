"""Runs `promtool check rules` and `promtool test rules`: {rules, tests} in, {faults} out.

It looks for promtool next to this interpreter, then on the PATH.
"""

import os
import shutil
import subprocess
import sys
import tempfile

import peer

beside = os.path.join(os.path.dirname(sys.executable), "promtool")
promtool = beside if os.path.exists(beside) else shutil.which("promtool")


def run(folder, *arguments):
    done = subprocess.run([promtool, *arguments], cwd=folder, capture_output=True, text=True)
    return [] if done.returncode == 0 else [done.stdout + done.stderr]


def check(given):
    with tempfile.TemporaryDirectory() as folder:
        for name in ("rules", "tests"):
            with open(os.path.join(folder, name + ".yml"), "w", encoding="utf-8") as file:
                file.write(given[name])
        return run(folder, "check", "rules", "rules.yml") + run(folder, "test", "rules", "tests.yml")


peer.serve(lambda given: {"faults": check(given) if promtool else ["promtool is not installed"]})
