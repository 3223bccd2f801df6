# SPDX-License-Identifier: Apache-2.0
"""S3 in the binary, against two real servers: moto, and versitygw, which checks signatures. boto3 is the other side."""
import base64
import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import time

import boto3
import botocore.config
import botocore.exceptions
import pytest

from conftest import Valence, synthetic_reviews
from support.servers import faulty_proxy, moto, versitygw

TOOL = pathlib.Path(os.environ["VALENCE_TOOLS"]) / "s3_tool"
KEY, SECRET = "AKIDvalence", "very-secret-key/with+signs"
ODD_KEY = "odd names/é ü+&=?#%20;,'()[]/../x"


class S3:
    """One of the servers, with a bucket, seen by boto3 and by our tool."""

    def __init__(self, name, url, folder):
        self.name, self.url, self.folder = name, url, folder
        self.client = boto3.client("s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id=KEY,
                                   aws_secret_access_key=SECRET,
                                   config=botocore.config.Config(signature_version="s3v4", retries={"max_attempts": 1}))
        self.client.create_bucket(Bucket="bkt")

    def env(self, **changes):
        """The environment of a process that uses this server; None takes a variable out."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        wanted = {"AWS_ENDPOINT_URL": self.url, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": KEY,
                  "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_EC2_METADATA_DISABLED": "true", "HOME": str(self.folder),
                  "no_proxy": "127.0.0.1", **changes}
        return {**clean, **{k: v for k, v in wanted.items() if v is not None}}

    def tool(self, *args, **changes):
        result = subprocess.run([TOOL, *map(str, args)], env=self.env(**changes), capture_output=True, text=True,
                                timeout=120)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    def error(self, *args, **changes):
        result = subprocess.run([TOOL, *map(str, args)], env=self.env(**changes), capture_output=True, text=True,
                                timeout=120)
        assert result.returncode == 1, result.stdout
        assert SECRET not in result.stderr
        return result.stderr


@pytest.fixture(scope="session")
def servers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("s3")
    with moto(folder / "moto") as imitation, versitygw(folder / "versitygw", KEY, SECRET) as gateway:
        yield {"moto": S3("moto", imitation.url, folder), "versitygw": S3("versitygw", gateway.url, folder)}


@pytest.fixture(params=["moto", "versitygw"])
def s3(request, servers):
    return servers[request.param]


@pytest.fixture
def gateway(servers):
    """The server that checks signatures."""
    return servers["versitygw"]


def test_reads_what_boto3_wrote(s3, tmp_path):
    small, large = os.urandom(1000), os.urandom(20 << 20)
    (tmp_path / "large").write_bytes(large)
    s3.client.put_object(Bucket="bkt", Key=ODD_KEY, Body=small)
    s3.client.upload_file(str(tmp_path / "large"), "bkt", "large")  # multipart
    info = s3.tool("get", f"s3://bkt/{ODD_KEY}", tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == small
    assert info["checksum_algorithm"] == "crc32"  # of the whole object, checked
    assert s3.tool("get", "s3://bkt/large", tmp_path / "out")["size"] == len(large)
    assert (tmp_path / "out").read_bytes() == large


@pytest.mark.parametrize("algorithm, value", [("CRC32", "y/Q5Jg=="), ("CRC32C", "4waSgw=="),
                                              ("CRC64NVME", "rosUhgp5mIg="), ("SHA256", None)])
def test_checks_the_checksums_that_the_server_has_checked(gateway, algorithm, value, tmp_path):
    # The catalogue's check values; boto3 counts only some algorithms by itself, and the server refuses wrong ones.
    value = value or base64.b64encode(hashlib.sha256(b"123456789").digest()).decode()
    gateway.client.put_object(Bucket="bkt", Key="sum", Body=b"123456789", **{f"Checksum{algorithm}": value})
    info = gateway.tool("get", "s3://bkt/sum", tmp_path / "out")
    assert (info["checksum_algorithm"], info["checksum"]) == (algorithm.lower(), value)


@pytest.mark.parametrize("size", [0, 1, 5 << 20, (24 << 20) + 7], ids=["empty", "byte", "single", "multipart"])
def test_boto3_reads_what_we_wrote(s3, size, tmp_path):
    data = os.urandom(size)
    (tmp_path / "in").write_bytes(data)
    info = s3.tool("put", tmp_path / "in", f"s3://bkt/ours/{size}/é x")
    got = s3.client.get_object(Bucket="bkt", Key=f"ours/{size}/é x")
    assert got["Body"].read() == data
    assert got["ETag"] == info["etag"]
    assert got["Metadata"]["sha256"] == info["sha256"] == hashlib.sha256(data).hexdigest()
    assert got["ETag"].endswith('-4"') == (size > 16 << 20)
    assert s3.tool("get", f"s3://bkt/ours/{size}/é x", tmp_path / "out")["sha256"] == info["sha256"]
    assert (tmp_path / "out").read_bytes() == data
    assert "Uploads" not in s3.client.list_multipart_uploads(Bucket="bkt")


def test_lists_heads_and_deletes(s3):
    for i in range(5):
        s3.client.put_object(Bucket="bkt", Key=f"list/{i} +é", Body=b"x" * i)
    listed = s3.tool("list", "s3://bkt/list/")
    assert [(o["key"], o["size"]) for o in listed] == [(f"list/{i} +é", i) for i in range(5)]
    assert s3.tool("head", "s3://bkt/list/3 +é")["size"] == 3
    s3.tool("delete", "s3://bkt/list/3 +é")
    s3.tool("delete", "s3://bkt/list/3 +é")  # once more is no error
    with pytest.raises(botocore.exceptions.ClientError):
        s3.client.head_object(Bucket="bkt", Key="list/3 +é")


def test_a_listing_has_more_than_one_page(gateway):
    for i in range(1003):  # versitygw keeps objects as files
        path = gateway.folder / "versitygw/data/bkt/pages" / f"{i:04}"
        path.parent.mkdir(exist_ok=True)
        path.touch()
    keys = [o["key"] for o in gateway.tool("list", "s3://bkt/pages/")]
    assert keys == [f"pages/{i:04}" for i in range(1003)]


def test_puts_only_what_is_absent(s3, tmp_path):
    (tmp_path / "in").write_bytes(b"first")
    s3.tool("put-new", tmp_path / "in", f"s3://bkt/new-{s3.name}")
    (tmp_path / "in").write_bytes(b"second")
    assert "exists already" in s3.error("put-new", tmp_path / "in", f"s3://bkt/new-{s3.name}")
    assert s3.client.get_object(Bucket="bkt", Key=f"new-{s3.name}")["Body"].read() == b"first"


@pytest.mark.parametrize("changes, words", [
    ({"AWS_SECRET_ACCESS_KEY": "wrong"}, "the signature was refused; check AWS_SECRET_ACCESS_KEY"),
    ({"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}, "no AWS credentials: neither AWS_ACCESS_KEY_ID"),
    ({"AWS_SECRET_ACCESS_KEY": None}, "AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not"),
    ({"AWS_ENDPOINT_URL": "nonsense"}, "AWS_ENDPOINT_URL: 'nonsense' is not an http:// or https:// URL"),
    ({"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_MAX_ATTEMPTS": "1"}, "after 1 attempt"),
    ({"AWS_PROFILE": "nobody"}, "there is no profile 'nobody'"),
], ids=["wrong secret", "none", "half", "endpoint", "no server", "profile"])
def test_says_what_is_wrong_with_the_settings(gateway, changes, words):
    gateway.client.put_object(Bucket="bkt", Key="k", Body=b"x")
    assert words in gateway.error("head", "s3://bkt/k", **changes)


def test_says_what_is_missing(s3, tmp_path):
    assert "there is no such object" in s3.error("get", "s3://bkt/nothing", tmp_path / "out")
    assert "there is no such bucket" in s3.error("get", "s3://no-such-bucket/k", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_follows_the_region_that_the_server_names(gateway):
    gateway.client.put_object(Bucket="bkt", Key="k", Body=b"x")
    assert gateway.tool("head", "s3://bkt/k", AWS_REGION="eu-west-3")["size"] == 1


def test_takes_a_profile_and_a_process(gateway, tmp_path):
    gateway.client.put_object(Bucket="bkt", Key="k", Body=b"x")
    printed = json.dumps({"Version": 1, "AccessKeyId": KEY, "SecretAccessKey": SECRET})
    (tmp_path / "printed").write_text(printed)
    (tmp_path / "config").write_text(f"[profile p]\nregion = us-east-1\ncredential_process = cat {tmp_path}/printed\n"
                                     f"endpoint_url = {gateway.url}\ns3 =\n  addressing_style = path\n")
    assert gateway.tool("head", "s3://bkt/k", AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None, AWS_REGION=None,
                        AWS_ENDPOINT_URL=None, AWS_PROFILE="p", AWS_CONFIG_FILE=str(tmp_path / "config"))["size"] == 1


def test_assumes_a_role_by_web_identity_at_motos_sts(servers, tmp_path):
    s3 = servers["moto"]
    s3.client.put_object(Bucket="bkt", Key="k", Body=b"x")
    (tmp_path / "token").write_text("header.payload.signature")
    assert s3.tool("head", "s3://bkt/k", AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None,
                   AWS_ROLE_ARN="arn:aws:iam::123456789012:role/valence",
                   AWS_WEB_IDENTITY_TOKEN_FILE=str(tmp_path / "token"))["size"] == 1


def is_range(line):
    return line.startswith("GET ")


class Once:
    """A fault of the first range asked for."""

    def __init__(self, act):
        self.act, self.done = act, False

    def __call__(self, number, line):
        if self.done or not is_range(line):
            return None
        self.done = True
        return self.act


@pytest.mark.parametrize("act", ["reset", ("cut", 300_000), ("slow", 0.5), ("answer", 503, {"Retry-After": "1"}, b""),
                                 ("answer", 500, {}, b"<Error><Code>InternalError</Code></Error>")],
                         ids=["reset", "cut", "slow", "503", "500"])
def test_gets_a_whole_object_through_a_bad_network(gateway, act, tmp_path):
    data = os.urandom(9 << 20)
    gateway.client.put_object(Bucket="bkt", Key="faults", Body=data)
    with faulty_proxy(gateway.url, Once(act)) as proxy:
        # The proxy's Host is signed too, so the server sees what was signed.
        gateway.tool("get", "s3://bkt/faults", tmp_path / "out", AWS_ENDPOINT_URL=proxy.url)
    assert (tmp_path / "out").read_bytes() == data


def other_etag(answer):
    head, body = answer.split(b"\r\n\r\n", 1)
    return b"\r\n".join(b'ETag: "other"' if line.lower().startswith(b"etag:") else line
                        for line in head.split(b"\r\n")) + b"\r\n\r\n" + body


@pytest.mark.parametrize("act, words", [
    ("reset", "after 2 attempts"),
    (("cut", 100_000), "after 2 attempts"),
    (("change", other_etag), "the object changed while it was read"),
    (("change", lambda answer: answer[:-1] + bytes([answer[-1] ^ 1])), "the bytes are not those that were stored"),
    (("answer", 403, {}, b"<Error><Code>ExpiredToken</Code><Message>m</Message></Error>"), "the credentials have expired"),
    (("answer", 206, {"ETag": None}, b"short"), "the object is truncated"),
], ids=["reset", "cut", "etag", "bit", "expired", "truncated"])
def test_an_ingest_that_fails_says_why_and_leaves_old_data(gateway, act, words, valence):
    rows = "".join(f'"{t}",{label}\n' for t, label in synthetic_reviews(4000))
    gateway.client.put_object(Bucket="bkt", Key="reviews.csv", Body=("text,label\n" + rows).encode())
    if act[0] == "answer" and "ETag" in act[2]:
        act[2]["ETag"] = gateway.client.head_object(Bucket="bkt", Key="reviews.csv")["ETag"]
    (valence.folder / "data/raw").mkdir(parents=True)
    (valence.folder / "data/raw/train.csv").write_text("old")
    with faulty_proxy(gateway.url, lambda _, line: act if is_range(line) else None) as proxy:
        env = gateway.env(AWS_ENDPOINT_URL=proxy.url, AWS_MAX_ATTEMPTS="2")
        result = valence.run("ingest", "--set", "ingest.source=s3://bkt/reviews.csv", check=None, env=env)
    message = result.stderr.decode()
    assert words in message and SECRET not in message
    assert result.returncode in (3, 4)
    assert valence.read("data/raw/train.csv") == b"old"
    assert not list((valence.folder / "data").rglob("*.tmp.*"))


def test_an_upload_through_a_bad_network_is_whole_or_aborted(gateway, tmp_path):
    data = os.urandom(18 << 20)
    (tmp_path / "in").write_bytes(data)
    tries = []

    def drop_first_try_of_a_part(_, line):
        if "partNumber=2" not in line:
            return None
        tries.append(line)
        return "reset" if len(tries) == 1 else None

    with faulty_proxy(gateway.url, drop_first_try_of_a_part) as proxy:
        gateway.tool("put", tmp_path / "in", "s3://bkt/up", AWS_ENDPOINT_URL=proxy.url)
    assert gateway.client.get_object(Bucket="bkt", Key="up")["Body"].read() == data
    with faulty_proxy(gateway.url, lambda _, line: "reset" if "partNumber=2" in line else None) as proxy:
        gateway.error("put", tmp_path / "in", "s3://bkt/up2", AWS_ENDPOINT_URL=proxy.url, AWS_MAX_ATTEMPTS="2")
    assert "Uploads" not in gateway.client.list_multipart_uploads(Bucket="bkt")


def test_ingests_an_object_and_a_prefix_as_the_same_files_on_disk(s3, tmp_path):
    rows = synthetic_reviews(200)
    as_csv = lambda part: "text,label\n" + "".join(f'"{t}",{label}\n' for t, label in part)
    local = tmp_path / "local"
    local.mkdir()
    (local / "train.csv").write_text(as_csv(rows[:150]))
    (local / "test.csv").write_text(as_csv(rows[150:]))
    for path in local.iterdir():
        s3.client.upload_file(str(path), "bkt", f"set/{path.name}")
    s3.client.put_object(Bucket="bkt", Key="set/README.md", Body=b"not data")
    s3.client.put_object(Bucket="bkt", Key="set/", Body=b"")  # what consoles make for a folder

    def ingest(name, source, env=None):
        folder = tmp_path / name
        folder.mkdir()
        v = Valence(folder)
        v.run("ingest", "--quiet", "--set", f"ingest.source={source}", env=env)
        return v.read("data/raw/train.csv"), v.read("data/raw/test.csv")

    wanted = ingest("a", local)
    assert ingest("b", "s3://bkt/set/", s3.env()) == wanted
    assert ingest("c", "s3://bkt/set", s3.env()) == wanted
    assert ingest("d", "s3://bkt/set/train.csv", s3.env()) == ingest("e", local / "train.csv")


def test_an_object_is_downloaded_once_for_each_version(gateway, valence):
    csv = "text,label\n" + "".join(f'"{t}",{label}\n' for t, label in synthetic_reviews(50))
    gateway.client.put_object(Bucket="bkt", Key="v.csv", Body=csv.encode())
    lines = []
    with faulty_proxy(gateway.url, lambda _, line: lines.append(line)) as proxy:
        env = gateway.env(AWS_ENDPOINT_URL=proxy.url)
        for _ in range(2):
            valence.run("ingest", "--quiet", "--set", "ingest.source=s3://bkt/v.csv", env=env)
        assert [line.split()[0] for line in lines] == ["HEAD", "GET", "HEAD"]
        gateway.client.put_object(Bucket="bkt", Key="v.csv", Body=csv.encode() + b'"one more fine text",positive\n')
        valence.run("ingest", "--quiet", "--set", "ingest.source=s3://bkt/v.csv", env=env)
        assert [line.split()[0] for line in lines[3:]] == ["HEAD", "GET"]


@pytest.mark.skipif(not os.environ.get("VALENCE_TEST_FULL"), reason="a figure needs a quiet machine")
def test_downloads_64_mb_at_least_at_80_percent_of_curls_rate(gateway, tmp_path):
    gateway.client.put_object(Bucket="bkt", Key="big", Body=os.urandom(64 << 20))
    url = gateway.client.generate_presigned_url("get_object", Params={"Bucket": "bkt", "Key": "big"})

    def compare(folder, after):
        """Median seconds of curl (then `after`), and of our get, which also counts the CRC-32 and syncs the file."""
        commands = [["sh", "-c", f'curl -s -f -o {folder}/curl "{url}" {after}'],
                    [TOOL, "get", "s3://bkt/big", f"{folder}/ours"]]
        seconds = [[], []]
        for _ in range(9):
            for times, command in zip(seconds, commands):
                start = time.monotonic()
                subprocess.run(command, check=True, env=gateway.env(), stdout=subprocess.DEVNULL)
                times.append(time.monotonic() - start)
        curl, ours = (sorted(times)[4] for times in seconds)
        print(f"\n64 MB to {folder}: curl {after} {curl:.3f} s, valence {ours:.3f} s: {curl / ours:.0%}")
        return curl / ours

    # In memory the network is compared; on a disk, what it takes until the bytes are there to stay.
    with tempfile.TemporaryDirectory(dir="/dev/shm") as memory:
        assert compare(memory, "") >= 0.8
    assert compare(tmp_path, f"&& sync {tmp_path}/curl") >= 0.8
