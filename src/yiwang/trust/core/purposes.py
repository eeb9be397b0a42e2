"""The closed lists a grant speaks in: what data may be wanted for, how it may be handed over, how much of a value is shown."""

from __future__ import annotations

from yiwang.kernel.core.text import Text

PURPOSES: dict[str, Text] = {
    "service": Text(zh="政务服务办理", en="handling a public service"),
    "benefit": Text(zh="免申即享和待遇核发", en="finding and paying who is entitled"),
    "supervision": Text(zh="监管执法", en="supervision and enforcement"),
    "emergency": Text(zh="应急处置", en="emergency response"),
    "credit": Text(zh="信用管理", en="credit management"),
    "statistics": Text(zh="统计分析", en="statistics"),
    "decision": Text(zh="决策分析", en="analysis for decisions"),
    "quality": Text(zh="数据核对和治理", en="checking and cleaning data"),
    "audit": Text(zh="审计监督", en="audit"),
}
METHODS: dict[str, Text] = {
    "verify": Text(zh="核验", en="verification"),
    "query": Text(zh="查询", en="query"),
    "batch": Text(zh="批量", en="batch"),
    "subscribe": Text(zh="订阅", en="subscription"),
    "export": Text(zh="导出", en="export"),
}
# From most to least shown.
MASKS: dict[str, Text] = {
    "plain": Text(zh="原值", en="plain"),
    "partial": Text(zh="部分遮盖", en="partly covered"),
    "year": Text(zh="只留年份", en="year only"),
    "hash": Text(zh="只给散列值", en="hash only"),
    "none": Text(zh="不提供", en="not given"),
}
# What a field shows unless the grant says otherwise: above this grade never its plain value.
PLAIN_GRADE = 2


def mask_for(grade: int) -> str:
    """What a field of a grade shows when nobody decided."""
    return "plain" if grade <= PLAIN_GRADE else "partial"


def is_tighter(mask: str, than: str) -> bool:
    """Whether a mask shows no more than another. Raises KeyError for a word that is no mask."""
    order = {name: place for place, name in enumerate(MASKS)}
    return order[mask] >= order[than]
