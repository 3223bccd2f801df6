# SPDX-License-Identifier: Apache-2.0
"""What `dvc repro` adds to `valence run`: DVC's own time, and ours for starting five stages one by one."""
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROJECT_FILES = ["dvc.yaml", "data_contract.yaml", "data_profile.json", ".dvc/config", ".dvcignore", ".gitignore"]
# Puts down what a stage made before, so that only DVC works: reading its files, hashing, its lock and its cache.
STAND_IN = """#!/bin/sh
case $1 in
  ingest) cp -rL made/data/raw data/ && cp made/reports/data.* reports/ ;;
  preprocess) cp -rL made/data/interim data/ ;;
  featurize) cp -rL made/data/processed data/ ;;
  train) cp -rL made/models . ;;
  evaluate) cp -rL made/reports . ;;
esac
"""


def project(folder, archive):
    """The repository's pipeline on the reviews, in a git repository of its own."""
    for name in PROJECT_FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    ours = (ROOT / "params.yaml").read_text()
    (folder / "params.yaml").write_text(re.sub(r"^  source: \S+", f"  source: {archive}", ours, count=1, flags=re.M))
    subprocess.run(["git", "init", "-q", "."], cwd=folder, check=True)


def seconds(folder, *command, path=()):
    env = {**os.environ, "DVC_NO_ANALYTICS": "1", "HOME": str(folder),
           "PATH": os.pathsep.join([*map(str, path), str(pathlib.Path(sys.executable).parent), os.environ["PATH"]])}
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def bench_dvc(work, binary, archive, report):
    print("dvc repro: the five stages on 25,000 reviews")
    tools = work / "tools"
    for name in ("ours", "stand-in"):
        (tools / name).mkdir(parents=True)
    (tools / "ours/valence").symlink_to(pathlib.Path(binary).resolve())
    (tools / "stand-in/valence").write_text(STAND_IN)
    (tools / "stand-in/valence").chmod(0o755)
    made = work / "made"
    made.mkdir()
    project(made, archive)
    runs, repros, alone = [], [], []
    for i in range(3):
        runs.append(seconds(made, "valence", "-q", "run", "--set", "tracking.enabled=false", path=[tools / "ours"]))
        for times, tool in ((repros, "ours"), (alone, "stand-in")):
            clone = work / f"clone-{tool}-{i}"
            clone.mkdir()
            project(clone, archive)
            if tool == "stand-in":
                (clone / "made").mkdir()
                for part in ("data", "models", "reports"):
                    (clone / "made" / part).symlink_to(made / part)
            for part in ("data", "reports"):
                (clone / part).mkdir()
            times.append(seconds(clone, "dvc", "repro", "-q", path=[tools / tool]))
    run, repro, own = (statistics.median(times) for times in (runs, repros, alone))
    print(f"  valence run {run:.2f} s, dvc repro {repro:.2f} s, of which DVC itself {own:.2f} s")
    rest = repro - run - own
    report("dvc repro over valence run, without DVC itself", f"{rest:.2f}", "s", "<= 2", rest <= 2)
