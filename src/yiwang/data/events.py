"""What the data engine tells the rest of the house."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from yiwang.kernel.core.text import Text
from yiwang.kernel.service import event_declare


class _Payload(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ResourceInstalled(_Payload):
    resource: str
    created: bool


class LoadFinished(_Payload):
    load: int
    resource: str
    rejected: int


class DemandChanged(_Payload):
    demand: int
    state: str


class DataDestroyed(_Payload):
    resource: str
    receipt: str


class OpenChanged(_Payload):
    set: str
    release: int
    state: str


RESOURCE_INSTALLED = event_declare(
    "resource.installed", ResourceInstalled, Text(zh="目录登记或更新了资源", en="a resource was registered or renewed")
)
LOAD_FINISHED = event_declare("load.finished", LoadFinished, Text(zh="一次归集已完成", en="a load is done"))
DEMAND_CHANGED = event_declare("demand.changed", DemandChanged, Text(zh="数据需求有进展", en="a data demand moved on"))
DATA_DESTROYED = event_declare("data.destroyed", DataDestroyed, Text(zh="数据已销毁", en="data was destroyed"))
OPEN_CHANGED = event_declare("open.changed", OpenChanged, Text(zh="开放数据有变化", en="open data changed"))
