"""Decisions over everyone: counts, hits and a receipt; a draft against the version that holds; the same from both executors."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from decisioncity import AUTHOR, COMPANION, DAY, DECISION, SYSTEM, People, content, earlier_table, install, pack, table

from yiwang.config.place import Place
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.errors import InputError, Refused
from yiwang.kernel.models import AuditLine, Event
from yiwang.kernel.selectors import file_path, receipt_get
from yiwang.rules.compiled import groups
from yiwang.rules.core.feel.values import Value
from yiwang.rules.effects import masked
from yiwang.rules.prepared import prepared
from yiwang.rules.runs import Asked, trimmed
from yiwang.rules.selectors import MatchResult, PopulationNeeds, effect_needs, population_needs
from yiwang.rules.service import decision_draft_save, decision_effect, decision_take, population_match

ENGINES = ("duckdb://", "interpreter://")
PURPOSE = "免申即享筛查"


@pytest.fixture
def people(db: None, home: Place, tmp_path: Path) -> People:
    install()
    return People(tmp_path)


def match(people: People, engine: str = "duckdb://", **more: object) -> MatchResult:
    return population_match(
        actor=SYSTEM,
        decision_ids=[DECISION],
        population=people.population(),
        on=DAY,
        purpose=PURPOSE,
        engine=engine,
        **more,  # type: ignore[arg-type]
    )


def hits(result: MatchResult) -> list[tuple[object, ...]]:
    with duckdb.connect() as db:
        return db.execute(f"SELECT * FROM read_parquet('{file_path(result.hits)}') ORDER BY ALL").fetchall()


@pytest.mark.parametrize("engine", ENGINES)
def test_everyone_is_decided_as_one_would_be(people: People, engine: str) -> None:
    result = match(people, engine)
    (count,) = result.counts
    assert (count.subjects, count.granted, count.amount) == (4, 2, Decimal(250))
    assert [(r.number, r.basis, r.subjects) for r in count.rules] == [
        (1, "某办法 第三条", 2),
        (2, "某办法 第三条第一项", 1),
        (3, "某办法 第三条第二项", 1),
    ]
    assert hits(result) == [(DECISION, "1001", Decimal(100), 2), (DECISION, "1002", Decimal(150), 3)]
    for number, born, kind in people.rows:
        facts = {"people.born": born, "people.kind": kind}
        one = decision_take(actor=SYSTEM, decision_id=DECISION, facts=facts, on=DAY)
        assert one.granted == any(row[1] == number for row in hits(result))


def test_both_executors_keep_the_same_list(people: People) -> None:
    assert len({match(people, engine).hits for engine in ENGINES}) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_a_subject_no_rule_decides_counts_under_none(people: People, engine: str) -> None:
    odd = People(people.folder, [("1", "1940-01-01", None), ("2", "1940-01-01", "城镇")])
    (count,) = match(odd, engine).counts
    assert (count.subjects, count.granted, [(r.number, r.subjects) for r in count.rules]) == (2, 1, [(0, 1), (2, 1)])


@pytest.mark.parametrize("engine", ENGINES)
def test_an_empty_population_has_empty_counts(people: People, engine: str) -> None:
    (count,) = match(People(people.folder, []), engine).counts
    assert (count.subjects, count.granted, count.amount, count.rules) == (0, 0, None, ())


def test_a_match_leaves_receipt_line_and_event(people: People) -> None:
    result = match(people)
    body = receipt_get(result.receipt).body
    assert body["inputs"]["tables"] == {"people": 3} and body["outputs"]["hits"] == result.hits
    line = AuditLine.objects.filter(act="decision.match").get()
    assert (line.object_id, line.purpose) == ("people", PURPOSE)
    assert Event.objects.filter(name="decision.matched").count() == 1


def test_a_purpose_is_asked_for(people: People) -> None:
    with pytest.raises(InputError, match="purpose"):
        population_match(actor=SYSTEM, decision_ids=[DECISION], population=people.population(), on=DAY, purpose="看")


def test_an_engine_that_is_not_there_is_told(people: People) -> None:
    with pytest.raises(InputError, match="no engine"):
        match(people, "mysql://nowhere")


def test_who_may_not_run_decisions_over_everyone_gets_no_needs(people: People) -> None:
    clerk = Actor("account:clerk", "clerk", department="civil", scopes={Role.STAFF: frozenset({"civil"})})
    with pytest.raises(Refused):
        population_needs(clerk, [DECISION])
    with pytest.raises(Refused):
        population_match(actor=clerk, decision_ids=[DECISION], population=people.population(), on=DAY, purpose=PURPOSE)


def test_a_population_without_a_field_it_takes_is_refused(people: People) -> None:
    needs = population_needs(SYSTEM, [DECISION])
    less = PopulationNeeds(needs.resource, needs.key, needs.columns[:1])
    with pytest.raises(InputError, match=r"lacks: people\.kind"):
        population_match(
            actor=SYSTEM, decision_ids=[DECISION], population=people.population(less), on=DAY, purpose=PURPOSE
        )


def test_needs_tell_fields_and_joins(db: None, home: Place) -> None:
    joined = COMPANION.replace("from: people.kind", "from: homes.kind, by: owner, match: home, newest: since")
    install(pack(companion=joined))
    needs = population_needs(SYSTEM, [DECISION])
    assert (needs.resource, needs.key, needs.resources) == ("people", "number", ("people", "homes"))
    other = next(column for column in needs.columns if column.resource == "homes")
    assert (other.field, other.by, other.match, other.newest) == ("kind", "owner", "home", "since")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("subject: {resource: people, key: number, title: {zh: 居民, en: resident}}\n", "", "names no subject"),
        (", from: people.kind", "", "has no source"),
    ],
)
def test_a_decision_that_does_not_say_whom_or_whence_cannot_run_over_everyone(
    db: None, home: Place, old: str, new: str, said: str
) -> None:
    install(pack(companion=COMPANION.replace(old, new)))
    with pytest.raises(InputError, match=said):
        population_needs(SYSTEM, [DECISION])


def test_a_draft_is_held_against_the_version_that_holds(people: People) -> None:
    number = decision_draft_save(actor=AUTHOR, decision_id=DECISION, dmn=earlier_table(30)).number
    effect = decision_effect(
        actor=AUTHOR,
        decision_id=DECISION,
        number=number,
        population=people.population(effect_needs(AUTHOR, DECISION, number)),
        on=DAY,
        purpose="看看对全市的影响",
    )
    assert (effect.before.granted, effect.after.granted, effect.newly_granted, effect.no_longer_granted) == (2, 4, 2, 0)
    assert (effect.gain, effect.lose, effect.same, effect.change) == (2, 0, 2, Decimal(250))
    assert [(s.was_granted, s.is_granted, s.after) for s in effect.gainers] == [(False, True, 150), (False, True, 100)]
    assert AuditLine.objects.filter(act="decision.effect", purpose="看看对全市的影响").count() == 1


def test_who_gets_less_loses_and_who_gets_more_gains(people: People) -> None:
    dearer = table([(("< 80", "-"), ('"不符合"', "0"), "第三条"), ((">= 80", '"城镇"'), ('"符合"', "90"), "第三条"),
                    ((">= 80", '"农村"'), ('"符合"', "标准 * 2"), "第三条")])  # fmt: skip
    number = decision_draft_save(actor=AUTHOR, decision_id=DECISION, dmn=dearer).number
    effect = decision_effect(
        actor=AUTHOR, decision_id=DECISION, number=number, population=people.population(), on=DAY, purpose=PURPOSE
    )
    assert (effect.gain, effect.lose, effect.change) == (1, 1, Decimal(40))
    assert [(s.subject, s.before, s.after) for s in effect.losers] == [("**01", 100, 90)]


def test_a_subject_is_masked_where_it_is_shown() -> None:
    assert masked("239901198503152018") == "2399************18"
    assert masked("1001") == "**01" and masked("7") == "7"


def asked(name: str, fixed: dict[str, Value]) -> tuple[Asked, dict[str, Value]]:
    companion = COMPANION.replace("id: allowance", f"id: {name}", 1)
    found = prepared(content(companion=companion))
    return Asked(found, 1, {"年龄": "年龄", "户籍": "户籍"}), fixed


def test_decisions_share_a_plan_only_where_names_mean_the_same() -> None:
    one, first = asked("one", {"标准": Decimal(100)})
    other, second = asked("other", {"标准": Decimal(100)})
    assert len(groups([one, other], {"one": first, "other": second})) == 2, "both call their decision 津贴"


def test_an_amount_reads_the_same_from_every_engine() -> None:
    assert [str(trimmed(Decimal(text))) for text in ("250.000000", "0.5", "0.1250")] == ["250.00", "0.50", "0.125"]
