# SPDX-License-Identifier: Apache-2.0
"""The REST store against the pinned MLflow server, with a proxy between that fails where told."""
import collections
import contextlib
import json
import math
import os
import pathlib
import uuid

import pytest

from conftest import FULL, ProbeError, mlflow_server, open_probe
from fault_proxy import fault_proxy

mlflow = pytest.importorskip("mlflow")
from mlflow import MlflowClient  # noqa: E402

PATIENT = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2", "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "0.02"}
ONCE = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0", "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "0.01"}
START = 1_700_000_000_000


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mlflow-server")
    with mlflow_server(folder, *server_arguments(folder)) as address:
        yield address


def server_arguments(folder):
    return ["--backend-store-uri", f"sqlite:///{folder}/server.db", "--artifacts-destination", f"{folder}/artifacts"]


def make_files(folder):
    folder.mkdir(exist_ok=True)
    files = {"MLmodel": b"flavors:\n  valence: {abi_version: 1}\nmodel_uuid: abc\n", "conda.yaml": b"{}\n",
             "requirements.txt": b"pandas\n", "input_example.json": b"{}", "model.safetensors": b"w" * 100_000}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return {name: str(folder / name) for name in files}


def make_record(folder, metrics=4, params=2, artifacts=True, children=1):
    """A run with everything; losses and one NaN make up the metrics."""
    files = make_files(folder / "model")
    (folder / "report 1.html").write_text("<p>ä</p>")
    evaluation = {"name": "test", "digest": "d1", "source_type": "local", "source": '{"uri":"test.csv"}',
                  "schema": '{"mlflow_colspec":[{"type":"string","name":"text","required":true}]}',
                  "profile": '{"num_rows":5}', "context": "eval"}
    losses = [{"key": "loss", "value": 1 / (s + 1), "timestamp": START + s, "step": s} for s in range(metrics - 3)]
    record = {
        "request_id": uuid.uuid4().hex, "experiment": "sentiment", "run_name": "calm-owl", "user_id": "ann",
        "start_time": START, "end_time": START + 5000,
        "params": {f"train.p{i}": str(i) for i in range(params)}, "tags": {"mlflow.user": "ann", "team": "search"},
        "metrics": [*losses, {"key": "broken", "value": "NaN", "timestamp": START, "step": 0},
                    {"key": "endless", "value": "Infinity", "timestamp": START, "step": 0},
                    {"key": "accuracy", "value": 0.875, "timestamp": START, "step": 0}],
        "datasets": [evaluation],
        "model": {"files": files, "params": {"C": "3"}, "tags": {"valence.digest": "abc"},
                  "metrics": [{"key": "accuracy", "value": 0.875, "timestamp": START, "step": 0}]}}
    if artifacts:
        record["artifacts"] = {"reports/räport 1.html": str(folder / "report 1.html")}
    if children:
        record["children"] = [{"run_name": f"fold-{i}", "start_time": START, "end_time": START + 1,
                               "metrics": [{"key": "accuracy", "value": 0.5, "timestamp": START, "step": i}]}
                              for i in range(children)]
    return record


def runs_of(client, record):
    experiment = client.get_experiment_by_name(record["experiment"])
    return client.search_runs([experiment.experiment_id],
                              f"tags.`valence.client_request_id` = '{record['request_id']}'")


def assert_whole(address, record):
    """All of the record is on the server, each thing once."""
    client = MlflowClient(address)
    runs = runs_of(client, record)
    assert len(runs) == 1
    run = runs[0]
    assert run.info.status == "FINISHED" and run.info.end_time == record["end_time"]
    assert run.data.params == record["params"]
    assert record["tags"].items() <= run.data.tags.items()
    wanted = collections.Counter((m["key"], m["timestamp"], m["step"], str(float(m["value"]))) for m in record["metrics"])
    found = collections.Counter()
    for key in {m["key"] for m in record["metrics"]}:
        for m in client.get_metric_history(run.info.run_id, key):
            value = math.copysign(math.inf, m.value) if abs(m.value) > 1e308 else m.value
            found[(m.key, m.timestamp, m.step, str(value))] += 1
    assert found == wanted
    assert [d.dataset.name for d in run.inputs.dataset_inputs] == ["test"]
    models = client.search_logged_models([run.info.experiment_id],
                                         filter_string=f"source_run_id = '{run.info.run_id}'")
    assert [m.status for m in models] == ["READY"]
    assert [o.model_id for o in run.outputs.model_outputs] == [models[0].model_id]
    assert [(m.key, m.value, m.dataset_name) for m in models[0].metrics] == [("accuracy", 0.875, "test")]
    children = client.search_runs([run.info.experiment_id], f"tags.`mlflow.parentRunId` = '{run.info.run_id}'")
    assert sorted(c.info.run_name for c in children) == [c["run_name"] for c in record.get("children", [])]
    return run, models[0]


def test_a_run_with_a_thousand_metrics_takes_few_requests(server, tmp_path, capsys):
    record = make_record(tmp_path, metrics=1000, params=60, artifacts=False, children=0)
    with fault_proxy(server) as proxy, open_probe(proxy.url, tmp_path) as probe:
        probe("ensure_experiment", name="sentiment")
        probe("ensure_model", name="sentiment", description="")
        before = len(proxy.lines)
        published = probe("publish", record=record)
        logged = len(proxy.lines) - before
        probe("ensure_model", name="sentiment", description="")
        version = probe("create_version", name="sentiment", source=published["model_uri"],
                        model_id=published["model_id"], run_id=published["run_id"],
                        tags={"valence.client_request_id": record["request_id"]})
        probe("set_alias", name="sentiment", alias="challenger", version=version["version"])
        assert len(proxy.lines) - before <= 20, proxy.lines[before:]
        # One for all, and a fresh one for what must not be sent twice: the run, the logged model, the version.
        assert proxy.connections == 4
    with open_probe(server, tmp_path) as probe:
        again = make_record(tmp_path, metrics=1000, params=60, artifacts=False, children=0)
        direct = probe("publish", record=again)
        assert direct["cpu_seconds"] < 1
    with capsys.disabled():
        print(f"\n{logged} requests to log, {len(proxy.lines) - before} with registration; "
              f"{direct['seconds']:.3f} s in all, {direct['cpu_seconds']:.3f} s of CPU ours")
    _, model = assert_whole(server, record)
    client = MlflowClient(server)
    assert client.get_model_version_by_alias("sentiment", "challenger").source == f"models:/{model.model_id}"
    assert math.isnan(client.get_metric_history(published["run_id"], "broken")[0].value)


def test_everything_arrives_and_comes_back(server, tmp_path):
    record = make_record(tmp_path)
    with open_probe(server, tmp_path) as probe:
        published = probe("publish", record=record)
        assert probe("publish", record=record)["run_id"] == published["run_id"]
        run = probe("get_run", run_id=published["run_id"])
        listed = probe("list_artifacts", root_uri=run["artifact_uri"], path="reports")
        assert [(e["path"], e["bytes"]) for e in listed] == [("reports/räport 1.html", 9)]
        probe("download_artifact", root_uri=run["artifact_uri"], path="reports/räport 1.html", file="back.html")
        assert (tmp_path / "back.html").read_text() == "<p>ä</p>"
        assert probe("probe") == {"logged_models": True, "registry": True, "aliases": True, "stages": True}
    run, model = assert_whole(server, record)
    mlflow.set_tracking_uri(server)
    fetched = mlflow.artifacts.download_artifacts(f"models:/{model.model_id}", dst_path=str(tmp_path / "fetched"))
    mlmodel = (pathlib.Path(fetched) / "MLmodel").read_text()
    assert f'model_id: "{model.model_id}"' in mlmodel and f'run_id: "{run.info.run_id}"' in mlmodel


def test_the_registry_does_what_promotion_needs(server, tmp_path):
    with open_probe(server, tmp_path) as probe:
        published = probe("publish", record=make_record(tmp_path))
        name = "registry-" + uuid.uuid4().hex
        probe("ensure_model", name=name, description="of reviews")
        one = probe("create_version", name=name, source=published["model_uri"], model_id=published["model_id"])
        two = probe("create_version", name=name, source=published["model_uri"], model_id=published["model_id"])
        assert (one["version"], two["version"]) == ("1", "2")
        probe("set_alias", name=name, alias="champion", version="2")
        assert probe("get_version_by_alias", name=name, alias="champion")["version"] == "2"
        with pytest.raises(ProbeError, match="alias nobody not found") as error:
            probe("get_version_by_alias", name=name, alias="nobody")
        assert error.value.code == "not_found"
        probe("set_stage", name=name, version="2", stage="Production", archive_existing=True)
        assert probe("get_version", name=name, version="2")["current_stage"] == "Production"
        probe("set_version_tag", name=name, version="1", key="valence.reason", value="it's worse")
        assert [v["version"] for v in probe("list_versions", name=name)] == ["2", "1"]
        root = probe("download_uri", name=name, version="1")
        probe("download_artifact", root_uri=root, path="model.safetensors", file="back")
        assert (tmp_path / "back").read_bytes() == b"w" * 100_000
        probe("delete_alias", name=name, alias="champion")
        probe("delete_alias", name=name, alias="champion")


def test_limits_and_keys(server, tmp_path):
    with open_probe(server, tmp_path) as probe:
        experiment = probe("ensure_experiment", name="limits")["experiment_id"]
        run = probe("create_run", experiment_id=experiment, run_name="r", user_id="", start_time=START)["run_id"]
        probe("log_batch", run_id=run, params={f"p{i}": "x" * 7000 for i in range(230)},
              tags={f"t{i}": "€" * 9000 for i in range(120)})
        stored = MlflowClient(server).get_run(run).data
        assert {len(v) for v in stored.params.values()} == {6000} and len(stored.params) == 230
        assert len([t for t in stored.tags if t.startswith("t")]) == 120 and len(stored.tags["t0"]) == 8000
        for params, code in ({"a//b": "1"}, "invalid_argument"), ({"p0": "other"}, "conflict"):
            with pytest.raises(ProbeError) as error:
                probe("log_batch", run_id=run, params=params)
            assert error.value.code == code


def test_a_foreign_host_name_is_explained(server, tmp_path):
    with fault_proxy(server, host="mlflow.example.com") as proxy, open_probe(proxy.url, tmp_path) as probe:
        with pytest.raises(ProbeError, match="--allowed-hosts") as error:
            probe("find_experiment", name="Default")
        assert error.value.code == "failed_precondition"


def test_a_server_without_logged_models_gets_the_model_as_artifacts(server, tmp_path):
    def old(_, line):
        return 404 if "logged-models" in line or "runs/outputs" in line else None

    record = make_record(tmp_path)
    with fault_proxy(server, old) as proxy, open_probe(proxy.url, tmp_path) as probe:
        published = probe("publish", record=record)
        assert probe("publish", record=record)["model_uri"] == published["model_uri"]
        assert not probe("probe")["logged_models"]
    assert published["model_uri"] == f"runs:/{published['run_id']}/model"
    assert "no logged models" in published["warnings"][0]
    client = MlflowClient(server)
    assert "model/MLmodel" in [f.path for f in client.list_artifacts(published["run_id"], "model")]
    history = json.loads(client.get_run(published["run_id"]).data.tags["mlflow.log-model.history"])
    assert [(h["artifact_path"], list(h["flavors"])) for h in history] == [("model", ["valence"])]


# The publication of make_record is 21 requests.
POSITIONS = {"drop": (0, 2, 5, 6, 9, 14, 18, 20), "lose": (2, 4, 5, 6, 7, 14, 18, 20), 503: (2, 12), "html": (2, 12)}
if FULL:
    POSITIONS = {kind: range(21) for kind in POSITIONS}


@pytest.mark.parametrize("kind,position", [(kind, n) for kind, positions in POSITIONS.items() for n in positions])
def test_a_server_that_goes_away_gets_each_thing_once(server, tmp_path, kind, position):
    """From one request on nothing is answered; what was lost may or may not have been done."""
    record = make_record(tmp_path)
    with fault_proxy(server, lambda n, _: kind if n >= position else None) as proxy:
        with open_probe(proxy.url, tmp_path, ONCE) as probe:
            kept = probe("publish_or_spool", record=record, database="mlflow.db")
            assert kept["spooled_because"]
        proxy.fault = lambda n, line: None
        for name in os.listdir(tmp_path / "model"):
            (tmp_path / "model" / name).unlink()
        with open_probe(proxy.url, tmp_path, ONCE) as probe:
            assert len(probe("sync", database="mlflow.db")) == 1
            assert probe("sync", database="mlflow.db") == []
    assert_whole(server, record)


@pytest.mark.parametrize("kind", ["drop", "lose", 500, 429])
def test_each_request_may_fail_once(server, tmp_path, kind):
    seen = set()

    def first_time(_, line):
        is_new = line not in seen
        seen.add(line)
        return kind if is_new else None

    record = make_record(tmp_path)
    with fault_proxy(server, first_time) as proxy, open_probe(proxy.url, tmp_path, PATIENT) as probe:
        probe("publish", record=record)
    assert_whole(server, record)


def test_a_server_killed_in_the_middle_has_each_metric_once_after_sync(tmp_path):
    folder = tmp_path / "server"
    folder.mkdir()
    record = make_record(tmp_path, metrics=1500)
    with contextlib.ExitStack() as first:
        address = first.enter_context(mlflow_server(folder, *server_arguments(folder)))

        def kill(n, line):
            if sum("log-batch" in seen for seen in proxy.lines) == 2:
                first.close()  # between the two halves of the metrics

        with fault_proxy(address, kill) as proxy, open_probe(proxy.url, tmp_path, ONCE) as probe:
            kept = probe("publish_or_spool", record=record, database="mlflow.db")
            assert kept["spooled_because"]
    with mlflow_server(folder, *server_arguments(folder)) as address:
        assert len(MlflowClient(address).get_metric_history(runs_of(MlflowClient(address), record)[0].info.run_id,
                                                            "loss")) < 1497
        with open_probe(address, tmp_path) as probe:
            assert len(probe("sync", database="mlflow.db")) == 1
        assert_whole(address, record)


def test_basic_auth(tmp_path):
    folder = tmp_path / "server"
    folder.mkdir()
    secret = {"MLFLOW_FLASK_SERVER_SECRET_KEY": uuid.uuid4().hex, "MLFLOW_AUTH_ADMIN_PASSWORD": "a long password"}
    credentials = {"MLFLOW_TRACKING_USERNAME": "admin", "MLFLOW_TRACKING_PASSWORD": "a long password"}
    arguments = [*server_arguments(folder), "--app-name", "basic-auth"]
    with mlflow_server(folder, *arguments, env={**secret, "HOME": str(folder)}) as address:
        with open_probe(address, tmp_path, {**credentials, "MLFLOW_TRACKING_PASSWORD": "wrong"}) as probe:
            kept = probe("publish_or_spool", record=make_record(tmp_path), database="mlflow.db")
            assert "refused the credentials" in kept["spooled_because"]
        with open_probe(address, tmp_path, credentials) as probe:
            assert len(probe("sync", database="mlflow.db")) == 1
        home = tmp_path / "home/.mlflow"
        home.mkdir(parents=True)
        (home / "credentials").write_text("[mlflow]\nmlflow_tracking_username = admin\n"
                                          "mlflow_tracking_password = a long password\n")
        with open_probe(address, tmp_path, {"HOME": str(home.parent)}) as probe:
            assert probe("find_experiment", name="sentiment")["name"] == "sentiment"
