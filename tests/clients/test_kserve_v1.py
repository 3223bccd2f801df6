# SPDX-License-Identifier: Apache-2.0
"""KServe v1 and TensorFlow Serving over REST, whose clients are plain HTTP."""
import base64

import pytest
import requests

from clients.conftest import TEXTS


def post(server, verb, body, model="sentiment"):
    return requests.post(f"{server.url}/v1/models/{model}:{verb}", json=body)


def test_model_status(server):
    assert requests.get(f"{server.url}/v1/models").json()["models"] == ["sentiment", "three"]
    status = requests.get(f"{server.url}/v1/models/sentiment").json()
    assert status["name"] == "sentiment" and status["ready"] is True
    assert status["model_version_status"] == [
        {"version": "3", "state": "AVAILABLE", "status": {"error_code": "OK", "error_message": ""}}]


@pytest.mark.parametrize("instances", [
    TEXTS, [[t] for t in TEXTS], [{"text": t} for t in TEXTS],
    [{"b64": base64.b64encode(t.encode()).decode()} for t in TEXTS],
], ids=["strings", "lists of one", "objects", "base64"])
def test_rows(server, instances):
    answer = post(server, "predict", {"signature_name": "serving_default", "instances": instances})
    assert [p["label"] for p in answer.json()["predictions"]] == [p["label"] for p in server.predictions]


@pytest.mark.parametrize("inputs", [TEXTS, {"text": TEXTS}], ids=["list", "named"])
def test_columns(server, inputs):
    outputs = post(server, "predict", {"inputs": inputs}).json()["outputs"]
    assert outputs["label"] == [p["label"] for p in server.predictions]
    assert outputs["logit"] == [p["score"] for p in server.predictions]


def test_version_in_the_path(server):
    assert post(server, "predict", {"instances": ["a"]}, "sentiment/versions/3").status_code == 200
    answer = post(server, "predict", {"instances": ["a"]}, "sentiment/versions/4")
    assert answer.status_code == 404 and isinstance(answer.json()["error"], str)


def test_classify(server):
    result = post(server, "classify", {"examples": [{"text": t} for t in TEXTS]}).json()["result"]
    assert [dict(row) for row in result] == [
        {l: p["probability_" + l] for l in ("negative", "positive")} for p in server.predictions]


def test_explain(server):
    explained = post(server, "explain", {"instances": TEXTS}).json()["explanations"]
    for got in explained:
        assert abs(got["intercept"] + sum(a["contribution"] for a in got["attributions"]) - got["score"]) < 1e-12


@pytest.mark.parametrize("verb, body", [
    ("predict", {}), ("predict", {"instances": ["a"], "inputs": ["a"]}), ("predict", {"instances": "a"}),
    ("predict", {"instances": [1]}), ("predict", {"instances": [{"b64": "?"}]}), ("predict", {"instances": [{"b64": "/w=="}]}),
    ("predict", {"instances": [["a", "b"]]}), ("classify", {"instances": ["a"]}), ("classify", {"examples": "a"}),
    ("explain", []), ("predict", {"instances": ["a\0"]}),
])
def test_bad_requests_are_400(server, verb, body):
    answer = post(server, verb, body)
    assert answer.status_code == 400 and isinstance(answer.json()["error"], str)
