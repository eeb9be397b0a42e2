"""The states of releases and contracts as people read them: Chinese, English, tone, sign."""

from __future__ import annotations

Entry = tuple[str, ...]

OPEN_WORDS: dict[str, dict[str, Entry]] = {
    "release": {
        "offered": ("待审核", "To review", "warn", "clock"),
        "reviewed": ("待发布", "To publish", "blue", "clock"),
        "published": ("已发布", "Published", "good", "circle-check"),
        "refused": ("已退回", "Refused", "bad", "circle-x"),
        "blocked": ("自动更新被拦截", "Renewal blocked", "bad", "shield-lock"),
        "withdrawn": ("已撤回", "Withdrawn", "", "arrow-back-up"),
        "superseded": ("已被新版取代", "Superseded", "", "versions"),
    },
    "release-stage": {
        "review": ("审核", "Review"),
        "publish": ("发布", "Publication"),
        "withdraw": ("撤回", "Withdrawal"),
        "check": ("自动检查", "Automatic check"),
    },
    "count-kind": {
        "cell": ("分项", "part"),
        "row-total": ("行合计", "row total"),
        "column-total": ("列合计", "column total"),
        "grand-total": ("总计", "grand total"),
    },
    "clause": {
        "enforced": ("系统执行", "Enforced", "good", "lock"),
        "evidenced": ("留痕可查", "Evidenced", "blue", "history"),
        "promised": ("书面承诺", "Promised", "", "file-description"),
    },
    "pricing": {
        "free": ("免费", "Free"),
        "per-call": ("按次", "Per call"),
        "per-row": ("按条", "Per row"),
        "per-month": ("按月", "Per month"),
    },
    "contract": {
        "draft": ("草稿", "Draft", "", "edit"),
        "active": ("履行中", "In force", "good", "circle-check"),
        "ended": ("已终止", "Ended", "", "circle-x"),
    },
    "product": {
        "listed": ("在架", "On the shelf", "good", "circle-check"),
        "off": ("已下架", "Taken off", "", "circle-x"),
    },
    "part": {
        "resource": ("数据资源", "Resource"),
        "open-set": ("开放数据集", "Open data set"),
        "interface": ("接口", "Interface"),
        "fusion": ("数据融合", "Fusion"),
    },
}
