# SPDX-License-Identifier: Apache-2.0
"""The stages, one by one and all together, give the same bytes; the gate and the exit codes hold."""
import csv
import hashlib
import json
import pathlib

import numpy as np
import pytest
import scipy.sparse

SOURCE = ("--set", "ingest.source=reviews.csv")
STAGES = ["ingest", "preprocess", "featurize", "train", "evaluate"]
FILES = ["data/raw/train.csv", "data/raw/test.csv", "data/raw/rejected.csv", "data/interim/train.csv",
         "data/interim/test.csv", "data/processed/train.npz", "data/processed/test.npz",
         "data/processed/labels_train.npy", "data/processed/labels_test.npy", "data/processed/vocabulary.json",
         "models/model.safetensors", "reports/data.json", "reports/metrics.json", "reports/report.html",
         "reports/model_card.md"]


def digests(valence):
    return {path: hashlib.sha256(valence.read(path)).hexdigest() for path in FILES}


def test_stages_one_by_one_give_the_same_bytes_as_run(valence, reviews):
    valence.run("run", *SOURCE)
    whole = digests(valence)
    for path in FILES:
        (valence.folder / path).unlink()
    for stage in STAGES:
        valence.run(stage, *SOURCE)
    assert digests(valence) == whole


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_thread_count_does_not_change_a_byte(trained, valence, reviews, threads):
    valence.run("--threads", threads, "run", *SOURCE)
    assert digests(valence) == digests(trained)


def test_run_writes_what_design_says(trained):
    with open(trained.folder / "data/raw/train.csv", newline="", encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    assert list(rows[0]) == ["id", "text", "label"]
    assert len(rows) == 320
    matrix = scipy.sparse.load_npz(trained.folder / "data/processed/train.npz")
    vocabulary = json.loads(trained.read("data/processed/vocabulary.json"))
    assert matrix.shape == (320, len(vocabulary))
    assert sorted(vocabulary.values()) == list(range(len(vocabulary)))
    assert list(vocabulary) == sorted(vocabulary)
    assert set(np.load(trained.folder / "data/processed/labels_train.npy")) == {0, 1}
    metrics = json.loads(trained.read("reports/metrics.json"))
    assert metrics["accuracy"] > 0.95
    for key in ("f1_macro", "roc_auc", "pr_auc", "log_loss", "brier", "ece", "confusion_matrix"):
        assert key in metrics
    data = json.loads(trained.read("reports/data.json"))
    assert data["input_rows"] == data["kept_rows"] + sum(data["rejected_by_reason"].values()) == 400


def test_json_on_stdout_progress_on_stderr(valence, reviews):
    result = valence.run("run", *SOURCE, "--json")
    answer = json.loads(result.stdout)
    assert answer["gate"]["passed"] is True
    assert answer["metrics"]["accuracy"] == json.loads(valence.read("reports/metrics.json"))["accuracy"]
    assert b"featurize" in result.stderr


def test_failing_gate_exits_1_and_names_the_figure(valence, reviews):
    message = valence.error("run", *SOURCE, "--set", "evaluate.minimum={accuracy: 1.01}", exit_code=1)
    assert "gate refused: accuracy" in message and "1.01" in message
    assert (valence.folder / "reports/metrics.json").exists(), "a refused model is still reported"


def test_evaluate_on_any_csv_agrees_with_the_stage(trained):
    stage = json.loads(trained.read("reports/metrics.json"))
    answer = trained.json("evaluate", "--model", "models/model.safetensors", "--data", "data/raw/test.csv")
    for key in ("accuracy", "f1_macro", "roc_auc", "log_loss", "brier", "ece"):
        assert answer[key] == stage[key], key


def test_params_file_and_overrides(valence, reviews):
    (valence.folder / "params.yaml").write_text("ingest: {source: reviews.csv}\ntrain: {C: 0.5}\n")
    assert valence.json("params")["train"]["C"] == 0.5
    assert valence.json("params", "--set", "train.C=3")["train"]["C"] == 3.0
    printed = valence.run("params").stdout
    (valence.folder / "copy.yaml").write_bytes(printed)
    assert valence.json("params", "--params", "copy.yaml") == valence.json("params")


@pytest.mark.parametrize("args, exit_code, words", [
    (["run", "--set", "train.c=3"], 2, ["train.c", "did you mean", "'C'"]),
    (["run", "--set", "train.C=abc"], 2, ["train.C", "number", "abc"]),
    (["run", "--set", "train.C=-1"], 2, ["train.C", "-1"]),
    (["run", "--set", "nonsense"], 2, ["nonsense"]),
    (["run", "--set", "ingest.source=missing.csv"], 4, ["missing.csv"]),
    (["run", "--params", "missing.yaml"], 4, ["missing.yaml"]),
    (["featurize"], 4, ["data/interim/train.csv", "valence preprocess"]),
    (["train"], 4, ["valence featurize"]),
    (["evaluate"], 4, ["valence train"]),
    (["predict", "--model", "missing.safetensors"], 4, ["missing.safetensors"]),
    (["frobnicate"], 2, []),
    (["-C", "/nonexistent-folder", "version"], 2, ["/nonexistent-folder"]),
])
def test_mistakes_are_explained(valence, args, exit_code, words):
    message = valence.error(*args, exit_code=exit_code)
    for word in words:
        assert word in message


def test_params_file_errors_name_file_and_line(valence):
    (valence.folder / "params.yaml").write_text("train:\n  C: 1.0\n  max_itre: 5\n")
    message = valence.error("params", exit_code=2)
    assert "params.yaml:3" in message and "max_iter" in message


def test_documented_parameters_are_those_of_the_binary(valence):
    documented = (pathlib.Path(__file__).parents[2] / "docs/params.md").read_bytes()
    assert documented.endswith(valence.run("params", "--markdown").stdout)
