# SPDX-License-Identifier: Apache-2.0
"""MLflow's environment variables with the real binary and a real server: what Python's client makes of them, we do."""
import hashlib
import uuid

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import mlflow
import pytest
from conftest import ProbeError, mlflow_server, open_probe
from fault_proxy import FaultProxy
from mlflow import MlflowClient
from test_lifecycle import Project
from test_rest_store import START, make_record, server_arguments

AWS = {"AWS_ACCESS_KEY_ID": "AKIDvalence", "AWS_SECRET_ACCESS_KEY": "very-secret", "AWS_DEFAULT_REGION": "eu-west-1",
       "AWS_SESSION_TOKEN": "a-session", "AWS_EC2_METADATA_DISABLED": "true"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    with mlflow_server(folder, *server_arguments(folder)) as address:
        yield address


@pytest.fixture
def project(tmp_path, server):
    made = Project(tmp_path, server)
    made.experiment = "e" + uuid.uuid4().hex
    (tmp_path / "params.yaml").write_text(f"tracking: {{experiment: {made.experiment}}}\n")
    return made


def runs_of(project):
    client = project.client()
    experiment = client.get_experiment_by_name(project.experiment)
    return client.search_runs([experiment.experiment_id])


class ApiGateway(FaultProxy):
    """Lets through what is signed as AWS's own SDK signs it, and refuses the rest as AWS's API Gateway does."""

    def __init__(self, upstream, region="eu-west-1"):
        super().__init__(upstream)
        self.region = region
        self.accepted = 0
        self.refused = []

    def _forward(self, line, headers, body):
        method, target, _ = line.split(" ")
        ours = headers.get("Authorization", "")
        signed = ours.partition("SignedHeaders=")[2].partition(",")[0].split(";")
        request = botocore.awsrequest.AWSRequest(
            method, f"http://{headers['Host']}{target}", data=body,
            headers={name: headers[name] for name in signed if headers.get(name) and name != "host"})
        request.context["timestamp"] = headers.get("X-Amz-Date", "")
        credentials = botocore.credentials.Credentials(AWS["AWS_ACCESS_KEY_ID"], AWS["AWS_SECRET_ACCESS_KEY"])
        signer = botocore.auth.SigV4Auth(credentials, "execute-api", self.region)
        canonical = signer.canonical_request(request)
        signature = signer.signature(signer.string_to_sign(request, canonical), request)
        required = {"host", "x-amz-date", "x-amz-security-token"} <= set(signed)
        is_this_body = headers.get("x-amz-content-sha256") == hashlib.sha256(body).hexdigest()
        if not required or not is_this_body or not ours.endswith(f"Signature={signature}"):
            self.refused.append(line)
            return 403, [], b'{"message":"The request signature we calculated does not match the signature you provided."}'
        self.accepted += 1
        del headers["Authorization"]
        return super()._forward(line, headers, body)


def test_requests_are_signed_for_aws(tmp_path, server):
    """Every kind of request: JSON, files, names that need escapes, queries."""
    gateway = ApiGateway(server)
    try:
        record = make_record(tmp_path)
        with open_probe(gateway.url, tmp_path, {**AWS, "MLFLOW_TRACKING_AWS_SIGV4": "true"}) as probe:
            published = probe("publish", record=record)
            run = probe("get_run", run_id=published["run_id"])
            probe("download_artifact", root_uri=run["artifact_uri"], path="reports/räport 1.html", file="back.html")
        assert (tmp_path / "back.html").read_text() == "<p>ä</p>"
        assert gateway.refused == [] and gateway.accepted > 15
        with open_probe(gateway.url, tmp_path) as probe, pytest.raises(ProbeError, match="AWS refused the request's sig"):
            probe("find_experiment", name="Default")
    finally:
        gateway.close()


def test_a_pipeline_behind_api_gateway(project, server):
    gateway = ApiGateway(server)
    try:
        env = {**project.env, **AWS, "MLFLOW_TRACKING_URI": gateway.url, "MLFLOW_TRACKING_AWS_SIGV4": "true"}
        wrong = project.train(env={**env, "AWS_DEFAULT_REGION": "us-east-1"})
        assert b"AWS refused the request's signature" in wrong.stderr and b"AWS_REGION" in wrong.stderr
        assert b"very-secret" not in wrong.stderr and b"a-session" not in wrong.stderr
        assert len(project.json("runs", "sync", env=env)) == 1
    finally:
        gateway.close()
    assert len(runs_of(project)) == 1


@pytest.mark.parametrize("where", ["embedded", "server"])
def test_metrics_belong_to_the_active_model(tmp_path, server, where):
    uri = server if where == "server" else f"sqlite:///{tmp_path}/mlflow.db"
    project = Project(tmp_path, uri)
    experiment = "e" + uuid.uuid4().hex
    (tmp_path / "params.yaml").write_text(f"tracking: {{experiment: {experiment}}}\n")
    project.train("--set", "train.C=5")
    client = project.client()
    ids = [client.get_experiment_by_name(experiment).experiment_id]
    active = client.search_runs(ids)[0].outputs.model_outputs[0].model_id
    before = client.get_logged_model(active).metrics
    project.train(env={**project.env, "MLFLOW_ACTIVE_MODEL_ID": active})
    run = client.get_run(client.search_runs(ids)[0].info.run_id)  # search_runs leaves model inputs out
    assert [i.model_id for i in run.inputs.model_inputs] == [active]
    added = [m for m in client.get_logged_model(active).metrics if m.run_id == run.info.run_id]
    assert {m.key for m in added} == set(run.data.metrics) and len(before) < len(added)
    assert {m.key: m.value for m in added if m.key == "accuracy"} == {"accuracy": run.data.metrics["accuracy"]}
    # The run's own model keeps its own.
    own = run.outputs.model_outputs[0].model_id
    assert own != active and "accuracy" in {m.key for m in client.get_logged_model(own).metrics}
    said = project.train(env={**project.env, "MLFLOW_ACTIVE_MODEL_ID": "m-" + "0" * 32}).stderr.decode()
    assert "not tied to the active model 'm-000" in said and "MLFLOW_ACTIVE_MODEL_ID" in said
    assert len(client.search_runs(ids)) == 3


def test_the_active_model_is_what_pythons_client_makes_of_it(tmp_path, server, monkeypatch):
    """The same calls by MLflow: the same links on the server."""
    with open_probe(server, tmp_path) as probe:
        first = probe("publish", record=make_record(tmp_path))
    active = first["model_id"]
    monkeypatch.setenv("MLFLOW_ACTIVE_MODEL_ID", active)
    mlflow.set_tracking_uri(server)
    mlflow.set_experiment("sentiment")
    mlflow.set_active_model(model_id=active)
    with mlflow.start_run() as theirs:
        mlflow.log_metric("theirs", 0.5)
    mlflow.clear_active_model()
    client = MlflowClient(server)
    ours = make_record(tmp_path, children=0)
    del ours["model"]
    ours["active_model_id"] = active
    ours["metrics"] = [{"key": "ours", "value": 0.5, "timestamp": START, "step": 0}]
    with open_probe(server, tmp_path) as probe:
        published = probe("publish", record=ours)
    model = client.get_logged_model(active)
    links = {m.key: m.run_id for m in model.metrics if m.key in ("theirs", "ours")}
    assert links == {"theirs": theirs.info.run_id, "ours": published["run_id"]}
    inputs = [[i.model_id for i in client.get_run(run_id).inputs.model_inputs] for run_id in links.values()]
    assert inputs == [[active], [active]]


@pytest.mark.parametrize("variables, parameter, sampled", [
    ({}, "1.0", True), ({}, "0", False), ({"MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING": "false"}, "1.0", False),
    ({"MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING": "true"}, "0", True)])
def test_system_metrics_are_taken_as_asked(project, variables, parameter, sampled):
    project.train("--set", f"tracking.system_metrics_interval={parameter}", env={**project.env, **variables})
    assert any(key.startswith("system/") for key in runs_of(project)[0].data.metrics) is sampled


def test_system_metrics_are_sampled_as_often_as_asked(project):
    env = {**project.env, "MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL": "0.01"}
    project.train(env=env)
    run = runs_of(project)[0]
    history = project.client().get_metric_history(run.info.run_id, "system/process_memory_megabytes")
    seconds = (run.info.end_time - run.info.start_time) / 1000
    assert len(history) > 2 + 3 * seconds  # the parameter's second gives one at each end and one a second between


@pytest.mark.parametrize("value", ["true", "0"])
def test_asynchronous_logging_changes_nothing(project, value):
    """A run is gathered in memory and sent at its end; there is no call in the training to make asynchronous."""
    project.train(env={**project.env, "MLFLOW_ENABLE_ASYNC_LOGGING": value, "MLFLOW_HTTP_POOL_MAXSIZE": "1"})
    assert runs_of(project)[0].info.status == "FINISHED"
