# SPDX-License-Identifier: Apache-2.0
"""`valence tune` and `valence compare` as Python's mlflow sees them: a run, and a nested one for each candidate."""
import json

import mlflow
import pytest
from conftest import free_port
from mlflow.entities import ViewType
from test_lifecycle import Project

METRICS = ["accuracy", "precision_macro", "recall_macro", "f1_macro", "precision_weighted", "recall_weighted",
           "f1_weighted", "roc_auc", "pr_auc", "log_loss", "brier", "ece"]


@pytest.fixture(params=["embedded", "server"])
def project(request, tmp_path):
    uri = request.getfixturevalue("server") if request.param == "server" else ""
    return make_project(tmp_path, uri, request.node.name)


def make_project(folder, uri, experiment):
    project = Project(folder, uri)
    project.experiment = experiment
    (folder / "params.yaml").write_text(
        f"ingest: {{source: reviews.csv}}\ntracking: {{experiment: '{experiment}'}}\ncross_validation: {{folds: 3}}\n"
        "tune: {grid: {train.C: [1, 10], featurize.ngram_range: [[1, 1], [1, 2]]}}\n"
        "compare: {candidates: {bow: {featurize.vectorizer: count}, broken: {featurize.min_df: 100000}}}\n")
    project.run("ingest", "-q")
    return project


def tree(project, client=None):
    """The one search of the experiment, and its nested runs by name."""
    client = client or project.client()
    experiment = client.get_experiment_by_name(project.experiment)
    runs = client.search_runs([experiment.experiment_id], run_view_type=ViewType.ALL)
    parents = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
    assert len(parents) == 1
    children = [run for run in runs if run.data.tags.get("mlflow.parentRunId") == parents[0].info.run_id]
    assert len(children) == len(runs) - 1
    by_name = {run.info.run_name: run for run in children}
    assert len(by_name) == len(children)
    return client, parents[0], by_name


def test_tune_is_a_run_with_a_nested_run_for_each_candidate(project):
    found = project.json("tune", "-q", "--json")
    client, parent, children = tree(project)
    assert parent.info.run_name == "tune"
    assert parent.info.status == "FINISHED"
    assert parent.data.tags["mlflow.source.name"] == "valence tune"
    assert parent.data.tags["valence.best"] == found["best"]
    assert set(children) == {candidate["name"] for candidate in found["candidates"]}
    for candidate in found["candidates"]:
        run = children[candidate["name"]]
        assert run.info.status == "FINISHED"
        assert run.info.end_time >= run.info.start_time >= parent.info.start_time
        assert float(run.data.params["train.C"]) == candidate["parameters"]["train"]["C"]
        assert json.loads(run.data.params["featurize.ngram_range"]) == candidate["parameters"]["featurize"]["ngram_range"]
        for metric in METRICS:
            assert run.data.metrics[f"cv/{metric}"] == candidate["metrics"][metric]["mean"]
            assert run.data.metrics[f"cv/{metric}/sd"] == candidate["metrics"][metric]["sd"]
        assert run.data.metrics["cv/p_value"] == candidate["p_value"]
        history = client.get_metric_history(run.info.run_id, "fold/accuracy")
        assert [m.step for m in history] == [0, 1, 2]
        assert [m.value for m in history] == candidate["metrics"]["accuracy"]["folds"]
        assert [d.dataset.name for d in run.inputs.dataset_inputs] == ["reviews.csv (train)"]
    best = children[found["best"]]
    for key in ("train.C", "featurize.ngram_range"):
        assert parent.data.params[key] == best.data.params[key]
    assert parent.data.params["cross_validation.folds"] == "3"
    assert parent.data.metrics["cv/accuracy"] == best.data.metrics["cv/accuracy"]
    assert parent.data.metrics["seconds/tune"] > 0


def test_the_figures_and_the_best_parameters_are_artifacts(project):
    found = project.json("tune", "-q", "--json")
    output = found.pop("output")
    client, parent, _ = tree(project)
    assert {file.path for file in client.list_artifacts(parent.info.run_id)} == {"candidates.json", "params.yaml"}
    folder = project.folder / "downloaded"
    folder.mkdir()
    mlflow.artifacts.download_artifacts(run_id=parent.info.run_id, dst_path=str(folder), tracking_uri=project.client_uri())
    assert json.loads((folder / "candidates.json").read_text()) == found
    assert (folder / "params.yaml").read_text() == (project.folder / output).read_text()


def test_a_candidate_that_fails_is_a_failed_nested_run(project):
    project.run("compare", "-q")
    _, parent, children = tree(project)
    assert parent.info.run_name == "compare"
    assert parent.info.status == "FINISHED"
    assert set(children) == {"in force", "bow", "broken"}
    assert children["broken"].info.status == "FAILED"
    assert "min_df" in children["broken"].data.tags["valence.error"]
    assert children["bow"].info.status == "FINISHED"
    assert children["in force"].data.tags["valence.in_force"] == "true"


def test_a_search_that_no_server_took_is_kept_and_sent_later_with_its_nested_runs(tmp_path, server):
    project = make_project(tmp_path, f"http://127.0.0.1:{free_port()}", "spooled search")
    project.env["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "1"
    project.run("tune", "-q")
    project.uri = project.env["MLFLOW_TRACKING_URI"] = server
    for _ in range(2):  # the second finds nothing to send
        project.run("runs", "sync")
        client, parent, children = tree(project)
        assert len(children) == 4
        for run in children.values():
            assert len(client.get_metric_history(run.info.run_id, "fold/ece")) == 3
    assert {file.path for file in client.list_artifacts(parent.info.run_id)} == {"candidates.json", "params.yaml"}
