# SPDX-License-Identifier: Apache-2.0
"""What tests that look at a process through /proc need."""
import os

import pytest

# A chroot in a pid namespace of its own may still see its parent's /proc, where our pids are others.
needs_proc = pytest.mark.skipif(os.readlink("/proc/self") != str(os.getpid()), reason="/proc shows another pid namespace")
