# SPDX-License-Identifier: Apache-2.0
"""`valence tune` and `valence compare` as a user meets them."""
import json
import os

import pytest
from e2e.conftest import synthetic_reviews


@pytest.fixture
def project(valence):
    """A folder whose training documents are ingested, and whose grid is small."""
    rows = [{"text": text, "label": label} for text, label in synthetic_reviews(400)]
    (valence.folder / "reviews.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (valence.folder / "params.yaml").write_text(
        "ingest: {source: reviews.jsonl}\n"
        "cross_validation: {folds: 4}\n"
        "tune:\n  grid:\n    train.C: [0.01, 10]\n    featurize.ngram_range:\n      - [1, 1]\n      - [1, 2]\n"
        "compare:\n  candidates:\n    bow: {featurize.vectorizer: count}\n    broken: {featurize.min_df: 100000}\n")
    valence.run("ingest", "-q")
    return valence


def test_tune_writes_the_best_parameters_which_run_takes(project):
    found = project.json("tune", "-q", "--json")
    names = [candidate["name"] for candidate in found["candidates"]]
    assert names == ["C=0.01 ngram_range=[1, 1]", "C=0.01 ngram_range=[1, 2]", "C=10 ngram_range=[1, 1]",
                     "C=10 ngram_range=[1, 2]"]
    means = {c["name"]: c["metrics"]["accuracy"]["mean"] for c in found["candidates"]}
    assert means[found["best"]] == max(means.values())
    assert [c["in_force"] for c in found["candidates"]] == [False, False, False, True]
    assert all(len(c["metrics"]["log_loss"]["folds"]) == 4 for c in found["candidates"])

    best = next(c for c in found["candidates"] if c["name"] == found["best"])
    assert best["p_value"] == 1
    written = project.json("params", "--json", "--params", found["output"])
    for section in ("preprocess", "featurize", "train"):
        assert written[section] == best["parameters"][section]
    assert written["ingest"]["source"] == "reviews.jsonl"
    project.run("run", "-q", "--params", found["output"], "--set", "evaluate.maximum={}")


def test_tune_looks_at_training_documents_only(project):
    (project.folder / "data/raw/test.csv").unlink()
    project.run("tune", "-q")


def test_figures_do_not_depend_on_threads(project):
    assert project.json("--threads", "1", "tune", "-q", "--json") == project.json("--threads", "4", "tune", "-q", "--json")


def test_the_table_says_what_is_best_in_force_and_failed(project):
    text = project.run("compare").stdout.decode()
    lines = text.splitlines()
    assert lines[1].split() == ["candidate", "accuracy", "+-", "f1_macro", "log_loss", "ece", "p", "seconds"]
    assert lines[2].lstrip().startswith("* ")
    assert "  broken could not be trained: " in text
    assert "4 folds of 320 training documents" in text
    assert "in force" in text


def test_runs_list_shows_candidates_below_their_search_with_their_figures(project):
    project.run("compare", "-q")
    lines = project.run("runs", "list").stdout.decode().splitlines()
    assert lines[0].split()[-2:] == ["cv/accuracy", "cv/log_loss"]
    assert any("  bow " in line and "FINISHED" in line for line in lines)
    assert any("  broken " in line and "FAILED" in line for line in lines)
    assert any(" compare " in line for line in lines)


@pytest.mark.parametrize("arguments, exit_code, message", [
    (["tune", "--set", "tune.grid={train.c: [1]}"], 2, "tune.grid: train.c: unknown key; did you mean 'C'?"),
    (["tune", "--set", "tune.grid={train.C: 1}"], 2, "expected a list of values, such as [1, 10]"),
    (["tune", "--set", "tune.grid={train.C: [0]}"], 2, "tune.grid: train.C: expected a number > 0, got '0'"),
    (["tune", "--set", "tune.grid={ingest.seed: [1, 2]}"], 2, "unknown section 'ingest'"),
    (["tune", "--set", "tune.grid=3"], 2, "expected a map"),
    (["tune", "--set", "cross_validation.metric=acuracy"], 2, "cross_validation.metric"),
    (["tune", "--set", "cross_validation.folds=1"], 2, "between 2 and 100"),
    (["tune", "--set", "cross_validation.folds=100", "--set", "tune.trials=-1"], 2, "tune.trials"),
    (["compare", "--set", "compare.candidates={a: {featurize.vectorizer: bag}}"], 2, "expected one of count"),
    (["compare", "--set", "compare.candidates=[a]"], 2, "expected a map"),
    (["tune", "-o", "data", "--set", "tune.grid={}"], 4, "data: "),
])
def test_bad_input_is_refused_with_its_place(project, arguments, exit_code, message):
    assert message in project.error(*arguments, exit_code=exit_code)


def test_a_server_that_is_required_and_away_costs_no_results(project):
    result = project.run("tune", "-q", "--require-tracking", "--tracking-uri", "http://127.0.0.1:9", check=4,
                         env={**os.environ, "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"})
    assert "best: " in result.stdout.decode()
    assert (project.folder / "params.tuned.yaml").exists()
    assert "runs sync" in result.stderr.decode()


def test_data_that_cannot_be_folded_is_refused(valence):
    assert "run 'valence ingest' first" in valence.error("tune", exit_code=4)
    (valence.folder / "few.csv").write_text(
        "text,label\n" + "".join(f"a good film {i},pos\na bad film {i},neg\n" for i in range(4)))
    valence.run("ingest", "-q", "--set", "ingest.source=few.csv")
    assert "too few for 5 folds" in valence.error("compare", exit_code=2)


def test_a_search_in_which_all_fail_is_kept_as_a_failed_run(project):
    message = project.error("compare", "--set", "featurize.min_df=90000", "--set", "compare.candidates={}", exit_code=3)
    assert "none of 1 candidates could be trained" in message
    runs = project.json("runs", "list", "--json")
    assert [run["status"] for run in runs] == ["FAILED"]
