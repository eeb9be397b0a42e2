"""A rule is tried on its own examples before its pack can be installed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from yiwang.data.kinds import resource_check
from yiwang.data.schema import DUTIES, ResourceFile
from yiwang.kernel.core.pack import Manifest, Pack, View
from yiwang.kernel.core.text import Text

TITLE = {"zh": "试验", "en": "Trial"}


def rule(id: str, kind: str, *fields: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "title": TITLE, "kind": kind, "fields": list(fields)} | more


def found(*rules: dict[str, Any]) -> list[str]:
    """What the check says of a resource of three text fields (b holds dates) with these rules, as `rule: finding`."""
    file = ResourceFile.model_validate(
        {
            "id": "trial",
            "code": "TEST/trial",
            "title": TITLE,
            "summary": TITLE,
            "category": "department",
            "provider": "civil",
            "share": {"type": "unconditional"},
            "update": {"cycle": "daily"},
            "published": date(2026, 1, 1),
            "duties": dict.fromkeys(DUTIES, "civil"),
            "key": ["a"],
            "fields": [
                {"id": "a", "title": TITLE},
                {"id": "b", "title": TITLE, "semantic": "date"},
                {"id": "c", "title": TITLE},
            ],
            "rules": list(rules),
        }
    )
    text = Text(zh="试验", en="Trial")
    pack = Pack(Manifest(id="trial", version="1.0.0", title=text, summary=text, department="civil"), Path(), {})
    findings = list(resource_check("resources/trial.yaml", file, View(pack, {"resources": {"x": file}}, {})))
    return [f"{f.where.removeprefix('trial/resources/trial.yaml ')}: {f.en}" for f in findings]


def test_rules_that_hold_on_their_examples_are_not_mentioned() -> None:
    sound = [
        rule("known", "in_list", "c", values=["x"], bad=[{"c": "y"}], good=[{"c": "x"}]),
        rule("once", "unique", "c", bad=[{"a": "1", "c": "x"}, {"a": "2", "c": "x"}], good=[{"a": "1", "c": "x"}]),
        rule("there", "foreign_key", "c", references="trial.a", bad=[{"c": "y"}], good=[{"c": "x"}]),
    ]
    assert found(*sound) == []


def test_a_bad_example_that_passes_is_a_finding_even_beside_one_that_is_caught() -> None:
    late = rule("late", "range", "b", min="2000-01-01", bad=[{"b": "1999-12-31"}, {"b": "2001-01-01"}])
    assert found(late) == ["rule late: the rule does not catch its bad example"]


def test_a_good_example_that_is_refused_is_a_finding_of_that_rule_alone() -> None:
    strict = rule("strict", "in_list", "c", values=["x"], bad=[{"c": "y"}], good=[{"c": "z"}])
    sound = rule("form", "pattern", "c", pattern="[a-z]", bad=[{"c": "1"}], good=[{"c": "z"}])
    assert found(strict, sound) == ["rule strict: the rule refuses its good example"]


def test_two_rules_of_one_reference_do_not_lend_each_other_their_good_values() -> None:
    one = rule("one", "foreign_key", "c", references="trial.a", bad=[{"c": "y"}], good=[{"c": "x"}])
    two = rule("two", "foreign_key", "a", references="trial.a", bad=[{"a": "x"}], good=[{"a": "y"}])
    assert found(one, two) == []


def test_two_fields_of_one_resource_may_be_referred_to() -> None:
    one = rule("one", "foreign_key", "c", references="trial.a", bad=[{"c": "y"}], good=[{"c": "x"}])
    two = rule("two", "foreign_key", "a", references="trial.c", bad=[{"a": "x"}], good=[{"a": "y"}])
    assert found(one, two) == []


def test_a_reference_without_a_good_example_is_a_finding() -> None:
    assert "rule there: a foreign key rule needs a good example" in found(
        rule("there", "foreign_key", "c", references="trial.a", bad=[{"c": "y"}])
    )


def test_a_rule_that_cannot_run_is_named_and_the_others_are_still_tried() -> None:
    broken = rule("broken", "pattern", "c", pattern="[", bad=[{"c": "y"}])
    weak = rule("weak", "in_list", "c", values=["y"], bad=[{"c": "y"}])
    told = found(broken, weak)
    assert [line.split(":")[0] for line in told] == ["rule broken", "rule weak"]
    assert "the rule cannot run" in told[0]
