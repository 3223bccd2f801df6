# SPDX-License-Identifier: Apache-2.0
"""Documents to vectorize: the development data, and texts made to break vectorizers."""

import csv
import io
import random
import re
import tarfile

# Letters, digits and marks of several scripts; case pairs whose sizes differ or depend on what is near; white space
# and controls that Python's \s, \w and split() tell apart; signs that join or end words.
LETTERS = "abcABCxyzéÉßẞıİσΣςΐǅﬁ中文한हिاЖж0９²½_"
MARKS = "\u0301\u0307\u093f\u200d\ufe0f\u00ad'’-.,!?<>/\\\"#@"
SPACES = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000"
CONTROLS = "\x00\x01\x08\x0e\x1b\x7f\x9f\u200b\ufeff\ufffd\U0001f600\U0010ffff\U00010400"


def reviews(path, limit):
    """The first `limit` labelled reviews in a fixed random order, tags and punctuation as they are."""
    rows = []
    with tarfile.open(path) as archive:
        for member in archive:
            match = re.search(r"train/(pos|neg)/.*\.txt$", member.name)
            if match:
                rows.append((member.name, archive.extractfile(member).read().decode("utf-8"), int(match[1] == "pos")))
    rows.sort()
    random.Random(0).shuffle(rows)
    return [text for _, text, _ in rows[:limit]], [label for _, _, label in rows[:limit]]


def tweets(path, limit):
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))[:limit]
    return [row["text"] for row in rows], [int(row["sentiment"] == "positive") for row in rows]


def nasty(count, seed=0):
    """Random texts over few characters, so that n-grams repeat; some documents empty."""
    choose = random.Random(seed)
    pools = [LETTERS] * 6 + [SPACES] * 2 + [" "] * 2 + [MARKS, CONTROLS]
    texts = ["".join(choose.choice(choose.choice(pools)) for _ in range(choose.randrange(0, 60))) for _ in range(count)]
    return texts, [i % 2 for i in range(count)]
