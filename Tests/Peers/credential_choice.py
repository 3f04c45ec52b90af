"""Returns the access key id that botocore chooses: a question is the environment; its answer is a list with that id, or empty."""

import os

import botocore.session
import peer


def choose(environment):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(environment, AWS_EC2_METADATA_DISABLED="true")
    try:
        found = botocore.session.get_session().get_credentials()
        return [found.access_key] if found else []
    except Exception:
        return []


# One at a time, because all threads share the process's environment.
peer.serve(choose, at_once=1)
