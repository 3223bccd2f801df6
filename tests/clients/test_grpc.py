# SPDX-License-Identifier: Apache-2.0
"""Open Inference Protocol v2 over gRPC, by tritonclient.grpc and grpcurl; the numbers are those of REST and of `valence predict`.
The server is the development build's, which has gRPC (the release build has not)."""
import base64
import contextlib
import dataclasses
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import threading
import time

import grpc
import numpy as np
import pytest
import requests
import tritonclient.grpc as triton
from google.protobuf import descriptor_pool
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from tritonclient.grpc import model_config_pb2, service_pb2
from tritonclient.utils import InferenceServerException

from clients.conftest import TEXTS
from e2e.conftest import BINARY, ROOT

GRPC_BINARY = pathlib.Path(os.environ.get("VALENCE_TOOLS", ROOT / "build/dev/bin")) / "valence"
SERVICE = "inference.GRPCInferenceService"


@dataclasses.dataclass
class Server:
    process: subprocess.Popen
    http: str  # URL
    target: str

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=40) == 0


@contextlib.contextmanager
def serving(folder, *flags, environment=None, flag=("--grpc-port", "0")):
    process = subprocess.Popen([GRPC_BINARY, "serve", "--port", "0", *flag, *map(str, flags)], cwd=folder,
                               stderr=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})})
    head = process.stderr.readline() + process.stderr.readline()
    http, target = re.search(r"https?://[\d.]+:\d+", head), re.search(r"gRPC on ([\d.]+:\d+)", head)
    assert http and target, f"no addresses in {head!r}"
    drain = threading.Thread(target=process.stderr.read, daemon=True)  # so that the pipe never fills
    drain.start()
    server = Server(process, http.group(0), target.group(1))
    try:
        yield server
    finally:
        server.stop()
        drain.join(10)
        process.stderr.close()


@pytest.fixture(scope="session")
def server(folder):
    with serving(folder, "--model", "sentiment@3=models/model.safetensors", "--model", "three=three.safetensors") as server:
        yield server


@pytest.fixture
def client(server):
    with triton.InferenceServerClient(server.target) as client:
        yield client


@pytest.fixture(scope="session")
def grpcurl():
    program = os.environ.get("GRPCURL") or subprocess.run([ROOT / "tools/go-tool", "grpcurl"], check=True,
                                                          stdout=subprocess.PIPE, text=True).stdout.strip()

    def run(*args, check=True):
        result = subprocess.run([program, "-plaintext", "-max-time", "20", *args], capture_output=True, text=True, timeout=60)
        assert not check or result.returncode == 0, result.stderr
        return result

    return run


def text_input(texts, shape=None):
    array = np.array([t.encode() if isinstance(t, str) else t for t in texts], dtype=object).reshape(shape or [len(texts)])
    tensor = triton.InferInput("text", list(array.shape), "BYTES")
    tensor.set_data_from_numpy(array)
    return [tensor]


def refusal(call, *args, **kwargs):
    """gRPC's status and the message of a call that must fail."""
    with pytest.raises(InferenceServerException) as caught:
        call(*args, **kwargs)
    return caught.value.status().removeprefix("StatusCode."), caught.value.message()


def until(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)


# ---- the same answers ----

def test_infer_equals_predict(client, predictions):
    result = client.infer("sentiment", text_input(TEXTS), request_id="r-7")
    assert result.get_response().id == "r-7" and result.get_response().model_version == "3"
    assert [l.decode() for l in result.as_numpy("label")] == [p["label"] for p in predictions]
    assert result.as_numpy("logit").tolist() == [p["score"] for p in predictions]
    assert result.as_numpy("probability").tolist() == [
        [p["probability_negative"], p["probability_positive"]] for p in predictions]


def test_infer_equals_rest(client, server):
    names = ["label", "probability", "logit", "attributions"]
    body = {"inputs": [{"name": "text", "shape": [len(TEXTS)], "datatype": "BYTES", "data": TEXTS}],
            "outputs": [{"name": name} for name in names]}
    rest = {o["name"]: o["data"] for o in requests.post(f"{server.http}/v2/models/sentiment/infer", json=body).json()["outputs"]}
    result = client.infer("sentiment", text_input(TEXTS), outputs=[triton.InferRequestedOutput(n) for n in names])
    for name in names:
        flat = result.as_numpy(name).ravel().tolist()
        assert [v.decode() if isinstance(v, bytes) else v for v in flat] == rest[name], name


def test_typed_contents_get_typed_contents(server, predictions):
    with grpc.insecure_channel(server.target) as channel:
        request = service_pb2.ModelInferRequest(model_name="sentiment")
        tensor = request.inputs.add(name="text", datatype="BYTES", shape=[len(TEXTS), 1])
        tensor.contents.bytes_contents.extend(t.encode() for t in TEXTS)
        infer = channel.unary_unary(f"/{SERVICE}/ModelInfer", service_pb2.ModelInferRequest.SerializeToString,
                                    service_pb2.ModelInferResponse.FromString)
        response = infer(request, timeout=20)
    logit = next(o for o in response.outputs if o.name == "logit")
    assert list(logit.contents.fp64_contents) == [p["score"] for p in predictions] and not response.raw_output_contents
    assert list(logit.shape) == [len(TEXTS), 1]


def test_classification_and_compression(client, predictions):
    result = client.infer("sentiment", text_input(TEXTS), compression_algorithm="gzip",
                          outputs=[triton.InferRequestedOutput("probability", class_count=2)])
    rows = [[item.decode().split(":") for item in row] for row in result.as_numpy("probability")]
    assert [row[0][2] for row in rows] == [p["label"] for p in predictions]


def test_asynchronous_calls(client, predictions):
    answered, results = threading.Semaphore(0), {}

    def take(number):
        def callback(result, error):
            results[number] = error or result.as_numpy("logit").tolist()
            answered.release()
        return callback

    for number in range(200):
        client.async_infer("sentiment", text_input([TEXTS[number % len(TEXTS)]]), take(number))
    for _ in range(200):
        assert answered.acquire(timeout=20)
    assert all(results[n] == [predictions[n % len(TEXTS)]["score"]] for n in range(200))


def test_health_metadata_config_index_and_statistics(client, server):
    assert client.is_server_live() and client.is_server_ready()
    assert client.is_model_ready("sentiment", "3") and not client.is_model_ready("nobody")
    assert client.get_server_metadata().name == "valence"
    metadata = client.get_model_metadata("sentiment", as_json=True)
    rest = requests.get(f"{server.http}/v2/models/sentiment").json()
    assert metadata["versions"] == rest["versions"] and metadata["platform"] == rest["platform"]
    assert [(t["name"], t["datatype"], [int(n) for n in t["shape"]]) for t in metadata["outputs"]] == [
        (t["name"], t["datatype"], t["shape"]) for t in rest["outputs"]]
    config = client.get_model_config("three", as_json=True)["config"]
    assert config["max_batch_size"] == 1000 and config["input"][0]["data_type"] == "TYPE_STRING"
    assert {(m.name, m.version, m.state) for m in client.get_model_repository_index().models} == {
        ("sentiment", "3", "READY"), ("three", "1", "READY")}
    before = client.get_inference_statistics("sentiment").model_stats[0]
    client.infer("sentiment", text_input(TEXTS))
    after = client.get_inference_statistics("sentiment", "3").model_stats[0]
    assert after.inference_count - before.inference_count == len(TEXTS)
    assert after.inference_stats.success.count - before.inference_stats.success.count == 1
    assert len(client.get_inference_statistics().model_stats) == 2


# ---- refusals ----

def test_wrong_tensors_are_invalid_arguments(client):
    wide = triton.InferInput("text", [1, 2], "BYTES")
    wide.set_data_from_numpy(np.array([[b"a", b"b"]], dtype=object))
    numbers = triton.InferInput("text", [1], "FP32")
    numbers.set_data_from_numpy(np.array([1], dtype=np.float32))
    cases = [([wide], "expected [n] or [n, 1]"), ([numbers], "this model takes BYTES"),
             (text_input(["a"]) * 2, "expected one tensor of texts, found 2"),
             (text_input([b"ab\xff"]), "a text is not UTF-8 at byte 6"), (text_input(["a\0b"]), "U+0000")]
    for inputs, message in cases:
        status, text = refusal(client.infer, "sentiment", inputs)
        assert status == "INVALID_ARGUMENT" and message in text
    status, text = refusal(client.infer, "sentiment", text_input(["a"]), outputs=[triton.InferRequestedOutput("mood")])
    assert status == "INVALID_ARGUMENT" and "no output 'mood'" in text
    assert client.infer("sentiment", text_input([])).as_numpy("probability").shape == (0, 2)


def test_unknown_models_and_limits(client):
    assert refusal(client.infer, "nobody", text_input(["a"]))[0] == "NOT_FOUND"
    assert refusal(client.infer, "three", text_input(["a"]), model_version="9") == ("NOT_FOUND", "model 'three' has no version '9'")
    assert refusal(client.get_model_config, "nobody")[0] == "NOT_FOUND"
    assert refusal(client.infer, "sentiment", text_input(["a"] * 1001))[0] == "RESOURCE_EXHAUSTED"
    assert refusal(client.infer, "sentiment", text_input(["a" * 2_000_000]))[0] == "RESOURCE_EXHAUSTED"
    assert refusal(client.load_model, "sentiment")[0] == "UNIMPLEMENTED"


def test_keys_rates_logs_and_traces(folder, tmp_path):
    def new_key(*args):
        return json.loads(subprocess.run([BINARY, "api-key", "new", "--json", *args], capture_output=True, check=True).stdout)

    app, slow = new_key("app"), new_key("slow", "--rate", "1")
    (tmp_path / "keys").write_text(app["line"] + "\n" + slow["line"] + "\n")
    log = tmp_path / "access.log"
    with serving(folder, "--api-keys", tmp_path / "keys", "--access-log", log) as server:
        with triton.InferenceServerClient(server.target) as client:
            assert client.is_server_live() and client.is_server_ready()  # without a key
            assert refusal(client.infer, "model", text_input(["a"])) == (
                "UNAUTHENTICATED", "an API key is needed: send it as 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'")
            assert refusal(client.get_server_metadata, headers={"x-api-key": "wrong"})[0] == "UNAUTHENTICATED"
            trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            client.infer("model", text_input(["superb"]), headers={
                "authorization": f"Bearer {app['key']}", "x-request-id": "r-1", "traceparent": trace})
        with grpc.insecure_channel(server.target) as channel:
            ready = channel.unary_unary(f"/{SERVICE}/ModelReady", service_pb2.ModelReadyRequest.SerializeToString,
                                        service_pb2.ModelReadyResponse.FromString)
            request, metadata = service_pb2.ModelReadyRequest(name="model"), [("x-api-key", slow["key"])]
            _, call = ready.with_call(request, metadata=metadata, timeout=20)
            assert dict(call.trailing_metadata())["ratelimit-limit"] == "1"
            with pytest.raises(grpc.RpcError) as caught:
                ready(request, metadata=metadata, timeout=20)
            assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
            told = dict(caught.value.trailing_metadata())
            assert told["retry-after"] == "1" and told["grpc-retry-pushback-ms"] == "1000"
        metrics = requests.get(f"{server.http}/metrics", headers={"X-Api-Key": app["key"]}).text
        assert re.search(rf'valence_http_requests_total\{{[^}}]*"/{SERVICE}/ModelInfer"[^}}]*"200"[^}}]*\}} 1', metrics)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    line = next(l for l in lines if l["request_id"] == "r-1")
    assert line["key"] == "app" and line["client"] == "127.0.0.1" and line["route"] == f"/{SERVICE}/ModelInfer"
    assert line["status"] == 200 and line["trace_id"] == trace.split("-")[1] and line["parent_id"] == trace.split("-")[2]
    assert line["received_bytes"] > 0 and line["sent_bytes"] > 0 and "superb" not in log.read_text()


# ---- reflection and health ----

def same_fields(ours, theirs, seen):
    """Every field of our message is one of theirs, with its number and type."""
    if ours.full_name in seen:
        return
    seen.add(ours.full_name)
    for field in ours.fields:
        other = theirs.fields_by_number.get(field.number)
        if other is None and (ours.full_name, field.name) == ("inference.ModelMetadataResponse", "properties"):
            continue  # the protocol's; Triton has not got it
        assert other is not None and (field.name, field.type, field.label) == (other.name, other.type, other.label), field.full_name
        if field.message_type is not None:
            same_fields(field.message_type, other.message_type, seen)
        if field.enum_type is not None:
            assert dict((v.name, v.number) for v in field.enum_type.values).items() <= dict(
                (v.name, v.number) for v in other.enum_type.values).items()


def test_messages_are_those_of_tritonclient(server):
    with grpc.insecure_channel(server.target) as channel:
        pool = descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
        ours = pool.FindServiceByName(SERVICE)
        theirs = service_pb2.DESCRIPTOR.services_by_name["GRPCInferenceService"]
        seen = set()
        for method in ours.methods:
            other = theirs.methods_by_name[method.name]
            same_fields(method.input_type, other.input_type, seen)
            same_fields(method.output_type, other.output_type, seen)
    assert {"inference.ModelInferRequest", "inference.InferTensorContents", model_config_pb2.ModelConfig.DESCRIPTOR.full_name} <= seen


def test_grpcurl_lists_describes_and_calls(grpcurl, server, predictions):
    assert set(grpcurl(server.target, "list").stdout.split()) == {
        SERVICE, "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"}
    assert f"{SERVICE}.ModelInfer" in grpcurl(server.target, "list", SERVICE).stdout
    assert "raw_input_contents = 7" in grpcurl(server.target, "describe", "inference.ModelInferRequest").stdout
    request = {"model_name": "sentiment", "inputs": [{"name": "text", "datatype": "BYTES", "shape": [1], "contents": {
        "bytes_contents": [base64.b64encode(TEXTS[0].encode()).decode()]}}]}
    answer = json.loads(grpcurl("-d", json.dumps(request), server.target, f"{SERVICE}/ModelInfer").stdout)
    assert answer["outputs"][2]["contents"]["fp64_contents"] == [predictions[0]["score"]]
    failed = grpcurl("-d", "{}", server.target, f"{SERVICE}/ModelInfer", check=False)
    assert failed.returncode != 0 and "InvalidArgument" in failed.stderr and "found 0" in failed.stderr


def test_grpcurl_asks_for_health(grpcurl, server):
    for service in ("", SERVICE):
        answer = grpcurl("-d", json.dumps({"service": service}), server.target, "grpc.health.v1.Health/Check")
        assert json.loads(answer.stdout) == {"status": "SERVING"}
    failed = grpcurl("-d", '{"service": "nobody"}', server.target, "grpc.health.v1.Health/Check", check=False)
    assert "NotFound" in failed.stderr


# ---- life cycle ----

def test_hot_swap(folder, tmp_path):
    shutil.copy(folder / "three.safetensors", tmp_path / "model.safetensors")
    with serving(tmp_path, "--model", "m=model.safetensors") as server, triton.InferenceServerClient(server.target) as client:
        assert client.infer("m", text_input(["superb"])).as_numpy("probability").shape == (1, 3)
        with grpc.insecure_channel(server.target) as channel:
            infer = channel.unary_unary(f"/{SERVICE}/ModelInfer", service_pb2.ModelInferRequest.SerializeToString,
                                        service_pb2.ModelInferResponse.FromString)
            request = service_pb2.ModelInferRequest(model_name="m")
            request.inputs.add(name="text", datatype="BYTES", shape=[1]).contents.bytes_contents.append(b"superb")

            def version():
                return dict(infer.with_call(request, timeout=20)[1].trailing_metadata())["valence-model-version"]

            before = version()
            subprocess.run([BINARY, "run", "--quiet", "--set", f"ingest.source={folder / 'three.csv'}", "--set", "train.C=0.5", "--set",
                            "evaluate.maximum={}"],
                           cwd=tmp_path, check=True, capture_output=True)
            (tmp_path / "models/model.safetensors").rename(tmp_path / "model.safetensors")
            server.process.send_signal(signal.SIGHUP)
            until(lambda: version() != before)


def test_drain_tells_health_first_and_answers_until_the_listener_closes(folder):
    with serving(folder, "--drain-delay", "3") as server, triton.InferenceServerClient(server.target) as client:
        assert client.is_server_ready()
        server.process.send_signal(signal.SIGTERM)
        until(lambda: not client.is_server_ready())
        assert client.is_server_live()
        client.infer("model", text_input(["superb"]))  # during the delay
        until(lambda: server.process.poll() is not None)
        assert refusal(client.infer, "model", text_input(["superb"]))[0] == "UNAVAILABLE"


def test_calls_in_flight_end_well_when_the_server_stops(folder):
    with serving(folder) as server, triton.InferenceServerClient(server.target) as client:
        answered, errors = threading.Semaphore(0), []

        def take(result, error):
            if error is not None:
                errors.append(error)
            answered.release()

        batch = text_input(["wonderful " * 100] * 200)
        for number in range(50):
            client.async_infer("model", batch, take)
            if number == 25:
                assert answered.acquire(timeout=20)  # the connection is up and busy
                server.process.send_signal(signal.SIGTERM)
        for _ in range(49):
            assert answered.acquire(timeout=20)
        assert server.process.wait(timeout=20) == 0
        # What was not taken any more may be tried again elsewhere, and so may what was still arriving (gRPC cancels it).
        assert {e.status() for e in errors} <= {"StatusCode.UNAVAILABLE", "StatusCode.CANCELLED"} and len(errors) < 49


@contextlib.contextmanager
def open_stream(target):
    """A stream of reflection that its client neither uses further nor ends."""
    done = threading.Event()

    def questions():
        yield reflection_pb2.ServerReflectionRequest(list_services="")
        done.wait(60)

    with grpc.insecure_channel(target) as channel:
        answers = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(questions())
        assert next(answers).list_services_response.service
        yield
        done.set()


@pytest.mark.parametrize("signals", [1, 2])
def test_a_stream_that_stays_open_does_not_hold_up_the_end(folder, signals):
    with serving(folder) as server, open_stream(server.target):
        begun = time.monotonic()
        for _ in range(signals):
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.2)  # two at once would be one
        assert server.process.wait(timeout=20) == 0
        assert time.monotonic() - begun < 10  # --drain-timeout is 25 s


def test_tls(folder, tmp_path):
    def issue():
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "new.key", "-out", "new.pem"],
                       cwd=tmp_path, check=True, capture_output=True)
        (tmp_path / "new.key").rename(tmp_path / "server.key")
        (tmp_path / "new.pem").rename(tmp_path / "server.pem")

    def trusted(target):
        with triton.InferenceServerClient(target, ssl=True, root_certificates=str(tmp_path / "server.pem")) as client:
            try:
                return client.is_server_live(client_timeout=5)
            except InferenceServerException:
                return False

    issue()
    with serving(folder, "--tls-cert", tmp_path / "server.pem", "--tls-key", tmp_path / "server.key") as server:
        assert server.http.startswith("https:") and trusted(server.target)
        with triton.InferenceServerClient(server.target) as plain:
            assert refusal(plain.is_server_live, client_timeout=5)[0] in ("UNAVAILABLE", "DEADLINE_EXCEEDED")
        issue()
        until(lambda: trusted(server.target))  # the new certificate comes by


# ---- settings ----

def test_the_environment_and_the_file_name_the_port(folder, tmp_path):
    with serving(folder, environment={"VALENCE_GRPC_PORT": "0"}, flag=()) as server:
        assert triton.InferenceServerClient(server.target).is_server_live()
    (tmp_path / "serve.toml").write_text("grpc-port = 0\n")
    with serving(folder, "--config", tmp_path / "serve.toml", flag=()) as server:
        assert triton.InferenceServerClient(server.target).is_server_live()


def test_a_port_that_is_taken_is_named(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = subprocess.run([GRPC_BINARY, "serve", "--port", "0", "--grpc-port", str(port)], cwd=folder, capture_output=True,
                                text=True, timeout=30)
    assert result.returncode == 4 and f"127.0.0.1:{port}" in result.stderr


@pytest.mark.skipif(pathlib.Path(BINARY).resolve() == GRPC_BINARY.resolve(), reason="VALENCE_BIN has gRPC")
def test_the_release_without_grpc_says_how_to_get_it(folder):
    result = subprocess.run([BINARY, "serve", "--port", "0", "--grpc-port", "0"], cwd=folder, capture_output=True, text=True, timeout=30)
    assert result.returncode == 2 and "'make grpc'" in result.stderr
