#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/: what Python, NLTK and scikit-learn make of the texts of tests/golden/edge_texts.py.

Needs the environment of tests/requirements.txt, with NLTK_DATA. --check compares instead of writing: text exactly,
numbers within 1e-12, since NumPy's logarithm may differ in the last bit from processor to processor.
"""
import json
import pathlib
import re
import sys
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests/golden"
sys.path[:0] = [str(GOLDEN), str(ROOT / "tests/parity/text")]

import edge_texts  # noqa: E402
import nltk  # noqa: E402
import numpy  # noqa: E402
import reference  # noqa: E402
import sklearn  # noqa: E402
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer  # noqa: E402

TOLERANCE = 1e-12
PRESETS = {"seed": reference.SEED, "best": reference.BEST, "R1": reference.R1}
VECTORIZERS = {"count": CountVectorizer, "tfidf": TfidfVectorizer, "hashing": HashingVectorizer}

# Arguments of scikit-learn's classes, which are keys of `featurize` too.
CONFIGURATIONS = [
    ("count", {}),
    ("count", {"ngram_range": (1, 2), "min_df": 2, "max_df": 8}),
    ("count", {"min_df": 0.1, "max_df": 0.5, "binary": True}),
    ("count", {"lowercase": False, "token_pattern": r"\S+", "ngram_range": (2, 3)}),
    ("count", {"max_features": 4}),
    ("tfidf", {}),
    ("tfidf", {"ngram_range": (1, 2), "min_df": 2, "token_pattern": r"(?u)\b\w+\b"}),
    ("tfidf", {"sublinear_tf": True, "norm": "l1"}),
    ("tfidf", {"smooth_idf": False, "norm": None}),
    ("tfidf", {"use_idf": False, "sublinear_tf": True, "binary": True}),
    ("tfidf", {"analyzer": "char", "ngram_range": (1, 3), "min_df": 3}),
    ("tfidf", {"analyzer": "char_wb", "ngram_range": (2, 4), "min_df": 2, "max_df": 0.6}),
    ("hashing", {"ngram_range": (1, 2)}),
    ("hashing", {"n_features": 13, "norm": None}),
    ("hashing", {"analyzer": "char_wb", "ngram_range": (3, 3), "n_features": 1024, "alternate_sign": False}),
]


def header(cases):
    return {
        "made_by": "tools/gen_golden.py",
        # Python's own functions change with its minor version and its Unicode tables, not with its patches.
        "python": "{}.{}".format(*sys.version_info),
        "unicodedata": unicodedata.unidata_version,
        "nltk": nltk.__version__,
        "scikit-learn": sklearn.__version__,
        "numpy": numpy.__version__,
        "cases": cases,
    }


def text_case(text):
    results = {name: reference.apply(steps, text) for name, steps in PRESETS.items()}
    return {
        "text": text,
        "steps": {name: step(text) for name, step in reference.STEPS.items()},
        "presets": results,
        "tokens": {
            name: {pattern: re.findall(pattern, processed) for pattern in reference.PATTERNS}
            for name, processed in {"none": text, **results}.items()
        },
    }


def text_goldens():
    head = header(len(edge_texts.TEXTS))
    return [{**head, "presets": {"none": [], **PRESETS}}, *map(text_case, edge_texts.TEXTS)]


def csr(matrix):
    matrix.sort_indices()
    return {
        "cols": matrix.shape[1],
        "indptr": matrix.indptr.tolist(),
        "indices": matrix.indices.tolist(),
        "values": [float(value) for value in matrix.data],
    }


def require_no_tie(arguments, documents):
    """Of equally frequent terms at the limit, scikit-learn keeps any: such a golden would prove nothing."""
    everything = CountVectorizer(**{**arguments, "max_features": None}).fit_transform(documents)
    totals = sorted(numpy.asarray(everything.sum(axis=0)).ravel(), reverse=True)
    limit = arguments["max_features"]
    if totals[limit - 1] == totals[limit]:
        sys.exit(f"max_features {limit}: terms {limit} and {limit + 1} are equally frequent")


def features_case(kind, arguments):
    train = edge_texts.CORPUS[: len(edge_texts.CORPUS) // 2]
    if "max_features" in arguments:
        require_no_tie(arguments, train)
    vectorizer = VECTORIZERS[kind](**arguments)
    fitted = vectorizer.fit_transform(train)
    # Valence's own defaults are other ones for these two, and its word for no norm is "none".
    config = {"vectorizer": kind, "ngram_range": (1, 1), "min_df": 1, **arguments}
    return {
        "config": {key: "none" if value is None else value for key, value in config.items()},
        "train_documents": len(train),
        "vocabulary": [] if kind == "hashing" else vectorizer.get_feature_names_out().tolist(),
        "fit_transform": csr(fitted),
        "transform": csr(vectorizer.transform(edge_texts.CORPUS)),
    }


def features_goldens():
    head = {**header(len(CONFIGURATIONS)), "documents": len(edge_texts.CORPUS)}
    return [head, *(features_case(*configuration) for configuration in CONFIGURATIONS)]


def lines(values):
    """ASCII only, so that no editor, diff or line splitter can change a text."""
    return "".join(json.dumps(value, ensure_ascii=True) + "\n" for value in values)


def generate():
    return {
        "text/input.jsonl": lines({"text": text} for text in edge_texts.TEXTS),
        "text/expected.jsonl": lines(text_goldens()),
        "features/input.jsonl": lines({"text": text} for text in edge_texts.CORPUS),
        "features/expected.jsonl": lines(features_goldens()),
    }


def same(a, b):
    if isinstance(a, float) and isinstance(b, float):
        return abs(a - b) <= TOLERANCE
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


def first_difference(stored, made):
    """The number of the first line that differs, from 1; None if none does."""
    stored, made = stored.split("\n"), made.split("\n")
    for number in range(max(len(stored), len(made))):
        pair = [side[number] if number < len(side) else "" for side in (stored, made)]
        if pair[0] != pair[1] and ("" in pair or not same(*map(json.loads, pair))):
            return number + 1
    return None


def check(files):
    stale = []
    for name, made in files.items():
        path = GOLDEN / name
        line = first_difference(path.read_text(encoding="utf-8") if path.exists() else "", made)
        if line is not None:
            stale.append(f"{path}:{line}: stale; run tools/gen_golden.py and read what changed")
    sys.exit("\n".join(stale) or 0)


def main():
    files = generate()
    if "--check" in sys.argv[1:]:
        check(files)
    for name, made in files.items():
        path = GOLDEN / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
