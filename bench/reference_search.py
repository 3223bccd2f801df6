# SPDX-License-Identifier: Apache-2.0
"""A grid search in scikit-learn on the documents that `valence ingest` wrote. The baseline of `bench/run tune`.

usage: reference_search.py TRAIN_CSV FOLDS GRID MODEL
GRID is JSON: GridSearchCV's parameters of the steps `features` and `model`; MODEL those of LogisticRegression that do
not vary. Prints the best mean accuracy as JSON.
"""
import csv
import json
import sys

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import Pipeline


def main():
    csv.field_size_limit(1 << 30)
    with open(sys.argv[1], newline="", encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    grid = json.loads(sys.argv[3])
    grid["features__ngram_range"] = [tuple(pair) for pair in grid["features__ngram_range"]]
    pipeline = Pipeline([("features", TfidfVectorizer(min_df=2)), ("model", LogisticRegression(max_iter=1000, **json.loads(sys.argv[4])))])
    search = GridSearchCV(pipeline, grid, scoring="accuracy", refit=False, n_jobs=-1,
                          cv=StratifiedKFold(int(sys.argv[2]), shuffle=True, random_state=42))
    search.fit([row["text"] for row in rows], [row["label"] for row in rows])
    print(json.dumps({"accuracy": search.best_score_}))


if __name__ == "__main__":
    main()
