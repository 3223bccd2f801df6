# SPDX-License-Identifier: Apache-2.0
"""Valence's fit against scikit-learn's optimum, live: same matrix in; objective, probabilities and labels out.

The reference is LogisticRegression(solver="newton-cg", tol=1e-10). The default solver, lbfgs, does not get that close:
with tol=1e-10 its probabilities on the reviews are still 1e-6 (C=1) and 9e-6 (C=10) from newton-cg's, which Valence's
agree with to 7e-8. `pytest -s` prints the figures, with both times of the same run.
"""

import json
import os
import pathlib
import subprocess
import time

import matrices
import numpy as np
import pytest
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression

TOOL = pathlib.Path(os.environ["VALENCE_TOOLS"]) / "model_tool"
OBJECTIVE_TOLERANCE = 1e-9
PROBABILITY_TOLERANCE = 1e-6


@pytest.fixture(scope="module")
def problems(tmp_path_factory):
    """name, texts and labels -> folder, matrix, labels; each made once."""
    made = {}

    def get(name, read, min_df):
        if name not in made:
            texts, y = read()
            x = matrices.tfidf(texts, min_df)
            folder = tmp_path_factory.mktemp(name)
            matrices.write(folder, x, y)
            made[name] = folder, x, y
        return made[name]

    return get


def log_probabilities(x, weights, intercepts):
    scores = x @ weights.T + intercepts
    if scores.shape[1] == 1:
        scores = np.hstack([np.zeros_like(scores), scores])
    return log_softmax(scores, axis=1)


def objective(log_p, y, weights, sample_weight, c):
    losses = -log_p[np.arange(len(y)), y]
    return 0.5 * np.sum(weights**2) + c * np.dot(sample_weight, losses)


def fit_valence(folder, c, class_weight, intercept, rows):
    done = subprocess.run([TOOL, folder, repr(c), class_weight, str(int(intercept)), "0", "2"], check=True,
                          capture_output=True, text=True)
    weights = np.fromfile(folder / "weights.out").reshape(rows, -1)
    return json.loads(done.stdout), weights, np.fromfile(folder / "intercepts.out")


def fit_sklearn(x, y, c, class_weight, intercept):
    model = LogisticRegression(C=c, tol=1e-10, solver="newton-cg", max_iter=100_000, fit_intercept=intercept,
                               class_weight=None if class_weight == "none" else class_weight)
    start = time.perf_counter()
    model.fit(x, y)
    return model, time.perf_counter() - start


def compare(name, problem, c, class_weight="none", intercept=True):
    folder, x, y = problem
    reference, reference_seconds = fit_sklearn(x, y, c, class_weight, intercept)
    report, weights, intercepts = fit_valence(folder, c, class_weight, intercept, reference.coef_.shape[0])

    counts = np.bincount(y)
    class_weights = len(y) / (len(counts) * counts) if class_weight == "balanced" else np.ones(len(counts))
    ours = log_probabilities(x, weights, intercepts)
    theirs = log_probabilities(x, reference.coef_, reference.intercept_)
    value = objective(ours, y, weights, class_weights[y], c)
    best = objective(theirs, y, reference.coef_, class_weights[y], c)
    difference = np.abs(np.exp(ours) - np.exp(theirs)).max()
    labels = int(np.sum(ours.argmax(axis=1) != theirs.argmax(axis=1)))
    print(f"\n{name} C={c:g} {class_weight} intercept={intercept}: objective {value / best - 1:+.1e}, "
          f"max |p - p*| {difference:.1e}, labels {labels}, gap {report['relative_gap']:.1e}, "
          f"{report['hessian_products']} products, {report['seconds']:.2f} s, {report['peak_mb']:.0f} MB; "
          f"scikit-learn {reference_seconds:.2f} s, {reference_seconds / report['seconds']:.0f}x")

    assert report["converged"]
    assert report["objective"] == pytest.approx(value, rel=1e-12)
    assert abs(value / best - 1) < OBJECTIVE_TOLERANCE
    assert difference < PROBABILITY_TOLERANCE
    assert labels == 0


@pytest.mark.parametrize("c", [1.0, 10.0])
def test_reviews(problems, reviews_archive, c):
    problem = problems("reviews", lambda: matrices.reviews(reviews_archive), min_df=2)
    compare("reviews", problem, c)


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("class_weight", ["none", "balanced"])
@pytest.mark.parametrize("c", [0.1, 1.0, 10.0])
def test_tweets_with_three_labels(problems, tweets_csv, c, class_weight, intercept):
    problem = problems("tweets", lambda: matrices.tweets(tweets_csv), min_df=1)
    compare("tweets", problem, c, class_weight, intercept)


@pytest.mark.parametrize("c", [1e-6, 1e3])
def test_extreme_c(problems, tweets_csv, c):
    def two_labels():
        texts, y = matrices.tweets(tweets_csv)
        kept = np.flatnonzero(y != 1)[:3000]
        return [texts[i] for i in kept], y[kept] // 2

    compare("two labels", problems("two", two_labels, min_df=2), c, "balanced")
