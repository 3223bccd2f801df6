# SPDX-License-Identifier: Apache-2.0
"""Every kind of call to a real MLflow server, under every fault that a network or a proxy has: the run arrives once and
whole, at once or after `valence runs sync`; a version is made once."""
import re
import uuid

import pytest
from conftest import FULL, mlflow_server, open_probe
from fault_proxy import fault_proxy
from mlflow import MlflowClient
from test_lifecycle import Project
from test_rest_store import assert_whole, make_record, server_arguments

IMPATIENT = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "0.05"}
FAULTS = ["drop", "reset", "refuse", "lose", "cut", "truncate", "html", "busy", "slow", "trickle", "stall", 500, 502]
HARMLESS = ["slow", "trickle"]  # a client that waits loses nothing

CALLS = {
    "find experiment": "GET .*/experiments/get-by-name", "create run": "POST .*/runs/create",
    "log inputs": "POST .*/runs/log-inputs", "log batch": "POST .*/runs/log-batch",
    "create logged model": "POST .*/logged-models ", "tie model to run": "POST .*/runs/outputs",
    "upload artifact": "PUT .*/mlflow-artifacts/", "list artifacts": "GET .*artifacts\\?path=",
    "finish logged model": "PATCH .*/logged-models/", "finish run": "POST .*/runs/update"}
REGISTRY_CALLS = {
    "find model": "GET .*/registered-models/get", "create model": "POST .*/registered-models/create",
    "list versions": "GET .*/model-versions/search", "create version": "POST .*/model-versions/create",
    "move alias": "POST .*/registered-models/alias", "tag version": "POST .*/model-versions/set-tag"}
PROMOTION_CALLS = {
    "fetch model": "GET .*/mlflow-artifacts/", "move champion": "POST .*/registered-models/alias",
    "set stage": "POST .*/model-versions/transition-stage", "write history": "POST .*/model-versions/set-tag"}


def selection(calls, quick, times=("once", "always")):
    """All (call, fault, how often), or of them the quick ones."""
    cases = [(call, fault, often) for call in calls for fault in FAULTS for often in times]
    assert not set(quick) - set(cases)
    return cases if FULL else quick


def patience(fault):
    """Only an answer that stalls is worth a short limit: a busy machine's server is late on its own."""
    return {**IMPATIENT, "MLFLOW_HTTP_REQUEST_TIMEOUT": "3" if fault == "stall" else "60"}


def failing(pattern, fault, often):
    """Does `fault` to the first of the matching requests, or to all."""
    seen = []

    def choose(_, line):
        if not re.match(pattern, line) or (often == "once" and seen):
            return None
        seen.append(line)
        return fault

    choose.seen = seen
    return choose


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    with mlflow_server(folder, *server_arguments(folder)) as address:
        yield address


@pytest.mark.parametrize("call, fault, often", selection(CALLS, [
    ("find experiment", "html", "always"), ("create run", "lose", "once"), ("create run", "cut", "always"),
    ("create run", "truncate", "once"), ("create run", "stall", "once"), ("create run", "busy", "once"),
    ("log inputs", "reset", "once"), ("log batch", "reset", "always"), ("log batch", "lose", "always"),
    ("log batch", "trickle", "always"), ("create logged model", "cut", "once"),
    ("create logged model", "truncate", "always"), ("tie model to run", 502, "always"),
    ("upload artifact", "reset", "always"), ("upload artifact", "refuse", "once"), ("upload artifact", "slow", "always"),
    ("list artifacts", "truncate", "always"), ("finish logged model", "lose", "always"), ("finish run", "drop", "always"),
    ("finish run", 500, "once")]))
def test_a_run_arrives_once(server, tmp_path, call, fault, often):
    record = make_record(tmp_path)
    record["experiment"] = uuid.uuid4().hex  # so that one case's runs cannot be another's
    rule = failing(CALLS[call], fault, often)
    with fault_proxy(server, rule) as proxy:
        with open_probe(proxy.url, tmp_path, patience(fault)) as probe:
            sent = probe("publish_or_spool", record=record, database="mlflow.db")
            assert rule.seen, proxy.lines
            assert not (fault in HARMLESS and sent["spooled_because"])
        proxy.fault = lambda n, line: None
        if sent["spooled_because"]:
            with open_probe(server, tmp_path) as probe:
                assert len(probe("sync", database="mlflow.db")) == 1
                assert probe("sync", database="mlflow.db") == []
    assert_whole(server, record)


@pytest.fixture(scope="module")
def tracked(server, tmp_path_factory):
    """A trained project whose run is on the server."""
    project = Project(tmp_path_factory.mktemp("project"), server)
    project.env.update(IMPATIENT)
    project.train()
    return project


@pytest.fixture
def through(server, tracked):
    """The project behind a proxy, its model one of its own."""
    tracked.model = "m" + uuid.uuid4().hex
    with fault_proxy(server) as proxy:
        tracked.env["MLFLOW_TRACKING_URI"] = proxy.url
        (tracked.folder / "params.yaml").write_text(f"register: {{model: {tracked.model}}}\n")
        yield tracked, proxy


def under_faults(project, proxy, rule, fault, *command):
    """The command, then once more without the fault if it failed, as its message asks; it must fail with exit 4."""
    proxy.fault = rule
    done = project.run(*command, check=None, env={**project.env, **patience(fault)})
    proxy.fault = lambda n, line: None
    proxy.wait_until_listening()
    assert rule.seen, proxy.lines
    assert done.returncode in ((0,) if fault in HARMLESS else (0, 4)), done.stderr.decode()
    if done.returncode == 4:
        assert proxy.url in done.stderr.decode()
        project.run(*command)


@pytest.mark.parametrize("call, fault, often", selection(REGISTRY_CALLS, [
    ("create model", "lose", "always"), ("create version", "lose", "once"), ("create version", "cut", "always"),
    ("create version", "truncate", "once"), ("create version", "refuse", "once"), ("list versions", "html", "always"),
    ("move alias", "reset", "always"), ("tag version", "lose", "always"), ("tag version", "trickle", "always")]))
def test_a_version_is_made_once(server, through, call, fault, often):
    project, proxy = through
    under_faults(project, proxy, failing(REGISTRY_CALLS[call], fault, often), fault, "register", "-q")
    client = MlflowClient(server)
    assert len(client.search_model_versions(f"name = '{project.model}'")) == 1
    assert str(client.get_model_version_by_alias(project.model, "challenger").version) == "1"
    assert [m["action"] for m in project.json("models", "history")] == ["register"]


@pytest.mark.parametrize("call, fault, often", selection(PROMOTION_CALLS, [
    ("fetch model", "cut", "once"), ("move champion", "lose", "always"), ("set stage", "stall", "always"),
    ("write history", "reset", "always")]))
def test_a_promotion_is_finished_by_repeating_it(server, through, call, fault, often):
    project, proxy = through
    project.run("register", "-q")
    for stored in (project.folder / "data/cache").rglob("*.safetensors"):
        stored.unlink()  # so that it is fetched
    under_faults(project, proxy, failing(PROMOTION_CALLS[call], fault, often), fault, "promote", "-q")
    client = MlflowClient(server)
    assert str(client.get_model_version_by_alias(project.model, "champion").version) == "1"
    assert client.get_model_version(project.model, "1").current_stage == "Production"
    assert [m["action"] for m in project.json("models", "history")] == ["register", "promote"]
