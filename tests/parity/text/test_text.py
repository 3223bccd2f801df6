# SPDX-License-Identifier: Apache-2.0
"""Every step and tokeniser against Python and NLTK, through compare.py."""
import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent
TOOL = pathlib.Path(os.environ.get("VALENCE_TOOLS", ".")) / "text_tool"


def compare(*arguments):
    subprocess.run([sys.executable, HERE / "compare.py", "--tool", TOOL, *map(str, arguments)], check=True, timeout=3000)


def test_random_texts_and_every_character():
    compare("--random", 1000, "--every-character")


@pytest.mark.skipif(os.environ.get("VALENCE_TEST_FULL") != "1", reason="half an hour of NLTK; set VALENCE_TEST_FULL=1")
def test_all_reviews_and_tweets(reviews_archive, tweets_csv):
    compare("--random", 0, "--reviews", reviews_archive, "--tweets", tweets_csv)
