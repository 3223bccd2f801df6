# SPDX-License-Identifier: Apache-2.0
"""The embedded store and MLflow's own, on the same file: ours read and written by MLflow, its by us."""
import json
import math
import pathlib
import re
import sqlite3
import threading
import urllib.parse
import urllib.request

import pytest

from conftest import FULL, ProbeError, mlflow_server, open_probe

mlflow = pytest.importorskip("mlflow")
import alembic.command  # noqa: E402
import sqlalchemy  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.entities import Metric  # noqa: E402
from mlflow.store.db.utils import _get_alembic_config  # noqa: E402
from mlflow.store.tracking.dbmodels.initial_models import Base as InitialBase  # noqa: E402

CREATED = "6953534de441"
MARK = 0x56414C4E  # PRAGMA application_id of a file that Valence made
DATASETS = [
    {"name": "reviews", "digest": "0a1b2c3d", "source_type": "local", "source": '{"uri":"data/raw/train.csv"}',
     "schema": '{"mlflow_colspec":[{"type":"string","name":"text","required":true}]}',
     "profile": '{"num_rows":400,"num_elements":800}', "context": "training"},
    {"name": "held out", "digest": "4e5f6071", "source_type": "local", "source": '{"uri":"data/raw/test.csv"}',
     "schema": "", "profile": "", "context": "eval"}]


def url_of(path):
    return f"sqlite:///{path}"


def migrate(path, revision):
    """A database as MLflow's own migrations make it, at that revision."""
    engine = sqlalchemy.create_engine(url_of(path))
    InitialBase.metadata.create_all(engine)
    engine.dispose()
    alembic.command.upgrade(_get_alembic_config(url_of(path)), revision)


def read(path, sql, *values):
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def assert_sound(path):
    assert read(path, "PRAGMA integrity_check") == [("ok",)]
    assert read(path, "PRAGMA foreign_key_check") == []


def publish(probe, folder, name="first"):
    """Every kind of row that Valence writes."""
    (folder / "model.bin").write_bytes(b"weights")
    experiment = probe("ensure_experiment", name="sentiment")["experiment_id"]
    run = probe("create_run", experiment_id=experiment, run_name=name, user_id="ann", start_time=1_700_000_000_000,
                tags={"mlflow.user": "ann", "mlflow.note.content": "# Model card\nä€😀"})
    run_id = run["run_id"]
    probe("log_inputs", run_id=run_id, datasets=DATASETS)
    probe("log_batch", run_id=run_id, params={"train.C": "3", "features.ngram_range": "[1, 2]"}, tags={"valence.k": "v"},
          metrics=[{"key": "loss", "value": 1 / (s + 1), "timestamp": 1_700_000_000_000 + s, "step": s} for s in range(5)]
          + [{"key": "accuracy", "value": 0.875, "timestamp": 5, "step": 0},
             {"key": "broken", "value": "NaN", "timestamp": 5, "step": 0},
             {"key": "endless", "value": "-Infinity", "timestamp": 5, "step": 0}])
    probe("upload_artifact", root_uri=run["artifact_uri"], path="reports/r 1.txt", file=str(folder / "model.bin"))
    model = probe("create_logged_model", experiment_id=experiment, name="model", model_type="classifier",
                  source_run_id=run_id, params={"train.C": "3"}, tags={"valence.digest": "abc"})
    probe("log_output", run_id=run_id, model_id=model["model_id"], step=4)
    probe("log_model_metrics", run_id=run_id, model_id=model["model_id"], dataset=DATASETS[1],
          metrics=[{"key": "accuracy", "value": 0.875, "timestamp": 5, "step": 0}])
    probe("upload_artifact", root_uri=model["artifact_location"], path="data/model.bin", file=str(folder / "model.bin"))
    probe("finish_logged_model", model_id=model["model_id"], status="READY")
    probe("ensure_model", name="sentiment", description="of reviews")
    version = probe("create_version", name="sentiment", source="models:/" + model["model_id"],
                    model_id=model["model_id"], description="better", tags={"valence.gate": "passed"})
    probe("set_alias", name="sentiment", alias="champion", version=version["version"])
    probe("set_stage", name="sentiment", version=version["version"], stage="Production", archive_existing=True)
    probe("update_run", run_id=run_id, status="FINISHED", end_time=1_700_000_009_000)
    return run_id, model["model_id"], version["version"]


def constraint_names(path):
    return {name: sorted(re.findall(r"CONSTRAINT (\w+)", sql))
            for name, sql in read(path, "SELECT name, sql FROM sqlite_master WHERE type = 'table'")}


def checks(path):
    pattern = re.compile(r"CHECK\s*\(.*\)", re.IGNORECASE)
    return {name: sorted(pattern.findall(sql))
            for name, sql in read(path, "SELECT name, sql FROM sqlite_master WHERE type = 'table'")}


def described(path, pragma, table):
    rows = read(path, f"PRAGMA {pragma}({table})")
    if pragma == "index_list":  # sequence numbers and automatic names depend on the order of creation
        rows = [(unique, origin, partial, tuple(read(path, f"PRAGMA index_info('{name}')")),
                 name if origin == "c" else "") for _, name, unique, origin, partial in rows]
    elif pragma == "foreign_key_list":
        rows = [row[2:] for row in rows]
    return sorted(rows, key=repr)


def test_our_schema_is_mlflows_at_that_revision(tmp_path, probe):
    probe("uri")
    ours, theirs = tmp_path / "mlflow.db", tmp_path / "theirs.db"
    migrate(theirs, CREATED)
    tables = {name for (name,) in read(theirs, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert len(tables) == 23
    assert {name for (name,) in read(ours, "SELECT name FROM sqlite_master WHERE type = 'table'")} == tables
    for table in tables:
        for pragma in ("table_info", "foreign_key_list", "index_list"):
            assert described(ours, pragma, table) == described(theirs, pragma, table), (table, pragma)
    assert constraint_names(ours) == constraint_names(theirs)
    assert checks(ours) == checks(theirs)
    assert read(ours, "SELECT version_num FROM alembic_version") == [(CREATED,)]
    assert read(ours, "PRAGMA application_id") == [(MARK,)]


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    """Our file, then opened and so migrated by MLflow while we went on writing to it."""
    folder = tmp_path_factory.mktemp("migrated")
    database = folder / "mlflow.db"
    with open_probe("sqlite:///mlflow.db", folder) as probe:
        ids = publish(probe, folder)
        assert_sound(database)
        assert list((folder / "mlruns").rglob("meta.yaml")) == []
        experiment = probe("find_experiment", name="sentiment")["experiment_id"]
        during = probe("create_run", experiment_id=experiment, run_name="during", start_time=1)["run_id"]
        done, logged = threading.Event(), []

        def write():
            while not done.is_set():
                probe("log_batch", run_id=during,
                      metrics=[{"key": "m", "value": len(logged), "timestamp": 1, "step": len(logged)}])
                logged.append(1)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            client = MlflowClient(url_of(database))
            client.search_experiments()
        finally:
            done.set()
            writer.join()
        assert read(database, "SELECT version_num FROM alembic_version") != [(CREATED,)]
        assert len(logged) > 3
        assert len(client.get_metric_history(during, "m")) == len(logged)
        yield folder, probe, client, ids


def test_mlflow_reads_our_run(migrated):
    folder, _, client, (run_id, model_id, _) = migrated
    run = client.get_run(run_id)
    assert (run.info.run_name, run.info.status, run.info.user_id) == ("first", "FINISHED", "ann")
    assert (run.info.start_time, run.info.end_time) == (1_700_000_000_000, 1_700_000_009_000)
    assert run.data.params == {"train.C": "3", "features.ngram_range": "[1, 2]"}
    assert run.data.tags["mlflow.note.content"] == "# Model card\nä€😀"
    assert run.data.metrics["loss"] == 0.2 and run.data.metrics["accuracy"] == 0.875
    assert math.isnan(run.data.metrics["broken"]) and run.data.metrics["endless"] == -1.7976931348623157e308
    assert [(m.step, m.value) for m in client.get_metric_history(run_id, "loss")] == [(s, 1 / (s + 1)) for s in range(5)]
    inputs = {i.dataset.name: i for i in run.inputs.dataset_inputs}
    assert inputs["reviews"].dataset.digest == "0a1b2c3d"
    assert json.loads(inputs["reviews"].dataset.profile)["num_rows"] == 400
    assert inputs["held out"].tags[0].value == "eval"
    assert [(o.model_id, o.step) for o in run.outputs.model_outputs] == [(model_id, 4)]
    assert [f.path for f in client.list_artifacts(run_id, "reports")] == ["reports/r 1.txt"]
    found = client.search_runs([run.info.experiment_id], "metrics.accuracy > 0.8 and params.`train.C` = '3'")
    assert [r.info.run_id for r in found] == [run_id]


def test_mlflow_reads_our_model_and_version(migrated, monkeypatch, tmp_path):
    folder, _, client, (run_id, model_id, version) = migrated
    model = client.get_logged_model(model_id)
    assert (model.name, model.status.name, model.source_run_id) == ("model", "READY", run_id)
    assert model.params == {"train.C": "3"} and model.tags["valence.digest"] == "abc"
    assert json.loads(model.tags["mlflow.modelVersions"]) == [{"name": "sentiment", "version": 1}]
    assert [(m.key, m.value, m.dataset_name) for m in model.metrics] == [("accuracy", 0.875, "held out")]
    registered = client.get_model_version_by_alias("sentiment", "champion")
    assert (registered.version, registered.run_id, registered.current_stage) == (int(version), run_id, "Production")
    assert registered.tags == {"valence.gate": "passed"} and registered.description == "better"
    assert client.get_registered_model("sentiment").description == "of reviews"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", url_of(folder / "mlflow.db"))
    for uri in (f"models:/{model_id}", "models:/sentiment@champion", "models:/sentiment/1"):
        fetched = pathlib.Path(mlflow.artifacts.download_artifacts(uri, dst_path=str(tmp_path)))
        assert (fetched / "data/model.bin").read_bytes() == b"weights", uri


def test_both_write_after_the_migration(migrated):
    folder, probe, client, (first, _, version) = migrated
    run_id, model_id, second = publish(probe, folder, "second")
    assert int(second) == int(version) + 1
    assert client.get_run(run_id).info.run_name == "second"
    assert client.get_model_version_by_alias("sentiment", "champion").version == int(second)
    assert client.get_model_version("sentiment", version).current_stage == "Archived"
    # What MLflow adds to our rows is there for us.
    client.log_metric(first, "loss", 0.01, step=9)
    client.log_param(first, "added", "by mlflow")
    client.set_tag(first, "who", "mlflow")
    client.set_registered_model_alias("sentiment", "challenger", version)
    run = probe("get_run", run_id=first)
    assert {m["key"]: m["value"] for m in run["metrics"]}["loss"] == 0.01
    assert run["params"]["added"] == "by mlflow" and run["tags"]["who"] == "mlflow"
    assert probe("get_version_by_alias", name="sentiment", alias="challenger")["version"] == version
    with pytest.raises(ProbeError) as refused:
        probe("log_batch", run_id=first, params={"added": "by us"})
    assert refused.value.code == "conflict"
    assert_sound(folder / "mlflow.db")


def test_migration_keeps_our_mark_so_that_no_copy_is_made(migrated):
    folder, _, _, _ = migrated
    assert read(folder / "mlflow.db", "PRAGMA application_id") == [(MARK,)]
    assert read(folder / "mlflow.db", "PRAGMA journal_mode") == [("wal",)]
    with open_probe("sqlite:///mlflow.db", folder) as again:
        again("ensure_experiment", name="another")
    assert not (folder / "mlflow.db.before-valence").exists()


def test_concurrent_writers_lose_nothing(migrated):
    folder, probe, client, _ = migrated
    experiment = client.create_experiment("many writers")
    failures = []

    def ours(number):
        try:
            with open_probe("sqlite:///mlflow.db", folder) as writer:
                run = writer("create_run", experiment_id=experiment, run_name=f"w{number}", start_time=number)["run_id"]
                for step in range(20):
                    writer("log_batch", run_id=run,
                           metrics=[{"key": "m", "value": step, "timestamp": 1, "step": step}])
        except Exception as error:  # noqa: BLE001 - reported below
            failures.append(error)

    writers = [threading.Thread(target=ours, args=(n,)) for n in range(3)]
    for writer in writers:
        writer.start()
    run = client.create_run(experiment).info.run_id
    for step in range(20):
        client.log_batch(run, metrics=[Metric("m", step, 1, step)])
    for writer in writers:
        writer.join()
    assert failures == []
    runs = probe("search_runs", experiment_ids=[experiment])
    assert len(runs) == 4 and {r["metrics"][0]["value"] for r in runs} == {19}
    assert read(folder / "mlflow.db", "SELECT count(*) FROM metrics m JOIN runs r ON r.run_uuid = m.run_uuid "
                "WHERE r.experiment_id = ?", int(experiment)) == [(80,)]
    assert_sound(folder / "mlflow.db")


def test_a_server_in_the_folder_shows_it_all(migrated):
    folder, _, _, (run_id, model_id, version) = migrated
    with mlflow_server(folder) as address:  # no further arguments: what a person would type
        def get(path, **query):
            url = f"{address}/api/2.0/mlflow/{path}?{urllib.parse.urlencode(query)}"
            return json.load(urllib.request.urlopen(url, timeout=30))

        assert get("runs/get", run_id=run_id)["run"]["info"]["run_name"] == "first"
        assert get(f"logged-models/{model_id}")["model"]["info"]["status"] == "LOGGED_MODEL_READY"
        alias = get("registered-models/alias", name="sentiment", alias="champion")["model_version"]
        assert alias["name"] == "sentiment" and alias["run_id"]
        assert get("artifacts/list", run_id=run_id)["files"][0]["path"] == "reports"
        raw = urllib.request.urlopen(f"{address}/get-artifact?run_uuid={run_id}&path=reports/r%201.txt", timeout=30).read()
        assert raw == b"weights"


@pytest.fixture(scope="module")
def foreign(tmp_path_factory):
    """A database that MLflow made, with a run and a version of its own."""
    folder = tmp_path_factory.mktemp("foreign")
    client = MlflowClient(url_of(folder / "mlflow.db"))
    experiment = client.create_experiment("theirs", artifact_location=(folder / "mlruns" / "t").as_uri())
    run = client.create_run(experiment, run_name="by mlflow", tags={"k": "v"}).info.run_id
    client.log_batch(run, metrics=[Metric("a", 1.5, 7, 2), Metric("bad", float("nan"), 7, 0)])
    client.log_param(run, "p", "x")
    client.set_terminated(run)
    client.create_registered_model("theirs", description="d")
    client.create_model_version("theirs", (folder / "mlruns" / "t").as_uri(), run)
    client.set_registered_model_alias("theirs", "champion", 1)
    return folder, client, experiment, run


def test_we_read_what_mlflow_wrote(foreign):
    folder, _, experiment, run_id = foreign
    with open_probe("sqlite:///mlflow.db", folder) as probe:
        run = probe("get_run", run_id=run_id)
        assert (run["run_name"], run["status"], run["tags"]["k"]) == ("by mlflow", "FINISHED", "v")
        assert run["metrics"] == [{"key": "a", "value": 1.5, "timestamp": 7, "step": 2},
                                  {"key": "bad", "value": "NaN", "timestamp": 7, "step": 0}]
        assert probe("find_experiment", name="theirs")["experiment_id"] == experiment
        version = probe("get_version_by_alias", name="theirs", alias="champion")
        assert (version["version"], version["run_id"], version["status"]) == ("1", run_id, "READY")
        assert probe("download_uri", name="theirs", version="1") == (folder / "mlruns" / "t").as_uri()
    assert not (folder / "mlflow.db.before-valence").exists()


def test_we_write_beside_mlflow_after_one_copy(foreign):
    folder, client, experiment, theirs = foreign
    database = folder / "mlflow.db"
    revision = read(database, "SELECT version_num FROM alembic_version")
    with open_probe("sqlite:///mlflow.db", folder) as probe:
        run_id, model_id, _ = publish(probe, folder)
        probe("log_batch", run_id=theirs, metrics=[{"key": "a", "value": 2.5, "timestamp": 8, "step": 3}])
        probe("create_version", name="theirs", source="/somewhere")
    assert read(folder / "mlflow.db.before-valence", "SELECT name FROM experiments ORDER BY 1") == [("Default",), ("theirs",)]
    assert read(database, "SELECT version_num FROM alembic_version") == revision
    assert read(database, "PRAGMA application_id") == [(0,)]
    assert client.get_run(run_id).data.metrics["accuracy"] == 0.875
    assert client.get_run(theirs).data.metrics["a"] == 2.5
    assert client.get_logged_model(model_id).status.name == "READY"
    assert sorted(v.version for v in client.search_model_versions("name = 'theirs'")) == [1, 2]
    assert_sound(database)


@pytest.mark.skipif(not FULL, reason="VALENCE_TEST_FULL=1 writes to the known revisions between the first and the last")
@pytest.mark.parametrize("revision", [CREATED, "c3d6457b6d8a", "dc11669786a5"])
def test_every_known_revision_is_written_and_then_opened_by_mlflow(tmp_path, revision):
    migrate(tmp_path / "mlflow.db", revision)
    with open_probe("sqlite:///mlflow.db", tmp_path) as probe:
        run_id, model_id, version = publish(probe, tmp_path)
    assert read(tmp_path / "mlflow.db", "SELECT version_num FROM alembic_version") == [(revision,)]
    assert_sound(tmp_path / "mlflow.db")
    client = MlflowClient(url_of(tmp_path / "mlflow.db"))
    assert client.get_run(run_id).data.metrics["accuracy"] == 0.875
    assert client.get_model_version_by_alias("sentiment", "champion").version == int(version)


def test_an_mlflow_2_database_is_refused_with_what_to_run(tmp_path):
    migrate(tmp_path / "mlflow.db", "4465047574b1")  # MLflow 2.12
    with open_probe("sqlite:///mlflow.db", tmp_path) as probe, pytest.raises(ProbeError, match="mlflow db upgrade") as e:
        probe("list_experiments")
    assert e.value.code == "failed_precondition"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mlflow.db"]
