"""For each service of the data engine, a call that must leave an audit line."""

from __future__ import annotations

from functools import partial

import recipes_exchange
import recipes_open
import recipes_products
import recipes_rules
from smallcity import RESOURCE, Recipe, World, pack, resource_file

from yiwang.data import service as data
from yiwang.data.models import Load, SensitiveFinding

EXEMPT = {
    **recipes_exchange.EXEMPT,
    **recipes_open.EXEMPT,
    "city_lists": "lists the files of a synthetic city; nothing is written",
    "city_score": "compares; the loads it runs leave their own lines",
    "city_write": "writes made-up people to a folder; the city is not touched",
    "lake_tidy_queue": "puts lake_tidy in the queue; the run leaves the line",
    "query_file": "copies an outside table to a scratch file; the load that takes it leaves the line",
}


def data_destroy(world: World) -> partial[object]:
    world.loaded()
    return partial(
        data.data_destroy, actor=world.actor, resource_id=RESOURCE, basis="an order", confirm_code="HOUSE-0001"
    )


def demand_answer(world: World) -> partial[object]:
    row = demand_file(world)()
    return partial(data.demand_answer, actor=world.actor, demand_id=row.pk, state="refused", basis="a law, article 1")


def demand_file(world: World) -> partial[object]:
    return partial(
        data.demand_file, actor=world.actor, title="要数据", need="某表", fields_wanted=["编号"], purpose="核对名单"
    )


def effect_start(world: World) -> partial[object]:
    number = recipes_rules.draft(world)
    return partial(
        data.effect_start,
        actor=world.actor,
        decision_id=recipes_rules.DECISION,
        number=number,
        on=recipes_rules.DAY,
        purpose="核对影响",
    )


def export_file(world: World) -> partial[object]:
    world.loaded()
    return partial(data.export_file, actor=world.actor, resource_id=RESOURCE, format="csv", purpose="核对名单")


def finding_decide(world: World) -> partial[object]:
    load = world.loaded()
    found = SensitiveFinding.objects.create(
        resource_id=RESOURCE, load=load, field="number", semantic="phone", grade=3, declared_grade=1, evidence=[]
    )
    return partial(data.finding_decide, actor=world.actor, finding_id=found.pk, confirm=True)


def lake_tidy(world: World) -> partial[object]:
    world.loaded()
    return partial(data.lake_tidy, actor=world.actor)


def load_mapping_confirm(world: World) -> partial[object]:
    load = world.waiting(Load.State.NEEDS_MAPPING)
    return partial(
        data.load_mapping_confirm, actor=world.actor, load_id=load.pk, mapping={"编号": "number", "说明": "remark"}
    )


def load_retry(world: World) -> partial[object]:
    return partial(data.load_retry, actor=world.actor, load_id=world.waiting(Load.State.FAILED).pk)


def load_run(world: World) -> partial[object]:
    world.resource()
    return partial(data.load_run, actor=world.actor, resource_id=RESOURCE, path=world.file(), file_name="list.csv")


def load_start(world: World) -> partial[object]:
    world.resource()
    return partial(data.load_start, actor=world.actor, resource_id=RESOURCE, path=world.file(), file_name="list.csv")


def rejected_correct(world: World) -> partial[object]:
    load = world.loaded()
    return partial(data.rejected_correct, actor=world.actor, load_id=load.pk, corrections={4: {"编号": "4"}})


def rejected_file(world: World) -> partial[object]:
    return partial(data.rejected_file, actor=world.actor, load_id=world.loaded().pk)


def resource_install(world: World) -> partial[object]:
    return partial(data.resource_install, actor=world.actor, file=resource_file(), pack=pack())


def stage_record(world: World) -> partial[object]:
    world.resource()
    return partial(data.stage_record, actor=world.actor, resource_id=RESOURCE, stage="archive", details={})


RECIPES: dict[str, Recipe] = (
    recipes_exchange.RECIPES
    | recipes_open.RECIPES
    | recipes_products.RECIPES
    | {
        recipe.__name__: recipe
        for recipe in (
            data_destroy,
            demand_answer,
            demand_file,
            effect_start,
            export_file,
            finding_decide,
            lake_tidy,
            load_mapping_confirm,
            load_retry,
            load_run,
            load_start,
            rejected_correct,
            rejected_file,
            resource_install,
            stage_record,
        )
    }
)
