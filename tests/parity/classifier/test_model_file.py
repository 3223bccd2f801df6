# SPDX-License-Identifier: Apache-2.0
"""model.safetensors as docs/formats/model.md says: read by PyPI's safetensors, digests and golden scores recomputed."""
import hashlib
import json
import os
import random
import subprocess

import numpy as np
import pytest
from safetensors import safe_open
from sklearn.feature_extraction.text import TfidfVectorizer

TENSORS = ["intercepts", "weights", "weighting", "golden.scores", "vocabulary.offsets", "golden.offsets",
           "vocabulary.bytes", "golden.bytes"]


def write_reviews(path):
    """A small labelled file of our own making."""
    words = {"neg": ["bad", "awful", "boring", "not good"], "pos": ["good", "great", "moving", "not bad"]}
    rng = random.Random(5)
    with open(path, "w", encoding="utf-8") as f:
        f.write("text,label\n")
        for i in range(400):
            label = ("neg", "pos")[i % 2]
            text = " ".join(rng.choice(words[label] + ["film", "café", "the", "acting", f"w{i % 37}"]) for _ in range(12))
            f.write(f"{text},{label}\n")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A trained model's path. The stages up to train: a gate has no say here."""
    folder = tmp_path_factory.mktemp("model")
    write_reviews(folder / "reviews.csv")
    for stage in ("ingest", "preprocess", "featurize", "train"):
        subprocess.run([os.environ["VALENCE_BIN"], stage, "--set", "ingest.source=reviews.csv", "--set",
                        "preprocess.preset=none", "--set", "ingest.max_duplicate_share=0.9"], cwd=folder, check=True,
                       capture_output=True, timeout=120)
    return folder / "models/model.safetensors"


@pytest.fixture(scope="module")
def content(model):
    with safe_open(model, framework="numpy") as f:
        return f.metadata(), {name: f.get_tensor(name) for name in f.keys()}


def texts(tensors, name):
    offsets = tensors[f"{name}.offsets"]
    data = tensors[f"{name}.bytes"].tobytes()
    return [data[a:b].decode() for a, b in zip(offsets[:-1], offsets[1:])]


def test_safetensors_reads_every_tensor(content):
    metadata, tensors = content
    assert sorted(tensors) == sorted(TENSORS)
    assert metadata["format"] == "valence.model" and metadata["format_version"] == "1"
    assert json.loads(metadata["labels"]) == ["neg", "pos"]
    features = len(tensors["vocabulary.offsets"]) - 1
    assert tensors["weights"].shape == (1, features) and tensors["weighting"].shape == (features,)


def test_bytes_are_laid_out_as_documented(model):
    data = model.read_bytes()
    size = 8 + int.from_bytes(data[:8], "little")
    assert size % 64 == 0 and data[8:42] == b'{"__metadata__":{"header_sha256":"'
    header = json.loads(data[8:size])
    metadata = header.pop("__metadata__")
    assert list(header) == TENSORS
    assert list(metadata)[1:] == sorted(list(metadata)[1:])
    end = 0
    for tensor in header.values():
        assert tensor["data_offsets"][0] == end
        end = tensor["data_offsets"][1]
    assert end == len(data) - size


def test_digests_are_as_documented(model):
    data = model.read_bytes()
    size = 8 + int.from_bytes(data[:8], "little")
    metadata = json.loads(data[8:size])["__metadata__"]
    assert metadata["sha256"] == hashlib.sha256(data[size:]).hexdigest()
    zeroed = data[:42] + b"0" * 64 + data[106:size]
    assert metadata["header_sha256"] == hashlib.sha256(zeroed).hexdigest() == data[42:106].decode()


def test_golden_scores_follow_from_the_file_alone(content):
    metadata, tensors = content
    config = json.loads(metadata["vectorizer"])
    assert config["vectorizer"] == "tfidf" and json.loads(metadata["preprocess"]) == []
    vectorizer = TfidfVectorizer(ngram_range=tuple(config["ngram_range"]), sublinear_tf=config["sublinear_tf"],
                                 binary=config["binary"], norm=config["norm"], lowercase=config["lowercase"],
                                 token_pattern=config["token_pattern"], vocabulary=texts(tensors, "vocabulary"))
    vectorizer.idf_ = tensors["weighting"]
    golden = texts(tensors, "golden")
    assert len(golden) > 150
    scores = vectorizer.transform(golden) @ tensors["weights"].T + tensors["intercepts"]
    worst = np.abs(scores - tensors["golden.scores"]).max()
    print(f"{len(golden)} golden texts, worst score difference {worst:.1e}")
    assert worst <= 1e-12
