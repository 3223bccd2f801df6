# SPDX-License-Identifier: Apache-2.0
"""The stores against the pinned MLflow: its client, its server, its database. No file here may make this folder a
package: it is on the path, and must not hide the real `mlflow`."""
import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

import mlflow
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = pathlib.Path(os.environ.get("VALENCE_TOOLS", ROOT / "build/dev/bin"))
FULL = os.environ.get("VALENCE_TEST_FULL") == "1"

# Before anything imports mlflow: no network, no notices.
os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true", MLFLOW_SERVER_ENABLE_JOB_EXECUTION="false",
                  GIT_PYTHON_REFRESH="quiet")


class ProbeError(Exception):
    """What a store answered in place of a value."""

    def __init__(self, reply):
        super().__init__(reply["message"])
        self.code = reply["error"]


class Probe:
    """tracking_probe on one URI: each call is one operation of TrackingStore or RegistryStore."""

    def __init__(self, uri, cwd, env=None):
        self.process = subprocess.Popen([TOOLS / "tracking_probe", uri], cwd=cwd, text=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, env={**os.environ, **(env or {})})

    def __call__(self, op, **fields):
        self.process.stdin.write(json.dumps({"op": op, **fields}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"{op}: the probe ended with {self.process.wait()}"
        reply = json.loads(line)
        if "error" in reply:
            raise ProbeError(reply)
        return reply["value"]

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(timeout=30) == 0
        self.process.stdout.close()


@contextlib.contextmanager
def open_probe(uri, cwd, env=None):
    probe = Probe(uri, cwd, env)
    try:
        yield probe
    finally:
        probe.close()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def mlflow_server(folder, *arguments, env=None, deadline_seconds=300):
    """`mlflow server` in `folder`, as a person would start it there; gives its address."""
    port = free_port()
    command = [sys.executable, "-m", "mlflow", "server", "--workers", "1", "--host", "127.0.0.1", "--port", str(port)]
    log = (folder / "mlflow-server.log").open("w")
    process = subprocess.Popen([*command, *arguments], cwd=folder, stdout=log, stderr=subprocess.STDOUT,
                               start_new_session=True, env={**os.environ, "PYTHONPATH": "", **(env or {})})
    address = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + deadline_seconds
        while True:
            assert process.poll() is None, (folder / "mlflow-server.log").read_text()
            with contextlib.suppress(OSError):
                if urllib.request.urlopen(address + "/health", timeout=5).read() == b"OK":
                    break
            assert time.monotonic() < end, "the server did not start:\n" + (folder / "mlflow-server.log").read_text()
            time.sleep(0.1)
        yield address
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 15)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
        log.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of one test file."""
    folder = tmp_path_factory.mktemp("server")
    with mlflow_server(folder, "--backend-store-uri", "sqlite:///server.db", "--artifacts-destination",
                       str(folder / "artifacts")) as address:
        yield address


@pytest.fixture
def probe(tmp_path):
    """An embedded store in a new folder."""
    with open_probe("sqlite:///mlflow.db", tmp_path) as p:
        yield p


@pytest.fixture(autouse=True)
def variables_of_each_test():
    """mlflow.set_tracking_uri and set_registry_uri keep what they are told, and write MLFLOW_* variables; no test sees
    another's."""
    before = {key: value for key, value in os.environ.items() if key.startswith("MLFLOW_")}
    yield
    mlflow.set_tracking_uri(None)
    mlflow.set_registry_uri(None)
    for key in [key for key in os.environ if key.startswith("MLFLOW_") and key not in before]:
        del os.environ[key]
    os.environ.update(before)
