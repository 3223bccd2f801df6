# SPDX-License-Identifier: Apache-2.0
"""Bulk scoring and explanations of the real binary."""
import csv
import io
import json
import math
import subprocess
import sys

from conftest import BINARY

MODEL = ("--model", "models/model.safetensors")


def test_csv_keeps_order_and_columns(trained):
    rows = [("b,1", "wonderful\nfilm"), ("a", 'dreadful "plot"'), ("c", "")]
    data = io.StringIO()
    csv.writer(data).writerows([("key", "text"), *rows])
    out = trained.run("predict", *MODEL, stdin=data.getvalue().encode()).stdout.decode()
    answers = list(csv.DictReader(io.StringIO(out)))
    assert [(a["key"], a["text"]) for a in answers] == rows
    assert [a["label"] for a in answers[:2]] == ["positive", "negative"]
    for a in answers:
        p = float(a["probability_positive"])
        assert math.isclose(p + float(a["probability_negative"]), 1, abs_tol=1e-15)
        assert math.isclose(p, 1 / (1 + math.exp(-float(a["score"]))), rel_tol=1e-12)


def test_formats_agree(trained):
    texts = ["A superb, moving film.", "Tedious & clumsy…", "zzz"]
    lines = trained.run("predict", *MODEL, "--format", "jsonl", stdin="\n".join(texts).encode()).stdout
    from_lines = [json.loads(line) for line in lines.splitlines()]
    jsonl = "".join(json.dumps({"n": i, "text": t}) + "\n" for i, t in enumerate(texts))
    from_json = [json.loads(l) for l in trained.run("predict", *MODEL, "--format", "jsonl", stdin=jsonl.encode()).stdout.splitlines()]
    assert [a["score"] for a in from_lines] == [a["score"] for a in from_json]
    assert [a["n"] for a in from_json] == [0, 1, 2]
    assert [a["text"] for a in from_lines] == texts


def test_input_columns_give_way_to_ours(trained):
    out = trained.run("predict", *MODEL, "data/raw/test.csv").stdout.decode()
    answers = list(csv.DictReader(io.StringIO(out)))
    assert list(answers[0]) == ["id", "text", "input_label", "label", "score", "probability_negative",
                                "probability_positive"]
    accuracy = sum(a["label"] == a["input_label"] for a in answers) / len(answers)
    assert accuracy == json.loads(trained.read("reports/metrics.json"))["accuracy"]


def test_a_bad_row_stops_with_its_number_after_the_good_ones(trained):
    result = trained.run("predict", *MODEL, stdin=b"text\nfine\n\xff\xfe\n", check=3)
    assert b"row 3" in result.stderr and b"UTF-8" in result.stderr
    assert len(result.stdout.splitlines()) == 2, "header and the row before"


def test_missing_column_lists_the_columns(trained):
    (trained.folder / "other.csv").write_text("body,n\nhello,1\n")
    message = trained.error("predict", *MODEL, "other.csv", exit_code=3)
    assert "body, n" in message and "--text-column" in message


def test_output_file_is_whole_or_absent(trained, tmp_path):
    target = tmp_path / "scores.csv"
    trained.run("predict", *MODEL, "-o", target, "--input-format", "csv", stdin=b"text\nfine\n\xff\n", check=3)
    assert list(tmp_path.iterdir()) == []
    trained.run("predict", *MODEL, "-o", target, "data/raw/test.csv")
    assert len(list(csv.DictReader(target.open(newline="")))) == 80


def test_memory_stays_bounded_on_long_input(trained, tmp_path):
    big = tmp_path / "big.csv"
    with big.open("w") as f:
        f.write("text\n")
        for i in range(300_000):
            f.write(f"wonderful film number {i} with a dreadful ending and some more words to make it longer\n")
    script = ("import resource,subprocess,sys;"
              "subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,check=True);"
              "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    out = subprocess.run([sys.executable, "-c", script, BINARY, "predict", "--quiet", *MODEL, str(big)],
                         cwd=trained.folder, capture_output=True, check=True, timeout=120)
    assert int(out.stdout) < 100_000, "kilobytes"


def test_explanation_sums_to_the_score_with_offsets_into_the_text(trained):
    text = "A Wonderful film — nearly Perfect, never boring! 100% http://x.y"
    answer = trained.json("explain", *MODEL, text)
    total = answer["intercept"] + sum(a["contribution"] for a in answer["attributions"])
    assert math.isclose(total, answer["score"], abs_tol=1e-12)
    raw = text.encode()
    for a in answer["attributions"]:
        assert raw[a["begin"]:a["end"]].decode() == a["text"]
        assert a["term"].split()[0] == a["text"].lower().split()[0].strip(",.!—")


def test_explain_reads_standard_input_and_hides_control_characters(trained):
    out = trained.run("explain", *MODEL, stdin=b"wonderful \x1b[31m film").stdout
    assert b"positive" in out and b"\\x1b" in out and b"\x1b" not in out
