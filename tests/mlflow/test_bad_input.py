# SPDX-License-Identifier: Apache-2.0
"""What can be wrong with a tracking store, with the real binary: a clear message, the pipeline goes on, the run is kept
and arrives when all is well again; with --require-tracking exit 4."""
import contextlib
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import urllib.request
import uuid

import pytest
from conftest import mlflow_server
from fault_proxy import fault_proxy
from mlflow import MlflowClient
from support.servers import free_port
from test_lifecycle import Project
from test_rest_store import server_arguments

ADMIN = {"MLFLOW_TRACKING_USERNAME": "admin", "MLFLOW_TRACKING_PASSWORD": "a long password"}
REQUIRED = pytest.mark.parametrize("required", [False, True], ids=["optional", "required"])


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    with mlflow_server(folder, *server_arguments(folder)) as address:
        yield address


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A server with basic auth."""
    folder = tmp_path_factory.mktemp("guarded")
    env = {"MLFLOW_FLASK_SERVER_SECRET_KEY": uuid.uuid4().hex, "MLFLOW_AUTH_ADMIN_PASSWORD": "a long password",
           "HOME": str(folder)}
    with mlflow_server(folder, *server_arguments(folder), "--app-name", "basic-auth", env=env) as address:
        yield address


@pytest.fixture
def project(tmp_path):
    """Its experiment is its own, since servers are shared by tests."""
    made = Project(tmp_path)
    made.experiment = "e" + uuid.uuid4().hex
    (tmp_path / "params.yaml").write_text(f"tracking: {{experiment: {made.experiment}}}\n")
    return made


def train(project, required=False, *args, **env):
    """Trains under these variables: exit 0, with --require-tracking 4; all that makes a model is there either way.
    Gives what the command said."""
    flags = ["--require-tracking"] if required else []
    done = project.run("run", "-q", "--set", "ingest.source=reviews.csv", "--set", "evaluate.bootstrap_resamples=50",
                       "--set", "evaluate.maximum={ece: 0.5}", *flags, *args, check=4 if required else 0,
                       env={**project.env, **env})
    assert (project.folder / "models/model.safetensors").exists() and (project.folder / "reports/report.html").exists()
    said = done.stderr.decode()
    assert said.count("\n") <= 3, said  # one message, not a log
    return said


def waiting(project, store="mlflow.db"):
    """The run that waits in a local store."""
    runs = project.json("runs", "list", "--tracking-uri", f"sqlite:///{store}", env=project.env)
    assert len(runs) == 1
    assert runs[0]["tags"]["valence.spool"] == "pending" and "accuracy" in runs[0]["metrics"]
    return runs[0]


def send(project, uri, **env):
    """`runs sync`, and the run where it has arrived."""
    sent = project.json("runs", "sync", "--tracking-uri", uri, env={**project.env, **env})
    assert len(sent) == 1
    assert project.json("runs", "sync", "--tracking-uri", uri, env={**project.env, **env}) == []
    shown = project.json("runs", "show", sent[0]["run_id"], "--tracking-uri", uri, env={**project.env, **env})
    assert shown[0]["status"] == "FINISHED" and "accuracy" in shown[0]["metrics"]
    return shown[0]


# Credentials and permission


@REQUIRED
def test_wrong_credentials(project, guarded, required):
    wrong = {"MLFLOW_TRACKING_URI": guarded, **ADMIN, "MLFLOW_TRACKING_PASSWORD": "hunter2hunter2"}
    said = train(project, required, **wrong)
    assert "refused the credentials (HTTP 401" in said and "MLFLOW_TRACKING_PASSWORD" in said
    assert "~/.mlflow/credentials" in said and "the run is kept in mlflow.db" in said and "valence runs sync" in said
    assert "hunter2" not in said
    assert "hunter2" not in json.dumps(waiting(project))
    send(project, guarded, **ADMIN)


def test_wrong_credentials_of_commands_that_only_read(project, guarded):
    for command in (["runs", "list"], ["models", "list"], ["runs", "sync"], ["models", "show", "champion"]):
        said = project.run(*command, "--tracking-uri", guarded, check=None,
                           env={**project.env, "MLFLOW_TRACKING_TOKEN": "nonsense"})
        if command[1] == "sync":  # nothing waits, so nobody is asked
            assert said.returncode == 0
            continue
        assert said.returncode == 4 and b"refused the credentials" in said.stderr, command
        assert b"nonsense" not in said.stderr


def test_a_user_without_permission(project, guarded):
    def admin(route, body):
        request = urllib.request.Request(f"{guarded}/api/2.0/mlflow/{route}", json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        token = "YWRtaW46YSBsb25nIHBhc3N3b3Jk"  # admin:a long password
        request.add_header("Authorization", "Basic " + token)
        return json.load(urllib.request.urlopen(request, timeout=30))

    admin("experiments/create", {"name": project.experiment})
    admin("users/create", {"username": "reader", "password": "another long one"})
    reader = {"MLFLOW_TRACKING_USERNAME": "reader", "MLFLOW_TRACKING_PASSWORD": "another long one"}
    said = train(project, MLFLOW_TRACKING_URI=guarded, **reader)
    assert "not permitted for this user (HTTP 403" in said and "administrator" in said
    waiting(project)
    send(project, guarded, **ADMIN)


# Names


@REQUIRED
def test_a_host_name_that_the_server_does_not_answer_to(project, server, required):
    with fault_proxy(server, host="mlflow.example.com") as proxy:
        said = train(project, required, MLFLOW_TRACKING_URI=proxy.url)
    assert "HTTP 403, its guard against DNS rebinding" in said and "--allowed-hosts" in said
    assert "MLFLOW_SERVER_ALLOWED_HOSTS" in said
    waiting(project)
    send(project, server)


@pytest.mark.parametrize("where", ["embedded", "server"])
def test_an_unknown_alias(project, server, where):
    uri = server if where == "server" else f"sqlite:///{project.folder}/mlflow.db"
    model = "m" + uuid.uuid4().hex
    (project.folder / "params.yaml").write_text(f"register: {{model: {model}}}\n")
    project.env["MLFLOW_TRACKING_URI"] = uri
    project.train("--register")
    for command in (["explain", "--model", f"models:/{model}@nobody", "A fine film."], ["models", "show", "nobody"],
                    ["serve", "--port", "0", "--model", f"models:/{model}@nobody"]):
        said = project.error(*command, exit_code=4)
        assert "nobody" in said and model in said, command
    said = project.error("explain", "--model", "models:/no-such-model@champion", "A fine film.", exit_code=4)
    assert "no-such-model" in said
    said = project.error("explain", "--model", f"models:/{model}/7", "A fine film.", exit_code=4)
    assert model in said and "7" in said


@pytest.mark.parametrize("where", ["embedded", "server"])
@REQUIRED
def test_a_tag_that_mlflow_refuses(project, server, where, required):
    uri = server if where == "server" else "sqlite:///mlflow.db"
    said = train(project, required, MLFLOW_TRACKING_URI=uri, MLFLOW_RUN_CONTEXT='{"a//b": "1", "team": "search"}')
    assert "a//b" in said and "the run is kept in mlflow.db" in said
    runs = project.json("runs", "list", "--tracking-uri", "sqlite:///mlflow.db")
    assert len(runs) == 1 and runs[0]["tags"]["team"] == "search" and "a//b" not in runs[0]["tags"]
    if where == "server":
        assert send(project, server)["tags"]["team"] == "search"


def test_a_context_that_is_not_json(project, server):
    said = train(project, MLFLOW_TRACKING_URI=server, MLFLOW_RUN_CONTEXT="team=search")
    assert "MLFLOW_RUN_CONTEXT: expected a JSON object" in said
    waiting(project)
    send(project, server)


def test_an_experiment_that_is_not_there(project, server):
    said = train(project, MLFLOW_TRACKING_URI=server, MLFLOW_EXPERIMENT_ID="987654321")
    assert "987654321" in said
    assert waiting(project)["tags"]["valence.spool.experiment_id"] == "987654321"


@pytest.mark.parametrize("name, bad", [("model", "a/b"), ("model", "a:b"), ("alias", "v1"), ("alias", "a b"),
                                       ("alias", "latest")])
def test_registry_names_that_mlflow_refuses(project, server, name, bad):
    project.env["MLFLOW_TRACKING_URI"] = server
    project.train()
    said = project.run("register", "-q", "--set", f"register.{name}={bad}", check=None)
    assert said.returncode in (2, 4) and bad in said.stderr.decode(), said.stderr.decode()
    assert not [m for m in MlflowClient(server).search_registered_models() if m.name == bad]


def test_values_over_the_limits(project, server):
    long = json.dumps({"essay": "ä" * 9000})
    said = train(project, MLFLOW_TRACKING_URI=server, MLFLOW_RUN_CONTEXT=long)
    assert "kept" not in said
    client = MlflowClient(server)
    run = client.search_runs([client.get_experiment_by_name(project.experiment).experiment_id])[0]
    assert run.data.tags["essay"] == "ä" * 8000
    said = train(project, True, MLFLOW_TRACKING_URI=server, MLFLOW_RUN_CONTEXT=long, MLFLOW_TRUNCATE_LONG_VALUES="false")
    assert "'essay' has 9000 characters, MLflow keeps 8000" in said and "MLFLOW_TRUNCATE_LONG_VALUES" in said
    waiting(project)
    send(project, server)


@pytest.mark.parametrize("variable, value", [
    ("MLFLOW_TRACKING_AUTH", "some-plugin"), ("MLFLOW_TRACKING_INSECURE_TLS", "yes"),
    ("MLFLOW_HTTP_TCP_KEEPALIVE_COUNT", "many"), ("MLFLOW_HTTP_POOL_MAXSIZE", "0"),
    ("MLFLOW_ENABLE_ASYNC_LOGGING", "perhaps"), ("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING", "on"),
    ("MLFLOW_TRACKING_AWS_SIGV4", "aws")])
def test_a_variable_that_cannot_be_read(project, server, variable, value):
    said = train(project, True, MLFLOW_TRACKING_URI=server, **{variable: value})
    assert variable in said
    waiting(project)


# Disks


@contextlib.contextmanager
def small_disk(folder):
    """A file system of its own, of 64 MB."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64M", "tmpfs", folder], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("no file system can be mounted here: " + mounted.stderr.decode().strip())
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(folder, leave=0):
    with contextlib.suppress(OSError), open(folder / "ballast", "wb", buffering=0) as ballast:
        while ballast.write(b"x" * 4096):
            pass
    if leave:
        with open(folder / "ballast", "r+b") as ballast:
            ballast.truncate((folder / "ballast").stat().st_size - leave)


@REQUIRED
def test_the_stores_disk_is_full(project, tmp_path, required):
    with small_disk(tmp_path / "small") as small:
        uri = f"sqlite:///{small}/mlflow.db"
        train(project, MLFLOW_TRACKING_URI=uri)  # while there is room
        fill(small)
        said = train(project, required, "--set", "train.C=4", MLFLOW_TRACKING_URI=uri)
        assert "no space left" in said.lower() and "the run is kept in mlflow.db" in said
        waiting(project)
        (small / "ballast").unlink()
        assert send(project, uri)["params"]["train.C"] == "4.0"
        assert len(project.json("runs", "list", "--tracking-uri", uri)) == 2


def test_the_servers_disk_is_full(project, tmp_path):
    """Its database has room, its artifacts do not."""
    with small_disk(tmp_path / "small") as small:
        folder = tmp_path / "server"
        folder.mkdir()
        with mlflow_server(folder, "--backend-store-uri", f"sqlite:///{folder}/server.db", "--artifacts-destination",
                           str(small)) as address:
            fill(small, leave=8192)
            env = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "0.05"}
            said = train(project, True, MLFLOW_TRACKING_URI=address, **env)
            assert "uploading" in said and "the run is kept in mlflow.db" in said
            waiting(project)
            (small / "ballast").unlink()
            send(project, address)


def test_the_projects_own_disk_is_full(tmp_path):
    with small_disk(tmp_path / "small") as small:
        project = Project(small)
        fill(small, leave=65536)
        said = project.train(check=4).stderr.decode()
        assert "space" in said.lower(), said
        (small / "ballast").unlink()
        project.train()


# Databases


@pytest.fixture
def used(project):
    """A project that has a local store with one run."""
    train(project)
    assert len(project.json("runs", "list")) == 1
    return project


@REQUIRED
def test_a_database_that_is_locked_for_ever(used, required):
    holder = subprocess.Popen([sys.executable, "-c", "import sqlite3, sys\n"
                               "c = sqlite3.connect('mlflow.db', isolation_level=None); c.execute('BEGIN EXCLUSIVE')\n"
                               "print('held', flush=True); sys.stdin.read()"], cwd=used.folder, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout.readline() == "held\n"
        said = train(used, required, "--set", "train.C=4")
        assert "mlflow.db: locked by another program" in said and "try again when it is done" in said
        assert "the run is kept in mlflow-spool.db" in said
        assert waiting(used, "mlflow-spool.db")["params"]["train.C"] == "4.0"
    finally:
        holder.communicate("")
    assert send(used, "sqlite:///mlflow.db")["params"]["train.C"] == "4.0"
    assert len(used.json("runs", "list")) == 2


@REQUIRED
def test_a_schema_that_is_too_new(used, required):
    database = used.folder / "mlflow.db"
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("CREATE TABLE runs2 AS SELECT * FROM runs WHERE 0")
        connection.execute("ALTER TABLE runs RENAME TO runs_old")
        columns = [row[1] for row in connection.execute("PRAGMA table_info(runs2)")]
        connection.execute("DROP TABLE runs2")
        connection.execute(f"CREATE TABLE runs ({', '.join(columns)}, tenant TEXT NOT NULL)")
        connection.execute("UPDATE alembic_version SET version_num = 'ffffffffffff'")
        connection.commit()
    before = database.read_bytes()
    said = train(used, required, "--set", "train.C=4")
    assert "its schema (revision ffffffffffff) has a column runs.tenant without a default" in said
    assert "update Valence" in said and "mlflow server --backend-store-uri" in said
    assert "the run is kept in mlflow-spool.db" in said
    assert database.read_bytes() == before
    assert waiting(used, "mlflow-spool.db")["params"]["train.C"] == "4.0"
    for command in (["runs", "list"], ["models", "list"], ["register", "-q"]):
        assert "update Valence" in used.error(*command, exit_code=4)
    database.unlink()
    send(used, "sqlite:///mlflow.db")


@pytest.mark.parametrize("damage, says", [(lambda path: path.write_text("this is no database at all"), "not an SQLite database"),
                                          (lambda path: path.write_bytes(path.read_bytes()[:8192]), "damaged")])
def test_a_database_that_is_none(used, damage, says):
    for side in ("-wal", "-shm"):
        pathlib.Path(f"{used.folder}/mlflow.db{side}").unlink(missing_ok=True)
    damage(used.folder / "mlflow.db")
    said = train(used, True, "--set", "train.C=4")
    assert says in said and "the run is kept in mlflow-spool.db" in said
    shutil.move(used.folder / "mlflow.db", used.folder / "broken.db")
    send(used, "sqlite:///mlflow.db")


def test_runs_that_wait_are_not_sent_to_the_store_they_wait_in(project):
    train(project, MLFLOW_TRACKING_URI=f"http://127.0.0.1:{free_port()}", MLFLOW_HTTP_REQUEST_MAX_RETRIES="0")
    said = project.error("runs", "sync", exit_code=4)
    assert "what waits in mlflow.db waits for a server" in said and "MLFLOW_TRACKING_URI" in said
    waiting(project)
