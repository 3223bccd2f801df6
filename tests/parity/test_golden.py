# SPDX-License-Identifier: Apache-2.0
"""The stored goldens are what the pinned packages say: tools/gen_golden.py makes them again and finds no difference."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_goldens_are_not_stale():
    done = subprocess.run([sys.executable, ROOT / "tools/gen_golden.py", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
