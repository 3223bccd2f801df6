# SPDX-License-Identifier: Apache-2.0
"""A server that sends its clients straight to S3, and models served from there."""
import contextlib
import json

import boto3
import pytest
from conftest import ProbeError, mlflow_server, open_probe
from fault_proxy import FaultProxy, fault_proxy
from support.servers import moto
from test_lifecycle import Project

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDvalence", "AWS_SECRET_ACCESS_KEY": "very-secret", "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}


@pytest.fixture(scope="module")
def s3(tmp_path_factory):
    with moto(tmp_path_factory.mktemp("moto")) as server:
        client = boto3.client("s3", endpoint_url=server.url, region_name="us-east-1", aws_access_key_id="AKIDvalence",
                              aws_secret_access_key="very-secret")
        client.create_bucket(Bucket="bkt")
        yield server.url, client


@contextlib.contextmanager
def recording_proxy(upstream):
    class Recorder(FaultProxy):
        seen = []

        def _forward(self, line, headers, body):
            self.seen.append((line, headers))
            return super()._forward(line, headers, body)

    proxy = Recorder(upstream)
    try:
        yield proxy
    finally:
        proxy.close()


def test_runs_and_models_go_straight_to_s3(tmp_path, s3):
    url, client = s3
    (tmp_path / "server").mkdir()
    with mlflow_server(tmp_path / "server", "--backend-store-uri", "sqlite:///server.db", "--no-serve-artifacts",
                       "--default-artifact-root", "s3://bkt/runs", env={**KEYS, "MLFLOW_S3_ENDPOINT_URL": url}) as address:
        project = Project(tmp_path, address)
        project.env.update(KEYS, MLFLOW_S3_ENDPOINT_URL=url)
        project.train("--promote")
        keys = [o["Key"] for o in client.list_objects_v2(Bucket="bkt")["Contents"]]
        assert any(key.endswith("/data/model.safetensors") for key in keys)
        assert any(key.endswith("/artifacts/reports/report.html") for key in keys)
        answer = project.run("explain", "--json", "--model", "models:/sentiment@champion", "A wonderful film.")
        assert answer.stdout


def test_a_model_file_is_loaded_from_s3(tmp_path, s3):
    url, client = s3
    project = Project(tmp_path)
    project.env.update(KEYS, AWS_ENDPOINT_URL=url)
    project.train("--set", "tracking.enabled=false")
    client.upload_file(str(tmp_path / "models/model.safetensors"), "bkt", "m/model.safetensors")
    here = project.run("explain", "--json", "A wonderful film.").stdout
    assert project.run("explain", "--json", "--model", "s3://bkt/m/model.safetensors", "A wonderful film.").stdout == here
    assert "bkt" in project.error("explain", "--model", "s3://bkt/none", "x", exit_code=4)


EXTRA = {"ServerSideEncryption": "AES256", "StorageClass": "STANDARD_IA", "Metadata": {"team": "search"},
         "CacheControl": "max-age=60"}


def test_uploads_to_s3_carry_what_mlflows_variables_ask(tmp_path, s3):
    """Small files and those sent in parts; Content-Type by name, as MLflow guesses it."""
    url, client = s3
    (tmp_path / "server").mkdir()
    (tmp_path / "report.html").write_text("<p>")
    (tmp_path / "model.bin").write_bytes(bytes(range(256)) * 80_000)  # 20 MB: three parts
    variables = {**KEYS, "MLFLOW_S3_ENDPOINT_URL": url, "MLFLOW_S3_UPLOAD_EXTRA_ARGS": json.dumps(EXTRA)}
    with mlflow_server(tmp_path / "server", "--backend-store-uri", "sqlite:///server.db", "--no-serve-artifacts",
                       "--default-artifact-root", "s3://bkt/extra", env={**KEYS, "MLFLOW_S3_ENDPOINT_URL": url}) as address:
        with open_probe(address, tmp_path, variables) as probe:
            for name in ("report.html", "model.bin"):
                probe("upload_artifact", root_uri="s3://bkt/extra", path=name, file=str(tmp_path / name))
        for name, kind in (("report.html", "text/html"), ("model.bin", "application/octet-stream")):
            head = client.head_object(Bucket="bkt", Key=f"extra/{name}")
            assert (head["ServerSideEncryption"], head["StorageClass"]) == ("AES256", "STANDARD_IA"), name
            assert head["Metadata"]["team"] == "search" and head["CacheControl"] == "max-age=60"
            assert head["ContentType"] == kind
            body = client.get_object(Bucket="bkt", Key=f"extra/{name}")["Body"].read()
            assert body == (tmp_path / name).read_bytes()
        assert head["ETag"].endswith('-3"')


@pytest.mark.parametrize("variable, value, says", [
    ("MLFLOW_S3_IGNORE_TLS", "maybe", "MLFLOW_S3_IGNORE_TLS='maybe'"),
    ("MLFLOW_S3_UPLOAD_EXTRA_ARGS", "AES256", "MLFLOW_S3_UPLOAD_EXTRA_ARGS: expected a JSON object"),
    ("MLFLOW_S3_UPLOAD_EXTRA_ARGS", '{"SSECustomerKey": "k"}', "MLFLOW_S3_UPLOAD_EXTRA_ARGS: SSECustomerKey is not"),
    ("MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE", "sideways", "'sideways' is none of auto")])
def test_variables_of_s3_that_cannot_be_read(tmp_path, variable, value, says):
    (tmp_path / "f").write_text("x")
    with open_probe("http://127.0.0.1:1", tmp_path, {**KEYS, variable: value}) as probe:
        with pytest.raises(ProbeError, match=says):
            probe("upload_artifact", root_uri="s3://bkt/x", path="f", file="f")


def test_every_request_names_the_buckets_owner(tmp_path, s3):
    """moto does not check the owner, so what goes over the wire is looked at."""
    url, _ = s3
    owner = "x-amz-expected-bucket-owner"
    (tmp_path / "f").write_bytes(b"x" * 20_000_000)
    with recording_proxy(url) as proxy:
        variables = {**KEYS, "MLFLOW_S3_ENDPOINT_URL": proxy.url, "MLFLOW_S3_EXPECTED_BUCKET_OWNER": "123456789012"}
        with open_probe("http://127.0.0.1:1", tmp_path, variables) as probe:
            probe("upload_artifact", root_uri="s3://bkt/owned", path="f", file="f")
            probe("list_artifacts", root_uri="s3://bkt/owned", path="")
            probe("download_artifact", root_uri="s3://bkt/owned", path="f", file="back")
    assert (tmp_path / "back").read_bytes() == (tmp_path / "f").read_bytes()
    assert {line.split(" ")[0] for line, _ in proxy.seen} == {"GET", "HEAD", "POST", "PUT"}
    assert {headers[owner] for _, headers in proxy.seen} == {"123456789012"}
    assert all(owner in headers["Authorization"] for _, headers in proxy.seen)  # signed


def test_a_big_file_goes_through_the_server_in_parts(tmp_path, s3):
    """The server makes presigned addresses of its own storage, and the parts go straight there."""
    url, client = s3
    (tmp_path / "server").mkdir()
    (tmp_path / "model.bin").write_bytes(bytes(range(256)) * 50_000)  # 12.8 MB
    (tmp_path / "small.txt").write_text("small")
    variables = {"MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "true", "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": "6000000",
                 "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": str(5 << 20)}
    with mlflow_server(tmp_path / "server", "--backend-store-uri", "sqlite:///server.db", "--artifacts-destination",
                       "s3://bkt/parts", env={**KEYS, "MLFLOW_S3_ENDPOINT_URL": url}) as address:
        with recording_proxy(address) as proxy, open_probe(proxy.url, tmp_path, variables) as probe:
            experiment = probe("ensure_experiment", name="parts")["experiment_id"]
            run = probe("create_run", experiment_id=experiment, run_name="r", user_id="", start_time=1)
            for name in ("model.bin", "small.txt"):
                probe("upload_artifact", root_uri=run["artifact_uri"], path=f"a b/{name}", file=name)
            listed = probe("list_artifacts", root_uri=run["artifact_uri"], path="a b")
            assert {e["path"]: e["bytes"] for e in listed} == {"a b/model.bin": 12_800_000, "a b/small.txt": 5}
            probe("download_artifact", root_uri=run["artifact_uri"], path="a b/model.bin", file="back")
        assert (tmp_path / "back").read_bytes() == (tmp_path / "model.bin").read_bytes()
        steps = [line.split(" ")[1] for line, _ in proxy.seen]
        assert sum("/mpu/create/" in step for step in steps) == sum("/mpu/complete/" in step for step in steps) == 1
        assert [step for step in steps if "/artifacts/" in step and "model.bin" in step] == steps[-1:]  # the download
        key = f"parts/{experiment}/{run['run_id']}/artifacts/a b/model.bin"
        assert client.head_object(Bucket="bkt", Key=key)["ETag"].endswith('-3"')
        assert client.list_multipart_uploads(Bucket="bkt").get("Uploads", []) == []


def test_an_upload_in_parts_that_fails_is_given_up_in_the_storage_too(tmp_path, s3):
    url, client = s3
    (tmp_path / "server").mkdir()
    (tmp_path / "model.bin").write_bytes(b"w" * 12_000_000)
    with fault_proxy(url, lambda n, line: 403 if line.startswith("PUT") and "partNumber=2" in line else None) as storage:
        variables = {"MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "true", "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": "0",
                     "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": str(5 << 20)}
        with mlflow_server(tmp_path / "server", "--backend-store-uri", "sqlite:///server.db", "--artifacts-destination",
                           "s3://bkt/broken", env={**KEYS, "MLFLOW_S3_ENDPOINT_URL": storage.url}) as address:
            with open_probe(address, tmp_path, variables) as probe:
                with pytest.raises(ProbeError, match="in parts") as error:
                    probe("upload_artifact", root_uri="mlflow-artifacts:/1/r/artifacts", path="model.bin", file="model.bin")
    assert "Signature" not in str(error.value) and "AWSAccessKeyId" not in str(error.value)
    assert client.list_multipart_uploads(Bucket="bkt").get("Uploads", []) == []
    assert "Contents" not in client.list_objects_v2(Bucket="bkt", Prefix="broken/")
