# SPDX-License-Identifier: Apache-2.0
"""dvc repro, its lock, its diffs and its experiments, on the sample."""
import json
import pathlib
import re
import subprocess

import yaml
from conftest import ROOT


def outputs(lock):
    return {out["path"]: out["md5"] for stage in lock["stages"].values() for out in stage["outs"]}


def test_repro_makes_what_run_makes_and_what_the_lock_says(clone, tmp_path):
    committed = yaml.safe_load(clone.read("dvc.lock"))
    clone.run("dvc", "repro", "-q")
    reproduced = yaml.safe_load(clone.read("dvc.lock"))
    assert outputs(reproduced) == outputs(committed)
    made = {path: clone.read(path) for path in outputs(committed)}
    for path in made:
        (clone.folder / path).unlink()
    clone.run("valence", "run", "-q", "--set", "tracking.enabled=false")
    assert {path: clone.read(path) for path in made} == made
    # Nothing changed, so nothing runs.
    assert "Running stage" not in clone.run("dvc", "repro")


def test_changing_c_reruns_train_and_evaluate_only(clone):
    clone.run("dvc", "repro", "-q")
    clone.run("git", "add", "-A")
    clone.run("git", "commit", "--allow-empty", "-qm", "trained")
    params = (clone.folder / "params.yaml").read_text()
    assert "C: 10.0" in params
    (clone.folder / "params.yaml").write_text(params.replace("C: 10.0", "C: 3.0"))
    ran = re.findall(r"Running stage '(\w+)'", clone.run("dvc", "repro"))
    assert ran == ["train", "evaluate"]
    params_diff = clone.json("dvc", "params", "diff", "--json")
    changed = params_diff["params.yaml"]["train.C"]
    assert (changed["old"], changed["new"]) == (10.0, 3.0)
    metrics_diff = clone.json("dvc", "metrics", "diff", "--json")
    assert "log_loss" in metrics_diff["reports/metrics.json"]
    plots = clone.run("dvc", "plots", "diff", "-o", "plots-diff")
    page = pathlib.Path(plots.strip().removeprefix("file://")).read_text()
    for title in ("ROC", "Precision and recall", "Calibration", "Confusion"):
        assert title in page


def test_experiments_are_queued_and_compared(clone):
    clone.run("dvc", "repro", "-q")
    clone.run("git", "add", "-A")
    clone.run("git", "commit", "--allow-empty", "-qm", "trained")
    clone.run("dvc", "exp", "run", "--queue", "-S", "train.C=1,3")
    ran = clone.run("dvc", "exp", "run", "--run-all", "-j", "1")
    assert "Failed" not in ran
    shown = clone.json("dvc", "exp", "show", "--json")
    found = set()
    for revision in shown:
        for experiment in revision.get("experiments") or []:
            data = experiment["revs"][-1]["data"]
            found.add((data["params"]["params.yaml"]["data"]["train"]["C"],
                       data["metrics"]["reports/metrics.json"]["data"]["accuracy"]))
    assert {c for c, _ in found} == {1, 3}
    assert all(0.7 < accuracy < 1 for _, accuracy in found)


def test_a_second_clone_pulls_data_and_model(clone, tmp_path):
    clone.run("dvc", "repro", "-q")
    clone.run("git", "add", "-A")
    clone.run("git", "commit", "--allow-empty", "-qm", "trained")
    clone.run("dvc", "push", "-q")
    model = clone.read("models/model.safetensors")
    second = tmp_path / "second"
    clone.run("git", "clone", "-q", clone.folder, second)
    clone.folder = second
    clone.run("dvc", "remote", "modify", "--local", "local", "url", str(tmp_path / "remote"))
    clone.run("dvc", "pull", "-q")
    assert clone.read("models/model.safetensors") == model
    assert "Running stage" not in clone.run("dvc", "repro")
    assert b"positive" in clone.run("valence", "explain", "--json", "A wonderful film.").encode()


def test_the_lock_is_committed_and_whole():
    lock = yaml.safe_load((ROOT / "dvc.lock").read_text())
    pipeline = yaml.safe_load((ROOT / "dvc.yaml").read_text())
    assert set(lock["stages"]) == set(pipeline["stages"])


def test_verify_makes_a_model_again_from_the_cache(clone):
    clone.run("dvc", "repro", "-q")
    for name in ("train.csv", "test.csv"):
        (clone.folder / "data/raw" / name).unlink()
    verified = clone.json("valence", "verify", "-q", "--json")
    assert verified["equal"] and ".dvc/cache" in verified["train"]


def test_verify_says_what_is_missing_and_what_differs(clone):
    clone.run("valence", "run", "-q", "--set", "tracking.enabled=false")
    other = clone.read("data/raw/train.csv")
    model = bytearray(clone.read("models/model.safetensors"))
    at = model.index(b'"valence_version') if b'"valence_version' in model else model.index(b"valence_version")
    version = model.index(b"0.1.0", at)
    model[version:version + 5] = b"0.0.9"
    (clone.folder / "models/old.safetensors").write_bytes(model)
    clone.run("valence", "verify", "-q", "models/old.safetensors", check=1)
    (clone.folder / "data/raw/train.csv").write_bytes(other + b"x,y,positive\n")
    clone.run("valence", "verify", "-q", check=4)
