# SPDX-License-Identifier: Apache-2.0
"""Valence's metrics, curves, slices and bootstrap against scikit-learn and NumPy, live, within 1e-12."""

import csv
import io
import json
import math
import os
import pathlib
import subprocess

import numpy as np
import pytest
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve
from sklearn.preprocessing import label_binarize

TOOL = pathlib.Path(os.environ["VALENCE_TOOLS"]) / "evaluation_tool"
TOLERANCE = 1e-12
SCALARS = [
    "accuracy", "precision_macro", "recall_macro", "f1_macro", "precision_weighted", "recall_weighted",
    "f1_weighted", "roc_auc", "pr_auc", "log_loss", "brier", "ece",
]


def make(n, classes, seed, decimals=None, sharpness=1.0):
    """Labels and probabilities of a classifier that is mostly right. decimals rounds, for ties between scores."""
    random = np.random.RandomState(seed)
    truth = random.randint(0, classes, n)
    margins = sharpness * random.normal(size=(n, classes)) + 1.2 * sharpness * (np.arange(classes) == truth[:, None])
    probabilities = np.exp(margins - margins.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    if decimals is not None:
        probabilities[:, 1:] = np.round(probabilities[:, 1:] / 2, decimals)
        probabilities[:, 0] = 1 - probabilities[:, 1:].sum(axis=1)
    return {
        "labels": [f"label {c}" for c in range(classes)],
        "truth": truth,
        "predicted": probabilities.argmax(axis=1),
        "probabilities": probabilities,
        "text_bytes": random.randint(5, 4000, n),
    }


def run(scored, resamples=0, seed=0):
    request = {k: v if k == "labels" else v.ravel().tolist() for k, v in scored.items()}
    done = subprocess.run([TOOL, "metrics", str(resamples), str(seed)], input=json.dumps(request), text=True,
                          capture_output=True, check=True)
    return json.loads(done.stdout)


def expected_calibration_error(correct, confidence):
    edges = np.linspace(0, 1, 16)
    bins = np.searchsorted(edges[1:-1], confidence)
    return sum(abs(correct[bins == b].mean() - confidence[bins == b].mean()) * (bins == b).mean()
               for b in range(15) if (bins == b).any())


def scalars(scored, rows=slice(None)):
    truth, predicted = scored["truth"][rows], scored["predicted"][rows]
    probabilities = scored["probabilities"][rows]
    labels = np.arange(probabilities.shape[1])
    figures = {"accuracy": sk.accuracy_score(truth, predicted)}
    for average in ["macro", "weighted"]:
        p, r, f, _ = sk.precision_recall_fscore_support(truth, predicted, labels=labels, average=average,
                                                        zero_division=0)
        figures |= {f"precision_{average}": p, f"recall_{average}": r, f"f1_{average}": f}
    if len(labels) == 2:
        figures["roc_auc"] = sk.roc_auc_score(truth, probabilities[:, 1])
        figures["pr_auc"] = sk.average_precision_score(truth, probabilities[:, 1])
        figures["brier"] = sk.brier_score_loss(truth, probabilities[:, 1])
    else:
        figures["roc_auc"] = sk.roc_auc_score(truth, probabilities, multi_class="ovr", average="macro", labels=labels)
        figures["pr_auc"] = sk.average_precision_score(label_binarize(truth, classes=labels), probabilities,
                                                       average="macro")
        figures["brier"] = sk.brier_score_loss(truth, probabilities, labels=labels)
    figures["log_loss"] = sk.log_loss(truth, probabilities, labels=labels)
    figures["ece"] = expected_calibration_error(predicted == truth, probabilities[np.arange(len(truth)), predicted])
    return figures


CASES = {
    "binary": make(2000, 2, seed=1),
    "binary with ties": make(2000, 2, seed=2, decimals=2),
    "binary, saturated": make(2000, 2, seed=3, sharpness=25.0),
    "three classes": make(2000, 3, seed=4),
    "five classes with ties": make(3000, 5, seed=5, decimals=1),
}


@pytest.fixture(params=CASES, scope="module")
def scored(request):
    return CASES[request.param]


def test_scalar_metrics(scored):
    ours = run(scored)["metrics"]
    theirs = scalars(scored)
    assert sorted(theirs) == sorted(SCALARS)
    worst = {name: abs(ours[name] - theirs[name]) for name in SCALARS}
    assert max(worst.values()) <= TOLERANCE, worst


def test_figures_per_class_and_confusion_matrix(scored):
    ours = run(scored)["metrics"]
    p, r, f, s = sk.precision_recall_fscore_support(scored["truth"], scored["predicted"], zero_division=0)
    for c, label in enumerate(scored["labels"]):
        figures = ours["per_class"][label]
        assert figures["precision"] == pytest.approx(p[c], abs=TOLERANCE)
        assert figures["recall"] == pytest.approx(r[c], abs=TOLERANCE)
        assert figures["f1"] == pytest.approx(f[c], abs=TOLERANCE)
        assert figures["support"] == s[c]
    assert ours["confusion_matrix"] == sk.confusion_matrix(scored["truth"], scored["predicted"]).tolist()


def test_a_class_that_nobody_has_or_predicts_counts_as_zero():
    scored = make(200, 3, seed=6)
    scored["truth"] = np.minimum(scored["truth"], 1)
    scored["predicted"] = np.minimum(scored["predicted"], 1)
    ours = run(scored)["metrics"]
    p, r, f, _ = sk.precision_recall_fscore_support(scored["truth"], scored["predicted"], labels=[0, 1, 2],
                                                    average="macro", zero_division=0)
    assert (ours["precision_macro"], ours["recall_macro"], ours["f1_macro"]) == pytest.approx((p, r, f), abs=TOLERANCE)
    assert ours["roc_auc"] is None and ours["pr_auc"] is None


def test_bootstrap_intervals(scored):
    resamples, seed, n = 20, 42, len(scored["truth"])
    ours = run(scored, resamples, seed)["metrics"]["intervals"]
    drawn = [scalars(scored, np.random.RandomState(seed + i).randint(0, n, n)) for i in range(resamples)]
    for name in SCALARS:
        low, high = np.percentile([figures[name] for figures in drawn], [2.5, 97.5])
        assert ours[name]["low"] == pytest.approx(low, abs=TOLERANCE), name
        assert ours[name]["high"] == pytest.approx(high, abs=TOLERANCE), name


def table(text):
    rows = list(csv.reader(io.StringIO(text)))
    return rows[0], np.array([[float(cell) for cell in row] for row in rows[1:]])


@pytest.mark.parametrize("decimals", [None, 2])
def test_curves(decimals):
    scored = make(700, 2, seed=8, decimals=decimals)  # below the 1,000 points from which curves are thinned
    truth, positive = scored["truth"], scored["probabilities"][:, 1]
    curves = run(scored)["curves"]

    columns, ours = table(curves["roc"])
    assert columns == ["fpr", "tpr", "threshold"]
    fpr, tpr, thresholds = sk.roc_curve(truth, positive, drop_intermediate=False)
    assert math.isinf(ours[0, 2]) and math.isinf(thresholds[0])
    np.testing.assert_allclose(ours[:, :2], np.column_stack([fpr, tpr]), rtol=0, atol=TOLERANCE)
    np.testing.assert_array_equal(ours[1:, 2], thresholds[1:])

    columns, ours = table(curves["precision_recall"])
    assert columns == ["precision", "recall", "threshold"]
    precision, recall, thresholds = sk.precision_recall_curve(truth, positive)
    np.testing.assert_allclose(ours[:, :2], np.column_stack([precision, recall]), rtol=0, atol=TOLERANCE)
    np.testing.assert_array_equal(ours[:-1, 2], thresholds)

    columns, ours = table(curves["calibration"])
    observed, mean = calibration_curve(truth, positive, n_bins=15, strategy="uniform")
    np.testing.assert_allclose(ours[:, 2:4], np.column_stack([mean, observed]), rtol=0, atol=TOLERANCE)
    assert ours[:, 4].sum() == len(truth)

    columns, ours = table(curves["thresholds"])
    for threshold, precision, recall, f1, accuracy in ours:
        predicted = positive >= threshold
        p, r, f, _ = sk.precision_recall_fscore_support(truth, predicted, average="binary", zero_division=0)
        assert (precision, recall, f1) == pytest.approx((p, r, f), abs=TOLERANCE)
        assert accuracy == pytest.approx(sk.accuracy_score(truth, predicted), abs=TOLERANCE)


def test_curves_of_more_classes():
    scored = make(600, 3, seed=9)
    columns, ours = table(run(scored)["curves"]["roc"])
    assert columns == ["fpr", "tpr", "threshold", "class"]
    for c in range(3):
        fpr, tpr, _ = sk.roc_curve(scored["truth"] == c, scored["probabilities"][:, c], drop_intermediate=False)
        np.testing.assert_allclose(ours[ours[:, 3] == c][:, :2], np.column_stack([fpr, tpr]), rtol=0, atol=TOLERANCE)


def test_slices(scored):
    lengths = scored["text_bytes"]
    cuts = [np.sort(lengths)[len(lengths) * q // 4] for q in (1, 2, 3)]
    quarter = np.searchsorted(cuts, lengths, side="right")
    for q, (name, ours) in enumerate(run(scored)["slices"].items()):
        assert "text_bytes" in name
        theirs = scalars(scored, quarter == q)
        assert ours["documents"] == (quarter == q).sum()
        worst = {figure: abs(ours[figure] - theirs[figure]) for figure in SCALARS}
        assert max(worst.values()) <= TOLERANCE, (name, worst)
