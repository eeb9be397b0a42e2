"""Running cases follow a new version in bulk, and go back byte by byte: their state, their work and what they wait to hear."""

from __future__ import annotations

import pytest
from bpmnfiles import CODES
from casecity import SYSTEM, CaseCity, finish, open_works, straight, task, work_at

from yiwang.flow.core.process.comparing import Verdict, carried
from yiwang.flow.core.process.replaying import replay
from yiwang.flow.core.process.state import State
from yiwang.flow.definitions import definition_of
from yiwang.flow.models import Case, CaseStep, Migration, Wait
from yiwang.flow.processrows import bpmn_of
from yiwang.flow.selectors import case_get, case_steps
from yiwang.flow.service import MigrationReport, case_suspend, cases_migrate, migration_revert, process_draft_save
from yiwang.flow.steps import event_of
from yiwang.kernel.core.actor import Role
from yiwang.kernel.errors import NotFound, Refused
from yiwang.kernel.models import AuditLine
from yiwang.rules.errors import VersionMoved

A, B, D = task("a"), task("b"), task("d")


def version_of(case: Case) -> int:
    return Case.objects.select_related("process").get(pk=case.pk).process.number


def move(to: int = 2, **more: object) -> MigrationReport:
    return cases_migrate(actor=SYSTEM, process_id="flow", to=to, dry_run=False, **more)  # type: ignore[arg-type]


def rows_of(case: Case) -> tuple[object, ...]:
    """All that a move may touch, but the history."""
    found = Case.objects.get(pk=case.pk)
    works = [(work.number, work.form_id, work.role, work.closed_at) for work in open_works(found)]
    return (
        found.state,
        found.process_id,
        works,
        sorted(Wait.objects.filter(case=case).values_list("kind", "name", "key")),
    )


def test_a_dry_run_judges_and_changes_nothing(cases: CaseCity) -> None:
    cases.process("flow", straight(A, B))
    standing, further = cases.opened("flow"), cases.opened("flow")
    finish(further, "a")
    cases.process("flow", straight(B))
    before = rows_of(standing), rows_of(further), AuditLine.objects.count()
    report = cases_migrate(actor=SYSTEM, process_id="flow", to=2)
    told = {row.number: (row.verdict.value, row.moved) for row in report.rows}
    assert told == {standing.number: ("forbidden", False), further.number: ("consent", False)}
    assert report.rows[0].reasons[0].zh == "办件停在任务“a办理”，新版本里没有了"
    assert (report.batch, report.count(Verdict.FORBIDDEN), report.count(Verdict.SAFE)) == ("", 1, 0)
    assert (rows_of(standing), rows_of(further), AuditLine.objects.count()) == before


def test_safe_cases_move_at_once_and_others_with_consent_only(cases: CaseCity) -> None:
    cases.process("flow", straight(A, B))
    one, two = cases.opened("flow"), cases.opened("flow")
    cases.process("flow", straight(A, B, D))
    assert [row.moved for row in move().rows] == [False, False]
    report = move(consent=[two.number])
    assert {row.number: row.moved for row in report.rows} == {one.number: False, two.number: True}
    assert (version_of(one), version_of(two)) == (1, 2)
    finish(two, "a")
    finish(two, "b")
    assert [work.node for work in open_works(two)] == ["d"]


def test_a_new_version_that_says_the_same_moves_all_that_run(cases: CaseCity) -> None:
    cases.process("flow", straight(A, B))
    running, ended = cases.opened("flow"), cases.opened("flow")
    finish(ended, "a")
    finish(ended, "b")
    cases.process("flow", straight(A, B).replace('name="a办理"', 'name="甲办理"'))
    report = move()
    assert [(row.number, row.verdict.value, row.moved) for row in report.rows] == [(running.number, "safe", True)]
    told = move(numbers=[ended.number])
    assert [(row.verdict.value, row.moved, told.batch) for row in told.rows] == [("forbidden", False, "")]
    assert version_of(ended) == 1


def test_open_work_takes_the_new_form_and_role_and_gives_them_back(cases: CaseCity) -> None:
    cases.process("flow", straight(task("a", form="old"), B))
    case = cases.opened("flow")
    cases.process("flow", straight(task("a", form="new", role="staff"), B))
    before = rows_of(case)
    report = move(consent=[case.number])
    work = work_at(case, "a")
    assert (work.form_id, work.role) == ("new", "staff")
    assert rows_of(case) != before
    back = migration_revert(actor=SYSTEM, batch=report.batch)
    assert [(row.number, row.moved) for row in back.rows] == [(case.number, True)]
    assert rows_of(case) == before


def test_a_batch_goes_back_byte_by_byte_even_where_the_state_was_trimmed(cases: CaseCity) -> None:
    cases.process("flow", straight(A, B))
    case = cases.opened("flow")
    finish(case, "a")
    before = rows_of(case)
    cases.process("flow", straight(B))
    report = move(consent=[case.number])
    assert rows_of(case)[0] != before[0]
    migration_revert(actor=SYSTEM, batch=report.batch)
    assert rows_of(case) == before
    finish(case, "b")
    assert case.status == "completed"


def test_a_case_that_moved_on_stays_and_is_told(cases: CaseCity) -> None:
    cases.process("flow", straight(A, B))
    one, two = cases.opened("flow"), cases.opened("flow")
    cases.process("flow", straight(A, B, D))
    report = move(consent=[one.number, two.number])
    finish(one, "a")
    back = migration_revert(actor=SYSTEM, batch=report.batch)
    assert {row.number: row.moved for row in back.rows} == {one.number: False, two.number: True}
    assert next(row for row in back.rows if not row.moved).reasons[0].en.startswith("the case has moved on since")
    assert (version_of(one), version_of(two)) == (2, 1)
    again = migration_revert(actor=SYSTEM, batch=report.batch)
    assert [(row.number, row.moved) for row in again.rows] == [(one.number, False)]


def test_a_suspended_case_moves_and_being_suspended_after_is_moving_on(cases: CaseCity) -> None:
    cases.process("flow", straight(A, B))
    case = cases.opened("flow")
    cases.process("flow", straight(A, B, D))
    report = move(consent=[case.number])
    case_suspend(actor=SYSTEM, number=case.number, reason="other", text="等材料")
    assert [row.moved for row in migration_revert(actor=SYSTEM, batch=report.batch).rows] == [False]


def test_batches_one_on_the_other_go_back_in_turn(cases: CaseCity) -> None:
    cases.process("flow", straight(A, B))
    case = cases.opened("flow")
    before = rows_of(case)
    cases.process("flow", straight(A, B, D))
    cases.process("flow", straight(A, D))
    first, second = move(2, consent=[case.number]), move(3, consent=[case.number])
    assert [row.moved for row in migration_revert(actor=SYSTEM, batch=first.batch).rows] == [False]
    assert [row.moved for row in migration_revert(actor=SYSTEM, batch=second.batch).rows] == [True]
    assert [row.moved for row in migration_revert(actor=SYSTEM, batch=first.batch).rows] == [True]
    assert rows_of(case) == before


def test_what_a_case_waits_to_hear_follows_and_comes_back(cases: CaseCity) -> None:
    def waiting(signal: str) -> str:
        body = (
            f'<intermediateCatchEvent id="wait"><signalEventDefinition signalRef="{signal}"/></intermediateCatchEvent>'
        )
        return straight(body)

    around = CODES + '<signal id="s2" name="storm"/>'
    cases.process("flow", waiting("s"), around=around)
    case = cases.opened("flow")
    cases.process("flow", waiting("s2"), around=around)
    report = move(consent=[case.number])
    assert list(Wait.objects.values_list("name", flat=True)) == ["storm"]
    migration_revert(actor=SYSTEM, batch=report.batch)
    assert list(Wait.objects.values_list("name", flat=True)) == ["flood"]


def test_history_audit_and_note_tell_of_the_move(cases: CaseCity) -> None:
    cases.process("flow", straight(A, B))
    case = cases.opened("flow")
    cases.process("flow", straight(A, B, D))
    batch = move(consent=[case.number]).batch
    migration_revert(actor=SYSTEM, batch=batch)
    steps = [(step.kind, step.event) for step in CaseStep.objects.filter(case=case).order_by("number")][-2:]
    assert steps == [
        ("migrated", {"batch": batch, "from": 1, "to": 2, "consent": True}),
        ("migration_reverted", {"batch": batch, "from": 2, "to": 1}),
    ]
    assert [step.kind for step in case_steps(SYSTEM, case.number)][-2:] == ["migrated", "migration_reverted"]
    assert case_get(SYSTEM, case.number) is not None
    acts = AuditLine.objects.filter(act__startswith="case.migrat").values_list("act", "object_kind")
    assert sorted(acts) == [
        ("case.migrate", "case"), ("case.migrate", "migration"),
        ("case.migration-revert", "case"), ("case.migration-revert", "migration"),
    ]  # fmt: skip
    notes = [(note.text_zh, note.is_public) for note in case.notes.filter(kind="migration").order_by("id")]
    assert notes == [("流程由第 1 版改为第 2 版", False), ("撤销迁移，流程回到第 1 版", False)]


def test_only_who_may_moves_cases_and_only_those_of_their_departments(cases: CaseCity) -> None:
    cases.process("flow", straight(A, B))
    own, other = cases.opened("flow"), cases.opened("flow", department="water")
    cases.process("flow", straight(A, B, D))
    staff, lead = cases.person("staff", "civil"), cases.person("lead", "civil", Role.DATA_LEAD)
    with pytest.raises(Refused):
        cases_migrate(actor=staff, process_id="flow", to=2)
    report = cases_migrate(actor=lead, process_id="flow", to=2, dry_run=False, consent=[own.number, other.number])
    assert {row.number: row.moved for row in report.rows} == {own.number: True, other.number: False}
    with pytest.raises(Refused):
        migration_revert(actor=staff, batch=report.batch)


def test_no_case_is_moved_to_what_never_held_or_is_not_there(cases: CaseCity) -> None:
    version = cases.process("flow", straight(A, B))
    case = cases.opened("flow")
    draft = process_draft_save(actor=SYSTEM, process_id="flow", bpmn=bpmn_of(version))
    with pytest.raises(VersionMoved):
        move(draft.number)
    for call in (
        lambda: move(9),
        lambda: move(1, numbers=["nothing"]),
        lambda: migration_revert(actor=SYSTEM, batch="m-0"),
    ):
        with pytest.raises(NotFound):
            call()
    assert move(1, numbers=[case.number]).rows == () and not Migration.objects.exists()


def test_the_steps_replayed_give_the_state_of_a_case_that_was_moved(cases: CaseCity) -> None:
    cases.process("flow", straight(A, B))
    case = cases.opened("flow")
    finish(case, "a")
    cases.process("flow", straight(B, D))
    first = move(2, consent=[case.number])
    assert replayed(case) == rows_of(case)[0]
    migration_revert(actor=SYSTEM, batch=first.batch)
    assert replayed(case) == rows_of(case)[0]
    move(2, consent=[case.number])
    finish(case, "b")
    finish(case, "d")
    assert replayed(case) == Case.objects.get(pk=case.pk).state


def replayed(case: Case) -> str:
    """The state that the case's steps give, each by the version it names."""
    state, before = State(), []
    for one in CaseStep.objects.filter(case=case).select_related("process").order_by("number"):
        definition = definition_of(one.process)
        if one.kind == "migrated":
            before.append(state)
            state = carried(state, definition)
        elif one.kind == "migration_reverted":
            state = before.pop()
        else:
            state = replay(definition, [(event_of(one.kind, one.event), one.at)], state)
    return state.dumps()
