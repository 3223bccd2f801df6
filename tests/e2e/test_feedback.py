# SPDX-License-Identifier: Apache-2.0
"""POST /v1/feedback: what people say is on the disk when it is acknowledged, and the next `ingest` reads it."""
import concurrent.futures
import csv
import json
import sqlite3

import pytest
from conftest import Valence, synthetic_reviews
from test_serve import serving


def post(server, path, body):
    connection = server.connect()
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def test_feedback_becomes_the_next_data_set(trained, tmp_path):
    database = tmp_path / "feedback.db"
    told = synthetic_reviews(60, seed=8)
    with serving(trained.folder, "--feedback-db", database) as server:
        for text, label in told[:20]:  # by the prediction's id
            status, answer = post(server, "/v1/predict", {"text": text})
            assert status == 200
            status, kept = post(server, "/v1/feedback", {"prediction_id": answer["prediction_id"], "label": label})
            assert (status, kept["predicted"]) == (200, answer["label"]), kept
            assert kept["correct"] == (label == answer["label"])
        for text, label in told[20:]:  # by text; first wrongly
            other = "negative" if label == "positive" else "positive"
            assert post(server, "/v1/feedback", {"text": text, "label": other})[0] == 200
            assert post(server, "/v1/feedback", {"text": text, "label": label})[0] == 200
        # While the server has the file open:
        trained.run("export", "feedback", "--feedback-db", database, "-o", tmp_path / "live.csv")
    trained.run("export", "feedback", "--feedback-db", database, "-o", tmp_path / "told.csv")
    assert (tmp_path / "live.csv").read_bytes() == (tmp_path / "told.csv").read_bytes()
    with (tmp_path / "told.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["text"], row["label"]) for row in rows] == told
    fresh = Valence(tmp_path)
    fresh.run("ingest", "--quiet", "--set", "ingest.source=told.csv")
    with (tmp_path / "data/raw/train.csv").open(newline="") as train, (tmp_path / "data/raw/test.csv").open(newline="") as test:
        read = [(row["text"], row["label"]) for file in (train, test) for row in csv.DictReader(file)]
    assert sorted(read) == sorted(told)


def test_acknowledged_feedback_survives_a_kill(trained, tmp_path):
    database = tmp_path / "feedback.db"
    acknowledged = []
    with pytest.raises(AssertionError):  # serving() wants a clean end
        with serving(trained.folder, "--feedback-db", database) as server:
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                def tell(number):
                    if number == 60:
                        server.process.kill()
                    try:
                        status, answer = post(server, "/v1/feedback", {"text": f"text {number}", "label": "positive"})
                    except OSError:
                        return
                    except Exception as error:  # cut off in the middle of an answer
                        assert "Remote" in type(error).__name__ or "Incomplete" in type(error).__name__, error
                        return
                    assert status == 200
                    acknowledged.append((answer["feedback_id"], f"text {number}"))
                list(pool.map(tell, range(100)))
            server.process.wait(timeout=10)
    with sqlite3.connect(database) as connection:
        kept = dict(connection.execute("SELECT feedback_id, text FROM feedback"))
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert len(acknowledged) >= 40
    assert all(kept[number] == text for number, text in acknowledged)


def test_a_database_that_another_program_holds_does_not_stop_predictions(trained, tmp_path):
    database = tmp_path / "feedback.db"
    with serving(trained.folder, "--feedback-db", database) as server, \
            concurrent.futures.ThreadPoolExecutor(1) as pool:
        blocker = sqlite3.connect(database, isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        waiting = pool.submit(post, server, "/v1/feedback", {"text": "good", "label": "positive"})
        connection = server.connect()
        for _ in range(200):
            assert server.post('{"text": "wonderful"}', connection)[0] == 200
        assert not waiting.done()
        blocker.execute("COMMIT")
        assert waiting.result(timeout=20)[0] == 200
        blocker.execute("BEGIN IMMEDIATE")
        status, answer = post(server, "/v1/feedback", {"text": "good", "label": "positive"})
        assert (status, answer["error"]["code"]) == (503, "unavailable")
        assert str(tmp_path) not in answer["error"]["message"]
        blocker.close()


def test_without_a_database_there_is_no_feedback(trained, tmp_path):
    with serving(trained.folder) as server:
        assert post(server, "/v1/feedback", {"text": "good", "label": "positive"})[0] == 404
        assert "prediction_id" not in post(server, "/v1/predict", {"text": "good"})[1]
    assert "no such file" in trained.error("export", "feedback", "--feedback-db", tmp_path / "x.db", "-o", "x.csv", exit_code=4)
    (tmp_path / "other.db").write_text("not a database, though it is longer than the hundred bytes of an SQLite header" * 2)
    message = trained.error("serve", "--port", 0, "--feedback-db", tmp_path / "other.db", exit_code=3)
    assert "not an SQLite database" in message
