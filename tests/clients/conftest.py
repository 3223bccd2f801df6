# SPDX-License-Identifier: Apache-2.0
"""The clients that people use, unmodified, against one server with two models. Answers are compared with `valence predict`."""
import json
import os
import re
import signal
import subprocess

import pytest

from e2e.conftest import BINARY, NEGATIVE, POSITIVE, Valence, synthetic_reviews

TEXTS = ["A superb, moving film.", "Tedious & clumsy…", "zzz", "Ünïcödé wonderful 🎬", "wonderful " * 300]


class Server:
    """A running `valence serve` and what its model must answer."""

    def __init__(self, process, port, predictions):
        self.process, self.port, self.predictions = process, port, predictions
        self.url = f"http://127.0.0.1:{port}"


def start(folder, *flags, environment=None):
    process = subprocess.Popen([BINARY, "serve", *flags], cwd=folder, stderr=subprocess.PIPE, text=True,
                               env={**os.environ, **(environment or {})})
    line = process.stderr.readline()
    match = re.search(r"http://[\d.]+:(\d+)", line)
    assert match, f"no address in {line!r}"
    return process, int(match.group(1))


def stop(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=40) == 0
    process.stderr.close()


def without_opinion(text):
    return " ".join("mediocre" if w.strip(".").lower() in POSITIVE + NEGATIVE else w for w in text.split())


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Two trained models: models/model.safetensors (two labels), three.safetensors (three)."""
    path = tmp_path_factory.mktemp("clients")
    valence = Valence(path)
    rows = synthetic_reviews(400)
    (path / "two.csv").write_text("text,label\n" + "".join(f'"{t}",{label}\n' for t, label in rows))
    three = [(text, label) if i % 3 else (without_opinion(text), "neutral") for i, (text, label) in enumerate(rows)]
    (path / "three.csv").write_text("text,label\n" + "".join(f'"{t}",{label}\n' for t, label in three))
    valence.run("run", "--quiet", "--set", "ingest.source=three.csv")
    (path / "models/model.safetensors").rename(path / "three.safetensors")
    valence.run("run", "--quiet", "--set", "ingest.source=two.csv")
    return path


@pytest.fixture(scope="session")
def predictions(folder):
    lines = "".join(json.dumps({"text": t}) + "\n" for t in TEXTS).encode()
    output = Valence(folder).run("predict", "--format", "jsonl", stdin=lines).stdout
    return [json.loads(line) for line in output.splitlines()]


@pytest.fixture(scope="session")
def server(folder, predictions):
    process, port = start(folder, "--port", "0", "--model", "sentiment@3=models/model.safetensors",
                          "--model", "three=three.safetensors", "--feedback-db", "feedback.db")
    yield Server(process, port, predictions)
    assert process.poll() is None, f"the server ended with {process.returncode}"
    stop(process)
