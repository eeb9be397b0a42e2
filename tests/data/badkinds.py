"""What one row of the table of bad inputs says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Content = bytes | str | Callable[[], bytes | str]


@dataclass(frozen=True)
class Refused:
    """The whole file is refused with this error, and nothing changes."""

    code: str


@dataclass(frozen=True)
class Loaded:
    """So many records; those that are not accepted are rejected with these reasons. `note` is told with the load."""

    source: int
    accepted: int
    reasons: Mapping[str, int] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Leaves:
    """A cell that leaves the house reads so."""

    cell: str


@dataclass(frozen=True)
class Bad:
    """One kind of bad input. `how` names the way it comes in, where that is not a file that is loaded."""

    id: str
    zh: str
    en: str
    made: Content
    gets: Refused | Loaded | Leaves
    then_zh: str
    then_en: str
    name: str = "list.csv"
    resource: str = "people"
    how: str = "load"


SEND_WHOLE = ("重新导出后再报", "export it again and send it")
MEND_ROWS = (
    "在“被拒绝的行”中逐格改正，或下载改好后重报",
    "mend the cells under rejected rows, or in the download, and send again",
)
NOTHING = ("无需处理", "nothing to do")
SAVE_AS = ("用表格软件另存为 XLSX 或 CSV 后上传", "save it as XLSX or CSV and send that")
ANSWER = ("在网页上逐列确认，或用 --map 列名=信息项", "answer column by column on the page, or with --map HEADER=FIELD")
TWO, ONE = Loaded(2, 2), Loaded(1, 1)
