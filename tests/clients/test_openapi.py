# SPDX-License-Identifier: Apache-2.0
"""The service does what /openapi.json says: schemathesis, all checks."""
import os
import pathlib
import subprocess
import sys

import requests

CONFIG = pathlib.Path(__file__).with_name("schemathesis.toml")
HOOKS = pathlib.Path(__file__).with_name("schemathesis_hooks.py")
EXAMPLES = 500


def test_the_document_is_served(server):
    document = requests.get(f"{server.url}/openapi.json").json()
    assert document["openapi"] == "3.1.0" and "/v1/predict" in document["paths"]


def test_schemathesis_finds_no_difference(server, tmp_path):
    """Two processes, each with a part of the operations: a client costs more than the server."""
    command = [pathlib.Path(sys.executable).with_name("schemathesis"), "--config-file", CONFIG, "run",
               f"{server.url}/openapi.json", "--checks", "all", "-n", str(EXAMPLES), "--seed", "7", "--no-color", "--phases",
               "examples,coverage,fuzzing"]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": str(HOOKS)}
    parts = []
    for part in ("include", "exclude"):
        (tmp_path / part).mkdir()
        parts.append(subprocess.Popen([*command, f"--{part}-path-regex", "^/v1/"], env=environment, cwd=tmp_path / part,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
    try:
        for part in parts:
            output = part.communicate(timeout=3600)[0]
            assert part.returncode == 0, output[-8000:]
            print(output.splitlines()[-1])
    finally:
        for part in parts:
            part.kill()
            part.wait()
