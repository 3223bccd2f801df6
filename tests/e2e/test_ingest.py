# SPDX-License-Identifier: Apache-2.0
"""Bad rows are counted, named and never lost."""
import csv
import io
import json
import tarfile

import pytest


def test_every_row_is_kept_or_rejected_with_its_reason(valence, reviews):
    text = reviews.read_bytes()
    text += b'"no label here",\n"",positive\n"caf\xe9 latin",positive\n"same text",positive\n"same text",positive\n'
    text += b'"torn",positive\n"torn",negative\n'
    reviews.write_bytes(text)
    report = valence.json("ingest", "--set", "ingest.source=reviews.csv", "--set", "ingest.max_conflict_share=0.5")
    assert report["input_rows"] == 407
    assert report["kept_rows"] == 401
    assert report["rejected_by_reason"] == {"missing_label": 1, "empty_text": 1, "invalid_utf8": 1, "duplicate": 1,
                                            "conflicting_label": 2}
    with open(valence.folder / "data/raw/rejected.csv", newline="", encoding="utf-8") as f:
        rejected = list(csv.DictReader(f))
    assert {(r["row"], r["reason"]) for r in rejected} >= {("401", "missing_label"), ("402", "empty_text"),
                                                          ("403", "invalid_utf8"), ("405", "duplicate")}
    assert all("reviews.csv" in r["source"] for r in rejected)


def test_too_many_rejected_rows_fail_and_leave_old_data_whole(valence, reviews):
    valence.run("ingest", "--set", "ingest.source=reviews.csv")
    before = valence.read("data/raw/train.csv")
    reviews.write_text("text,label\n" + "a,x\n" * 5 + ",x\n" * 500 + "b,y\n" * 3)
    message = valence.error("ingest", "--set", "ingest.source=reviews.csv", exit_code=3)
    assert "max_rejected_share" in message and "empty_text" in message
    assert valence.read("data/raw/train.csv") == before


@pytest.mark.parametrize("content, words", [
    (b"", ["reviews.csv"]),
    (b"text,label\n", ["reviews.csv"]),
    (b"a,b\n1,2\n", ["text", "a, b"]),
    (b'text,label\n"never closed,x\n', ["quote"]),
    (b"text,label\n" + b"only one,x\n" * 1, ["label"]),
])
def test_unusable_files_name_what_is_wrong(valence, reviews, content, words):
    reviews.write_bytes(content)
    message = valence.error("ingest", "--set", "ingest.source=reviews.csv", exit_code=3)
    for word in words:
        assert word in message


@pytest.mark.parametrize("mode, name", [("w:gz", "reviews.tar.gz"), ("w:xz", "reviews.tar.xz")])
def test_aclimdb_archive_equals_its_folder(valence, mode, name):
    archive = valence.folder / name
    with tarfile.open(archive, mode) as tar:
        for part in ("train", "test"):
            for label in ("pos", "neg"):
                for i in range(20):
                    data = f"{part} {label} review number {i} " .encode() + (b"good " if label == "pos" else b"bad ") * 3
                    info = tarfile.TarInfo(f"aclImdb/{part}/{label}/{i}_7.txt")
                    info.size = len(data)
                    tar.addfile(info, io.BytesIO(data))
    with tarfile.open(archive) as tar:
        tar.extractall(valence.folder)  # our own; Debian 12's Python has no filter=
    results = []
    for source in (name, "aclImdb"):
        report = valence.json("ingest", "--set", f"ingest.source={source}")
        results.append((report["train_rows"], report["test_rows"], valence.read("data/raw/train.csv"),
                        valence.read("data/raw/test.csv")))
    assert results[0] == results[1]
    assert results[0][:2] == (40, 40)


def test_json_lines_with_label_mapping(valence):
    rows = [{"review": f"text {i} {'great' if i % 2 else 'poor'}", "stars": 5 if i % 2 else 1} for i in range(40)]
    (valence.folder / "reviews.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    report = valence.json("ingest", "--set", "ingest.source=reviews.jsonl", "--set", "ingest.text_column=review",
                          "--set", "ingest.label_column=stars", "--set", "ingest.labels={'5': positive, '1': negative}")
    assert report["train_labels"] == {"negative": 16, "positive": 16}
