# SPDX-License-Identifier: Apache-2.0
"""Hugging Face's text classification: huggingface_hub's InferenceClient, and the requests TEI takes."""
import pytest
import requests
from huggingface_hub import InferenceClient
from huggingface_hub.errors import HfHubHTTPError

from clients.conftest import TEXTS


@pytest.mark.parametrize("path", ["", "/predict"])
def test_inference_client(server, path):
    client = InferenceClient(model=server.url + path)
    for text, want in zip(TEXTS, server.predictions, strict=True):
        got = client.text_classification(text)
        assert [e.label for e in got] == sorted(["negative", "positive"], key=lambda l: -want["probability_" + l])
        assert [e.score for e in got] == [want["probability_" + e.label] for e in got]
    assert len(client.text_classification(TEXTS[0], top_k=1)) == 1
    raw = client.text_classification(TEXTS[0], function_to_apply="none")
    assert {e.label: e.score for e in raw}["positive"] == server.predictions[0]["score"]


def test_inference_client_raises_on_errors(server):
    with pytest.raises(HfHubHTTPError, match="413"):
        InferenceClient(model=server.url).text_classification("a" * (1 << 21))


def tei(server, **body):
    return requests.post(f"{server.url}/predict", json=body)


def test_tei(server):
    want = [p["label"] for p in server.predictions]
    assert tei(server, inputs=TEXTS[0], truncate=True).json()[0]["label"] == want[0]
    assert tei(server, inputs=[TEXTS[0]]).json()[0]["label"] == want[0]
    assert [row[0]["label"] for row in tei(server, inputs=[[t] for t in TEXTS]).json()] == want
    raw = {e["label"]: e["score"] for e in tei(server, inputs=TEXTS[0], raw_scores=True).json()}
    assert raw == {"positive": server.predictions[0]["score"], "negative": -server.predictions[0]["score"]}
    info = requests.get(f"{server.url}/info").json()
    assert info["model_type"]["classifier"]["id2label"] == {"0": "negative", "1": "positive"}


@pytest.mark.parametrize("body, status, kind", [
    ({"inputs": ["a", "b"]}, 422, "Validation"), ({"inputs": []}, 400, "Empty"), ({"inputs": 1}, 400, "Validation"),
    ({"inputs": "a\0"}, 400, "Validation"), ({"inputs": [["a"], ["b", "c"]]}, 400, "Validation"),
    ({"inputs": "a", "raw_scores": 1}, 400, "Validation"), ({"inputs": [["a"]] * 1001}, 413, "Validation"),
    ({"inputs": "a", "parameters": {"function_to_apply": "tanh"}}, 400, "Validation"),
])
def test_tei_errors(server, body, status, kind):
    answer = tei(server, **body)
    assert (answer.status_code, answer.json()["error_type"]) == (status, kind) and answer.json()["error"]
