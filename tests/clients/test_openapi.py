# SPDX-License-Identifier: Apache-2.0
"""The service does what /openapi.json says: schemathesis, all checks."""
import os
import pathlib
import subprocess
import sys

import requests

CONFIG = pathlib.Path(__file__).with_name("schemathesis.toml")
HOOKS = pathlib.Path(__file__).with_name("schemathesis_hooks.py")
EXAMPLES = 500 if os.environ.get("VALENCE_TEST_FULL") else 8  # a minute on two cores


def test_the_document_is_served(server):
    document = requests.get(f"{server.url}/openapi.json").json()
    assert document["openapi"] == "3.1.0" and "/v1/predict" in document["paths"]


def test_schemathesis_finds_no_difference(server, tmp_path):
    command = pathlib.Path(sys.executable).with_name("schemathesis")
    result = subprocess.run([command, "--config-file", CONFIG, "run", f"{server.url}/openapi.json", "--checks", "all",
                             "-n", str(EXAMPLES), "--seed", "7", "--no-color", "--phases", "examples,coverage,fuzzing"],
                            env={**os.environ, "SCHEMATHESIS_HOOKS": str(HOOKS)}, cwd=tmp_path, capture_output=True, text=True, timeout=3600)
    assert result.returncode == 0, result.stdout[-8000:]
