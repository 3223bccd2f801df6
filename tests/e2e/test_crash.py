# SPDX-License-Identifier: Apache-2.0
"""kill -9 at any moment of any stage: old files stay whole, and the next run finishes."""
import hashlib
import os
import random
import signal
import subprocess
import time

import pytest
from conftest import BINARY
from test_pipeline import FILES, SOURCE, STAGES, digests

FULL = os.environ.get("VALENCE_TEST_FULL") == "1"


def traced_kill(folder, args, syscall, nth):
    """Runs the binary under strace, which sends SIGKILL at the nth call of `syscall`."""
    return subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={syscall}", "-e",
                           f"inject={syscall}:signal=SIGKILL:when={nth}", BINARY, "--threads", "1", *args],
                          cwd=folder, capture_output=True, timeout=120).returncode


@pytest.mark.parametrize("stage", STAGES)
def test_kill_at_every_rename_leaves_old_or_new_files_whole(valence, reviews, stage):
    valence.run("run", *SOURCE)
    old = digests(valence)
    changed = [stage, *SOURCE, "--set", "ingest.seed=9", "--set", "preprocess.preset=seed", "--set", "train.C=2"]
    seen = []
    for nth in range(1, 40):
        if traced_kill(valence.folder, changed, "rename,renameat,renameat2", nth) == 0:
            break
        seen.append(digests(valence))
    else:
        pytest.fail("the stage never finished")
    new = digests(valence)
    assert seen, "the first kill must have hit"
    for after_kill in seen:
        for path in FILES:
            assert after_kill[path] in (old[path], new[path]), f"{path} is torn"
    valence.run(*changed)
    assert digests(valence) == new, "a rerun gives the same bytes"
    assert [p for p in valence.folder.rglob("*.tmp.*")] == [], "temporaries of killed runs are removed by the next"


def test_kill_at_random_times_never_leaves_a_torn_file(valence, reviews):
    valence.run("run", *SOURCE)
    rng = random.Random(3)
    for attempt in range(40 if FULL else 12):
        process = subprocess.Popen([BINARY, "run", *SOURCE, "--set", f"ingest.seed={attempt}"], cwd=valence.folder,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0.0, 0.15))
        process.send_signal(signal.SIGKILL)
        process.wait()
        valence.run("predict", "--quiet", stdin=b"text\nwonderful\n")  # the model loads: digest and golden texts agree
    valence.run("run", *SOURCE)


@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("syscall", ["fsync", "rename,renameat,renameat2", "write"])
def test_a_failing_disk_is_an_error_with_path_and_cause(valence, reviews, syscall, error):
    valence.run("run", *SOURCE)
    old = hashlib.sha256(valence.read("models/model.safetensors")).hexdigest()
    result = subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={syscall}", "-e",
                             f"inject={syscall}:error={error}:when=1+", BINARY, "--quiet", "train", "--set", "train.C=5",
                             *SOURCE], cwd=valence.folder, capture_output=True, timeout=120)
    assert result.returncode in (4, 70)
    if syscall != "write":  # with write failing there is no stderr either
        assert result.returncode == 4
        assert b"model.safetensors" in result.stderr
        assert {"ENOSPC": b"No space left", "EIO": b"Input/output error"}[error] in result.stderr
    assert hashlib.sha256(valence.read("models/model.safetensors")).hexdigest() == old
