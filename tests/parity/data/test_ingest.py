# SPDX-License-Identifier: Apache-2.0
"""Ingest of the real data sets against pandas and tarfile: no row is lost, no text is changed."""

import collections
import json
import os
import pathlib
import subprocess
import tarfile

import pandas as pd

TOOL = pathlib.Path(os.environ["VALENCE_TOOLS"]) / "data_tool"


def ingest(source, folder):
    done = subprocess.run([TOOL, "ingest", source, folder], check=True, capture_output=True, text=True)
    print(done.stderr.strip())
    frames = [pd.read_csv(folder / f"{part}.csv", dtype=str, keep_default_na=False) for part in ("train", "test")]
    return *frames, json.loads((folder / "report.json").read_text())


def reviews_of(archive):
    """id -> (text, label), as the archive has them."""
    reviews = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            parts = member.name.split("/")
            if len(parts) == 4 and parts[2] in ("pos", "neg") and member.name.endswith(".txt"):
                reviews["/".join(parts[1:])[:-4]] = (tar.extractfile(member).read().decode("utf-8"), parts[2])
    return reviews


def test_reviews_are_kept_but_for_exact_duplicates(reviews_archive, tmp_path):
    train, test, report = ingest(reviews_archive, tmp_path)
    reviews = reviews_of(reviews_archive)
    kept = pd.concat([train, test])
    assert report["input_rows"] == len(reviews)
    assert all(reviews[row.id] == (row.text, row.label) for row in kept.itertuples())
    assert set(kept.text) == {text for text, _ in reviews.values()}
    assert kept.text.is_unique
    assert list(train.id) == sorted(train.id) and list(test.id) == sorted(test.id)
    counts = collections.Counter(kept.label)
    assert collections.Counter(test.label) == {label: round(0.2 * n) for label, n in counts.items()}


def test_tweets_are_those_pandas_reads(tweets_csv, tmp_path):
    train, test, report = ingest(tweets_csv, tmp_path)
    frame = pd.read_csv(tweets_csv, dtype=str, keep_default_na=False)
    kept = pd.concat([train, test])
    wanted = frame[frame.text.str.strip() != ""]
    assert report["input_rows"] == len(frame) and len(kept) == len(wanted)
    assert set(zip(kept.id, kept.text, kept.label)) == set(zip(wanted.textID, wanted.text, wanted.sentiment))
