# SPDX-License-Identifier: Apache-2.0
"""The stages of `valence run` in the usual Python stack: tarfile, csv, NLTK, scikit-learn. The baseline of bench/run.

usage: reference_pipeline.py ARCHIVE FOLDER
Prints seconds per stage and the test accuracy as JSON.
"""
import csv
import json
import pathlib
import pickle
import random
import re
import string
import sys
import tarfile
import time

import numpy as np
import scipy.sparse
from nltk.corpus import stopwords
from nltk.stem import WordNetLemmatizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (accuracy_score, average_precision_score, brier_score_loss, classification_report, log_loss,
                             roc_auc_score)
from sklearn.model_selection import train_test_split


def ingest(archive):
    rows = []
    with tarfile.open(archive) as tar:
        for member in tar:
            parts = member.name.split("/")
            if member.isfile() and parts[-2] in ("pos", "neg"):
                rows.append((member.name, tar.extractfile(member).read().decode("utf-8"), parts[-2]))
    seen, kept = set(), []
    for row in rows:
        if row[1] and row[1] not in seen:
            seen.add(row[1])
            kept.append(row)
    return train_test_split(kept, test_size=0.2, random_state=42, stratify=[r[2] for r in kept])


def make_preprocessor():
    """The seed's preprocessing of one text, as its users wrote it."""
    stop_words = set(stopwords.words("english"))
    lemmatizer = WordNetLemmatizer()
    punctuation = re.compile("[%s]" % re.escape(string.punctuation))

    def preprocess(text):
        text = re.sub(r"https?://\S+|www\.\S+", "", text)
        text = "".join(c for c in text if not c.isdigit())
        text = text.lower()
        text = punctuation.sub(" ", text).replace("؛", "")
        text = re.sub(r"\s+", " ", text).strip()
        text = " ".join(w for w in text.split() if w not in stop_words)
        return " ".join(lemmatizer.lemmatize(w) for w in text.split())

    return preprocess


def preprocess(rows):
    of_text = make_preprocessor()
    return [(name, of_text(text), label) for name, text, label in rows]


def write_csv(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as f:
        csv.writer(f).writerows([("id", "text", "label"), *rows])


def main():
    archive, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    random.seed(0)
    seconds, start = {}, time.perf_counter()

    def lap(stage):
        nonlocal start
        seconds[stage], start = time.perf_counter() - start, time.perf_counter()

    train, test = ingest(archive)
    write_csv(folder / "raw/train.csv", train)
    write_csv(folder / "raw/test.csv", test)
    lap("ingest")
    train, test = preprocess(train), preprocess(test)
    write_csv(folder / "interim/train.csv", train)
    write_csv(folder / "interim/test.csv", test)
    lap("preprocess")
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2)
    x_train = vectorizer.fit_transform(r[1] for r in train)
    x_test = vectorizer.transform(r[1] for r in test)
    scipy.sparse.save_npz(folder / "train.npz", x_train, compressed=False)
    scipy.sparse.save_npz(folder / "test.npz", x_test, compressed=False)
    lap("featurize")
    y_train, y_test = (np.array([r[2] == "pos" for r in rows], dtype=int) for rows in (train, test))
    model = LogisticRegression(max_iter=1000).fit(x_train, y_train)
    with open(folder / "model.pkl", "wb") as f:
        pickle.dump((vectorizer, model), f)
    lap("train")
    p = model.predict_proba(x_test)[:, 1]
    label = (p > 0.5).astype(int)
    metrics = {"accuracy": accuracy_score(y_test, label), "roc_auc": roc_auc_score(y_test, p),
               "pr_auc": average_precision_score(y_test, p), "log_loss": log_loss(y_test, p),
               "brier": brier_score_loss(y_test, p), "report": classification_report(y_test, label, output_dict=True)}
    (folder / "metrics.json").write_text(json.dumps(metrics))
    lap("evaluate")
    print(json.dumps({"seconds": seconds, "accuracy": metrics["accuracy"]}))


if __name__ == "__main__":
    main()
