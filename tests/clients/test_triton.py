# SPDX-License-Identifier: Apache-2.0
"""Open Inference Protocol v2 over REST, by tritonclient.http."""
import json

import numpy as np
import pytest
import requests
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

from clients.conftest import TEXTS


@pytest.fixture
def client(server):
    with triton.InferenceServerClient(f"127.0.0.1:{server.port}") as client:
        yield client


def text_input(texts, shape=None, binary=True):
    array = np.array([t.encode() for t in texts], dtype=object).reshape(shape or [len(texts)])
    tensor = triton.InferInput("text", list(array.shape), "BYTES")
    tensor.set_data_from_numpy(array, binary_data=binary)
    return [tensor]


def expected_label(server):
    return [p["label"] for p in server.predictions]


def test_health_metadata_config_index_and_statistics(client):
    assert client.is_server_live() and client.is_server_ready() and client.is_model_ready("sentiment", "3")
    assert not client.is_model_ready("nobody")
    assert "binary_tensor_data" in client.get_server_metadata()["extensions"]
    metadata = client.get_model_metadata("sentiment")
    assert metadata["versions"] == ["3"] and metadata["inputs"] == [{"name": "text", "datatype": "BYTES", "shape": [-1]}]
    assert [o["name"] for o in metadata["outputs"]] == ["label", "probability", "logit", "attributions"]
    assert client.get_model_config("sentiment")["max_batch_size"] == 1000
    assert {(m["name"], m["version"], m["state"]) for m in client.get_model_repository_index()} == {
        ("sentiment", "3", "READY"), ("three", "1", "READY")}
    before = client.get_inference_statistics("sentiment")["model_stats"][0]
    client.infer("sentiment", text_input(TEXTS))
    after = client.get_inference_statistics("sentiment", "3")["model_stats"][0]
    assert after["inference_count"] - before["inference_count"] == len(TEXTS)
    assert after["inference_stats"]["success"]["count"] - before["inference_stats"]["success"]["count"] == 1
    assert after["last_inference"] > 1_700_000_000_000
    assert len(client.get_inference_statistics()["model_stats"]) == 2


@pytest.mark.parametrize("binary_in", [True, False], ids=["binary in", "json in"])
@pytest.mark.parametrize("binary_out", [None, True, False], ids=["default out", "binary out", "json out"])
def test_infer_equals_predict(client, server, binary_in, binary_out):
    outputs = None
    if binary_out is not None:
        outputs = [triton.InferRequestedOutput(n, binary_data=binary_out) for n in ("label", "probability", "logit")]
    result = client.infer("sentiment", text_input(TEXTS, binary=binary_in), request_id="r-7", outputs=outputs)
    assert result.get_response()["id"] == "r-7" and result.get_response()["model_version"] == "3"
    labels = result.as_numpy("label")
    assert [l.decode() if isinstance(l, bytes) else l for l in labels] == expected_label(server)
    assert result.as_numpy("logit").tolist() == [p["score"] for p in server.predictions]
    assert result.as_numpy("probability").tolist() == [
        [p["probability_negative"], p["probability_positive"]] for p in server.predictions]


def test_column_shape_is_kept(client, server):
    result = client.infer("sentiment", text_input(TEXTS, shape=[len(TEXTS), 1]))
    assert result.as_numpy("label").shape == (len(TEXTS), 1)
    assert [row[0].decode() for row in result.as_numpy("label")] == expected_label(server)


def test_attributions_only_when_asked(client, server):
    result = client.infer("sentiment", text_input(TEXTS), outputs=[triton.InferRequestedOutput("attributions")])
    assert result.as_numpy("label") is None
    reasons = [json.loads(item) for item in result.as_numpy("attributions")]
    assert any("superb" in r["term"] for r in reasons[0]) and reasons[2] == []


def test_classification(client, server):
    result = client.infer("sentiment", text_input(TEXTS[:2]),
                          outputs=[triton.InferRequestedOutput("probability", class_count=2)])
    rows = [[item.decode().split(":") for item in row] for row in result.as_numpy("probability")]
    assert [row[0][2] for row in rows] == expected_label(server)[:2]
    assert all(float(row[0][0]) >= float(row[1][0]) for row in rows)


@pytest.mark.parametrize("algorithm", ["gzip", "deflate"])
def test_compressed_both_ways(client, server, algorithm):
    result = client.infer("sentiment", text_input(TEXTS), request_compression_algorithm=algorithm,
                          response_compression_algorithm=algorithm)
    assert [l.decode() for l in result.as_numpy("label")] == expected_label(server)


def test_versions_and_other_models(client):
    assert client.infer("three", text_input(["superb"]), model_version="1").as_numpy("probability").shape == (1, 3)
    for name, version, message in [("nobody", "", "no model 'nobody'"), ("three", "9", "no version '9'")]:
        with pytest.raises(InferenceServerException, match=message):
            client.infer(name, text_input(["a"]), model_version=version)


def test_empty_batch(client):
    assert client.infer("sentiment", text_input([])).as_numpy("label").shape == (0,)


def test_one_raw_text(server):
    answer = requests.post(f"{server.url}/v2/models/sentiment/infer", TEXTS[0].encode(),
                           headers={"Inference-Header-Content-Length": "0"})
    size = int(answer.headers["Inference-Header-Content-Length"])
    assert json.loads(answer.content[:size])["outputs"][0]["shape"] == [1]
    assert server.predictions[0]["label"].encode() in answer.content[size:]


def infer_json(server, body, **kwargs):
    return requests.post(f"{server.url}/v2/models/sentiment/infer", json=body, **kwargs)


GOOD = {"name": "text", "shape": [1], "datatype": "BYTES", "data": ["a"]}


@pytest.mark.parametrize("change, message", [
    ({"shape": [2]}, "the shape has 2 elements, the data 1"),
    ({"shape": [1, 2]}, "expected [n] or [n, 1]"),
    ({"shape": []}, "expected [n] or [n, 1]"),
    ({"shape": [-1]}, "sizes of at least 0"),
    ({"shape": "1"}, "an array of integers"),
    ({"shape": None}, "an array of integers"),
    ({"datatype": "FP32"}, "this model takes BYTES"),
    ({"datatype": "TEXT"}, "unknown datatype 'TEXT'"),
    ({"data": [1]}, "expected texts, found a number"),
    ({"data": "a"}, "expected an array of strings"),
    ({"data": ["a\0b"]}, "U+0000"),
    ({"data": [["a", "b"]]}, "one text in each inner list"),
    ({"parameters": {"binary_data_size": 4}}, "binary_data_size is 4, but 0 bytes follow"),
    ({"parameters": {"binary_data_size": -1}}, "a size in bytes"),
    ({"parameters": 3}, "expected an object"),
    ({"parameters": {"content_type": "pd"}}, "expected str or base64"),
    ({"parameters": {"content_type": "base64"}}, "not base64"),
])
def test_wrong_tensors_are_400(server, change, message):
    answer = infer_json(server, {"inputs": [{**GOOD, **change}]})
    assert answer.status_code == 400 and message in answer.json()["error"], answer.text


@pytest.mark.parametrize("body, message", [
    ({}, "'inputs' is missing"), ({"inputs": []}, "found 0"), ({"inputs": [GOOD, GOOD]}, "found 2"),
    ({"inputs": {}}, "expected an array"), ([], "found an array"),
    ({"inputs": [GOOD], "outputs": [{"name": "nothing"}]}, "no output 'nothing'"),
    ({"inputs": [GOOD], "outputs": [{}]}, "each has a 'name'"),
    ({"inputs": [GOOD], "outputs": [{"name": "label", "parameters": {"classification": 2}}]}, "no classes to rank"),
    ({"id": 4, "inputs": [GOOD]}, "'id': expected a string"),
])
def test_wrong_requests_are_400(server, body, message):
    answer = infer_json(server, body)
    assert answer.status_code == 400 and message in answer.json()["error"], answer.text


@pytest.mark.parametrize("tail, size, message", [
    (b"\x05\0\0\0abc", 7, "an element at byte"), (b"\x01\0\0", 3, "an element at byte"),
    (b"\x01\0\0\0\xff", 5, "not UTF-8 at byte"), (b"\xff\xff\xff\xff", 4, "an element at byte"),
    (b"\x01\0\0\0a", 4, "binary_data_size is 4, but 5 bytes follow"),
])
def test_wrong_binary_tensors_are_400(server, tail, size, message):
    head = json.dumps({"inputs": [{"name": "text", "shape": [1], "datatype": "BYTES",
                                   "parameters": {"binary_data_size": size}}]}).encode()
    answer = requests.post(f"{server.url}/v2/models/sentiment/infer", head + tail,
                           headers={"Inference-Header-Content-Length": str(len(head))})
    assert answer.status_code == 400 and message in answer.json()["error"], answer.text


@pytest.mark.parametrize("value", ["-1", "99999", "x", "1e3", "18446744073709551616"])
def test_wrong_header_sizes_are_400(server, value):
    answer = infer_json(server, {}, headers={"Inference-Header-Content-Length": value})
    assert answer.status_code == 400 and "Inference-Header-Content-Length" in answer.json()["error"]


def test_errors_of_every_kind_are_the_protocols(server):
    cases = [requests.get(f"{server.url}/v2/nowhere"), requests.get(f"{server.url}/v2/models/sentiment/infer"),
             requests.post(f"{server.url}/v2/models/sentiment/infer", b"x" * (1 << 21)),
             requests.post(f"{server.url}/v2/models/sentiment/infer", "x", headers={"Content-Type": "text/html"}),
             requests.post(f"{server.url}/v2/models/sentiment/infer", "x", headers={"Content-Encoding": "br"}),
             requests.post(f"{server.url}/v2/models/sentiment/infer", "x", headers={"Content-Encoding": "gzip"})]
    assert [c.status_code for c in cases] == [404, 405, 413, 415, 415, 400]
    assert cases[1].headers["Allow"] == "POST"
    assert all(isinstance(c.json()["error"], str) for c in cases)
