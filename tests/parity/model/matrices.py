# SPDX-License-Identifier: Apache-2.0
"""TF-IDF matrices of the development data, as model_tool reads them.

A problem is a folder: indptr.i64, indices.i32, values.f64, labels.i32 (little-endian arrays) and shape.txt
("rows cols classes").
"""

import csv
import io
import pathlib
import re
import tarfile

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer


def reviews(archive_path: pathlib.Path):
    """The 25,000 labelled reviews in a fixed shuffled order: texts, labels 0 (neg) and 1 (pos)."""
    rows = []
    with tarfile.open(archive_path) as archive:
        for member in archive:
            match = re.search(r"train/(pos|neg)/(\d+_\d+)\.txt$", member.name)
            if match:
                text = archive.extractfile(member).read().decode("utf-8")
                rows.append((match[1] + match[2], text, int(match[1] == "pos")))
    rows.sort()
    order = np.random.RandomState(0).permutation(len(rows))
    return [rows[i][1] for i in order], np.array([rows[i][2] for i in order], dtype=np.int32)


def tweets(csv_path: pathlib.Path):
    """The 22,000 tweets: texts, labels 0, 1, 2 (negative, neutral, positive)."""
    text = csv_path.read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    names = sorted({row["sentiment"] for row in rows})
    return [row["text"] for row in rows], np.array([names.index(row["sentiment"]) for row in rows], dtype=np.int32)


def tfidf(texts, min_df):
    x = TfidfVectorizer(ngram_range=(1, 2), min_df=min_df).fit_transform(texts)
    x.sort_indices()
    return x


def write(folder: pathlib.Path, x, y):
    folder.mkdir(parents=True, exist_ok=True)
    x.indptr.astype("<i8").tofile(folder / "indptr.i64")
    x.indices.astype("<i4").tofile(folder / "indices.i32")
    x.data.astype("<f8").tofile(folder / "values.f64")
    y.astype("<i4").tofile(folder / "labels.i32")
    (folder / "shape.txt").write_text(f"{x.shape[0]} {x.shape[1]} {int(y.max()) + 1}\n")
