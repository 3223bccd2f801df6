# SPDX-License-Identifier: Apache-2.0
"""MLflow's scoring protocol, by MLflow's own client of it."""
import pandas
import pytest
import requests
from mlflow.pyfunc.scoring_server.client import ScoringServerClient
from mlflow.utils.proto_json_utils import dump_input_data

from clients.conftest import TEXTS

FRAME = pandas.DataFrame({"id": range(len(TEXTS)), "text": TEXTS})


def invoke(server, body, content_type="application/json"):
    data = body if isinstance(body, (str, bytes)) else None
    return requests.post(f"{server.url}/invocations", data=data, json=None if data is not None else body,
                         headers={"Content-Type": content_type})


def rows(server, answer):
    assert answer.status_code == 200, answer.text
    return answer.json()["predictions"]


def expected(server):
    return [{k: v for k, v in p.items() if k != "text"} for p in server.predictions]


def test_client_reads_our_answers(server):
    client = ScoringServerClient("127.0.0.1", server.port)
    client.ping()
    client.wait_server_ready(timeout=5)
    assert "valence" in client.get_version()
    assert client.invoke(FRAME).get_predictions().to_dict("records") == expected(server)


@pytest.mark.parametrize("path", ["/ping", "/health"])
def test_health(server, path):
    answer = requests.get(server.url + path)
    assert (answer.status_code, answer.text, answer.headers["Content-Type"]) == (200, "\n", "application/json")


@pytest.mark.parametrize("body", [
    dump_input_data(FRAME),
    {"dataframe_split": FRAME[["text"]].to_dict("split")},
    {"dataframe_records": FRAME.to_dict("records")},
    {"instances": TEXTS},
    {"instances": [{"text": t} for t in TEXTS]},
    {"inputs": TEXTS},
    {"inputs": {"text": TEXTS}},
], ids=["client's split", "split", "records", "instances", "record instances", "inputs", "named inputs"])
def test_json_forms(server, body):
    assert rows(server, invoke(server, body)) == expected(server)


@pytest.mark.parametrize("content_type", ["text/csv", "application/csv", "text/csv; charset=utf-8"])
def test_csv(server, content_type):
    assert rows(server, invoke(server, FRAME.to_csv(index=False), content_type)) == expected(server)


def test_params(server):
    body = {"inputs": ["zzz"], "params": {"unknown": 1}}
    probability = rows(server, invoke(server, body))[0]["probability_positive"]
    for threshold, label in [(probability, "positive"), (min(probability + 0.01, 1), "negative")]:
        assert rows(server, invoke(server, {"inputs": ["zzz"], "params": {"threshold": threshold}}))[0]["label"] == label
    answer = invoke(server, {"inputs": ["zzz"], "params": {"threshold": "high"}})
    assert answer.status_code == 400 and answer.json()["error_code"] == "INVALID_PARAMETER_VALUE"


@pytest.mark.parametrize("body", [{"instances": []}, {"inputs": []}, {"dataframe_records": []},
                                  {"dataframe_split": {"columns": ["text"], "data": []}}])
def test_empty_data_has_no_predictions(server, body):
    assert rows(server, invoke(server, body)) == []


@pytest.mark.parametrize("body, code", [
    ({}, "BAD_REQUEST"), ({"inputs": ["a"], "instances": ["a"]}, "BAD_REQUEST"), ([], "BAD_REQUEST"),
    ("{", "BAD_REQUEST"), (b'{"inputs": ["\xff"]}', "BAD_REQUEST"), ({"inputs": ["a\0"]}, "BAD_REQUEST"),
    ({"inputs": "a"}, "BAD_REQUEST"), ({"messages": []}, "BAD_REQUEST"),
    ({"inputs": [1]}, "INVALID_PARAMETER_VALUE"), ({"inputs": [None]}, "INVALID_PARAMETER_VALUE"),
    ({"inputs": {"body": ["a"]}}, "INVALID_PARAMETER_VALUE"),
    ({"dataframe_records": [{"body": "a"}]}, "INVALID_PARAMETER_VALUE"),
    ({"dataframe_split": {"columns": ["body"], "data": [["a"]]}}, "INVALID_PARAMETER_VALUE"),
    ({"dataframe_split": {"columns": ["text"], "data": [["a", "b"]]}}, "BAD_REQUEST"),
])
def test_bad_bodies_are_400(server, body, code):
    answer = invoke(server, body)
    assert answer.status_code == 400
    assert answer.json()["error_code"] == code and answer.json()["message"]
    assert "stack_trace" not in answer.json()
    if code != "BAD_REQUEST":
        assert answer.json()["error_class"] == "SCHEMA_ENFORCEMENT_FAILED" and answer.json()["sqlstate"] == "KAM01"


@pytest.mark.parametrize("body, message", [
    ("id\n1\n", "no column 'text'"), ("", "no column 'text'"), ('text\n"open', "not CSV"), ("text,id\na\n", "row 2"),
    (b"text\n\xff\n", "not UTF-8 at byte 5"),
])
def test_bad_csv_is_400(server, body, message):
    answer = invoke(server, body, "text/csv")
    assert answer.status_code == 400 and message in answer.json()["message"], answer.text


@pytest.mark.parametrize("content_type", ["text/plain", "application/json; charset=latin-1", "application/json; x=1",
                                          "application/vnd.apache.parquet"])
def test_other_types_are_415_in_plain_text(server, content_type):
    answer = invoke(server, "{}", content_type)
    assert answer.status_code == 415 and answer.headers["Content-Type"].startswith("text/plain")


def test_wrong_method(server):
    answer = requests.get(f"{server.url}/invocations")
    assert answer.status_code == 405 and "detail" in answer.json() and answer.headers["Allow"] == "POST"
