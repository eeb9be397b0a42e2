"""Pack tests of processes: `when: {walk: {process: id, steps: […]}}` takes a made-up case along its diagram, step by step.

Nothing is kept: the reducer runs in memory; actions and decisions answer what `given` says, an action it does not name answers nothing.

    given: {at: 2026-03-02T09:00, answers: {…}, item: petition, decisions: {legal-aid-means: {…}}, results: {duty.find: {…}}}
    when:
      walk:
        process: petition
        steps:
          - {done: register, with: {accepted: true, department: civil-affairs}}
          - {send_back: handle, to: register, redo: true, reason: …}
          - {timer: review-time}        - {message: ask-review, with: {…}}
          - {suspend: supplement}       - {resume: true}        - {withdraw: 撤回申请}
          - {record: inspect}: a recording is bound to that step
    then: {open: [handle], notes: [...], actions: [...], gaps: [...], ended: null, due: 2026-05-01}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yiwang.flow.core.process import effects as fx
from yiwang.flow.core.process import events as ev
from yiwang.flow.core.process.nodes import Definition, UserTask
from yiwang.flow.core.process.reducing import begin, step
from yiwang.flow.core.process.state import State
from yiwang.flow.recordinggaps import recorded_steps
from yiwang.flow.schema import ItemFile
from yiwang.kernel.core.budget import Budget
from yiwang.kernel.core.clock import Clock, due
from yiwang.kernel.core.pack import View
from yiwang.kernel.core.suspension import Reason, Suspension, read_moment
from yiwang.kernel.errors import PackError, YiwangError
from yiwang.kernel.selectors import calendar_at_hand

WHO = "tester"


@dataclass
class _Walk:
    """A case that nobody keeps."""

    definition: Definition
    decisions: Mapping[str, Any]
    results: Mapping[str, Any]
    where: str
    now: datetime
    state: State
    works: dict[int, fx.WorkOpened] = field(default_factory=dict)
    timers: dict[str, fx.TimerSet] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    closings: list[str] = field(default_factory=list)
    pauses: list[tuple[datetime, datetime | None, str]] = field(default_factory=list)
    recorded: set[str] = field(default_factory=set)
    ended: fx.Ended | None = None

    def take(self, event: ev.Event) -> None:
        waiting = [event]
        while waiting:
            done = step(self.definition, self.state, waiting.pop(0), self.now)
            if not done.taken:
                raise _cannot(self.where, f"没有环节在等 {event}", f"nothing waits for {event}")
            self.state = done.state
            for effect in done.effects:
                follows = self._effect(effect)
                if follows is not None:
                    waiting.append(follows)

    def _effect(self, effect: fx.Effect) -> ev.Event | None:
        match effect:
            case fx.WorkOpened():
                self.works[effect.work] = effect
            case fx.WorkClosed():
                gone = self.works.pop(effect.work)
                self.closings.append(f"{gone.node}: {effect.how}")
            case fx.TimerSet():
                self.timers[effect.timer] = effect
            case fx.TimerDropped():
                self.timers.pop(effect.timer, None)
            case fx.ActionAsked():
                self.actions.append(effect.name)
                if effect.name == "case.note":
                    self.notes.append(str(effect.arguments.get("text")))
                return ev.ActionDone(effect.token, self.results.get(effect.name))
            case fx.DecisionAsked():
                if effect.decision not in self.decisions:
                    raise _cannot(
                        self.where,
                        f"given.decisions 没有 {effect.decision}",
                        f"given.decisions lacks {effect.decision}",
                    )
                return ev.Decided(effect.token, self.decisions[effect.decision])
            case fx.MessageSent():
                self.messages.append(effect.name)
            case fx.Ended():
                self.ended = effect
            case fx.Stuck():
                raise _cannot(self.where, f"停在 {effect.node}：{effect.zh}", f"stuck at {effect.node}: {effect.en}")
        return None

    def work_at(self, node: str, who: str) -> int:
        found = [w for w in self.works.values() if w.node == node]
        named = [w for w in found if who in (w.assignee, w.department)]
        if not found:
            here = ", ".join(sorted({w.node for w in self.works.values()})) or "-"
            raise _cannot(self.where, f"{node} 没有待办；现在待办：{here}", f"no work is open at {node}; open: {here}")
        return (named or found)[0].work


def walk_verb(given: dict[str, Any], argument: Any, view: View) -> dict[str, Any]:
    """`when: {walk: {process, steps}}`. Answers open, notes, actions, messages, closings, gaps, counts, values, ended and due."""
    where = f"{view.pack.manifest.id}/tests"
    definition = _definition(argument, view, where)
    now = read_moment(str(given.get("at") or ""))
    walk = _Walk(definition, given.get("decisions") or {}, given.get("results") or {}, where, now, begin(definition))
    refused: YiwangError | None = None
    try:
        walk.take(ev.Started(given.get("answers") or {}))
        for said in argument.get("steps") or ():
            if "at" in said:
                walk.now = read_moment(str(said["at"]))
            _do(walk, said)
    except PackError:
        raise
    except YiwangError as error:
        refused = error
    return {
        "open": sorted(work.node for work in walk.works.values()),
        "notes": walk.notes,
        "actions": walk.actions,
        "messages": walk.messages,
        "closings": walk.closings,
        "gaps": sorted(recorded_steps(definition) & _done_at(walk) - walk.recorded),
        "timers": sorted(timer.node for timer in walk.timers.values()),
        "values": dict(walk.state.values),
        "ended": walk.ended.outcome.value if walk.ended else None,
        "refused": refused.code if refused else None,
        "due": _due(given, view, walk, now, where),
    }


def _definition(argument: Any, view: View, where: str) -> Definition:
    wanted = argument.get("process") if isinstance(argument, Mapping) else None
    for reading in view.every("processes"):
        for definition in reading.definitions:
            if definition.id == wanted:
                found: Definition = definition
                return found
    raise _cannot(where, f"没有流程 {wanted}", f"there is no process {wanted}")


def _done(walk: _Walk, said: Mapping[str, Any]) -> ev.Event:
    who = str(said.get("who") or WHO)
    return ev.WorkDone(walk.work_at(said["done"], who), who, said.get("with") or {})


def _timer(walk: _Walk, said: Mapping[str, Any]) -> ev.Event:
    for key, timer in tuple(walk.timers.items()):
        if timer.node == said["timer"]:
            # A timer that fired is gone; a cycle is set anew.
            del walk.timers[key]
            return ev.TimerFired(key)
    raise _cannot(walk.where, f"没有计时 {said['timer']}", f"no timer is set at {said['timer']}")


def _suspended(walk: _Walk, said: Mapping[str, Any]) -> ev.Event:
    walk.pauses.append((walk.now, None, str(said["suspend"])))
    return ev.Suspended(WHO, str(said["suspend"]), str(said.get("reason") or ""))


def _resumed(walk: _Walk, said: Mapping[str, Any]) -> ev.Event:
    begun, _, reason = walk.pauses.pop()
    walk.pauses.append((begun, walk.now, reason))
    return ev.Resumed(WHO)


def _who(said: Mapping[str, Any]) -> str:
    return str(said.get("who") or WHO)


_STEPS: dict[str, Callable[[_Walk, Mapping[str, Any]], ev.Event]] = {
    "done": _done,
    "timer": _timer,
    "message": lambda walk, said: ev.MessageCame(said["message"], said.get("key"), said.get("with") or {}),
    "signal": lambda walk, said: ev.SignalCame(said["signal"], said.get("with") or {}),
    "send_back": lambda walk, said: ev.SentBack(
        walk.work_at(said["send_back"], _who(said)),
        _who(said),
        said["to"],
        bool(said["redo"]),
        said.get("reason") or "",
    ),
    "begin": lambda walk, said: ev.WorkBegun(walk.work_at(said["begin"], _who(said)), _who(said)),
    "hand_over": lambda walk, said: ev.HandedOver(
        walk.work_at(said["hand_over"], _who(said)), _who(said), said.get("to") or "", said.get("department") or ""
    ),
    "add_signer": lambda walk, said: ev.SignerAdded(
        walk.work_at(said["add_signer"], _who(said)), _who(said), said["signer"], bool(said["before"])
    ),
    "suspend": _suspended,
    "resume": _resumed,
    "withdraw": lambda walk, said: ev.Withdrawn(WHO, str(said["withdraw"])),
}


def _done_at(walk: _Walk) -> set[str]:
    """The tasks that were finished, whatever became of others at the same place."""
    return {node for node, _, how in (said.rpartition(": ") for said in walk.closings) if how == "done"}


def _record(walk: _Walk, said: Mapping[str, Any]) -> None:
    if not isinstance(walk.definition.nodes.get(said["record"]), UserTask):
        raise _cannot(walk.where, f"没有环节 {said['record']}", f"there is no task {said['record']}")
    walk.recorded.add(said["record"])


def _do(walk: _Walk, said: Mapping[str, Any]) -> None:
    verbs = [name for name in (*_STEPS, "record") if name in said]
    if len(verbs) != 1:
        known = ", ".join((*_STEPS, "record"))
        raise _cannot(walk.where, f"一步恰写一个：{known}", f"a step says exactly one of: {known}")
    if verbs == ["record"]:
        # What is recorded changes nothing in how the process goes.
        _record(walk, said)
        return
    walk.take(_STEPS[verbs[0]](walk, said))


def _due(given: Mapping[str, Any], view: View, walk: _Walk, start: datetime, where: str) -> str | None:
    """The day the case is due by its item's limit; None without `item`, or while an open suspension keeps it unknown."""
    wanted = given.get("item")
    if not wanted:
        return None
    for item in view.every("items"):
        if isinstance(item, ItemFile) and item.id == wanted:
            limit = item.limit_of(given.get("answers") or {})
            pauses = tuple(Suspension(begun, end, Reason(reason)) for begun, end, reason in walk.pauses)
            moment = due(Clock(Budget.parse(limit.budget), start, calendar_at_hand(), pauses))
            return moment.date().isoformat() if moment else None
    raise _cannot(where, f"没有事项 {wanted}", f"there is no item {wanted}")


def _cannot(where: str, zh: str, en: str) -> PackError:
    return PackError(zh=zh, en=en, where=where)
