# SPDX-License-Identifier: Apache-2.0
"""valence-parquet beside pandas: each reads what the other wrote."""
import csv
import io
import os
import pathlib
import subprocess

import pandas
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = pathlib.Path(os.environ.get("VALENCE_PARQUET", ROOT / "build/parquet/bin/valence-parquet"))
VALENCE = pathlib.Path(os.environ.get("VALENCE_BIN", ROOT / "build/release/bin/valence"))
TEXTS = ["plain", 'quotes " and, commas', "two\nlines\r\nand more", "", "Ünïcode \U0001f600", "007", "x" * 100_000]


def run(*args, data=b"", code=0, cwd=None):
    done = subprocess.run([str(a) for a in args], input=data, capture_output=True, timeout=60, cwd=cwd)
    assert done.returncode == code, done.stderr.decode()
    return done.stdout if code == 0 else done.stderr.decode()


@pytest.mark.parametrize("compression", ["snappy", "zstd", "gzip", None])
def test_reads_what_pandas_wrote(tmp_path, compression):
    frame = pandas.DataFrame({"text": TEXTS, "stars": range(len(TEXTS)), "share": [0.1] * len(TEXTS),
                              "label": pandas.Categorical(["positive"] + ["negative"] * (len(TEXTS) - 1))})
    frame.to_parquet(tmp_path / "in.parquet", compression=compression, row_group_size=2)
    rows = list(csv.DictReader(io.StringIO(run(TOOL, "read", tmp_path / "in.parquet").decode(), newline="")))
    assert [row["text"] for row in rows] == TEXTS
    assert [row["label"] for row in rows] == list(frame.label)
    assert [float(row["share"]) for row in rows] == list(frame.share)
    some = run(TOOL, "read", tmp_path / "in.parquet", "--columns", "label,stars").decode()
    assert next(csv.DictReader(io.StringIO(some))) == {"label": "positive", "stars": "0"}


@pytest.mark.parametrize("compression", ["zstd", "snappy", "gzip", "none"])
def test_pandas_reads_what_it_wrote(tmp_path, compression):
    frame = pandas.DataFrame({"text": TEXTS, "probability": [0.1 + 0.2] * len(TEXTS), "n": range(len(TEXTS))})
    run(TOOL, "write", tmp_path / "out.parquet", "--compression", compression, data=frame.to_csv(index=False).encode())
    read = pandas.read_parquet(tmp_path / "out.parquet")
    assert list(read.text.fillna("")) == TEXTS
    assert list(read.probability) == list(frame.probability) and list(read.n) == list(frame.n)


def test_scores_parquet_to_parquet(tmp_path):
    data = "".join(f"{'A wonderful' if i % 2 else 'An awful'} film number {i},{'positive' if i % 2 else 'negative'}\n"
                   for i in range(400))
    (tmp_path / "reviews.csv").write_text("text,label\n" + data)
    run(VALENCE, "-q", "run", "--set", "ingest.source=reviews.csv", "--set", "tracking.enabled=false",
        "--set", "featurize.min_df=1", cwd=tmp_path)
    reviews = pandas.DataFrame({"text": ["A wonderful film", "An awful film"] * 50})
    reviews.to_parquet(tmp_path / "reviews.parquet")
    run("sh", "-ec", f"{TOOL} read reviews.parquet | {VALENCE} -q predict - | {TOOL} write scores.parquet", cwd=tmp_path)
    assert list(pandas.read_parquet(tmp_path / "scores.parquet").label) == ["positive", "negative"] * 50


def test_bad_input_is_named_and_nothing_is_left(tmp_path):
    whole = tmp_path / "whole.parquet"
    pandas.DataFrame({"text": TEXTS * 100, "label": ["a"] * (100 * len(TEXTS))}).to_parquet(whole)
    data = whole.read_bytes()
    for name, content in {"empty": b"", "none": b"hello, world", "cut": data[:-1000], "head": data[: len(data) // 2],
                          "middle": data[:5000] + b"\xff" * 400 + data[5400:]}.items():
        (tmp_path / name).write_bytes(content)
        assert name in run(TOOL, "read", tmp_path / name, code=3)
    assert "nowhere" in run(TOOL, "read", tmp_path / "nowhere", code=4)
    assert "no column 'x'" in run(TOOL, "read", whole, "--columns", "x", code=4)
    pandas.DataFrame({"deep": [[1, 2], [3]], "text": ["a", "b"]}).to_parquet(tmp_path / "nested")
    assert "'deep' is a list" in run(TOOL, "read", tmp_path / "nested", code=2)
    assert run(TOOL, "read", tmp_path / "nested", "--columns", "text").split() == [b'"text"', b'"a"', b'"b"']
    run(TOOL, "write", tmp_path / "out", data=b"", code=3)
    assert "Row #3" in run(TOOL, "write", tmp_path / "out", data=b"a,b\n1,2\n1,2,3\n", code=3)
    run(TOOL, "write", whole / "out", data=b"a\n1\n", code=4)
    assert not list(tmp_path.glob("out*"))
