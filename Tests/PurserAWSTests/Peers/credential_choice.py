"""Says which access key id botocore takes: a line of JSON with the environment in, a line of JSON (null: none) out."""

import json
import os
import sys

import botocore.session

for line in sys.stdin:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(json.loads(line), AWS_EC2_METADATA_DISABLED="true")
    try:
        found = botocore.session.get_session().get_credentials()
        print(json.dumps([found.access_key] if found else []), flush=True)
    except Exception:
        print("[]", flush=True)
