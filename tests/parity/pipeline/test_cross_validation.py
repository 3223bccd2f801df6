# SPDX-License-Identifier: Apache-2.0
"""`valence tune` against scikit-learn's GridSearchCV on 2,500 reviews: the same folds, scores and best parameters."""
import csv
import json
import os
import subprocess

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import Pipeline

FOLDS, SEED = 4, 3
C_VALUES, NGRAM_RANGES = [1.0, 10.0], [(1, 1), (1, 2)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, reviews_archive):
    path = tmp_path_factory.mktemp("tune")
    (path / "params.yaml").write_text(
        f"ingest: {{source: {reviews_archive}, test_share: 0.9}}\npreprocess: {{preset: none}}\n"
        f"cross_validation: {{folds: {FOLDS}, seed: {SEED}}}\n"
        "tune: {grid: {train.C: [1, 10], featurize.ngram_range: [[1, 1], [1, 2]]}}\n")
    subprocess.run([os.environ["VALENCE_BIN"], "ingest", "-q"], cwd=path, check=True, capture_output=True, timeout=120)
    return path


@pytest.fixture(scope="module")
def documents(folder):
    csv.field_size_limit(1 << 30)
    with open(folder / "data/raw/train.csv", newline="", encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    return [row["text"] for row in rows], np.array([row["label"] for row in rows])


@pytest.fixture(scope="module")
def ours(folder):
    result = subprocess.run([os.environ["VALENCE_BIN"], "tune", "-q", "--json"], cwd=folder, check=True,
                            capture_output=True, timeout=300)
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def theirs(documents):
    texts, labels = documents
    pipeline = Pipeline([("features", TfidfVectorizer(min_df=2)),
                         ("model", LogisticRegression(solver="newton-cg", tol=1e-10, max_iter=1000))])
    search = GridSearchCV(pipeline, {"model__C": C_VALUES, "features__ngram_range": NGRAM_RANGES},
                          scoring=["accuracy", "neg_log_loss", "roc_auc"], refit="accuracy",
                          cv=StratifiedKFold(FOLDS, shuffle=True, random_state=SEED))
    return search.fit(texts, labels)


def of_candidate(ours, c, ngram_range):
    parameters = {"C": c, "ngram_range": list(ngram_range)}
    return next(candidate for candidate in ours["candidates"]
                if parameters == {"C": candidate["parameters"]["train"]["C"],
                                  "ngram_range": candidate["parameters"]["featurize"]["ngram_range"]})


def test_every_fold_of_every_candidate_scores_as_in_scikit_learn(ours, theirs, documents):
    assert ours["documents"] == len(documents[0])
    assert ours["documents"] > 2400
    results = theirs.cv_results_
    for i, parameters in enumerate(results["params"]):
        candidate = of_candidate(ours, parameters["model__C"], parameters["features__ngram_range"])
        for fold in range(FOLDS):
            split = {name: results[f"split{fold}_test_{name}"][i] for name in ("accuracy", "neg_log_loss", "roc_auc")}
            assert candidate["metrics"]["accuracy"]["folds"][fold] == pytest.approx(split["accuracy"], abs=1e-15)
            assert candidate["metrics"]["log_loss"]["folds"][fold] == pytest.approx(-split["neg_log_loss"], abs=1e-6)
            assert candidate["metrics"]["roc_auc"]["folds"][fold] == pytest.approx(split["roc_auc"], abs=1e-6)
        assert candidate["metrics"]["accuracy"]["mean"] == pytest.approx(results["mean_test_accuracy"][i], abs=1e-15)
        assert candidate["metrics"]["accuracy"]["sd"] == pytest.approx(results["std_test_accuracy"][i], abs=1e-15)
    print(f"{len(results['params'])} candidates x {FOLDS} folds agree")


def test_the_best_candidate_is_scikit_learns(ours, theirs):
    best = theirs.best_params_
    assert ours["best"] == of_candidate(ours, best["model__C"], best["features__ngram_range"])["name"]
