# SPDX-License-Identifier: Apache-2.0
"""From a trained model to a champion, with the real binary: once in the embedded store, once on a real MLflow server,
and both seen from Python's mlflow."""
import fcntl
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import time

import mlflow
import pandas as pd
import pytest
from conftest import ROOT, free_port
from e2e.conftest import Valence, synthetic_reviews

FIGURES = ["accuracy", "f1_macro", "roc_auc", "log_loss", "brier", "ece"]


def write_reviews(folder, count=600, seed=7):
    rows = [{"text": text, "label": label} for text, label in synthetic_reviews(count, seed)]
    pd.DataFrame(rows).to_csv(folder / "reviews.csv", index=False)


class Project(Valence):
    """A project folder whose runs go to `uri` ("" is the embedded store)."""

    def __init__(self, folder, uri=""):
        super().__init__(folder)
        self.uri = uri
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}
        self.env["HOME"] = str(folder)
        if uri:
            self.env["MLFLOW_TRACKING_URI"] = uri
        write_reviews(folder)

    def run(self, *args, **kwargs):
        kwargs.setdefault("env", self.env)
        return super().run(*args, **kwargs)

    def train(self, *args, check=0, **kwargs):
        return self.run("run", "-q", "--set", "ingest.source=reviews.csv", "--set", "evaluate.bootstrap_resamples=50", "--set",
                        "evaluate.maximum={ece: 0.5}", *args, check=check, **kwargs)

    def client_uri(self):
        return self.uri or f"sqlite:///{self.folder}/mlflow.db"

    def client(self):
        return mlflow.MlflowClient(tracking_uri=self.client_uri(), registry_uri=self.client_uri())


@pytest.fixture(params=["embedded", "server"])
def project(request, tmp_path):
    """Experiments and models of their own, since the server is shared by the tests."""
    uri = request.getfixturevalue("server") if request.param == "server" else ""
    project = Project(tmp_path, uri)
    project.model = "m" + request.node.name.replace("[", "_").replace("]", "")[5:40]
    (tmp_path / "params.yaml").write_text(
        f"tracking: {{experiment: {project.model}}}\nregister: {{model: {project.model}}}\n")
    return project


def only_run(project):
    client = project.client()
    experiment = client.get_experiment_by_name(project.model)
    runs = client.search_runs([experiment.experiment_id])
    assert len(runs) == 1
    return client, runs[0]


def test_a_run_keeps_all_that_a_person_compares(project):
    subprocess.run("git init -q . && git add reviews.csv && git -c user.name=n -c user.email=e commit -qm first && "
                   "git remote add origin https://user:secret@example.com/x.git", shell=True, check=True, cwd=project.folder)
    project.train("--set", "train.C=3")
    client, run = only_run(project)
    metrics = json.loads(project.read("reports/metrics.json"))
    for name in FIGURES:
        assert run.data.metrics[name] == metrics[name]
    assert run.info.status == "FINISHED" and run.info.end_time >= run.info.start_time > 0
    assert run.data.params["train.C"] == "3.0" and run.data.params["featurize.ngram_range"] == "[1,2]"
    losses = client.get_metric_history(run.info.run_id, "train/loss")
    assert [m.step for m in losses] == list(range(len(losses))) and len(losses) > 2
    assert losses[-1].value < losses[0].value
    assert run.data.metrics["system/process_memory_megabytes"] > 1
    tags = run.data.tags
    assert len(tags["mlflow.source.git.commit"]) == 40 and tags["mlflow.source.git.dirty"] == "false"
    assert tags["mlflow.source.git.repoURL"] == "https://example.com/x.git"
    assert tags["mlflow.source.type"] == "LOCAL" and tags["valence.gate"] == "passed" and tags["mlflow.user"]
    assert "accuracy" in tags["mlflow.note.content"].lower()
    inputs = {i.tags[0].value: i.dataset for i in run.inputs.dataset_inputs}
    assert json.loads(inputs["training"].profile)["num_rows"] == 480
    assert json.loads(inputs["eval"].schema)["mlflow_colspec"][1]["name"] == "text"
    mlflow.set_tracking_uri(project.client_uri())
    reports = pathlib.Path(mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="reports",
                                                               dst_path=str(project.folder / "down")))
    assert (reports / "report.html").read_bytes() == project.read("reports/report.html")
    assert (reports / "plots/roc.csv").read_bytes() == project.read("reports/plots/roc.csv")
    model = client.get_logged_model(run.outputs.model_outputs[0].model_id)
    assert str(model.status) in ("READY", "LoggedModelStatus.READY")


def test_register_promote_serve_and_load_in_python(project):
    project.train("--promote")
    client = project.client()
    champion = client.get_model_version_by_alias(project.model, "champion")
    assert champion.version == "1" or champion.version == 1
    assert champion.current_stage == "Production"
    mlflow.set_tracking_uri(project.client_uri())
    mlflow.set_registry_uri(project.client_uri())
    texts = ["A wonderful superb film.", "Dreadful and boring."]
    (project.folder / "t.txt").write_text("\n".join(texts) + "\n")
    ours = [json.loads(line) for line in project.run(
        "predict", "-q", "--model", "models/model.safetensors", "--format", "jsonl", "t.txt").stdout.splitlines()]
    loaded = mlflow.pyfunc.load_model(f"models:/{project.model}@champion").predict(pd.DataFrame({"text": texts}))
    assert list(loaded["label"]) == [row["label"] for row in ours]
    assert list(loaded["score"]) == [row["score"] for row in ours]


def test_registering_twice_makes_one_version(project):
    project.train()
    first = project.json("register", "-q")
    again = project.json("register", "-q")
    assert first["version"] == again["version"] == "1" and first["aliases"] == ["challenger"]
    assert len(project.client().search_model_versions(f"name = '{project.model}'")) == 1
    assert first["digest"].startswith("sha256:") and first["run_id"]


def test_the_gate_keeps_a_bad_model_out(project):
    project.train()
    message = project.error("register", "-q", "--set", "evaluate.minimum={accuracy: 0.99999}", "--set",
                            "evaluate.maximum={ece: 0.0000001}", exit_code=1)
    assert "gate refused" in message
    assert not project.client().search_registered_models(f"name = '{project.model}'")


def test_a_worse_challenger_is_refused_with_figures_and_written_down(project):
    project.train("--promote")
    project.train("--set", "featurize.max_features=1", "--set", "evaluate.minimum={}", "--set", "evaluate.maximum={}", "--register")
    refused = project.run("promote", "-q", "--set", "evaluate.minimum={}", "--set", "evaluate.maximum={}", check=1)
    assert b"promotion refused: " in refused.stderr
    assert b"challenger 2" in refused.stdout and b"champion 1" in refused.stdout
    champion = project.client().get_model_version_by_alias(project.model, "champion")
    assert str(champion.version) == "1"
    history = project.json("models", "history")
    assert [(m["action"], m["to"]) for m in history] == [("register", "1"), ("promote", "1"), ("register", "2"),
                                                         ("refuse", "2")]
    assert history[-1]["figures"]["mcnemar_p_value"] <= 1 and history[-1]["who"]
    # The same from another folder: what the registry's tags say is enough.
    (project.folder / "models/history.jsonl").unlink()
    assert [m["action"] for m in project.json("models", "history")] == [m["action"] for m in history]


def test_rollback_is_one_command(project):
    project.train("--promote")
    project.train("--set", "train.C=11", "--set", "promote.max_accuracy_drop=1", "--set", "promote.max_slice_drop=1",
                  "--promote")
    client = project.client()
    assert str(client.get_model_version_by_alias(project.model, "champion").version) == "2"
    assert client.get_model_version(project.model, "1").current_stage == "Archived"
    project.run("models", "rollback", "--reason", "it felt wrong")
    assert str(client.get_model_version_by_alias(project.model, "champion").version) == "1"
    assert client.get_model_version(project.model, "1").current_stage == "Production"
    assert project.json("models", "history")[-1]["reason"] == "it felt wrong"
    assert "nothing held alias" in project.error("models", "rollback", exit_code=4)


def test_models_list_and_show(project):
    project.train("--promote")
    assert project.model in project.run("models", "list").stdout.decode()
    shown = project.json("models", "show", "champion")
    assert shown["version"] == "1" and "champion" in shown["aliases"]
    assert "nobody" in project.error("models", "show", "nobody", exit_code=4)


def test_runs_list_show_compare(project):
    for c in ("0.5", "5"):
        project.train("--set", f"train.C={c}")
    runs = project.json("runs", "list", "--experiment", project.model, "--sort", "log_loss", "--ascending")
    assert len(runs) == 2
    losses = [run["metrics"]["log_loss"] for run in runs]
    assert losses == sorted(losses)
    table = project.run("runs", "list", "--experiment", project.model, "--sort", "brier").stdout.decode()
    assert table.split("\n")[0].split()[4:6] == ["status", "brier"]  # what sorts is shown
    shown = project.json("runs", "show", runs[0]["run_id"])
    assert shown[0]["params"]["train.C"] == runs[0]["params"]["train.C"]
    text = project.run("runs", "compare", runs[0]["run_id"], runs[1]["run_id"], "--plot", "accuracy,log_loss").stdout.decode()
    assert "train.C" in text and "featurize.norm" not in text  # only parameters that differ
    assert "log_loss\n" in text and " +---" in text


def test_a_failed_pipeline_is_a_failed_run(project):
    project.train("--set", "train.max_iter=1", check=3)
    _, run = only_run(project)
    assert run.info.status == "FAILED" and "converge" in run.data.tags["valence.error"]


def test_tracking_can_be_switched_off(tmp_path):
    project = Project(tmp_path)
    project.train("--set", "tracking.enabled=false")
    assert not (tmp_path / "mlflow.db").exists()


def test_a_server_that_is_down_costs_nothing_but_a_warning(tmp_path, server):
    project = Project(tmp_path, f"http://127.0.0.1:{free_port()}")
    (tmp_path / "params.yaml").write_text("tracking: {experiment: spooled}\n")
    project.env.update(MLFLOW_HTTP_REQUEST_MAX_RETRIES="1", MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR="0")
    done = project.train()
    assert b"valence runs sync" in done.stderr
    assert b"valence runs sync" in project.train("--require-tracking", "--set", "train.C=4", check=4).stderr
    project.uri = project.env["MLFLOW_TRACKING_URI"] = server
    with open(tmp_path / "mlflow.db.sync-lock", "w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert "another process" in project.error("runs", "sync", exit_code=4)
    sent = project.json("runs", "sync")
    assert len(sent) == 2 and project.json("runs", "sync") == []
    client = project.client()
    runs = client.search_runs([client.get_experiment_by_name("spooled").experiment_id])
    assert {run.data.params["train.C"] for run in runs} == {"10.0", "4.0"}
    losses = client.get_metric_history(runs[0].info.run_id, "train/loss")
    assert [m.step for m in losses] == list(range(len(losses)))


@pytest.mark.parametrize("uri, says", [("ftp://host/x", "ftp"), ("sqlite:////proc/none/x.db", "/proc/none")])
def test_a_wrong_address_keeps_the_run(tmp_path, uri, says):
    project = Project(tmp_path)
    done = project.train("--tracking-uri", uri)
    assert says in done.stderr.decode() and (tmp_path / "mlflow.db").exists()


def test_serve_loads_the_champion(project):
    project.train("--promote")
    port = free_port()
    process = subprocess.Popen([os.environ.get("VALENCE_BIN", ROOT / "build/release/bin/valence"), "serve", "--model",
                                f"models:/{project.model}@champion", "--port", str(port)], cwd=project.folder,
                               env=project.env, stderr=subprocess.PIPE)
    try:
        import urllib.request
        deadline = time.monotonic() + 30
        while True:
            try:
                version = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/version", timeout=5))
                break
            except OSError:
                assert process.poll() is None, process.stderr.read().decode()
                assert time.monotonic() < deadline
                time.sleep(0.05)
        digest = project.json("models", "show", "champion")["digest"]
        assert digest[:19] in json.dumps(version)
    finally:
        process.terminate()
        process.wait(timeout=30)
        process.stderr.close()


def test_a_tampered_model_is_not_served(tmp_path):
    project = Project(tmp_path)
    (tmp_path / "params.yaml").write_text("register: {model: tampered}\n")
    project.train("--promote")
    stored = next((tmp_path / "mlruns").rglob("model.safetensors"))
    other = Project(tmp_path / "other") if (tmp_path / "other").mkdir() is None else None
    other.train("--set", "train.C=2")
    shutil.copy(tmp_path / "other/models/model.safetensors", stored)
    shutil.rmtree(tmp_path / "data/cache", ignore_errors=True)
    message = project.error("serve", "--model", "models:/tampered@champion", "--port", "0", exit_code=3)
    assert "is not the model that was registered" in message
    shutil.copy(tmp_path / "models/model.safetensors", stored)  # the wrong one is not kept in the cache
    project.run("explain", "--model", "models:/tampered@champion", "good")


def test_a_damaged_copy_in_the_cache_is_fetched_anew(tmp_path):
    project = Project(tmp_path)
    (tmp_path / "params.yaml").write_text("register: {model: damaged}\n")
    project.train("--promote")
    explain = ("explain", "--model", "models:/damaged@champion", "good")
    project.run(*explain)
    copy = next((tmp_path / "data/cache/models").glob("*.safetensors"))
    copy.write_bytes(copy.read_bytes()[:-100])
    message = project.error(*explain, exit_code=3)
    assert "models:/damaged@champion" in message and copy.name in message
    project.run(*explain)


def test_a_locked_store_is_waited_for(tmp_path):
    """A writer that holds the database for two seconds delays the run; nothing is lost."""
    project = Project(tmp_path)
    project.train()
    holder = sqlite3.connect(tmp_path / "mlflow.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    process = subprocess.Popen([os.environ.get("VALENCE_BIN", ROOT / "build/release/bin/valence"), "run", "-q", "--set",
                                "ingest.source=reviews.csv"], cwd=tmp_path, env=project.env, stdout=subprocess.DEVNULL)
    time.sleep(2)
    holder.execute("COMMIT")
    holder.close()
    assert process.wait(timeout=60) == 0
    assert len(project.json("runs", "list")) == 2
