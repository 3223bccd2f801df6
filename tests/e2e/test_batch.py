# SPDX-License-Identifier: Apache-2.0
"""POST /v1/batch over real sockets: the answers of `predict`, memory that does not grow with the upload, clients that
misbehave."""
import contextlib
import csv
import io
import json
import os
import re
import socket
import subprocess
import threading

from conftest import synthetic_reviews
from procfs import needs_proc
from test_serve import serving


def upload(server, body, content_type="text/csv", query=""):
    connection = server.connect()
    connection.request("POST", "/v1/batch" + query, body, {"Content-Type": content_type})
    response = connection.getresponse()
    return response.status, response.read().decode(), response


def resident_bytes(process):
    with open(f"/proc/{process.pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def csv_of(texts):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["id", "text"])
    writer.writerows(enumerate(texts))
    return out.getvalue().encode()


def test_answers_are_those_of_predict(trained):
    texts = [text for text, _ in synthetic_reviews(50, seed=3)] + ['quotes " and, commas\nand lines', "", "Ünïcödé 🎬"]
    body = csv_of(texts)
    expected = trained.run("predict", "--input-format", "csv", "--format", "csv", stdin=body).stdout.decode()
    lines = "".join(json.dumps({"n": n, "text": t}) + "\n" for n, t in enumerate(texts)).encode()
    expected_lines = trained.run("predict", "--input-format", "jsonl", "--format", "jsonl", stdin=lines).stdout.decode()
    with serving(trained.folder) as server:
        status, got, response = upload(server, body)
        assert status == 200 and response.getheader("Content-Type").startswith("text/csv")
        rows, wanted = list(csv.DictReader(io.StringIO(got))), list(csv.DictReader(io.StringIO(expected)))
        assert [row.pop("error") for row in rows] == [""] * len(texts)
        assert rows == wanted
        assert upload(server, lines, "application/x-ndjson")[:2] == (200, expected_lines)
        form = (b"--q\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\n" + body + b"\r\n--q--\r\n")
        status, got_form, response = upload(server, form, "multipart/form-data; boundary=q")
        assert (status, got_form) == (200, got)
        assert response.getheader("Content-Disposition") == 'attachment; filename="scored.csv"'


@needs_proc
def test_a_long_upload_is_scored_as_it_arrives_in_bounded_memory(trained):
    """curl reads while it sends, as clients must whose upload is longer than the sockets' buffers."""
    piece = b"".join(b'%d,"wonderful but ""dull"", a film like many others of this year"\n' % n for n in range(1000))
    pieces = 600  # 40 MB
    with serving(trained.folder, "--max-body-bytes", 1000, "--max-text-bytes", 10000) as server:
        upload(server, b"id,text\n" + piece)
        before = resident_bytes(server.process)
        curl = subprocess.Popen(["curl", "-sS", "-N", "-T", "-", "-X", "POST", "-H", "Content-Type: text/csv",
                                 f"http://127.0.0.1:{server.port}/v1/batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        peak = [0]

        def send():
            curl.stdin.write(b"id,text\n")
            for _ in range(pieces):
                curl.stdin.write(piece)
                peak[0] = max(peak[0], resident_bytes(server.process))
            curl.stdin.close()

        sender = threading.Thread(target=send)
        sender.start()
        rows = sum(block.count(b"\n") for block in iter(lambda: curl.stdout.read(1 << 20), b""))
        sender.join()
        assert curl.wait(timeout=60) == 0
        assert rows == pieces * 1000 + 1
        assert peak[0] - before < 8 << 20, f"{(peak[0] - before) >> 20} MB more"


def test_the_upload_limit_is_its_own(trained):
    with serving(trained.folder, "--max-upload-bytes", 3000, "--max-body-bytes", 500) as server:
        assert upload(server, csv_of(["good"] * 200))[0] == 200
        status, body, _ = upload(server, csv_of(["good"] * 2000))
        assert status == 413 and json.loads(body)["error"]["code"] == "resource_exhausted"


def exchange(server, *parts):
    """Sends each part, then reads to the end."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
        with contextlib.suppress(OSError):
            for part in parts:
                client.sendall(part)
        return b"".join(iter(lambda: client.recv(1 << 16), b""))


HEAD = b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"


def test_bad_rows_keep_their_place_and_number(trained):
    body = b"text,n\n" + b"good,1\n" * 5000 + b"short\n" + b"good,1\n" * 10 + b"\xff\xfe,2\n" + b"good,1\n" * 5000
    with serving(trained.folder) as server:
        answer = exchange(server, HEAD % (b"text/csv", len(body)), body).decode()
        assert answer.startswith("HTTP/1.1 200") and answer.endswith("0\r\n\r\n")
        assert '"row 5002: 1 fields, the header has 2"' in answer
        assert "row 5013: byte 0 of the text is not UTF-8" in answer
        assert len(re.findall(r"^good,1,", answer, re.M)) > 9900  # a chunk's end may cut a line
        status, got, _ = upload(server, b"text\ngood\n\xff\n", query="?row_offset=1000")
        assert status == 200 and "row 1003: " in got


def test_what_cannot_be_read_on_ends_the_answer_visibly(trained):
    body = b"text\n" + b"good\n" * 50000 + b'"never closed ' + b"x" * 2_000_000
    with serving(trained.folder, "--max-text-bytes", 100000) as server:
        answer = exchange(server, HEAD % (b"text/csv", len(body)), body)
        assert answer.startswith(b"HTTP/1.1 200") and b"row 50002, byte " in answer
        assert not answer.endswith(b"0\r\n\r\n")
        huge = b'{"text": "good"}\n{"text": "' + b"x" * 3_000_000 + b'"}\n{"text": "bad"}\n'
        status, got, _ = upload(server, huge, "application/x-ndjson")
        lines = [json.loads(line) for line in got.splitlines()]
        assert status == 200 and len(lines) == 3 and "row 2: a line of more than" in lines[1]["error"]
        assert "label" in lines[2]
        assert upload(server, b"text\n" + b"a," * 500 + b"\n")[0] == 400
        assert server.post('{"text": "good"}')[0] == 200


@needs_proc
def test_clients_that_stop_reading_or_go_away_cost_nothing(trained):
    body = csv_of(["wonderful " * 20] * 100)
    with serving(trained.folder, "--body-timeout", 1) as server:
        before = resident_bytes(server.process)
        clients = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
        for client in clients:
            client.settimeout(1)
            client.sendall(HEAD % (b"text/csv", 1 << 30))
            with contextlib.suppress(OSError):  # the server's and the kernel's buffers are full, or it gave up
                for _ in range(500):
                    client.sendall(body)
        assert resident_bytes(server.process) - before < 20 << 20
        assert server.post('{"text": "good"}')[0] == 200
        for client in clients:
            client.close()
        gone = socket.create_connection(("127.0.0.1", server.port))
        gone.sendall(HEAD % (b"text/csv", len(body)) + body[:5000])
        gone.close()
        assert upload(server, body)[0] == 200


HOSTILE = [
    (b"text/csv", b"\x00" * 1000), (b"text/csv", b"\xef\xbb\xbf"), (b"text/csv", b'text\n"a"b\n'), (b"text/csv", b","),
    (b"text/csv", b"text,text\na,b\n"), (b"text/csv", b'"text\n'), (b"text/csv", b"te\x00xt\n"),
    (b"application/x-ndjson", b"[" * 5000), (b"application/x-ndjson", b"null\n1\n\"x\"\n{}\n"),
    (b"application/x-ndjson", b'{"text":"a","text":"b"}\n{"text":"\\ud800"}\n{"text":"\\u0000"}\n'),
    (b"multipart/form-data; boundary=a", b"--a\r\n\r\n" + b"--a" * 1000),
    (b"multipart/form-data; boundary=", b"x"), (b"multipart/form-data; boundary=a", b"\r\n" * 50000),
    (b"text/csv; charset=utf-16", b"text\n"), (b"", b"text\n"),
]


def test_hostile_uploads_are_answered(trained):
    with serving(trained.folder) as server:
        for content_type, body in HOSTILE:
            answer = exchange(server, HEAD % (content_type, len(body)), body)
            assert re.match(rb"HTTP/1.1 (200|400|415) ", answer), (content_type, body[:20], answer[:200])
        assert server.post('{"text": "good"}')[0] == 200
