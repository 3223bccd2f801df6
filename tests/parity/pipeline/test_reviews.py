# SPDX-License-Identifier: Apache-2.0
"""The whole pipeline on the 25,000 reviews against Python: the same texts, terms, matrix, optimum and answers."""
import csv
import io
import json
import math
import os
import re
import string
import subprocess

import numpy as np
import pytest
import safetensors.numpy
import scipy.sparse
from nltk.corpus import stopwords
from nltk.stem import WordNetLemmatizer
from scipy.special import expit
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (accuracy_score, average_precision_score, brier_score_loss, f1_score, log_loss, roc_auc_score)


def read_csv(path):
    csv.field_size_limit(1 << 30)
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


@pytest.fixture(scope="module")
def folder(tmp_path_factory, reviews_archive):
    """`valence run` with the seed's preprocessing on the reviews."""
    path = tmp_path_factory.mktemp("reviews")
    result = subprocess.run([os.environ["VALENCE_BIN"], "run", "--set", f"ingest.source={reviews_archive}",
                             "--set", "preprocess.preset=seed", "--set", "evaluate.bootstrap_resamples=0",
                             "--set", "train.C=1.0", "--set", "evaluate.maximum={}"],
                            cwd=path, capture_output=True, timeout=300)
    assert result.returncode == 0, result.stderr.decode()
    return path


@pytest.fixture(scope="module")
def raw(folder):
    return {part: read_csv(folder / f"data/raw/{part}.csv") for part in ("train", "test")}


@pytest.fixture(scope="module")
def interim(folder):
    return {part: read_csv(folder / f"data/interim/{part}.csv") for part in ("train", "test")}


@pytest.fixture(scope="module")
def parameters(folder):
    with open(folder / "models/model.safetensors", "rb") as f:
        header = json.loads(f.read(int.from_bytes(f.read(8), "little")))
    return json.loads(header["__metadata__"]["parameters"])


def seed_preprocess(text, stop_words=frozenset(stopwords.words("english")), lemmatizer=WordNetLemmatizer(),
                    punctuation=re.compile("[%s]" % re.escape(string.punctuation))):
    text = re.sub(r"https?://\S+|www\.\S+", "", text)
    text = "".join(c for c in text if not c.isdigit())
    text = text.lower()
    text = punctuation.sub(" ", text).replace("؛", "")
    text = re.sub(r"\s+", " ", text).strip()
    text = " ".join(w for w in text.split() if w not in stop_words)
    return " ".join(lemmatizer.lemmatize(w) for w in text.split())


def test_preprocessing_is_byte_identical_to_python_and_nltk(raw, interim):
    checked = 0
    for part in ("train", "test"):
        for before, after in zip(raw[part], interim[part], strict=True):
            assert after["text"] == seed_preprocess(before["text"]), before["id"]
            checked += 1
    print(f"{checked} reviews byte-identical")
    assert checked > 24_000


@pytest.fixture(scope="module")
def sklearn_features(interim):
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2)
    train = vectorizer.fit_transform(r["text"] for r in interim["train"])
    return vectorizer, train, vectorizer.transform(r["text"] for r in interim["test"])


def test_vocabulary_and_matrix_equal_scikit_learn(folder, sklearn_features):
    vectorizer, train, test = sklearn_features
    ours = json.loads((folder / "data/processed/vocabulary.json").read_text())
    assert list(ours) == list(vectorizer.get_feature_names_out())
    for part, theirs in (("train", train), ("test", test)):
        matrix = scipy.sparse.load_npz(folder / f"data/processed/{part}.npz")
        theirs = theirs.sorted_indices()
        assert np.array_equal(matrix.indptr, theirs.indptr) and np.array_equal(matrix.indices, theirs.indices)
        worst = np.abs(matrix.data - theirs.data).max()
        print(f"{part}: {matrix.nnz} values, worst difference {worst:.1e}")
        assert worst <= 1e-12


def test_fit_reaches_scikit_learns_optimum(folder, sklearn_features, raw):
    _, x, x_test = sklearn_features
    y = np.array([r["label"] == "pos" for r in raw["train"]], dtype=float)
    reference = LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000, solver="newton-cg").fit(x, y)
    tensors = safetensors.numpy.load_file(folder / "models/model.safetensors")
    w, b = tensors["weights"].ravel(), tensors["intercepts"][0]

    def objective(w, b):
        margin = (2 * y - 1) * (x @ w + b)
        return 0.5 * w @ w + np.logaddexp(0, -margin).sum()

    ours, theirs = objective(w, b), objective(reference.coef_.ravel(), reference.intercept_[0])
    p = expit(x_test @ w + b)
    q = reference.predict_proba(x_test)[:, 1]
    print(f"objective {ours:.12f}, scikit-learn {theirs:.12f}; worst probability difference {np.abs(p - q).max():.1e}")
    assert ours <= theirs * (1 + 1e-9)
    assert abs(ours - theirs) <= 1e-9 * theirs
    assert np.abs(p - q).max() < 1e-6
    assert np.array_equal(p > 0.5, q > 0.5)


def test_predict_on_raw_text_equals_the_python_pipeline(folder, raw, sklearn_features):
    _, _, x_test = sklearn_features
    tensors = safetensors.numpy.load_file(folder / "models/model.safetensors")
    expected = x_test @ tensors["weights"].ravel() + tensors["intercepts"][0]
    out = subprocess.run([os.environ["VALENCE_BIN"], "predict", "--quiet", "--model", "models/model.safetensors",
                          "data/raw/test.csv"], cwd=folder, capture_output=True, timeout=300, check=True).stdout
    rows = list(csv.DictReader(io.StringIO(out.decode(), newline="")))
    scores = np.array([float(r["score"]) for r in rows])
    print(f"worst score difference {np.abs(scores - expected).max():.1e}")
    assert np.abs(scores - expected).max() < 1e-12 * max(1, np.abs(expected).max()) * 10


def test_metrics_equal_scikit_learn(folder, raw):
    metrics = json.loads((folder / "reports/metrics.json").read_text())
    out = subprocess.run([os.environ["VALENCE_BIN"], "predict", "--quiet", "data/raw/test.csv"], cwd=folder,
                         capture_output=True, timeout=300, check=True).stdout
    rows = list(csv.DictReader(io.StringIO(out.decode(), newline="")))
    p = np.array([float(r["probability_pos"]) for r in rows])
    y = np.array([r["input_label"] == "pos" for r in rows], dtype=int)
    label = np.array([r["label"] == "pos" for r in rows], dtype=int)
    expected = {"accuracy": accuracy_score(y, label), "f1_macro": f1_score(y, label, average="macro"),
                "roc_auc": roc_auc_score(y, p), "pr_auc": average_precision_score(y, p), "log_loss": log_loss(y, p),
                "brier": brier_score_loss(y, p)}
    for name, value in expected.items():
        assert math.isclose(metrics[name], value, abs_tol=1e-12), name
