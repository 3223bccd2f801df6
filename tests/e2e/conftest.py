# SPDX-License-Identifier: Apache-2.0
"""The real binary in folders of its own. Nothing is mocked: processes, files, sockets."""
import json
import os
import pathlib
import random
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("VALENCE_BIN", str(ROOT / "build/release/bin/valence"))


class Valence:
    """Runs the binary in one folder."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder

    def run(self, *args, check=0, stdin=None, timeout=120, **kwargs):
        result = subprocess.run([BINARY, *map(str, args)], cwd=self.folder, input=stdin, capture_output=True,
                                timeout=timeout, **kwargs)
        if check is not None:
            assert result.returncode == check, f"{args}: exit {result.returncode}\n{result.stderr.decode()}"
        return result

    def json(self, *args, **kwargs):
        return json.loads(self.run(*args, "--json", **kwargs).stdout)

    def error(self, *args, exit_code, **kwargs):
        """The message of a call that must fail with this exit code."""
        result = self.run(*args, check=exit_code, **kwargs)
        return result.stderr.decode()

    def read(self, path):
        return (self.folder / path).read_bytes()


POSITIVE = "wonderful delightful superb moving brilliant charming perfect enjoyable".split()
NEGATIVE = "dreadful boring awful tedious terrible clumsy painful disappointing".split()
NEUTRAL = "the film story actor scene music it was and with of plot camera ending a this".split()


def synthetic_reviews(count, seed=7):
    """Labelled texts that can be learned, all distinct."""
    rng = random.Random(seed)
    rows = []
    for i in range(count):
        label, words = ("positive", POSITIVE) if i % 2 else ("negative", NEGATIVE)
        text = [rng.choice(NEUTRAL) for _ in range(12)] + [rng.choice(words) for _ in range(3)] + [f"n{i}x"]
        rng.shuffle(text)
        rows.append((" ".join(text).capitalize() + ".", label))
    return rows


@pytest.fixture
def valence(tmp_path):
    return Valence(tmp_path)


@pytest.fixture
def reviews(tmp_path):
    """reviews.csv with 400 labelled texts, in the test's folder."""
    path = tmp_path / "reviews.csv"
    path.write_text("text,label\n" + "".join(f'"{t}",{label}\n' for t, label in synthetic_reviews(400)))
    return path


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A folder in which `valence run` has finished; read only, please."""
    folder = tmp_path_factory.mktemp("trained")
    path = folder / "reviews.csv"
    path.write_text("text,label\n" + "".join(f'"{t}",{label}\n' for t, label in synthetic_reviews(400)))
    v = Valence(folder)
    v.run("run", "--quiet", "--set", "ingest.source=reviews.csv")
    return v
