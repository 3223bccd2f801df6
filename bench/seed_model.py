# SPDX-License-Identifier: Apache-2.0
"""The seed's request path in Python, a review in and a label out, and the servers that usually stand around it:
Flask (`seed_model:flask_app()`, for gunicorn), an MLflow model (`main`) and a runtime of MLServer (mlserver_runtime.py).

usage: seed_model.py TRAIN_CSV FOLDER
Fits on texts that are preprocessed already; writes FOLDER/model.pkl and the MLflow model FOLDER/mlflow.
"""
import csv
import os
import pathlib
import pickle
import sys

from reference_pipeline import make_preprocessor


class SeedModel:
    def __init__(self, path):
        with open(path, "rb") as f:
            self.vectorizer, self.model = pickle.load(f)
        self.preprocess = make_preprocessor()

    def predict(self, texts):
        """[(label, probability of positive), ...]"""
        rows = self.vectorizer.transform([self.preprocess(t) for t in texts])
        return [("positive" if p > 0.5 else "negative", float(p)) for p in self.model.predict_proba(rows)[:, 1]]


def flask_app():
    from flask import Flask, jsonify, request
    app, model = Flask(__name__), SeedModel(os.environ["SEED_MODEL"])

    @app.post("/predict")
    def predict():
        (label, p), = model.predict([request.get_json()["text"]])
        return jsonify(label=label, probability=p)

    @app.get("/health")
    def health():
        return "ok"

    return app


def save_for_mlflow(folder):
    import mlflow
    import pandas

    class Model(mlflow.pyfunc.PythonModel):
        def load_context(self, context):
            self.model = SeedModel(context.artifacts["model"])

        def predict(self, context, model_input, params=None):
            return [{"label": label, "probability": p} for label, p in self.model.predict(model_input["text"])]

    signature = mlflow.models.infer_signature(pandas.DataFrame({"text": ["a"]}), [{"label": "positive", "probability": 0.5}])
    mlflow.pyfunc.save_model(folder / "mlflow", python_model=Model(), artifacts={"model": str(folder / "model.pkl")},
                             signature=signature, pip_requirements=["scikit-learn", "nltk"],
                             code_paths=[__file__, str(pathlib.Path(__file__).with_name("reference_pipeline.py"))])


def main():
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    folder = pathlib.Path(sys.argv[2])
    with open(sys.argv[1], newline="", encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2)
    x = vectorizer.fit_transform(r["text"] for r in rows)
    model = LogisticRegression(max_iter=1000).fit(x, [int(r["label"].startswith("pos")) for r in rows])
    with open(folder / "model.pkl", "wb") as f:
        pickle.dump((vectorizer, model), f)
    save_for_mlflow(folder)


if __name__ == "__main__":
    main()
