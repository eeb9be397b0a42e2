"""The condition a rule of kind `feel` states about its resource."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from yiwang.data.core.conditions.errors import ConditionUnsound, ConditionWrong
from yiwang.data.core.conditions.kinds import kind_of_column
from yiwang.data.core.conditions.reading import Condition, condition_of
from yiwang.data.schema import ResourceFile, RuleFile
from yiwang.kernel.core.text import Text


def rule_condition(rule: RuleFile, resource: ResourceFile, types: Mapping[str, str]) -> Condition:
    """`types`: the DuckDB type of each field's column. Raises ConditionUnsound."""
    try:
        return condition_of(rule.test, {f.id: kind_of_column(types[f.id]) for f in resource.fields})
    except ConditionWrong as wrong:
        place_zh, place_en = f"第 {wrong.at + 1} 个字符", f"at character {wrong.at + 1}"
        # what the parser says names the place already
        said = wrong.zh.startswith(place_zh)
        raise ConditionUnsound(
            zh=wrong.zh if said else f"{place_zh}：{wrong.zh}",
            en=wrong.en if said else f"{place_en}: {wrong.en}",
            where=f"{resource.id}.{rule.id}",
        ) from wrong


def rule_way(rule: RuleFile, resource: ResourceFile, types: Mapping[str, str], as_of: date) -> Text:
    """Which way the condition runs on an intake, as a sentence. Raises ConditionUnsound."""
    # only here: the compiler of FEEL takes longer to import than most who ask about conditions take
    from yiwang.data.core.conditions.lowering import Distinct, lowered

    semantics = {f.id: f.semantic for f in resource.fields}
    found = lowered(rule_condition(rule, resource, types), types, semantics, as_of)
    if isinstance(found, Distinct):
        return Text(
            zh=f"按不同取值逐一判断：{found.zh}", en=f"judged once for each distinct combination of values: {found.en}"
        )
    return Text(zh="与其他规则一起在库内执行", en="runs in the database with the other rules")
