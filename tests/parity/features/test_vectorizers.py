# SPDX-License-Identifier: Apache-2.0
"""FitTransform and Transform against the pinned scikit-learn, live: the same vocabulary in the same order, the same
indices, values within 1e-12; and an error where scikit-learn raises one."""

import json
import os
import pathlib
import subprocess

import corpora
import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.preprocessing import normalize

TOOL = pathlib.Path(os.environ["VALENCE_TOOLS"]) / "features_tool"
TOLERANCE = 1e-12
CLASSES = {"count": CountVectorizer, "tfidf": TfidfVectorizer, "hashing": HashingVectorizer}

WORDS = [
    dict(),
    dict(ngram_range=(1, 2), min_df=2),
    dict(ngram_range=(1, 3), min_df=2, max_df=0.5),
    dict(ngram_range=(2, 2), max_df=20),
    dict(ngram_range=(1, 4), min_df=3, binary=True),
    dict(ngram_range=(3, 5), min_df=0.01, lowercase=False),
    dict(ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b"),
    dict(ngram_range=(1, 3), token_pattern=r"\S+", lowercase=False),
    dict(min_df=0.0, max_df=0.3),
    dict(min_df=50, max_df=0.0001),
]
CHARACTERS = [
    dict(analyzer="char", ngram_range=(1, 1)),
    dict(analyzer="char", ngram_range=(1, 4), min_df=2),
    dict(analyzer="char", ngram_range=(3, 5), lowercase=False, max_df=0.9),
    dict(analyzer="char_wb", ngram_range=(1, 4)),
    dict(analyzer="char_wb", ngram_range=(5, 6), min_df=2),
    dict(analyzer="char_wb", ngram_range=(2, 2), binary=True),
]
WEIGHTS = [
    dict(),
    dict(norm="l1", sublinear_tf=True),
    dict(norm=None, smooth_idf=False),
    dict(use_idf=False, sublinear_tf=True),
    dict(binary=True, smooth_idf=False),
]
HASHES = [
    dict(ngram_range=(1, 2)),
    dict(ngram_range=(1, 3), n_features=1000, norm="l1"),
    dict(n_features=7, norm=None),
    dict(n_features=2**31 - 2, alternate_sign=False, binary=True),
    dict(analyzer="char_wb", ngram_range=(2, 5), n_features=2**18, norm=None),
    dict(analyzer="char", ngram_range=(1, 3), n_features=4099),
]


@pytest.fixture(scope="session")
def data(request):
    """Documents and labels by name; the first half trains, all are transformed."""
    cache = {}

    def get(name):
        if name not in cache:
            if name == "nasty":
                cache[name] = corpora.nasty(2000)
            elif name == "tweets":
                cache[name] = corpora.tweets(request.getfixturevalue("tweets_csv"), 4000)
            else:
                limit = {"reviews": 1200, "few reviews": 160, "all reviews": 25000}[name]
                cache[name] = corpora.reviews(request.getfixturevalue("reviews_archive"), limit)
        return cache[name]

    return get


class Ours:
    """What features_tool made of a configuration."""

    def __init__(self, folder, config, train, labels, test):
        yaml = {k: "none" if v is None else list(v) if isinstance(v, tuple) else v for k, v in config.items()}
        (folder / "config.yaml").write_text(json.dumps(yaml), encoding="utf-8")
        for name, texts, ys in ("train", train, labels), ("test", test, [0] * len(test)):
            with open(folder / f"{name}.jsonl", "w", encoding="utf-8") as file:
                file.writelines(json.dumps({"text": t, "label": y}) + "\n" for t, y in zip(texts, ys))
        files = [folder / name for name in ("config.yaml", "train.jsonl", "test.jsonl")]
        done = subprocess.run([TOOL, *files, folder], capture_output=True, text=True)
        self.error = done.stderr if done.returncode else None
        if self.error:
            return
        self.vocabulary = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        self.weighting = np.fromfile(folder / "weighting.f64", "<f8")
        self.cols = len(self.vocabulary) or config.get("n_features", 2**20)
        self.train, self.test = self.read(folder / "train"), self.read(folder / "test")

    def read(self, prefix):
        indptr, indices, values = (
            np.fromfile(f"{prefix}.{name}", dtype)
            for name, dtype in (("indptr.i64", "<i8"), ("indices.i32", "<i4"), ("values.f64", "<f8"))
        )
        return sp.csr_array((values, indices, indptr), shape=(len(indptr) - 1, self.cols))


def assert_same(ours, theirs):
    theirs = sp.csr_array(theirs)
    theirs.sort_indices()
    assert ours.shape == theirs.shape
    np.testing.assert_array_equal(ours.indptr, theirs.indptr)
    np.testing.assert_array_equal(ours.indices, theirs.indices)
    worst = np.abs(ours.data - theirs.data).max(initial=0)
    assert worst <= TOLERANCE
    return worst


def check(folder, kind, config, documents, record):
    texts, labels = documents
    train = texts[: len(texts) // 2]
    ours = Ours(folder, {"min_df": 1, "ngram_range": (1, 1), "vectorizer": kind, **config}, train,
                labels[: len(train)], texts)
    vectorizer = CLASSES[kind](**config)
    try:
        expected = vectorizer.fit_transform(train)
    except ValueError as error:
        assert ours.error, f"scikit-learn refuses: {error}"
        return
    assert not ours.error, ours.error
    if kind != "hashing":
        assert list(ours.vocabulary) == sorted(vectorizer.vocabulary_)
        assert ours.vocabulary == vectorizer.vocabulary_
    worst = max(assert_same(ours.train, expected), assert_same(ours.test, vectorizer.transform(texts)))
    record("worst_difference", float(worst))
    print(f"{kind} {config}: {ours.train.shape}, {ours.train.nnz} values, worst difference {worst:.1e}")


def name_of(config):
    return ",".join(f"{k}={v}" for k, v in config.items()) or "defaults"


@pytest.mark.parametrize("corpus", ["reviews", "tweets", "nasty"])
@pytest.mark.parametrize("config", WORDS, ids=name_of)
def test_words(tmp_path, data, corpus, config, record_property):
    check(tmp_path, "count", config, data(corpus), record_property)
    check(tmp_path, "tfidf", config, data(corpus), record_property)


@pytest.mark.parametrize("corpus", ["few reviews", "tweets", "nasty"])
@pytest.mark.parametrize("config", CHARACTERS, ids=name_of)
def test_characters(tmp_path, data, corpus, config, record_property):
    check(tmp_path, "tfidf", config, data(corpus), record_property)


@pytest.mark.parametrize("corpus", ["reviews", "nasty"])
@pytest.mark.parametrize("config", WEIGHTS, ids=name_of)
def test_weights(tmp_path, data, corpus, config, record_property):
    check(tmp_path, "tfidf", {"ngram_range": (1, 2), **config}, data(corpus), record_property)


@pytest.mark.parametrize("corpus", ["few reviews", "tweets", "nasty"])
@pytest.mark.parametrize("config", HASHES, ids=name_of)
def test_hashing(tmp_path, data, corpus, config, record_property):
    check(tmp_path, "hashing", config, data(corpus), record_property)


def test_all_reviews(tmp_path, data, record_property):
    check(tmp_path, "tfidf", dict(ngram_range=(1, 2), min_df=2), data("all reviews"), record_property)


@pytest.mark.parametrize("limit", [1, 100, 5000])
def test_max_features(tmp_path, data, limit):
    """scikit-learn's argsort is unstable, so that of the terms at the limit any may stay: the totals must agree, and
    terms above the limit; of equals, the first must stay."""
    texts, labels = data("reviews")
    counts = CountVectorizer(ngram_range=(1, 2))
    totals = np.asarray(counts.fit_transform(texts).sum(axis=0)).ravel()
    terms = counts.get_feature_names_out()
    stable = sorted(terms[np.argsort(-totals, kind="stable")[:limit]])
    theirs = CountVectorizer(ngram_range=(1, 2), max_features=limit).fit(texts).vocabulary_
    ours = Ours(tmp_path, {"vectorizer": "count", "ngram_range": (1, 2), "min_df": 1, "max_features": limit}, texts,
                labels, texts)
    assert list(ours.vocabulary) == stable
    total = dict(zip(terms, totals))
    assert sorted(total[t] for t in ours.vocabulary) == sorted(total[t] for t in theirs)
    assert_same(ours.train, CountVectorizer(ngram_range=(1, 2), vocabulary=stable).fit_transform(texts))


@pytest.mark.parametrize("as_json", [True, False])
def test_given_vocabulary(tmp_path, data, as_json):
    texts, labels = data("tweets")
    terms = ["the", "not", "good day", "absent term", "a", "so  bad", "i love you"]
    path = tmp_path / ("given.json" if as_json else "given.txt")
    path.write_text(json.dumps({t: i for i, t in enumerate(terms)}) if as_json else "\n".join(terms), encoding="utf-8")
    ours = Ours(tmp_path, {"vectorizer": "tfidf", "ngram_range": (1, 2), "vocabulary": str(path)}, texts, labels, texts)
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), vocabulary=terms)
    assert_same(ours.train, vectorizer.fit_transform(texts))
    assert_same(ours.test, vectorizer.transform(texts))
    np.testing.assert_allclose(ours.weighting, vectorizer.idf_, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("norm", [None, "l2"])
@pytest.mark.parametrize("counts", ["occurrences", "documents"])
def test_log_count_ratios(tmp_path, data, counts, norm):
    """Recipes R1 (Mesnil et al.) and R2, written out in NumPy."""
    texts, labels = data("reviews")
    alpha, y = 0.5, np.array(labels)
    ours = Ours(tmp_path, {"vectorizer": "nb", "ngram_range": (1, 3), "min_df": 2, "nb_counts": counts,
                           "nb_alpha": alpha, "norm": norm}, texts, labels, texts)
    x = CountVectorizer(ngram_range=(1, 3), min_df=2).fit_transform(texts)
    binary = (x > 0).astype(float)
    if counts == "occurrences":
        p, q = (alpha + np.asarray(x[y == label].sum(axis=0)).ravel() for label in (1, 0))
        ratio = np.log((p / p.sum()) / (q / q.sum()))
    else:
        p, q = ((alpha + np.asarray(binary[y == label].sum(axis=0)).ravel()) / (alpha + (y == label).sum())
                for label in (1, 0))
        ratio = np.log(p / q)
    np.testing.assert_allclose(ours.weighting, ratio, rtol=0, atol=TOLERANCE)
    expected = sp.csr_array(binary.multiply(ratio))
    expected = expected if norm is None else normalize(expected, norm=norm)
    # A ratio of 0 is an entry of ours and none of SciPy's product.
    assert np.abs(ours.train - expected).max() <= TOLERANCE
