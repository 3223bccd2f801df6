# SPDX-License-Identifier: Apache-2.0
"""`valence export mlflow`, loaded and served by the pinned MLflow: the numbers must be those of `valence predict`."""
import importlib.util
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pandas
import pytest

os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true")
mlflow = pytest.importorskip("mlflow")

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("VALENCE_BIN", str(ROOT / "build/release/bin/valence"))
TEXTS = ["A wonderful, moving film.", "Tedious & clumsy…", "", "NUL\0 dreadful", "grüße 😀 superb\nboring", "zzz"]


def valence(folder, *args, stdin=None):
    return subprocess.run([BINARY, *args], cwd=folder, input=stdin, capture_output=True, check=True, timeout=120).stdout


def rows(labels):
    """Texts that can be learned: one word in three tells the label."""
    words = {"positive": "wonderful superb moving", "negative": "dreadful tedious boring", "neutral": "zzz plain usual"}
    for i in range(60 * len(labels)):
        label = labels[i % len(labels)]
        yield f"the film number n{i} was {words[label].split()[i % 3]} as a story", label


def train(folder, labels):
    lines = "".join(f"{text},{label}\n" for text, label in rows(labels))
    (folder / "rows.csv").write_text("text,label\n" + lines)
    valence(folder, "run", "--quiet", "--set", "ingest.source=rows.csv")
    valence(folder, "export", "mlflow", "--output", "exported", "--python-version",
            "{}.{}.{}".format(*sys.version_info[:3]))
    return folder


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    return train(tmp_path_factory.mktemp("two"), ["negative", "positive"])


@pytest.fixture(scope="module")
def model(two):
    return mlflow.pyfunc.load_model(str(two / "exported"))


def expected(folder, texts):
    """What `valence predict` says, without the text."""
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts).encode()
    out = valence(folder, "predict", "--quiet", "--format", "jsonl", "--input-format", "jsonl", stdin=lines)
    answers = [json.loads(line) for line in out.split(b"\n") if line]
    return pandas.DataFrame(answers).drop(columns="text")


def assert_same(answer, want):
    pandas.testing.assert_frame_equal(answer.reset_index(drop=True), want, check_exact=True, check_dtype=False)


def test_a_frame_a_series_and_records_give_our_exact_numbers(two, model):
    want = expected(two, TEXTS)
    frame = pandas.DataFrame({"id": range(len(TEXTS)), "text": TEXTS}, index=range(10, 10 + len(TEXTS)))
    answer = model.predict(frame)
    assert_same(answer, want)
    assert list(answer.index) == list(frame.index)
    assert list(answer.columns) == [column.name for column in model.metadata.signature.outputs]
    assert_same(model.predict(pandas.Series(TEXTS, name="text")), want)
    assert_same(model.predict([{"text": text} for text in TEXTS]), want)


def test_the_loader_itself_takes_a_list_of_texts(two, model):
    raw = model._model_impl
    assert type(raw.backend).__name__ == "Library"
    assert_same(raw.predict(TEXTS), expected(two, TEXTS))
    assert_same(raw.predict(TEXTS[0]), expected(two, TEXTS[:1]))


def test_many_texts_agree_with_bulk_scoring(two, model):
    texts = [text for text, _ in rows(["negative", "positive"])] * 20
    assert_same(model.predict(pandas.DataFrame({"text": texts})), expected(two, texts))


def test_the_signature_is_enforced(model):
    for data in ({"other": ["a"]}, {"text": [1, 2]}):
        with pytest.raises(mlflow.exceptions.MlflowException, match="text"):
            model.predict(pandas.DataFrame(data))
    with pytest.raises(mlflow.exceptions.MlflowException, match="threshold"):
        model.predict(pandas.DataFrame({"text": ["a"]}), params={"threshold": "high"})


def test_texts_that_are_none_or_not_unicode_are_refused(model):
    for text in (None, "\ud800"):
        with pytest.raises(ValueError):
            model.predict(pandas.DataFrame({"text": ["fine", text]}))


def test_the_threshold_moves_the_label_only(two, model):
    frame = pandas.DataFrame({"text": TEXTS})
    plain, strict = model.predict(frame), model.predict(frame, params={"threshold": 0.9999})
    assert plain.label[0] == "positive" and set(strict.label) == {"negative"}
    assert_same(strict.drop(columns="label"), plain.drop(columns="label"))
    with pytest.raises(ValueError, match="0 to 1"):
        model.predict(frame, params={"threshold": 1.5})


def test_where_the_library_does_not_fit_the_program_answers_the_same(two, tmp_path, monkeypatch):
    folder = tmp_path / "foreign"
    shutil.copytree(two / "exported", folder)
    library = folder / "data/libvalence.so"
    elf = bytearray(library.read_bytes())
    elf[18:20] = (183).to_bytes(2, "little")  # e_machine: AArch64
    library.write_bytes(elf)
    monkeypatch.setenv("VALENCE_BIN", BINARY)
    foreign = mlflow.pyfunc.load_model(str(folder))
    assert type(foreign._model_impl.backend).__name__ == "Program"
    assert_same(foreign.predict(pandas.DataFrame({"text": TEXTS})), expected(two, TEXTS))
    monkeypatch.delenv("VALENCE_BIN")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="VALENCE_BIN"):
        foreign._model_impl.__class__(folder / "data")


def test_three_labels_have_no_threshold(tmp_path):
    train(tmp_path, ["negative", "neutral", "positive"])
    three = mlflow.pyfunc.load_model(str(tmp_path / "exported"))
    assert_same(three.predict(pandas.DataFrame({"text": TEXTS})), expected(tmp_path, TEXTS))
    assert three.metadata.signature.params is None


def test_a_damaged_model_is_refused(two, tmp_path):
    folder = tmp_path / "damaged"
    shutil.copytree(two / "exported", folder)
    file = folder / "data/model.safetensors"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(ValueError, match="SHA-256"):
        mlflow.pyfunc.load_model(str(folder))


def test_the_environment_is_two_packages_and_the_example_is_scored(two, model):
    folder = two / "exported"
    assert (folder / "requirements.txt").read_text().split() == ["mlflow-skinny", "pandas"]
    assert len(model.predict(model.metadata.load_input_example(str(folder)))) == 2
    loader = importlib.util.spec_from_file_location("loader", folder / "code/valence_loader.py")
    assert "mlflow" not in loader.loader.get_code("loader").co_names


def test_mlflow_serves_the_same_numbers(two, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # `serve` starts uvicorn through a shell and PATH.
    env = {**os.environ, "PATH": f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"}
    with open(tmp_path / "log", "wb") as log:
        server = subprocess.Popen([sys.executable, "-m", "mlflow", "models", "serve", "--model-uri", two / "exported",
                                   "--env-manager", "local", "--host", "127.0.0.1", "--port", str(port)],
                                  cwd=tmp_path, env=env, stdout=log, stderr=log, start_new_session=True)
    try:
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 300  # two imports of mlflow: 10 s of CPU, minutes on a busy machine
        while not answers(url + "/ping"):
            assert server.poll() is None and time.monotonic() < deadline, (tmp_path / "log").read_text()
            time.sleep(0.1)
        want = expected(two, TEXTS)
        bodies = [{"dataframe_split": {"columns": ["text"], "data": [[text] for text in TEXTS]}},
                  {"dataframe_records": [{"text": text} for text in TEXTS]},
                  {"instances": [{"text": text} for text in TEXTS]}]
        for body in [*bodies, json.loads((two / "exported/serving_input_example.json").read_text())]:
            answer = pandas.DataFrame(post(url + "/invocations", body)["predictions"])
            texts = [row[0] for row in body["dataframe_split"]["data"]] if "dataframe_split" in body else TEXTS
            assert_same(answer, want if texts == TEXTS else expected(two, texts))
        with pytest.raises(urllib.error.HTTPError) as refused:
            post(url + "/invocations", {"dataframe_records": [{"other": "a"}]})
        assert refused.value.code == 400
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status == 200
    except OSError:
        return False


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)
