# SPDX-License-Identifier: Apache-2.0
"""dvc repro, its lock, its diffs and its experiments, on the sample."""
import copy
import hashlib
import json
import pathlib
import re

import boto3
import yaml
from conftest import ROOT
from support.servers import moto, versitygw


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


def second_clone(clone, folder, *remote):
    """Another person's clone: what `dvc pull` brings is what was pushed, and nothing needs to be made again."""
    second = copy.copy(clone)
    second.folder = folder
    clone.run("git", "clone", "-q", clone.folder, folder)
    use_remote(second, *remote)
    second.run("dvc", "pull", "-q")
    assert second.read("models/model.safetensors") == clone.read("models/model.safetensors")
    assert "Running stage" not in second.run("dvc", "repro")
    assert "positive" in second.run("valence", "explain", "--json", "A wonderful film.")


def use_remote(clone, url, endpoint=None):
    clone.run("dvc", "remote", "add", "--local", "-f", "-d", "tested", url)
    if endpoint:
        clone.run("dvc", "remote", "modify", "--local", "tested", "endpointurl", endpoint)


def bucket(server, clone):
    """A bucket on that server, and its keys in the clone's environment."""
    clone.env.update(AWS_ACCESS_KEY_ID="AKIDvalence", AWS_SECRET_ACCESS_KEY="very-secret", AWS_DEFAULT_REGION="us-east-1",
                     AWS_EC2_METADATA_DISABLED="true")
    boto3.client("s3", endpoint_url=server.url, region_name="us-east-1", aws_access_key_id="AKIDvalence",
                 aws_secret_access_key="very-secret").create_bucket(Bucket="bkt")


def test_a_second_clone_pulls_data_and_model(clone, tmp_path):
    """From a folder, from S3 as moto imitates it, and from an S3 server that checks signatures."""
    clone.run("dvc", "repro", "-q")
    clone.run("git", "add", "-A")
    clone.run("git", "commit", "--allow-empty", "-qm", "trained")
    with moto(tmp_path / "moto") as aws, versitygw(tmp_path / "gateway", "AKIDvalence", "very-secret") as gateway:
        bucket(aws, clone)
        bucket(gateway, clone)
        for name, *remote in (("a-folder", str(tmp_path / "remote")), ("from-moto", "s3://bkt/dvc", aws.url),
                              ("from-versitygw", "s3://bkt/dvc", gateway.url)):
            use_remote(clone, *remote)
            clone.run("dvc", "push", "-q")
            second_clone(clone, tmp_path / name, *remote)


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


def of_another_version(model, ours, other):
    """A sound model file whose header names another version (docs/formats/model.md: the digest over zeros in its place)."""
    end = 8 + int.from_bytes(model[:8], "little")
    header = model[:end].replace(ours, other, 1)
    assert header != model[:end]
    at = header.index(b'"header_sha256":"') + len(b'"header_sha256":"')
    blank = header[:at] + b"0" * 64 + header[at + 64:]
    return blank[:at] + hashlib.sha256(blank).hexdigest().encode() + blank[at + 64:] + model[end:]


def test_verify_says_what_is_missing_and_what_differs(clone):
    clone.run("valence", "run", "-q", "--set", "tracking.enabled=false")
    other = clone.read("data/raw/train.csv")
    (clone.folder / "models/old.safetensors").write_bytes(
        of_another_version(clone.read("models/model.safetensors"), b"0.1.0", b"0.0.9"))
    clone.run("valence", "verify", "-q", "models/old.safetensors", check=1)
    (clone.folder / "data/raw/train.csv").write_bytes(other + b"x,y,positive\n")
    clone.run("valence", "verify", "-q", check=4)
