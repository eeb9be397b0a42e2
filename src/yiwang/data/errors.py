"""What can go wrong with data.

YiwangError
├── InputError
│   ├── SourceError         a file that cannot be read as a table at all: empty, a bomb, unknown format
│   └── MappingNeeded       headers that a person must match to fields first
├── Conflict
│   ├── LoadBusy            another load of the same resource is running
│   ├── SchemaChanged       a table does not fit its definition any more
│   ├── WouldEmpty          a file without a good row would replace a table that has some
│   ├── OpenBlocked         what was to be opened holds what must not leave; carries every block
│   └── FusionRefused       two sides may not be joined so; carries every block
├── NotFound
│   └── NoData              the resource stands in the catalogue but nothing was ever loaded
└── IdentityBroken          source rows are not accepted + rejected: the load is stopped, nothing is published
"""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Conflict, InputError, NotFound, YiwangError


class SourceError(InputError):
    code = "bad_source"


class MappingNeeded(InputError):
    """Carries the question: which header is which field."""

    code = "mapping_needed"

    def __init__(self, *, headers: tuple[str, ...], open_fields: tuple[str, ...], **text: str) -> None:
        super().__init__(**text)
        self.headers, self.open_fields = headers, open_fields


class LoadBusy(Conflict):
    code = "load_busy"


class SchemaChanged(Conflict):
    code = "schema_changed"


class WouldEmpty(Conflict):
    code = "would_empty"


@dataclass(frozen=True)
class Block:
    """One reason why something may not be opened; `field` is empty where it is about the whole resource."""

    field: str
    rule: str
    reason: Text


class OpenBlocked(Conflict):
    """Nobody can wave it through: what is opened has to change."""

    code = "open_blocked"

    def __init__(self, blocks: tuple[Block, ...], where: str) -> None:
        super().__init__(
            zh=f"不能开放：{'；'.join(b.reason.zh for b in blocks)}",
            en=f"it may not be opened: {'; '.join(b.reason.en for b in blocks)}",
            where=where,
            hint_zh="请去掉这些信息项，或改为开放统计数。",
            hint_en="Leave these fields out, or open counts instead.",
        )
        self.blocks = blocks


class FusionRefused(Conflict):
    """Each block names the element of the declaration, the rule and the reason."""

    code = "fusion_refused"

    def __init__(self, blocks: tuple[Block, ...], where: str) -> None:
        super().__init__(
            zh=f"不能融合：{'；'.join(f'{b.field}：{b.reason.zh}' for b in blocks)}",
            en=f"these may not be joined so: {'; '.join(f'{b.field}: {b.reason.en}' for b in blocks)}",
            where=where,
            hint_zh="请改声明，或先补齐合同条款、共用登记、授权。",
            hint_en="Change the declaration, or first see to the contract's clause, the shared use or the grant.",
        )
        self.blocks = blocks


class NoData(NotFound):
    code = "no_data"


class IdentityBroken(YiwangError):
    code = "identity_broken"
