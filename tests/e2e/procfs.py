# SPDX-License-Identifier: Apache-2.0
"""What tests that look at a process through /proc need."""
import contextlib
import os
import pathlib

import pytest

# A chroot in a pid namespace of its own may still see its parent's /proc, where our pids are others.
needs_proc = pytest.mark.skipif(os.readlink("/proc/self") != str(os.getpid()), reason="/proc shows another pid namespace")


@contextlib.contextmanager
def on_cores(process):
    """That process on core 0, this one on core 1."""
    before = os.sched_getaffinity(0)
    if len(before) >= 2:
        for thread in os.listdir(f"/proc/{process.pid}/task"):
            os.sched_setaffinity(int(thread), {min(before)})
        os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def rss_bytes(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024
