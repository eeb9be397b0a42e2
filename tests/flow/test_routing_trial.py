"""yiwang eval routing: a file to learn from, a file to be asked about, and numbers one can check by hand."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from routingworld import EXAMPLES
from typer.testing import CliRunner, Result

from yiwang.cli.app import app
from yiwang.flow.core.routing.errors import ExamplesWrong
from yiwang.flow.core.routing.examples import examples_read
from yiwang.flow.core.routing.router import Router
from yiwang.flow.core.routing.scoring import coverage_curve, scores
from yiwang.kernel.errors import YiwangError


def written(path: Path, rows: list[tuple[str, ...]], head: tuple[str, ...] = ("label", "text"), bom: str = "") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(bom)
        csv.writer(file).writerows([head, *rows])
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["eval", "routing", *map(str, words)])


@pytest.fixture
def train(tmp_path: Path) -> Path:
    return written(tmp_path / "train.csv", [(one.label, one.text) for one in EXAMPLES])


ASKED: list[tuple[str, ...]] = [
    ("市政", "路灯坏了没人修"),
    ("劳动", "工资拖欠三个月"),
    ("环保", "工厂偷排污水，河水发臭"),
    ("环保", "公司拖欠工资不发"),
]


def test_precision_recall_and_f1_are_those_of_the_textbook() -> None:
    found = scores(["a", "a", "a", "b", "b", "c"], ["a", "a", "b", "b", "a", "d"])
    a, b, c, d = (found.per_class[label] for label in "abcd")
    assert (a.precision, a.recall, a.n) == (pytest.approx(2 / 3), pytest.approx(2 / 3), 3)
    assert (b.precision, b.recall, b.f1) == (0.5, 0.5, 0.5)
    assert (c.f1, c.n, d.f1, d.n) == (0.0, 1, 0.0, 0)
    assert found.macro_f1 == pytest.approx((2 / 3 + 0.5) / 4) and found.n == 6
    with pytest.raises(ValueError, match="no answers"):
        scores([], [])


def test_the_curve_scores_the_surest_share_and_names_its_lowest_confidence() -> None:
    true = ["a", "b"] * 5
    given = ["a", "b"] * 4 + ["b", "a"]
    curve = {point.coverage: point for point in coverage_curve(true, given, [1 - at / 10 for at in range(10)])}
    assert curve[1.0].macro_f1 == pytest.approx(0.8) and curve[1.0].threshold == pytest.approx(0.1)
    assert curve[0.8].macro_f1 == 1.0 and curve[0.8].threshold == pytest.approx(0.3)
    assert curve[0.9].macro_f1 < 1.0


def test_one_object_holds_every_number(train: Path, tmp_path: Path) -> None:
    asked = written(tmp_path / "test.csv", ASKED)
    done = run("--train", train, "--test", asked, "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == 0 and told["n"] == 4
    assert set(told["per_class"]) == {"市政", "劳动", "环保"}
    assert told["per_class"]["环保"] == {"precision": 1.0, "recall": 0.5, "f1": 0.666667, "n": 2}
    assert told["macro_f1"] == pytest.approx((1 + 2 / 3 + 2 / 3) / 3, abs=1e-6)
    assert [point["coverage"] for point in told["coverage_curve"]][:1] == [1.0] and 0.8 in {
        point["coverage"] for point in told["coverage_curve"]
    }
    assert told["train_seconds"] > 0 and told["per_second"] > 0 and len(told["router"]) == 64
    assert (told["source"], told["accepted"], told["rejected"]) == (4, 4, 0)
    assert told["train"]["source"] == len(EXAMPLES)


def test_the_table_shows_every_label_and_the_share_of_the_machine(train: Path, tmp_path: Path) -> None:
    done = run("--train", train, "--test", written(tmp_path / "test.csv", ASKED))
    assert done.exit_code == 0
    assert all(word in done.stdout for word in ("市政", "劳动", "环保", "80%", "0.7778"))


def test_a_byte_order_mark_and_line_ends_inside_quotes_are_read(tmp_path: Path) -> None:
    rows: list[tuple[str, ...]] = [("市政", '第一行\r\n第二行，"引号"'), ("劳动", "工资")]
    file = examples_read(written(tmp_path / "a.csv", rows, bom="\ufeff"))
    assert [(one.label, one.text) for one in file.accepted] == rows and file.rejected == ()


def test_columns_are_found_by_name_in_any_order(tmp_path: Path) -> None:
    file = examples_read(written(tmp_path / "a.csv", [("7", "路灯", "市政")], head=("no", "Text", " label ")))
    assert [(one.label, one.text) for one in file.accepted] == [("市政", "路灯")]


def test_rows_without_label_or_text_are_rejected_with_their_line(train: Path, tmp_path: Path) -> None:
    asked = written(tmp_path / "test.csv", [*ASKED, ("", "路灯"), ("市政", " ，。"), ("市政", "路灯", "多了")])
    told = json.loads(run("--train", train, "--test", asked, "--json").stdout)
    assert (told["source"], told["accepted"], told["rejected"]) == (7, 4, 3)
    assert [(row["line"], row["en"]) for row in told["rejected_rows"]] == [
        (6, "no label"),
        (7, "no text"),
        (8, "3 fields where the header has 2"),
    ]
    plain = run("--train", train, "--test", asked)
    assert "7" in plain.stderr and "没有类别" in plain.stderr


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "no column"),
        (b"label,words\na,b\n", "named text"),
        (b"label,text,text\na,b,c\n", "more than one"),
        ("label,text\n市政,路灯\n".encode("gb18030"), "not UTF-8 at byte 12"),
        (b'label,text\na,"b\n', "no CSV"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_in_both_languages(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(data)
    with pytest.raises(ExamplesWrong, match=told) as refused:
        examples_read(path)
    assert refused.value.zh and refused.value.where == "bad.csv" and refused.value.exit_code == 2


def test_an_absent_file_and_an_empty_test_are_refused(train: Path, tmp_path: Path) -> None:
    for words in (
        ("--train", train, "--test", tmp_path / "gone.csv"),
        ("--train", train, "--test", written(tmp_path / "empty.csv", [])),
        ("--train", written(tmp_path / "none.csv", []), "--test", train),
    ):
        error = run(*words).exception
        assert isinstance(error, YiwangError) and error.exit_code == 2 and error.zh and error.en


def test_a_very_long_petition_is_one_field(tmp_path: Path) -> None:
    text = "路灯坏了" * 50_000
    assert examples_read(written(tmp_path / "a.csv", [("市政", text)])).accepted[0].text == text


def test_public_messages_reach_what_was_promised_on_one_split(shared_data: Path) -> None:
    """One fifth held back; python -m bench routing measures all five."""
    path = shared_data / "complaints" / "tipdm2020_a2_labelled_dev.csv"
    if not path.is_file():
        pytest.skip("complaints/tipdm2020_a2_labelled_dev.csv is absent")
    every = examples_read(path).accepted
    router = Router.train([one for at, one in enumerate(every) if at % 5])
    asked = every[::5]
    said = router.suggest_many([one.text for one in asked])
    curve = coverage_curve([one.label for one in asked], [one.label for one in said], [one.confidence for one in said])
    found = {point.coverage: point.macro_f1 for point in curve}
    assert found[1.0] >= 0.87 and found[0.8] >= 0.92
