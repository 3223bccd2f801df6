# SPDX-License-Identifier: Apache-2.0
"""A server that sends its clients straight to S3, and models served from there."""
import boto3
import pytest
from conftest import mlflow_server
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
