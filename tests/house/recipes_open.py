"""For each service of open data, a call that must leave an audit line."""

from __future__ import annotations

from functools import partial

from smallcity import RESOURCE, Recipe, World, pack, resource_file

from yiwang.data import service as data
from yiwang.kernel.core.actor import Actor, Role
from yiwang.kernel.core.text import Text

EXEMPT = {
    "open_count": "counts fetches of open data by day; a line would say who fetched it",
}
CITY = frozenset({"civil", "city"})
LEAD = Actor("account:lead", "lead", scopes={Role.DATA_LEAD: CITY})
LEADER = Actor("account:leader", "leader", scopes={Role.LEADER: CITY})
WORDS = data.SetWords(
    id="small-open",
    title=Text(zh="小表", en="Small list"),
    summary=Text(zh="试", en="A trial"),
    theme="livelihood",
    licence="CC0-1.0",
)


def release_offer(world: World) -> partial[object]:
    world.loaded()
    file = resource_file().model_copy(update={"open": resource_file().open.model_copy(update={"allowed": True})})
    data.resource_install(actor=world.actor, file=file, pack=pack("1.0.1"))
    return partial(
        data.release_offer, actor=world.actor, resource_id=RESOURCE, words=WORDS, fields=["number", "remark"]
    )


def _offered(world: World) -> int:
    row = release_offer(world)()
    return int(row.pk)  # type: ignore[attr-defined]


def release_review(world: World) -> partial[object]:
    return partial(data.release_review, actor=LEAD, release_id=_offered(world), agree=True, reason="")


def _reviewed(world: World) -> int:
    number = _offered(world)
    data.release_review(actor=LEAD, release_id=number, agree=True, reason="")
    return number


def release_publish(world: World) -> partial[object]:
    return partial(data.release_publish, actor=LEADER, release_id=_reviewed(world), agree=True, reason="")


def release_renew(world: World) -> partial[object]:
    data.release_publish(actor=LEADER, release_id=_reviewed(world), agree=True, reason="")
    path = world.folder / "more.csv"
    path.write_text("编号,说明\n9,x\n", encoding="utf-8")
    data.load_run(actor=world.actor, resource_id=RESOURCE, path=path, file_name="more.csv")
    return partial(data.release_renew, actor=world.actor, set_id=WORDS.id)


def release_withdraw(world: World) -> partial[object]:
    return partial(data.release_withdraw, actor=world.actor, release_id=_offered(world), reason="有误")


RECIPES: dict[str, Recipe] = {
    recipe.__name__: recipe
    for recipe in (release_offer, release_publish, release_renew, release_review, release_withdraw)
}
