# SPDX-License-Identifier: Apache-2.0
"""The repository's own dvc.yaml under real DVC, in a clone of what a person would have: the project's files, no build."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("VALENCE_BIN", ROOT / "build/release/bin/valence"))
PROJECT_FILES = ["dvc.yaml", "dvc.lock", "params.yaml", "data_contract.yaml", "data_profile.json", ".dvc/config", ".dvc/.gitignore",
                 ".dvcignore", ".gitignore"]


class Clone:
    """A git repository with the project's pipeline; `dvc` and `valence` are on its PATH, as the docs say."""

    def __init__(self, folder, home):
        self.folder = folder
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "MLFLOW_", "GIT_", "DVC_"))}
        path = [str(BINARY.parent), str(pathlib.Path(sys.executable).parent), self.env["PATH"]]
        self.env.update(PATH=os.pathsep.join(path), HOME=str(home), DVC_NO_ANALYTICS="1", PYTHONPATH="",
                        GIT_AUTHOR_NAME="t", GIT_AUTHOR_EMAIL="t@example.com", GIT_COMMITTER_NAME="t",
                        GIT_COMMITTER_EMAIL="t@example.com")

    def run(self, *args, check=0):
        done = subprocess.run([str(a) for a in args], cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=300)
        assert done.returncode == check, f"{args}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def json(self, *args):
        return json.loads(self.run(*args))

    def read(self, path):
        return (self.folder / path).read_bytes()


@pytest.fixture
def clone(tmp_path):
    folder = tmp_path / "clone"
    folder.mkdir()
    for name in PROJECT_FILES:
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    clone = Clone(folder, tmp_path)
    # The sample, downloaded once for all tests, as a person's second clone would have it.
    cache = ROOT / "data/cache"
    if cache.exists():
        shutil.copytree(cache, folder / "data/cache")
    clone.run("git", "init", "-q", "-b", "main", ".")
    clone.run("dvc", "remote", "modify", "--local", "local", "url", str(tmp_path / "remote"))
    clone.run("git", "add", "-A")
    clone.run("git", "commit", "-qm", "first")
    return clone
