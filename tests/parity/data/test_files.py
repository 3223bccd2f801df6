# SPDX-License-Identifier: Apache-2.0
"""Valence's files against scipy, numpy, pandas and csv: what they write we read, what we write are their bytes."""

import csv
import io
import json
import os
import pathlib
import random
import subprocess
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

TOOL = pathlib.Path(os.environ["VALENCE_TOOLS"]) / "data_tool"


def run(command, source, target):
    return subprocess.run([TOOL, command, source, target], check=True, capture_output=True, text=True)


def csr(seed, rows, cols, density):
    x = sp.random_array((rows, cols), density=density, format="csr", rng=np.random.default_rng(seed))
    x.sort_indices()
    return sp.csr_matrix((x.data, x.indices.astype(np.int32), x.indptr.astype(np.int64)), shape=x.shape)


# Until 3.11.4 CPython's zipfile left sizes and the version to extract out of step with its ZIP64 fields (gh-103861);
# Debian 12 has 3.11.2. We write what it writes since.
WRITES_ZIP64_AS_SPECIFIED = sys.version_info >= (3, 11, 4)


def members(path):
    """Name, time, method and bytes of each member, in order."""
    with zipfile.ZipFile(path) as archive:
        return [(m.filename, m.date_time, m.compress_type, archive.read(m)) for m in archive.infolist()]


def save(path, x, compressed):
    # scipy narrows indptr when it makes a matrix; the file is to hold int64, as Valence's does.
    x.indptr = x.indptr.astype(np.int64)
    sp.save_npz(path, x, compressed=compressed)


@pytest.mark.parametrize("shape", [(1, 1), (7, 3), (200, 5000), (0, 4), (3, 100000)])
@pytest.mark.parametrize("compressed", [False, True])
def test_npz_is_scipys_byte_for_byte(tmp_path, shape, compressed):
    x = csr(1, *shape, density=0.05)
    save(tmp_path / "in.npz", x, compressed)
    run("npz", tmp_path / "in.npz", tmp_path / "out.npz")
    save(tmp_path / "plain.npz", x, compressed=False)
    assert members(tmp_path / "out.npz") == members(tmp_path / "plain.npz")
    if WRITES_ZIP64_AS_SPECIFIED:
        assert (tmp_path / "out.npz").read_bytes() == (tmp_path / "plain.npz").read_bytes()
    back = sp.load_npz(tmp_path / "out.npz")
    assert back.shape == x.shape and (back != x).nnz == 0


def test_npz_as_scipy_makes_it_by_default(tmp_path):
    x = sp.csr_matrix(np.array([[0, 1.5], [2, 0]], dtype=np.float32))
    sp.save_npz(tmp_path / "in.npz", x)
    run("npz", tmp_path / "in.npz", tmp_path / "out.npz")
    assert (sp.load_npz(tmp_path / "out.npz") != x).nnz == 0


@pytest.mark.parametrize("size", [0, 1, 99, 12345])
def test_npy_is_numpys_byte_for_byte(tmp_path, size):
    rng = np.random.default_rng(size)
    for command, values in (("npy-int", rng.integers(-9, 9, size, dtype=np.int32)), ("npy-double", rng.normal(size=size))):
        np.save(tmp_path / "in.npy", values)
        run(command, tmp_path / "in.npy", tmp_path / "out.npy")
        assert (tmp_path / "out.npy").read_bytes() == (tmp_path / "in.npy").read_bytes()


def random_field(rng, alphabet='ab ,"\r\n\té😀'):
    return "".join(rng.choice(alphabet) for _ in range(rng.randrange(12)))


def test_rows_are_those_of_pythons_csv(tmp_path):
    rng = random.Random(11)
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL):
        rows = [[random_field(rng) for _ in range(4)] for _ in range(500)]
        text = io.StringIO(newline="")
        csv.writer(text, quoting=quoting).writerows(rows)
        (tmp_path / "in.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
        run("rows", tmp_path / "in.csv", tmp_path / "out.json")
        assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == rows


def test_documents_read_back_in_pandas(tmp_path):
    rng = random.Random(12)
    # No CR: with "\n" between lines, pandas leaves a lone CR unquoted and cannot read its own file back.
    texts = [random_field(rng, 'ab ,"\n\té😀') for _ in range(300)]
    labels = [rng.choice(["pos", "neg"]) for _ in range(300)]
    frame = pd.DataFrame({"id": [str(i) for i in range(300)], "text": texts, "label": labels})
    frame.to_csv(tmp_path / "in.csv", index=False, lineterminator="\n")
    run("documents", tmp_path / "in.csv", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "in.csv").read_bytes()
    back = pd.read_csv(tmp_path / "out.csv", dtype=str, keep_default_na=False)
    assert back.to_dict("list") == frame.to_dict("list")
