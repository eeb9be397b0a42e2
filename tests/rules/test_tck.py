"""The conformance kit: all of it when it is at hand, and a kit of our own that proves the runner tells right from wrong."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest
from dmnfiles import NOON, decision, file, knowledge, literal, number_input
from typer.testing import CliRunner

from yiwang.cli.app import app
from yiwang.kernel.errors import InputError
from yiwang.rules.core.dmn.kit import Report, run_kit
from yiwang.rules.core.dmn.kitvalues import matches, read_tests
from yiwang.rules.core.feel.values import Date

ROOT = Path(__file__).resolve().parents[2]
KIT = Path(os.environ.get("YIWANG_TCK", ROOT.parent / "shared" / "tck"))
JAVA = '<functionDefinition kind="Java"><context/></functionDefinition>'


def result(name: str, value: str, error: bool = False, more: str = "") -> str:
    marked = ' errorResult="true"' if error else ""
    return f'<resultNode name="{name}"{marked}{more}><expected>{value}</expected></resultNode>'


def typed(kind: str, text: str) -> str:
    return f'<value xsi:type="xsd:{kind}">{text}</value>'


NULL = '<value xsi:nil="true"/>'


def written(*cases: str, model: str = "m.dmn") -> str:
    spaces = (
        'xmlns="http://www.omg.org/spec/DMN/20160719/testcase" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    )
    return f'<testCases {spaces} xmlns:xsd="urn:x"><modelName>{model}</modelName>{"".join(cases)}</testCases>'


def case(number: str, *parts: str, more: str = "") -> str:
    return f'<testCase id="{number}" {more}>{"".join(parts)}</testCase>'


MODEL = file(
    number_input("x"),
    decision("Half", literal("x / 2"), inputs="x"),
    decision("Words", literal('{a: ["p", null], day: date("2026-07-01")}')),
    decision("Nothing", literal("null + 1")),
    decision("Java", JAVA),
    decision("Broken", literal("1 +")),
    knowledge("twice", {"n": "number"}, literal("n * 2")),
    '<decisionService id="k-s" name="s"><variable name="s"/><outputDecision href="#d-Half"/><inputData href="#in-x"/></decisionService>',
)
X = f'<inputNode name="x">{typed("decimal", "5")}</inputNode>'
N = f'<inputNode name="n">{typed("decimal", "4")}</inputNode>'
WORDS = (
    f'<component name="a"><list><item>{typed("string", "p")}</item><item>{NULL}</item></list></component>'
    f'<component name="day">{typed("date", "2026-07-01")}</component>'
)
GOOD = (
    case("1", X, result("Half", typed("decimal", "2.5"))),
    case("2", result("Words", WORDS)),
    case("3", result("Nothing", NULL, error=True)),
    case("4", result("Broken", NULL, error=True)),
    case("5", X, result("Half", typed("double", "2.5")), more='type="decisionService" invocableName="s"'),
    case("6", N, result("twice", typed("decimal", "8")), more='type="bkm" invocableName="twice"'),
)
BAD = (
    case("7", X, result("Half", typed("decimal", "2.6"))),
    case("8", X, result("Half", typed("string", "2.5"))),
    case("9", result("Words", WORDS.replace("2026-07-01", "2026-07-02"))),
    case("10", X, result("Half", NULL)),
    case("11", result("Missing", NULL, error=True)),
    case("12", result("Broken", typed("decimal", "1"))),
    case("13", X, result("Half", typed("decimal", "2.5")), result("Nothing", typed("decimal", "1"))),
)
NAMED = (case("14", result("Java", typed("decimal", "1"))),)


def kit(folder: Path, *cases: str) -> Report:
    own = folder / "level" / "0001-own"
    own.mkdir(parents=True)
    (own / "m.dmn").write_bytes(MODEL)
    (own / "m-test-01.xml").write_text(written(*cases), encoding="utf-8")
    return run_kit(folder, NOON)


def test_right_expectations_pass(tmp_path: Path) -> None:
    report = kit(tmp_path, *GOOD)
    assert [one.case for one in report.outcomes if not one.passed] == []
    assert (report.passed, report.share, report.folders()) == (6, 1.0, {"level/0001-own": (6, 6)})


def test_wrong_expectations_fail_with_what_came_instead(tmp_path: Path) -> None:
    report = kit(tmp_path, *BAD)
    assert [one.case for one in report.outcomes if one.passed] == []
    assert report.missed[0].misses == ("Half: expected 2.6, got 2.5",)


def test_external_functions_are_refused_by_name_and_neither_passed_nor_missed(tmp_path: Path) -> None:
    report = kit(tmp_path, *GOOD, *NAMED)
    assert (report.passed, len(report.outcomes), len(report.missed), report.share) == (6, 7, 0, 1.0)
    assert "External functions (Java) are not supported" in report.refused[0].refused


def test_the_command_prints_each_folder_then_the_sum_and_fails_below_the_least_share(tmp_path: Path) -> None:
    kit(tmp_path, *GOOD, *BAD, *NAMED)
    done = CliRunner().invoke(app, ["tck", str(tmp_path), "--misses"])
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0] == "level/0001-own 6/14"
    assert done.stdout.splitlines()[-1] == "passed 6 of 14"
    assert "13 Nothing: expected 1, got null" in done.stdout
    assert CliRunner().invoke(app, ["tck", str(tmp_path), "--min", "0.5"]).exit_code == 1
    assert CliRunner().invoke(app, ["tck", str(tmp_path), "--min", "0.4"]).exit_code == 0


def test_the_command_prints_one_object_when_asked(tmp_path: Path) -> None:
    kit(tmp_path, *GOOD, *NAMED)
    told = json.loads(CliRunner().invoke(app, ["tck", str(tmp_path), "--json"]).stdout)
    assert (told["passed"], told["of"], told["misses"], len(told["refused"])) == (6, 7, [], 1)


def test_a_folder_without_test_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no test files"):
        run_kit(tmp_path, NOON)


def test_a_model_that_is_refused_whole_misses_every_case_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "m.dmn").write_bytes(file("<surprise/>"))
    (tmp_path / "m-test-01.xml").write_text(written(GOOD[0]), encoding="utf-8")
    (only,) = run_kit(tmp_path, NOON).outcomes
    assert "The element surprise is not known" in only.misses[0]


def test_numbers_match_exactly_or_as_doubles_do_and_other_values_exactly() -> None:
    assert matches(Decimal("2.718281828"), Decimal("2.7182818284590452353602874713526625"))
    assert not matches(Decimal("2.71828"), Decimal("2.7182818284590452353602874713526625"))
    assert not matches(Decimal(0), Decimal("1e-20"))
    assert not matches({"a": None}, {})
    assert not matches([None], [])
    assert not matches(None, Decimal(0))


def test_values_of_test_files_are_read_by_their_schema_types() -> None:
    found = read_tests(written(GOOD[1]).encode(), "t.xml")
    assert found.cases[0].results[0].expected == {"a": ["p", None], "day": Date(2026, 7, 1)}
    with pytest.raises(InputError, match="is no date"):
        read_tests(written(case("1", result("A", typed("date", "soon")))).encode(), "t.xml")


@pytest.mark.skipif(not KIT.is_dir(), reason="the conformance kit is absent; set YIWANG_TCK to its folder")
def test_the_whole_kit_passes_but_for_external_functions() -> None:
    report = run_kit(KIT, NOON)
    assert len(report.outcomes) > 3000
    assert [f"{one.folder} {one.case}: {'; '.join(one.misses)}" for one in report.missed] == []
    assert all("External functions" in one.refused for one in report.refused)
