# SPDX-License-Identifier: Apache-2.0
"""`valence serve` over real sockets: the same answers as `predict`, a clean drain, no start with a bad model."""
import contextlib
import http.client
import json
import math
import re
import signal
import subprocess
import threading
import time

import pytest
from conftest import BINARY


class Server:
    def __init__(self, process, port):
        self.process, self.port = process, port

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)

    def post(self, body, connection=None, content_type="application/json"):
        connection = connection or self.connect()
        connection.request("POST", "/predict", body, {"Content-Type": content_type})
        response = connection.getresponse()
        return response.status, json.loads(response.read())


@contextlib.contextmanager
def serving(folder, *flags, scheme="http", env=None):
    process = subprocess.Popen([BINARY, "serve", "--port", "0", *map(str, flags)], cwd=folder, stderr=subprocess.PIPE,
                               text=True, env=env)
    try:
        line = process.stderr.readline()
        match = re.search(scheme + r"://127\.0\.0\.1:(\d+)", line)
        assert match, f"no address in {line!r}"
        yield Server(process, int(match.group(1)))
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=40) == 0
        process.stderr.close()


def test_answers_equal_predict_and_attributions_sum(trained):
    texts = ["A superb, moving film.", "Tedious & clumsy…", "", "zzz", "wonderful " * 300]
    lines = "".join(json.dumps({"text": t}) + "\n" for t in texts).encode()
    expected = [json.loads(line) for line in trained.run("predict", "--format", "jsonl", stdin=lines).stdout.splitlines()]
    with serving(trained.folder) as server:
        status, answer = server.post(json.dumps({"texts": texts, "explain": True}))
        assert status == 200
        for got, want in zip(answer["predictions"], expected, strict=True):
            assert got["label"] == want["label"] and got["score"] == want["score"]
            total = got["intercept"] + sum(a["contribution"] for a in got["attributions"])
            assert math.isclose(total, got["score"], abs_tol=1e-12)


def test_probes_version_and_metrics(trained):
    with serving(trained.folder) as server:
        connection = server.connect()
        for path in ("/livez", "/readyz", "/version", "/metrics", "/"):
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read()
            assert response.status == 200, path
        server.post('{"text": "superb"}', connection)
        connection.request("GET", "/metrics")
        body = connection.getresponse().read().decode()
        assert re.search(r'valence_http_requests_total\{[^}]*"/predict"[^}]*"200"[^}]*\} 1', body)


@pytest.mark.parametrize("body, content_type, status", [
    (b"{", "application/json", 400),
    (b'{"text": "\xff"}', "application/json", 400),
    (b'{"text": 3}', "application/json", 400),
    (b'{"texts": ' + json.dumps(["a"] * 1001).encode() + b"}", "application/json", 413),
    (b'{"text": "' + b"a" * (2 << 20) + b'"}', "application/json", 413),
    (b"hello", "text/plain", 415),
], ids=["cut short", "not UTF-8", "not a text", "too many texts", "too long", "wrong type"])
def test_bad_requests_are_json_errors(trained, body, content_type, status):
    with serving(trained.folder) as server:
        got, answer = server.post(body, content_type=content_type)
        assert got == status
        assert answer["error"]["message"] and answer["error"]["code"]


def test_sigterm_under_load_loses_no_request(trained):
    failures, answered, stop = [], [], threading.Event()

    def client(server):
        connection = server.connect()
        while not stop.is_set():
            try:
                status, _ = server.post('{"text": "wonderful"}', connection)
                answered.append(status)
            except (ConnectionRefusedError, http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                # An idle keep-alive connection may be closed, and then no new one is taken: that is the drain.
                if server.process.poll() is None and not draining.is_set():
                    failures.append("refused before the drain")
                return
            except OSError as error:
                failures.append(error)
                return

    draining = threading.Event()
    with serving(trained.folder, "--drain-delay", "1") as server:
        threads = [threading.Thread(target=client, args=(server,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        while len(answered) < 200:
            assert not failures, failures
        draining.set()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=40) == 0
        stop.set()
        for thread in threads:
            thread.join()
    assert not failures
    assert set(answered) == {200}


def test_a_damaged_model_is_never_served(trained, tmp_path):
    damaged = bytearray(trained.read("models/model.safetensors"))
    damaged[-9] ^= 1
    (tmp_path / "damaged.safetensors").write_bytes(damaged)
    result = subprocess.run([BINARY, "serve", "--port", "0", "--model", tmp_path / "damaged.safetensors"],
                            capture_output=True, timeout=30)
    assert result.returncode == 3
    assert b"damaged.safetensors" in result.stderr and b"SHA-256" in result.stderr


def test_a_port_in_use_is_explained(trained):
    with serving(trained.folder) as server:
        message = trained.error("serve", "--port", server.port, exit_code=4)
        assert str(server.port) in message and "in use" in message


def test_access_log_moves_on_with_logrotate(trained, tmp_path):
    log, old = tmp_path / "access.jsonl", tmp_path / "access.jsonl.1"

    def wait_for_lines(path):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if path.exists() and path.read_text().endswith("\n"):
                return [json.loads(line) for line in path.read_text().splitlines()]
            time.sleep(0.01)
        raise TimeoutError(path)

    with serving(trained.folder, "--access-log", log) as server:
        server.post('{"text": "superb"}')
        [line] = wait_for_lines(log)
        log.rename(old)
        server.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 10
        while not log.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        server.post('{"text": "dreadful"}')
        assert len(wait_for_lines(log)) == 1
    assert line["route"] == "/predict" and line["status"] == 200 and line["client"] == "127.0.0.1"
    assert "superb" not in old.read_text() and len(old.read_text().splitlines()) == 1
