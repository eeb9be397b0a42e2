"""States and levels as people read them: a word, a tone and a sign, so that no meaning hangs on colour alone."""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.kernel.core.text import Text
from yiwang.web.casewords import CASE_WORDS
from yiwang.web.grantwords import GRANT_WORDS
from yiwang.web.identitywords import IDENTITY_WORDS
from yiwang.web.openwords import OPEN_WORDS


@dataclass(frozen=True)
class Word:
    text: Text
    tone: str = ""
    icon: str = ""


def _word(zh: str, en: str, tone: str = "", icon: str = "") -> Word:
    return Word(Text(zh=zh, en=en), tone, icon)


WORDS: dict[str, dict[str, Word]] = {
    "load": {
        "waiting": _word("排队中", "Queued", "blue", "clock"),
        "running": _word("处理中", "Running", "blue", "refresh"),
        "needs-mapping": _word("待确认表头", "Headers to confirm", "warn", "alert-triangle"),
        "done": _word("已完成", "Done", "good", "circle-check"),
        "failed": _word("失败", "Failed", "bad", "circle-x"),
    },
    # In the order in which a load goes through them.
    "load-stage": {
        "frame": _word("识别文件", "Reading"),
        "raw": _word("写入贴源层", "Raw layer"),
        "check": _word("逐行检查", "Checking rows"),
        "write": _word("写入标准层", "Standard layer"),
        "publish": _word("发布版本", "Publishing"),
        "profile": _word("生成画像", "Profiling"),
    },
    "demand": {
        "open": _word("待答复", "Open", "warn", "clock"),
        "matched": _word("已对接", "Matched", "blue", "route"),
        "delivered": _word("已交付", "Delivered", "good", "circle-check"),
        "refused": _word("不予提供", "Refused", "bad", "circle-x"),
        "withdrawn": _word("已撤回", "Withdrawn", "", "arrow-back-up"),
    },
    "finding": {
        "open": _word("待确认", "To confirm", "warn", "alert-triangle"),
        "confirmed": _word("已确认", "Confirmed", "good", "circle-check"),
        "dismissed": _word("已排除", "Dismissed", "", "x"),
    },
    "share": {
        "unconditional": _word("无条件共享", "Shared freely", "good", "check"),
        "conditional": _word("有条件共享", "Shared on conditions", "blue", "key"),
        "refused": _word("不予共享", "Not shared", "bad", "lock"),
    },
    "open": {
        "True": _word("向社会开放", "Open to the public", "good", "users"),
        "False": _word("不开放", "Not open", "", "eye-off"),
    },
    "grade": {
        "1": _word("1 级 公开", "Grade 1 public", "good", "shield-check"),
        "2": _word("2 级 内部", "Grade 2 internal", "blue", "shield-check"),
        "3": _word("3 级 敏感", "Grade 3 sensitive", "warn", "shield-lock"),
        "4": _word("4 级 高敏感", "Grade 4 highly sensitive", "bad", "shield-lock"),
    },
    "how": {
        "exact": _word("表头相同", "same wording"),
        "unit": _word("表头相同，带单位", "same wording with a unit"),
        "like": _word("表头相近", "similar wording"),
        "confirmed": _word("人工确认", "confirmed by a person"),
        "none": _word("没有对应", "no match"),
    },
    "sign": {
        "check-digit": _word("校验码相符", "check digit holds"),
        "form": _word("形式相符", "the form fits"),
        "pattern": _word("形式相符", "the form fits"),
        "header": _word("表头用词", "wording of the header"),
        "vocabulary": _word("取值用词", "wording of the values"),
    },
    "version": {
        "draft": _word("草稿", "Draft", "", "edit"),
        "proposed": _word("待批准", "Awaiting approval", "warn", "clock"),
        "published": _word("生效", "In force", "good", "circle-check"),
        "replaced": _word("已被取代", "Replaced", "", "versions"),
        "rejected": _word("已退回", "Sent back", "bad", "circle-x"),
        "rolled-back": _word("已回退", "Rolled back", "warn", "arrow-back-up"),
    },
    # The way of a version, in order.
    "version-step": {
        "draft": _word("起草", "Draft"),
        "proposed": _word("提交，另一人审批", "Approval by somebody else"),
        "published": _word("生效", "In force"),
    },
    "act": {
        "install": _word("随应用包安装", "installed with its pack"),
        "save": _word("保存草稿", "saved a draft"),
        "propose": _word("提交审批", "sent for approval"),
        "withdraw": _word("撤回为草稿", "taken back as a draft"),
        "approve": _word("批准生效", "approved; it holds"),
        "reject": _word("退回", "sent back"),
        "replaced": _word("被新版本取代", "replaced by a newer version"),
        "rolled-back": _word("被回退", "rolled back"),
        "roll-back": _word("重新生效（回退）", "holds again (roll back)"),
    },
    # How a field becomes the fact a decision takes.
    "derive": {
        "age": _word("截至决定日的周岁", "whole years on the day of the decision"),
        "months": _word("截至决定日的整月数", "whole months on the day of the decision"),
        "days": _word("截至决定日的天数", "days on the day of the decision"),
        "present": _word("清单里是否有这个人", "whether the list names the person"),
    },
    "level": {
        "error": _word("必须改正", "Must be corrected", "bad", "circle-x"),
        "warning": _word("请留意", "Please note", "warn", "alert-triangle"),
    },
    "answer": {
        "True": _word("准予", "Granted", "good", "circle-check"),
        "False": _word("不予", "Not granted", "bad", "circle-x"),
    },
    "effect": {
        "waiting": _word("排队中", "Queued", "blue", "clock"),
        "running": _word("测算中", "Being worked out", "blue", "refresh"),
        "done": _word("已完成", "Done", "good", "circle-check"),
        "failed": _word("失败", "Failed", "bad", "circle-x"),
    },
    # In the order in which a run goes through them.
    "effect-stage": {
        "gather": _word("汇集数据的现行版本", "Gathering the current data"),
        "decide": _word("用两个版本各决定一遍", "Deciding by both versions"),
    },
    "severity": {
        "reject": _word("退回", "rejects", "bad", "circle-x"),
        "warn": _word("提醒", "warns", "warn", "flag"),
    },
}
WORDS |= {
    kind: {value: _word(*entry) for value, entry in known.items()}
    for kind, known in (CASE_WORDS | GRANT_WORDS | IDENTITY_WORDS | OPEN_WORDS).items()
}

# How each share is counted, in a line; the engine counts it so in data/core/quality.py.
DIMENSION_HOW: dict[str, Text] = {
    "accuracy": Text(
        zh="没有格式、校验码、取值范围错误的行 ÷ 来源行",
        en="rows without a format, check-digit or range fault ÷ source rows",
    ),
    "accessibility": Text(
        zh="满足的取用条件 ÷ 要求的条件（表可读、有提供方式、未拒绝共享、有联络人）",
        en="conditions met ÷ conditions asked (readable, a way of delivery, not refused, a liaison named)",
    ),
    "consistency": Text(
        zh="没有重复、次序、引用、跨字段错误的行 ÷ 来源行",
        en="rows without a uniqueness, order, reference or cross-field fault ÷ source rows",
    ),
    "completeness": Text(zh="已填写的必填格 ÷ 应填写的必填格", en="required cells filled ÷ required cells"),
    "timeliness": Text(
        zh="承诺的更新周期天数 ÷ 距上次归集的天数（最多为 1）",
        en="days of the promised cycle ÷ days since the last load (at most 1)",
    ),
}

UNKNOWN = _word("未知", "Unknown")


def word(kind: str, value: object) -> Word:
    """The word for a value; one that is not in the list is shown as it is, so that nothing is hidden."""
    known = WORDS[kind].get(str(value))
    if known is not None:
        return known
    return Word(Text(zh=str(value), en=str(value))) if value not in (None, "") else UNKNOWN
