# SPDX-License-Identifier: Apache-2.0
"""Live parity with the pinned scikit-learn and NLTK. Review data is used where it is found, never committed."""
import os
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("VALENCE_DATA", ROOT.parent / "shared" / "data"))


def data_file(name):
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not in {DATA} (set VALENCE_DATA to the folder that holds it)")
    return path


def pytest_collection_modifyitems(items):
    """The longest file first, so that two processes (make parity) end at about the same time."""
    items.sort(key=lambda item: item.path.name != "test_text.py")


@pytest.fixture(scope="session")
def reviews_archive():
    """The labelled half of the Large Movie Review Dataset, in its own layout."""
    return data_file("aclImdb_train.tar.gz")


@pytest.fixture(scope="session")
def tweets_csv():
    return data_file("tweets_train.csv")
