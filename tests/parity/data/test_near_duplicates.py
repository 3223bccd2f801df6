# SPDX-License-Identifier: Apache-2.0
"""Near-duplicates of real texts against an exact join over all pairs: none wrong, none above 0.7 missed."""

import collections
import json
import math
import os
import pathlib
import re
import subprocess

import pandas as pd
import pytest

TOOL = pathlib.Path(os.environ["VALENCE_TOOLS"]) / "data_tool"
SAMPLE = 5000  # documents; VALENCE_TEST_FULL=1 takes all


def shingles(text, size=3):
    words = re.findall(r"(?u)\b\w+\b", re.sub(r"(?i)<br\s*/?>", " ", text).lower())
    size = min(size, len(words))
    return {tuple(words[i:i + size]) for i in range(len(words) - size + 1)} if words else set()


def exact_join(texts, least):
    """{(i, j): similarity} of all pairs with at least `least`, by prefix filtering (Bayardo, Ma, Srikant 2007)."""
    sets = [shingles(text) for text in texts]
    frequency = collections.Counter(s for one in sets for s in one)
    rank = {s: i for i, s in enumerate(sorted(frequency, key=lambda s: (frequency[s], s)))}
    ranked = [sorted(rank[s] for s in one) for one in sets]
    index, found = collections.defaultdict(list), {}
    for i in sorted(range(len(ranked)), key=lambda i: (len(ranked[i]), i)):
        own = set(ranked[i])
        prefix = ranked[i][:len(own) - math.ceil(least * len(own) - 1e-9) + 1] if own else []
        for j in {j for s in prefix for j in index[s]}:
            common = len(own.intersection(ranked[j]))
            similarity = common / (len(own) + len(ranked[j]) - common)
            if similarity >= least:
                found[min(i, j), max(i, j)] = similarity
        for s in prefix:
            index[s].append(i)
    return found


@pytest.mark.parametrize("data", ["reviews_archive", "tweets_csv"])
def test_none_wrong_and_none_missed(data, request, tmp_path):
    subprocess.run([TOOL, "ingest", request.getfixturevalue(data), tmp_path], check=True, capture_output=True)
    documents = pd.concat(pd.read_csv(tmp_path / f"{part}.csv", dtype=str, keep_default_na=False)
                          for part in ("train", "test"))
    if not os.environ.get("VALENCE_TEST_FULL"):
        documents = documents.sort_values("text")[:SAMPLE]  # neighbours: what begins alike stays together
    documents.to_csv(tmp_path / "all.csv", index=False)
    done = subprocess.run([TOOL, "near-duplicates", tmp_path / "all.csv", tmp_path / "pairs.json"], check=True,
                          capture_output=True, text=True)
    got = {(i, j): s for i, j, s in json.loads((tmp_path / "pairs.json").read_text())}
    exact = exact_join(list(documents.text), 0.5)
    assert all(exact[pair] == pytest.approx(similarity, abs=1e-12) for pair, similarity in got.items())
    for least, below in ((0.7, 2), (0.5, 0.7)):
        wanted = {pair for pair, s in exact.items() if least <= s < below}
        found = wanted & got.keys()
        print(f"{len(documents)} documents, {least} to {below}: {len(found)} of {len(wanted)}; {done.stderr.strip()}")
        assert len(found) >= (1 if least == 0.7 else 0.85) * len(wanted)
