# SPDX-License-Identifier: Apache-2.0
"""R1 over gRPC: what `valence serve --grpc-port` does with five times the calls that it can answer. Short by default, 60 s
under VALENCE_TEST_FULL=1; figures are printed, and the tight ones asserted only there, where nothing else is to run."""
import json
import os
import subprocess
import time

import tritonclient.grpc as triton

from clients.test_grpc import GRPC_BINARY, serving
from e2e.procfs import needs_proc, on_cores, rss_bytes

FULL = os.environ.get("VALENCE_TEST_FULL") == "1"
GRPC_LOAD = GRPC_BINARY.parent / "grpc_load"
TEXT = "a superb and moving film with a dull ending " * 5
TEXTS = 100  # a call


def load_command(server, texts, seconds, connections, in_flight, rate=0):
    return [GRPC_LOAD, server.target, "model", texts, *map(str, (seconds, connections, in_flight, rate, TEXTS))]


def loaded(*args):
    """What bench/grpc_load.cc says of a closed loop."""
    return json.loads(subprocess.run(load_command(*args), capture_output=True, check=True, timeout=60).stdout)


def probed(command, target):
    """What the load says, and how long ServerLive took meanwhile, in ms."""
    process, took = subprocess.Popen(command, stdout=subprocess.PIPE, text=True), []
    with triton.InferenceServerClient(target) as client:
        while process.poll() is None:
            begun = time.monotonic()
            assert client.is_server_live(client_timeout=10)
            took.append(1000 * (time.monotonic() - begun))
            time.sleep(0.1)
    assert process.returncode == 0
    return json.loads(process.stdout.read()), took


@needs_proc
def test_overload_sheds_what_it_cannot_do(folder, tmp_path, capsys):
    texts = tmp_path / "texts.txt"
    texts.write_text(f"{TEXT}\n" * TEXTS)
    measure, seconds = (10, 60) if FULL else (2, 5)
    with serving(folder, "--threads", "1") as server, on_cores(server.process):
        loaded(server, texts, 0.5, 4, 4)
        capacity = loaded(server, texts, measure, 4, 4)["ok_per_second"]
        memory = rss_bytes(server.process)
        load, live = probed(load_command(server, texts, seconds, 8, 75, 5 * capacity), server.target)
        growth = rss_bytes(server.process) - memory
        after = loaded(server, texts, measure, 4, 4)["ok_per_second"]

    goodput = load["good_per_second"] / capacity
    with capsys.disabled():
        print(f"\n  gRPC at 5 times the capacity: capacity {capacity}, goodput {goodput:.3f}, p50 {load['ok_ms']['p50']} ms, "
              f"p99 {load['ok_ms']['p99']} ms, refused {load['refused_ms']['count']} (p99 {load['refused_ms']['p99']} ms), "
              f"ServerLive at most {max(live):.1f} ms, {growth / 1e6:.1f} MB, recovered {after / capacity:.3f}, "
              f"not offered {load['unsent']}", end="")
    assert not load["errors"] + load["without_retry_after"], load["first_error"]
    assert load["refused_ms"]["count"], "5 times the capacity was no overload"
    assert growth <= 64 << 20
    # Short runs share their cores with whatever else there is, which halves any of these figures.
    assert goodput >= (0.9 if FULL else 0.25)
    assert load["ok_ms"]["p50"] <= 25  # in order of arrival each waits until it is nearly late, 50 ms
    assert load["ok_ms"]["p99"] <= (250 if FULL else 500)
    assert len(live) > 5 * seconds and max(live) < (100 if FULL else 1000)
    assert after >= (0.95 if FULL else 0.3) * capacity
