# SPDX-License-Identifier: Apache-2.0
"""AWS Comprehend and the SageMaker runtime, by boto3 with `endpoint_url`."""
import json
import shutil

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from clients.conftest import TEXTS, start, stop


def client(service, url):
    return boto3.client(service, endpoint_url=url, region_name="eu-central-1", aws_access_key_id="a",
                        aws_secret_access_key="b", config=boto3.session.Config(retries={"max_attempts": 1}))


@pytest.fixture(scope="module")
def comprehend(server):
    return client("comprehend", server.url)


def check_sentiment(got, want):
    assert got["Sentiment"] == want["label"].upper()
    assert got["SentimentScore"] == {"Positive": want["probability_positive"],
                                     "Negative": want["probability_negative"], "Neutral": 0.0, "Mixed": 0.0}


def test_detect_sentiment(comprehend, server):
    check_sentiment(comprehend.detect_sentiment(Text=TEXTS[0], LanguageCode="en"), server.predictions[0])


def test_batch_detect_sentiment(comprehend, server):
    answer = comprehend.batch_detect_sentiment(TextList=TEXTS + ["a\0b"], LanguageCode="en")
    assert [r["Index"] for r in answer["ResultList"]] == list(range(len(TEXTS)))
    for got, want in zip(answer["ResultList"], server.predictions, strict=True):
        check_sentiment(got, want)
    assert [(e["Index"], e["ErrorCode"]) for e in answer["ErrorList"]] == [(len(TEXTS), "INVALID_REQUEST")]


def test_comprehend_errors_are_typed(comprehend, server):
    with pytest.raises(comprehend.exceptions.UnsupportedLanguageException):
        comprehend.detect_sentiment(Text="a", LanguageCode="xx")
    with pytest.raises(comprehend.exceptions.BatchSizeLimitExceededException):
        comprehend.batch_detect_sentiment(TextList=["a"] * 1001, LanguageCode="en")
    with pytest.raises(comprehend.exceptions.InvalidRequestException):
        comprehend.detect_sentiment(Text="a\0", LanguageCode="en")
    with pytest.raises(ClientError, match="413"):  # refused before the body is read, so before the protocol is known
        comprehend.detect_sentiment(Text="a" * (1 << 21), LanguageCode="en")
    with pytest.raises(ClientError, match="UnknownOperationException"):
        comprehend.detect_dominant_language(Text="a")


@pytest.mark.parametrize("body", ["", "[]", "{", "{}", '{"Text": 1, "LanguageCode": "en"}',
                                  '{"Text": "", "LanguageCode": "en"}', '{"Text": "a", "LanguageCode": 1}'])
def test_bad_comprehend_requests_are_400(server, body):
    answer = requests.post(server.url, body, headers={"X-Amz-Target": "Comprehend_20171127.DetectSentiment",
                                                      "Content-Type": "application/x-amz-json-1.1"})
    assert answer.status_code == 400 and answer.json()["__type"] == "InvalidRequestException", answer.text


@pytest.fixture(scope="module")
def invoke(server):
    runtime = client("sagemaker-runtime", server.url)

    def call(body, content_type="application/json", **kwargs):
        if not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        answer = runtime.invoke_endpoint(EndpointName="e", Body=body, ContentType=content_type, **kwargs)
        return answer["Body"].read().decode()

    # The runtime's own address has the endpoint's name in it, which SageMaker strips before the container sees it.
    def strip(request, **_):
        request.url = request.url.replace("/endpoints/e/invocations", "/invocations")

    runtime.meta.events.register("before-send.sagemaker-runtime", strip)
    return call


def test_invoke_endpoint(invoke, server):
    want = [p["label"] for p in server.predictions]
    rows = json.loads(invoke({"instances": TEXTS}, CustomAttributes="trace=7", Accept="application/json"))
    assert [r["label"] for r in rows["predictions"]] == want


def test_blazing_text(invoke, server):
    top = json.loads(invoke({"instances": TEXTS, "configuration": {"k": 2}}))
    assert [row["label"][0] for row in top] == ["__label__" + p["label"] for p in server.predictions]
    assert all(len(row["prob"]) == 2 and row["prob"][0] >= row["prob"][1] for row in top)
    lines = "".join(json.dumps({"source": t, "k": 1}) + "\n" for t in TEXTS)
    rows = [json.loads(line) for line in invoke(lines, "application/jsonlines").splitlines()]
    assert [row["label"] for row in rows] == [row["label"][:1] for row in top]


def test_hugging_face_container(invoke, server):
    rows = json.loads(invoke({"inputs": TEXTS, "parameters": {"top_k": 1}}))
    assert [row[0]["label"] for row in rows] == [p["label"] for p in server.predictions]


def test_triton_container(invoke, server):
    tensor = b"".join(len(t.encode()).to_bytes(4, "little") + t.encode() for t in TEXTS)
    head = json.dumps({"inputs": [{"name": "text", "shape": [len(TEXTS)], "datatype": "BYTES",
                                   "parameters": {"binary_data_size": len(tensor)}}],
                       "outputs": [{"name": "label"}]}).encode()
    kind = f"application/vnd.sagemaker-triton.binary+json;json-header-size={len(head)}"
    assert json.loads(invoke(head + tensor, kind))["outputs"][0]["data"] == [p["label"] for p in server.predictions]


def test_bad_invocations_reach_the_caller(invoke):
    for body in ({"configuration": {"k": 0}, "instances": ["a"]}, {"configuration": {}}, {"inputs": 1, "parameters": {}}):
        with pytest.raises(ClientError):
            invoke(body)
    with pytest.raises(ClientError, match="line 2"):
        invoke('{"source": "a"}\n{"source": 1}\n', "application/jsonlines")


def test_the_container_is_started_with_serve(folder, tmp_path):
    """SageMaker runs `<image> serve` with no flag, and says by environment where to listen."""
    shutil.copy(folder / "models/model.safetensors", tmp_path / "model.safetensors")
    empty = tmp_path / "empty"
    empty.mkdir()
    process, port = start(empty, environment={"SAGEMAKER_BIND_TO_PORT": "0", "SM_MODEL_DIR": str(tmp_path)})
    try:
        answer = requests.get(f"http://127.0.0.1:{port}/ping")
        assert answer.status_code == 200
    finally:
        stop(process)
