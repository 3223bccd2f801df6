# SPDX-License-Identifier: Apache-2.0
"""`valence serve` beside the servers of the usual Python stack: the same reviews, the same request path (preset `seed`,
TF-IDF (1,2), logistic regression), server on one core, wrk on the other, Valence measured before and after each."""
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import urllib.request

FOLDER = pathlib.Path(__file__).parent


@contextlib.contextmanager
def _environment(**variables):
    before = os.environ.copy()
    os.environ.update({k: str(v) for k, v in variables.items()})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _bodies(work, name, make):
    """A file of JSON bodies, one a line, made of the texts of bodies.txt."""
    path = work / name
    lines = (work / "bodies.txt").read_text().splitlines()
    path.write_text("".join(json.dumps(make(json.loads(line)["text"])) + "\n" for line in lines))
    return path


def _flask(work, port):
    return ([sys.executable, "-m", "gunicorn", "--workers", "2", "--bind", f"127.0.0.1:{port}", "seed_model:flask_app()"],
            "/health", "/predict", work / "bodies.txt")


def _mlflow(work, port):
    bodies = _bodies(work, "mlflow.txt", lambda text: {"dataframe_split": {"columns": ["text"], "data": [[text]]}})
    return ([sys.executable, "-m", "mlflow", "models", "serve", "--model-uri", work / "mlflow", "--host", "127.0.0.1",
             "--port", str(port), "--env-manager", "local"], "/ping", "/invocations", bodies)


def _mlserver(work, port, free_port):
    folder = work / "mlserver"
    folder.mkdir()
    (folder / "settings.json").write_text(json.dumps(
        {"host": "127.0.0.1", "http_port": port, "grpc_port": free_port(), "metrics_port": free_port(),
         "parallel_workers": 0, "debug": False}))  # one process and no log are the faster on one core
    (folder / "model-settings.json").write_text(json.dumps(
        {"name": "sentiment", "implementation": "mlserver_runtime.Sentiment", "parameters": {"uri": str(work / "model.pkl")}}))
    bodies = _bodies(work, "oip.txt", lambda text: {
        "inputs": [{"name": "text", "shape": [1], "datatype": "BYTES", "data": [text]}]})
    python = pathlib.Path(os.environ["VALENCE_MLSERVER"]) / "venv/bin"
    return ([python / "mlserver", "start", folder], "/v2/models/sentiment/ready", "/v2/models/sentiment/infer", bodies)


def _warm_up(port, path, bodies):
    """The first requests load what a server loads late (NLTK's data, threads); they are not its speed."""
    for body in bodies.read_text().splitlines()[:20]:
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body.encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as answer:
            answer.read()


def bench_rivals(work, binary, settings, tools):
    """`tools`: report, server, free_port, wrk and timed of run.py. Needs bodies.txt in `work`."""
    tools.timed([binary, "-q", "run", *settings], cwd=work)
    commands = f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"  # mlflow starts uvicorn by its name
    with _environment(PATH=commands, PYTHONPATH=FOLDER, SEED_MODEL=work / "model.pkl", MLFLOW_DISABLE_TELEMETRY="true"):
        subprocess.run([sys.executable, FOLDER / "seed_model.py", work / "data/interim/train.csv", work], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def ours():
            port = tools.free_port()
            command = [binary, "--threads", "1", "serve", "--model", str(work / "models/model.safetensors"), "--port", str(port)]
            with tools.server(command, port, "/readyz", cpu=0):
                return tools.wrk(port, work / "bodies.txt", "/predict", seconds=4)[0]

        rivals = (("Flask + gunicorn, 2 workers", 40, _flask), ("mlflow models serve", 20, _mlflow),
                  ("MLServer", 20, lambda work, port: _mlserver(work, port, tools.free_port)))
        for name, target, rival in rivals:
            port = tools.free_port()
            command, ready, path, bodies = rival(work, port)
            before = ours()
            with tools.server([str(part) for part in command], port, ready, cpu=0, patience=120):
                _warm_up(port, path, bodies)
                theirs, p99 = tools.wrk(port, bodies, path)
            rate = (before + ours()) / 2
            print(f"  {name}: {theirs:,.0f}/s (p99 {p99}), valence {rate:,.0f}/s")
            tools.report(f"serve: times {name}", f"{rate / theirs:.0f}", "x", f">= {target}", rate / theirs >= target)
