# SPDX-License-Identifier: Apache-2.0
"""Models that are replaced while they are served: by SIGHUP, by a watched file or alias, by the admin listener. The
real binary, real sockets, clients that go on asking."""
import contextlib
import hashlib
import http.client
import http.server
import json
import os
import random
import re
import shutil
import signal
import subprocess
import threading
import time

import pytest
from conftest import BINARY, Valence, synthetic_reviews
from procfs import needs_proc

TEXTS = ["A wonderful, moving film.", "Tedious and clumsy.", "The story of a film", "superb superb dreadful"]
SWAPS = 1000 if os.environ.get("VALENCE_TEST_FULL") else 100
TOKEN = "correct horse battery staple"


class Server:
    def __init__(self, process, port, lines):
        self.process, self.port, self.lines = process, port, lines
        self.admin_port = None

    def request(self, method, path, body=None, headers=None, port=None):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=20)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json", **(headers or {})})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def predict(self, text=TEXTS[0], headers=None):
        status, body = self.request("POST", "/v1/predict", json.dumps({"text": text}), headers)
        assert status == 200, body
        return json.loads(body)

    def version(self):
        return self.predict()["model_version"]

    def metric(self, pattern):
        """The sum of the series whose line starts with the pattern."""
        _, text = self.request("GET", "/metrics")
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if re.match(pattern, line))


def wait_for(condition, what, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.02)


@contextlib.contextmanager
def serving(folder, *flags, env=None):
    """`valence serve` in a folder; its log lines are read as they come."""
    process = subprocess.Popen([BINARY, "serve", "--port", "0", *map(str, flags)], cwd=folder, stderr=subprocess.PIPE,
                               text=True, env={**os.environ, "MLFLOW_TRACKING_URI": "", **(env or {})})
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(iter(process.stderr.readline, "")))
    reader.start()
    try:
        def ready():
            assert process.poll() is None, "".join(lines)
            return any(" ready in " in line for line in lines)
        wait_for(ready, "the server")
        ready_line = next(line for line in lines if " ready in " in line)
        server = Server(process, int(re.search(r"http://127\.0\.0\.1:(\d+)", ready_line).group(1)), lines)
        admin = re.search(r"admin on http://127\.0\.0\.1:(\d+)", "".join(lines))
        server.admin_port = int(admin.group(1)) if admin else None
        yield server
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=40) == 0, "".join(lines)
        reader.join()
        process.stderr.close()


def place(source, target):
    """Puts a copy in the place of `target` as a release does: whole, by one rename."""
    shutil.copy(source, f"{target}.new")
    os.rename(f"{target}.new", target)


@pytest.fixture(scope="session")
def two_models(tmp_path_factory):
    """a.safetensors and b.safetensors that disagree on most texts, bad.safetensors, and {file: version}."""
    folder = tmp_path_factory.mktemp("models")
    versions = {}
    for name, flipped in (("a", False), ("b", True)):
        work = folder / f"train_{name}"
        work.mkdir()
        other = {"positive": "negative", "negative": "positive"}
        rows = [(text, other[label] if flipped else label) for text, label in synthetic_reviews(400)]
        (work / "reviews.csv").write_text("text,label\n" + "".join(f'"{t}",{label}\n' for t, label in rows))
        v = Valence(work)
        v.run("run", "--quiet", "--set", "ingest.source=reviews.csv", "--set", "tracking.enabled=false")
        shutil.copy(work / "models/model.safetensors", folder / f"{name}.safetensors")
        with serving(work) as server:
            versions[name] = server.version()
    damaged = bytearray((folder / "a.safetensors").read_bytes())
    damaged[-9] ^= 1
    (folder / "bad.safetensors").write_bytes(damaged)
    return folder, versions


def scores(folder, name):
    """{text: score} of a model, as `predict` gives them."""
    lines = "".join(json.dumps({"text": t}) + "\n" for t in TEXTS).encode()
    out = Valence(folder).run("predict", "--model", f"{name}.safetensors", "--format", "jsonl", stdin=lines).stdout
    return {text: json.loads(line)["score"] for text, line in zip(TEXTS, out.splitlines(), strict=True)}


class Load:
    """Client threads that ask without a pause and compare each answer with the score tables."""

    def __init__(self, server, tables, threads=3):
        self.server, self.tables = server, tables
        self.failures, self.answers, self.seen, self.stop = [], 0, set(), threading.Event()
        self.threads = [threading.Thread(target=self.ask, args=(i,)) for i in range(threads)]

    def ask(self, seed):
        rng = random.Random(seed)
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        while not self.stop.is_set():
            text = rng.choice(TEXTS)
            try:
                connection.request("POST", "/v1/predict", json.dumps({"text": text}), {"Content-Type": "application/json"})
                response = connection.getresponse()
                body = response.read()
                answer = json.loads(body)
                assert response.status == 200, body
                assert answer["score"] == self.tables[answer["model_version"]][text], answer
                assert response.headers["Valence-Model-Version"] == answer["model_version"]
            except Exception as error:  # noqa: BLE001 - a failed request is what this test looks for
                self.failures.append(repr(error))
                return
            self.seen.add(answer["model_version"])
            self.answers += 1

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()


def rss_kib(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))


@needs_proc
def test_hot_swaps_under_load_fail_no_request(two_models, tmp_path):
    folder, versions = two_models
    tables = {versions[name]: scores(folder, name) for name in "ab"}
    model = tmp_path / "model.safetensors"
    place(folder / "a.safetensors", model)
    with serving(tmp_path, "--model", model) as server:
        swapped = r'valence_model_reloads_total\{result="swapped"\}'
        refused = r"valence_model_reload_failures_total"
        done, bad, current = 0, 0, "a"
        with Load(server, tables) as load:
            for i in range(SWAPS):
                if i % 10 == 9:  # a bad file: refused, and the one before it keeps serving
                    place(folder / "bad.safetensors", model)
                    bad += 1
                    server.process.send_signal(signal.SIGHUP)
                    wait_for(lambda: server.metric(refused) == bad, "the refusal")  # noqa: B023
                    assert server.version() == versions[current]
                else:
                    current = "b" if current == "a" else "a"
                    place(folder / f"{current}.safetensors", model)
                    done += 1
                    server.process.send_signal(signal.SIGHUP)
                    wait_for(lambda: server.metric(swapped) == done, "the swap")  # noqa: B023
                if i == SWAPS // 10:
                    warm = rss_kib(server.process.pid)
            assert not load.failures, load.failures
        assert not load.failures, load.failures
        assert load.seen == set(tables)
        assert load.answers > SWAPS
        assert rss_kib(server.process.pid) < warm + 32 * 1024
        print(f"{done} swaps, {bad} refusals, {load.answers} answers")


def test_sighup_loads_again(two_models, tmp_path):
    folder, versions = two_models
    model = tmp_path / "model.safetensors"
    place(folder / "a.safetensors", model)
    with serving(tmp_path, "--model", f"m@7={model}") as server:
        place(folder / "b.safetensors", model)
        assert server.version() == versions["a"]
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: server.version() == versions["b"], "the new model")
        described = json.loads(server.request("GET", "/v1/models/m")[1])
        assert [v["version"] for v in described["versions"]] == ["7"]
        assert described["versions"][0]["model_version"] == versions["b"]
        assert json.loads(server.request("GET", "/version")[1])["model"]["version"] == versions["b"]
        assert server.metric(rf'valence_model_info\{{.*{versions["b"]}') == 1
        assert server.metric(rf'valence_model_info\{{.*{versions["a"]}') == 0


def test_watch_follows_a_file_and_survives_its_absence(two_models, tmp_path):
    folder, versions = two_models
    model = tmp_path / "model.safetensors"
    place(folder / "a.safetensors", model)
    with serving(tmp_path, "--model", model, "--watch=0.1") as server:
        os.remove(model)
        wait_for(lambda: server.metric(r'valence_model_reloads_total\{result="unreachable"\}') > 0, "the warning")
        assert server.version() == versions["a"]
        place(folder / "b.safetensors", model)
        wait_for(lambda: server.version() == versions["b"], "the new model")


class ModelHost(http.server.BaseHTTPRequestHandler):
    """Has one file, under any path, with its digest as ETag."""
    content, downloads, polls = b"", 0, 0

    def do_HEAD(self):  # noqa: N802 - the base class's name
        ModelHost.polls += self.command == "HEAD"
        self.send_response(200)
        self.send_header("ETag", f'"{hashlib.sha256(self.content).hexdigest()}"')
        self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()

    def do_GET(self):  # noqa: N802
        ModelHost.downloads += 1
        self.do_HEAD()
        self.wfile.write(self.content)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def model_host(content):
    ModelHost.content, ModelHost.downloads, ModelHost.polls = content, 0, 0
    host = http.server.ThreadingHTTPServer(("127.0.0.1", 0), ModelHost)
    thread = threading.Thread(target=host.serve_forever)
    thread.start()
    try:
        yield host, f"http://127.0.0.1:{host.server_port}/model.safetensors"
    finally:
        host.shutdown()
        host.server_close()
        thread.join()


def test_a_start_that_follows_nothing_asks_an_url_once(two_models, tmp_path):
    folder, versions = two_models
    with model_host((folder / "a.safetensors").read_bytes()) as (_, url), serving(tmp_path, "--model", url) as server:
        assert server.version() == versions["a"]
        assert (ModelHost.downloads, ModelHost.polls) == (1, 0)


def test_watch_follows_an_url_by_its_etag(two_models, tmp_path):
    folder, versions = two_models
    with model_host((folder / "a.safetensors").read_bytes()) as (host, url):
        with serving(tmp_path, "--model", url, "--watch=0.1") as server:
            assert server.version() == versions["a"]
            ModelHost.content = (folder / "b.safetensors").read_bytes()
            wait_for(lambda: server.version() == versions["b"], "the new model")
            assert ModelHost.downloads == 2
            host.shutdown()
            host.server_close()
            wait_for(lambda: server.metric(r'valence_model_reloads_total\{result="unreachable"\}') > 0, "the warning")
            assert server.version() == versions["b"]


def test_watch_follows_an_alias_of_the_embedded_registry(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    v = Valence(folder)
    env = {**os.environ, "MLFLOW_TRACKING_URI": ""}
    for seed in (1, 2):
        rows = synthetic_reviews(400, seed=seed)
        (folder / "reviews.csv").write_text("text,label\n" + "".join(f'"{t}",{label}\n' for t, label in rows))
        v.run("run", "--quiet", "--set", "ingest.source=reviews.csv", env=env)
        v.run("register", "--quiet", env=env)
        if seed == 1:
            v.run("promote", "--quiet", env=env, check=None)
    with serving(folder, "--model", "models:/sentiment@champion", "--watch=0.1") as server:
        before = json.loads(server.request("GET", "/v1/models")[1])["details"][0]
        assert (before["name"], before["version"]) == ("sentiment", "1")
        move_alias(folder, "sentiment", "champion", "2")
        wait_for(lambda: json.loads(server.request("GET", "/v1/models")[1])["details"][0]["version"] == "2", "version 2")
        assert server.version() != before["model_version"]


def move_alias(folder, model, alias, version):
    """As MLflow's client does it: through its own SQLite schema."""
    import sqlite3
    with contextlib.closing(sqlite3.connect(folder / "mlflow.db", timeout=10)) as database:
        database.execute("UPDATE registered_model_aliases SET version = ? WHERE name = ? AND alias = ?",
                         (int(version), model, alias))
        database.commit()


def test_a_canary_answers_its_share_and_a_retry_meets_the_same_version(two_models):
    folder, versions = two_models
    with serving(folder, "--model", "m=a.safetensors", "--canary", "b.safetensors=0.25") as server:
        answers = {i: server.predict(headers={"X-Request-Id": f"r{i}"})["model_version"] for i in range(400)}
        share = sum(version == versions["b"] for version in answers.values()) / len(answers)
        assert 0.16 < share < 0.34  # four standard deviations
        for i in range(50):
            assert server.predict(headers={"X-Request-Id": f"r{i}"})["model_version"] == answers[i]
        listed = json.loads(server.request("GET", "/v1/models")[1])["details"]
        assert [(m["version"], m["model_version"]) for m in listed] == [("1", versions["a"]), ("2", versions["b"])]
        assert server.metric(rf'valence_predictions_total\{{model_version="{versions["b"]}"') > 50


def test_a_shadow_scores_in_secret(two_models):
    folder, versions = two_models
    with serving(folder, "--model", "m=a.safetensors", "--shadow", "b.safetensors") as server:
        for _ in range(20):
            assert server.version() == versions["a"]
        series = rf'\{{champion="{versions["a"]}",challenger="{versions["b"]}"\}}'
        wait_for(lambda: server.metric("valence_shadow_texts_total" + series) == 20, "the shadow")
        assert server.metric("valence_shadow_disagreements_total" + series) == 20
        assert server.metric("valence_shadow_dropped_total" + series) == 0
        assert versions["b"] not in server.request("GET", "/v1/models")[1]


@pytest.mark.parametrize("flags, says", [
    (["--watch=0"], "--watch=0"),
    (["--canary", "b.safetensors"], "MODEL=WEIGHT"),
    (["--canary", "b.safetensors=1.5"], "weight from 0 to 1"),
], ids=["no interval", "no weight", "too much weight"])
def test_flags_are_checked(two_models, flags, says):
    folder, _ = two_models
    assert says in Valence(folder).error("serve", "--port", "0", "--model", "a.safetensors", *flags, exit_code=2)


def test_the_admin_listener_changes_models_for_who_has_the_token(two_models, tmp_path):
    folder, versions = two_models
    (tmp_path / "token").write_text(TOKEN + "\n")
    flags = ["--model", "m=a.safetensors", "--admin-port", "0", "--admin-token-file", tmp_path / "token"]
    with serving(folder, *flags) as server:
        def admin(method, path, body=None, token=TOKEN):
            status, text = server.request(method, "/admin" + path, json.dumps(body) if body is not None else None,
                                          {"Authorization": f"Bearer {token}"}, port=server.admin_port)
            return status, json.loads(text)

        for token in ("", "wrong", TOKEN[:-1], TOKEN + "x"):
            status, answer = admin("POST", "/reload", token=token)
            assert (status, answer["error"]["code"]) == (401, "unauthenticated")
        assert server.request("GET", "/admin/status", headers={"Authorization": f"Bearer {TOKEN}"})[0] == 404

        assert admin("POST", "/models/m/load", {"source": "b.safetensors", "version": "2"})[0] == 200
        assert server.version() == versions["b"]
        status, answer = admin("POST", "/models/m/load", {"source": "bad.safetensors", "version": "3"})
        assert status == 422 and "SHA-256" in answer["error"]["message"]
        assert server.version() == versions["b"]
        assert admin("POST", "/models/m/load", {"source": "nowhere.safetensors"})[0] == 404
        assert admin("POST", "/models/m/unload", {"version": "2"})[0] == 200
        assert server.version() == versions["a"]
        assert admin("POST", "/models/m/unload")[0] == 409

        assert admin("POST", "/canary", {"source": "b.safetensors", "weight": 1})[0] == 200
        assert server.version() == versions["b"]
        assert admin("POST", "/canary", {"weight": 0})[0] == 200
        assert server.version() == versions["a"]
        assert admin("POST", "/canary", {"remove": True})[0] == 200
        assert admin("POST", "/shadow", {"source": "b.safetensors"})[0] == 200
        server.predict()
        wait_for(lambda: admin("GET", "/status")[1]["models"][1].get("texts") == 1, "the shadow")
        roles = [(m["role"], m["model_version"]) for m in admin("GET", "/status")[1]["models"]]
        assert roles == [("served", versions["a"]), ("shadow", versions["b"])]
        assert [m["result"] for m in admin("POST", "/reload")[1]["models"]] == ["unchanged", "unchanged"]

        body = {"source": "x" * (20 << 10)}
        assert admin("POST", "/shadow", body)[0] == 413
        log = "".join(server.lines)
        assert "audit: admin POST /admin/reload 401" in log and "audit: admin POST /admin/models/m/load 200" in log
        assert TOKEN not in log


def test_the_admin_listener_needs_a_token(two_models, tmp_path):
    folder, _ = two_models
    flags = ["serve", "--port", "0", "--model", "a.safetensors", "--admin-port", "0"]
    assert "VALENCE_ADMIN_TOKEN" in Valence(folder).error(*flags, exit_code=2)
    (tmp_path / "short").write_text("secret\n")
    assert "16 characters" in Valence(folder).error(*flags, "--admin-token-file", tmp_path / "short", exit_code=2)
