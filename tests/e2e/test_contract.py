# SPDX-License-Identifier: Apache-2.0
"""The data contract: each rule breached once, example rows named, old data untouched, the same bytes again."""
import csv
import html.parser
import json
import re

import pytest
from conftest import synthetic_reviews

SOURCE = ("--set", "ingest.source=reviews.csv")
RAW = ["data/raw/train.csv", "data/raw/test.csv", "data/raw/rejected.csv"]
GERMAN = "der Film hat keine gute Handlung und das Ende kommt viel zu spät"


def write_rows(valence, rows, columns=("text", "label")):
    with open(valence.folder / "reviews.csv", "w", newline="", encoding="utf-8") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def write_contract(valence, text):
    (valence.folder / "data_contract.yaml").write_text(text)


def rule_of(valence, name):
    contract = json.loads(valence.read("reports/data.json"))["contract"]
    return next(rule for rule in contract["rules"] if rule["rule"] == name)


def reviews_with(*extra, count=100):
    return [*synthetic_reviews(count), *extra]


LONG = ("a good film " * 400, "positive")
TWIN = synthetic_reviews(1)[0][0]

# rule, contract, rows, figure of the breach, a row that must be named
BREACHES = [
    ("rows.min_documents", "rows: {min_documents: 101}", reviews_with(), 100, None),
    ("rows.max_rejected_share", "rows: {max_rejected_share: 0.01}", reviews_with(("x", ""), ("y", "")), 2 / 102,
     "reviews.csv row 101: missing_label"),
    ("rows.max_empty_share", "rows: {max_empty_share: 0}", reviews_with((" ", "positive")), 1 / 101,
     "reviews.csv row 101: empty_text"),
    ("rows.max_duplicate_share", "rows: {max_duplicate_share: 0}", reviews_with(synthetic_reviews(1)[0]), 1 / 101,
     "reviews.csv row 101: duplicate: same text as reviews.csv row 1"),
    ("rows.max_conflict_share", "rows: {max_conflict_share: 0}", reviews_with((TWIN, "positive"), count=399), 2 / 400,
     "reviews.csv row 1: conflicting_label"),
    ("labels.allowed", "labels: {allowed: [negative, positive]}",
     reviews_with(("so so", "neutral"), ("well", "neutral")), 2, "reviews.csv row 101: label 'neutral'"),
    ("labels.min_share", "labels: {min_share: 0.1}", reviews_with(("so so", "neutral"), ("well", "neutral")), 2 / 102,
     "reviews.csv row 101: label 'neutral'"),
    ("labels.max_share", "labels: {max_share: 0.5}", reviews_with(("and yet", "positive")), 51 / 101,
     "reviews.csv row 2: label 'positive'"),
    ("text.max_bytes.max", "text: {max_bytes: {max: 4000}}", reviews_with(LONG), 4800, "reviews.csv row 101: 4800 bytes"),
    ("text.min_bytes.min", "text: {min_bytes: {min: 10}}", reviews_with(("ok", "positive")), 2,
     "reviews.csv row 101: 2 bytes"),
    ("text.min_english_share", "text: {min_english_share: 1, english_stop_words: 0.05}", reviews_with((GERMAN, "negative")), 100 / 101,
     "reviews.csv row 101: 0 of 13 words are English stop words"),
    ("text.min_ascii_share", "text: {min_ascii_share: 1}", reviews_with((GERMAN, "negative")), None,
     "reviews.csv row 101: 98.4% ASCII"),
    ("near_duplicates.max_share", "near_duplicates: {max_share: 0}", reviews_with((TWIN.upper(), "negative")), 2 / 101,
     "reviews.csv row 1"),
]


@pytest.mark.parametrize("rule, contract, rows, figure, named", BREACHES, ids=[b[0] for b in BREACHES])
def test_a_breach_exits_1_names_rule_figure_limit_and_rows(valence, rule, contract, rows, figure, named):
    write_rows(valence, rows)
    write_contract(valence, contract)
    message = valence.error("ingest", *SOURCE, exit_code=1)
    outcome = rule_of(valence, rule)
    limit = outcome.get("maximum", outcome.get("minimum"))
    assert not outcome["ok"]
    assert figure is None or outcome["figure"] == pytest.approx(figure, abs=1e-15)
    assert f"contract breached: {rule}: {outcome['figure']} is {'above' if 'maximum' in outcome else 'below'} " \
           f"the limit {limit}" in message
    assert named is None or f"such as {named}" in message
    assert not (valence.folder / "data").exists()


@pytest.mark.parametrize("rule, contract, named", [
    ("columns.types", "columns: {types: {id: integer, stars: integer}}", "reviews.csv: no column 'stars'"),
    ("columns.max_mistyped_share", "columns: {types: {id: integer}}",
     "reviews.csv row 3: column 'id' should be of type integer, found x2"),
    ("columns.allow_others", "columns: {types: {text: string}, allow_others: false}", "the column 'id' is not in"),
])
def test_columns(valence, rule, contract, named):
    rows = [("x2" if i == 2 else i, *row) for i, row in enumerate(reviews_with())]
    write_rows(valence, rows, ("id", "text", "label"))
    write_contract(valence, contract)
    message = valence.error("ingest", *SOURCE, exit_code=1)
    assert f"contract breached: {rule}: " in message and named in message


def test_leakage_by_near_duplicates(valence):
    folder = valence.folder / "in"
    folder.mkdir()
    rows = synthetic_reviews(40)
    for name, part in (("train", rows[:30]), ("test", [*rows[30:], (rows[0][0].upper(), rows[0][1])])):
        (folder / f"{name}.csv").write_text("text,label\n" + "".join(f'"{t}",{label}\n' for t, label in part))
    write_contract(valence, "near_duplicates: {max_leakage_share: 0}")
    message = valence.error("ingest", "--set", "ingest.source=in", exit_code=1)
    assert "near_duplicates.max_leakage_share" in message
    assert "test.csv row 11: id test.csv:11, test, 100.0% like train.csv row 1" in message
    near = json.loads(valence.read("reports/data.json"))["near_duplicates"]
    assert (near["pairs"], near["leaking_pairs"], near["leaking_documents"]) == (1, 1, 1)
    assert near["leakage_share"] == 1 / 11
    (valence.folder / "data_contract.yaml").unlink()
    report = valence.json("ingest", "--set", "ingest.source=in", "--set", "ingest.near_duplicates=reject")
    assert report["rejected_by_reason"] == {"near_duplicate": 1} and report["near_duplicates"]["pairs"] == 0
    report = valence.json("ingest", "--set", "ingest.source=in", "--set", "ingest.near_duplicates=off")
    assert report["near_duplicates"] is None and report["kept_rows"] == 41


DRIFT = """
drift:
  baseline: data_profile.json
  min_documents: 100
  max_label_share_change: 0.1
  max_label_psi: 0.1
  max_length_psi: 0.25
  max_median_length_change: 0.2
  max_unseen_word_share: 0.2
"""


@pytest.fixture
def profiled(valence):
    """A folder whose accepted data are the baseline."""
    write_rows(valence, reviews_with(count=400))
    write_contract(valence, DRIFT)
    valence.run("ingest", *SOURCE, "--write-baseline")
    return valence


@pytest.mark.parametrize("rules, change, named", [
    ({"drift.max_label_share_change", "drift.max_label_psi"}, lambda text, label, i: (text, "negative" if i % 4 else label),
     "label 'negative', whose share changed by +"),
    ({"drift.max_length_psi", "drift.max_median_length_change"}, lambda text, label, i: (text + " and" * 30, label),
     "bytes; the median went from"),
    ({"drift.max_unseen_word_share"}, lambda text, label, i: (text.translate(str.maketrans("aeiou", "uoiea")), label),
     "% of its words are unseen"),
])
def test_drift_names_what_moved(profiled, rules, change, named):
    before = [profiled.read(path) for path in [*RAW, "data_profile.json"]]
    write_rows(profiled, [change(*row, i) for i, row in enumerate(reviews_with(count=400))])
    message = profiled.error("ingest", *SOURCE, exit_code=1)
    assert set(re.findall(r"^contract breached: (\S+):", message, re.M)) == rules
    assert named in message and "reviews.csv row " in message
    assert [profiled.read(path) for path in [*RAW, "data_profile.json"]] == before


def test_drift_of_few_documents_is_not_judged(profiled):
    write_rows(profiled, [(text, "negative" if i else label) for i, (text, label) in
                          enumerate([("fine", "positive"), *synthetic_reviews(50)])])
    profiled.run("ingest", *SOURCE, "--set", "ingest.min_label_documents=1")
    assert "fewer than drift.min_documents = 100" in rule_of(profiled, "drift.max_label_psi")["skipped"]


def test_a_rerun_gives_the_same_bytes(profiled):
    paths = [*RAW, "reports/data.json", "reports/data.html", "data_profile.json"]
    renewed = {path: profiled.read(path) for path in paths}
    for threads in (1, 4):
        profiled.run("--threads", threads, "ingest", *SOURCE)
        assert {path: profiled.read(path) for path in paths} == renewed
    other = profiled.folder / "other.json"
    other.write_bytes(profiled.read("data_profile.json"))
    (profiled.folder / "data_profile.json").unlink()
    assert "valence ingest --write-baseline" in profiled.error("ingest", *SOURCE, exit_code=4)
    profiled.run("ingest", *SOURCE, "--set", "ingest.baseline=other.json")


def test_a_breach_leaves_the_accepted_data_whole(valence):
    write_rows(valence, reviews_with())
    write_contract(valence, "rows: {min_documents: 100}\n")
    valence.run("run", "--quiet", *SOURCE, "--set", "evaluate.maximum={}")
    kept = {path: valence.read(path) for path in [*RAW, "models/model.safetensors", "reports/metrics.json"]}
    write_rows(valence, reviews_with(count=80))
    for command in ("ingest", "run"):
        message = valence.error(command, *SOURCE, exit_code=1)
        assert "rows.min_documents: 80.0 is below the limit 100.0" in message
        assert "data/raw stays as it was" in message
        assert {path: valence.read(path) for path in kept} == kept
    answer = json.loads(valence.run("run", *SOURCE, "--json", check=1).stdout)
    assert answer["data"]["contract"]["passed"] is False and "metrics" not in answer


@pytest.mark.parametrize("contract, words", [
    ("rows:\n  max_empty_shar: 0.1\n", ["data_contract.yaml:2: rows.max_empty_shar", "'max_empty_share'"]),
    ("row: {}\n", ["data_contract.yaml:1", "did you mean 'rows'"]),
    ("rows: {max_empty_share: lots}\n", ["data_contract.yaml:1: rows.max_empty_share", "lots"]),
    ("rows: {\n", ["data_contract.yaml:2"]),
    ("rows: !!python/object/apply:os.system [id]\n", ["data_contract.yaml:1", "tag"]),
    ("a: &a [x, x]\nb: &b [*a, *a]\n" + "".join(f"c{i}: &c{i} [{', '.join(['*b'] * 9)}]\nb{i}: [*c{i}]\n"
                                               for i in range(3)), ["data_contract.yaml:1", "'a'"]),
    ("x: " + "[" * 5000 + "]" * 5000, ["data_contract.yaml:1"]),
    ("columns: {types: {id: uuid}}\n", ["data_contract.yaml:1: columns.types.id", "integer", "uuid"]),
    ("drift: {max_label_psi: 0.1}\n", ["data_contract.yaml", "baseline"]),
    ("x" * (2 << 20), ["data_contract.yaml"]),
    (b"\xff\xfe\x00", ["data_contract.yaml:1", "UTF-8"]),
], ids=["key", "section", "value", "torn", "tag", "aliases", "deep", "type", "baseline", "huge", "bytes"])
def test_a_contract_that_does_not_parse_exits_3_with_its_line(valence, reviews, contract, words):
    (valence.folder / "data_contract.yaml").write_bytes(contract if isinstance(contract, bytes) else contract.encode())
    message = valence.error("ingest", *SOURCE, exit_code=3)
    for word in words:
        assert word in message
    assert not (valence.folder / "data").exists()


def test_a_named_contract_must_be_there(valence, reviews):
    assert "other.yaml" in valence.error("ingest", *SOURCE, "--set", "ingest.contract=other.yaml", exit_code=4)
    valence.run("ingest", *SOURCE)
    assert json.loads(valence.read("reports/data.json"))["contract"] is None
    write_contract(valence, "rows: {min_documents: 1000}")
    valence.run("ingest", *SOURCE, "--set", "ingest.contract=")
    assert "--write-baseline" not in valence.error("ingest", *SOURCE, exit_code=1)
    assert "drift.baseline" in valence.error("ingest", *SOURCE, "--set", "ingest.contract=", "--write-baseline",
                                             exit_code=2)


@pytest.mark.parametrize("profile", ["", "[]", "{\"format\": 1}", "\x00"])
def test_a_broken_baseline_exits_3(profiled, profile):
    (profiled.folder / "data_profile.json").write_text(profile)
    assert "data_profile.json" in profiled.error("ingest", *SOURCE, exit_code=3)


class Tags(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def test_the_page_shows_the_breach_and_loads_nothing(valence):
    write_rows(valence, reviews_with(("<script>alert(1)</script>", ""), ("b", "")))
    write_contract(valence, "rows: {max_rejected_share: 0.01}")
    valence.run("ingest", *SOURCE, check=1)
    page = valence.read("reports/data.html").decode()
    assert "rows.max_rejected_share" in page and "reviews.csv row 101" in page and "&lt;script&gt;" in page
    parser = Tags()
    parser.feed(page)
    assert not [tag for tag, attrs in parser.tags if tag in ("script", "link", "img", "iframe") or "src" in attrs]
