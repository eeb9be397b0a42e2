"""Who may do what: a verdict with the rule that gave it, never a bare yes or no.

The list of acts is closed; an unknown act is a programming error and raises KeyError.
"""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.kernel.core.actor import ROLE_TITLES, Actor, Role
from yiwang.kernel.core.text import Text
from yiwang.kernel.errors import Refused


@dataclass(frozen=True)
class Act:
    """One thing that can be done. `scoped` acts must lie in a department the role covers."""

    id: str
    title: Text
    roles: frozenset[Role]
    scoped: bool = True


def _act(id: str, zh: str, en: str, *roles: Role, scoped: bool = True) -> tuple[str, Act]:
    return id, Act(id, Text(zh=zh, en=en), frozenset(roles), scoped)


ACTS: dict[str, Act] = dict(
    [
        _act("pack.install", "安装或升级应用包", "install or upgrade a pack", Role.ADMIN, scoped=False),
        _act("city.edit", "变更全市事项", "change what holds for the whole city", Role.ADMIN, scoped=False),
        _act("account.edit", "管理账号和角色", "manage accounts and roles", Role.ADMIN),
        _act("client.edit", "管理接口客户端", "manage API clients", Role.ADMIN, Role.DATA_LEAD),
        _act("subject.bind", "核验并绑定个人或企业", "bind people and firms", Role.STAFF, Role.ADMIN, scoped=False),
        _act("provider.edit", "管理统一身份认证", "manage identity providers", Role.ADMIN, scoped=False),
        _act("department.edit", "管理部门和联络人", "manage departments and liaisons", Role.ADMIN, Role.DATA_LEAD),
        _act("division.edit", "变更行政区划", "change divisions", Role.ADMIN, Role.DATA_LEAD, scoped=False),
        _act("resource.load", "归集数据", "load data", Role.STEWARD, Role.DATA_LEAD),
        _act("resource.read", "查看数据", "read data", Role.STEWARD, Role.DATA_LEAD, Role.AUDITOR),
        _act("resource.export", "导出数据", "export data", Role.STEWARD, Role.DATA_LEAD),
        _act("resource.classify", "确认分类分级", "confirm a grade", Role.DATA_LEAD),
        _act("exchange.parent", "与上级平台交换", "share with the parent platform", Role.DATA_LEAD, scoped=False),
        _act(
            "exchange.read",
            "查看数据订阅和推送",
            "look at subscriptions and deliveries",
            Role.STEWARD,
            Role.DATA_LEAD,
            Role.AUDITOR,
        ),
        _act(
            "exchange.manage", "处理数据订阅和推送", "manage subscriptions and deliveries", Role.STEWARD, Role.DATA_LEAD
        ),
        _act("resource.destroy", "销毁数据", "destroy data", Role.DATA_LEAD),
        _act("file.forget", "销毁原始文件", "destroy an original file", Role.DATA_LEAD, scoped=False),
        _act("catalogue.read", "查看目录", "read the catalogue", *Role, scoped=False),
        _act("demand.file", "提出数据需求", "file a data demand", *Role),
        _act("demand.answer", "答复数据需求", "answer a data demand", Role.DATA_LEAD),
        _act("decision.read", "查看决定", "read decisions", *Role, scoped=False),
        _act("decision.take", "办理决定", "take a decision", Role.STAFF, Role.STEWARD, Role.DATA_LEAD),
        _act("decision.match", "对全体比对决定", "run decisions over everyone", Role.STEWARD, Role.DATA_LEAD),
        _act("decision.edit", "起草决定的版本", "draft a version of a decision", Role.STEWARD, Role.DATA_LEAD),
        _act("decision.approve", "批准决定的版本", "approve a version of a decision", Role.DATA_LEAD, Role.LEADER),
        _act("case.open", "受理办件", "take a case in", Role.STAFF, Role.STEWARD, Role.DATA_LEAD),
        _act("case.read", "查看办件", "read cases", Role.STAFF, Role.LEADER, Role.AUDITOR, Role.DATA_LEAD),
        _act("case.work", "办理办件", "work on cases", Role.STAFF, Role.LEADER, Role.DATA_LEAD),
        _act("case.supervise", "督办", "supervise cases", Role.LEADER, Role.DATA_LEAD),
        _act("case.assign", "交接待办", "hand over what is owed", Role.LEADER, Role.DATA_LEAD, Role.ADMIN),
        _act("case.move", "迁移在办件", "move running cases to another version", Role.DATA_LEAD),
        _act("process.read", "查看流程和事项", "read processes and items", *Role, scoped=False),
        _act("process.edit", "起草流程的版本", "draft a version of a process", Role.STEWARD, Role.DATA_LEAD),
        _act("process.approve", "批准流程的版本", "approve a version of a process", Role.DATA_LEAD, Role.LEADER),
        _act("duty.read", "查看职责清单", "read the duty list", *Role, scoped=False),
        _act("duty.rule", "裁定职责", "rule who is responsible", Role.DATA_LEAD, Role.LEADER, scoped=False),
        _act("board.view", "查看驾驶舱", "view the boards", Role.LEADER, Role.DATA_LEAD, Role.ADMIN, scoped=False),
        _act("backup.make", "备份", "make a backup", Role.ADMIN, scoped=False),
        _act("key.read", "查看密钥台账", "read the key ledger", Role.ADMIN, Role.AUDITOR, scoped=False),
        _act("key.rotate", "轮换密钥", "rotate keys", Role.ADMIN, scoped=False),
        _act("credential.issue", "颁发证照", "give credentials", Role.STAFF, Role.LEADER, Role.DATA_LEAD),
        _act("credential.revoke", "撤销证照", "withdraw credentials", Role.LEADER, Role.DATA_LEAD),
        _act("credential.read", "查看证照", "read credentials", Role.STAFF, Role.LEADER, Role.AUDITOR, Role.DATA_LEAD),
        _act("archive.read", "查看档案", "read the archive", Role.STAFF, Role.LEADER, Role.AUDITOR, Role.DATA_LEAD),
        _act("archive.keep", "归档和移交", "archive and hand over", Role.STAFF, Role.DATA_LEAD),
        _act("archive.destroy", "批准销毁档案", "approve that archives are destroyed", Role.LEADER, Role.DATA_LEAD),
        _act("grant.apply", "申请使用数据", "apply to use data", Role.STAFF, Role.STEWARD, Role.DATA_LEAD),
        _act("grant.read", "查看授权", "read grants", *Role),
        _act("grant.review", "审查共享申请", "review an application for data", Role.DATA_LEAD),
        _act(
            "grant.answer", "答复共享申请", "answer an application for data", Role.STEWARD, Role.LEADER, Role.DATA_LEAD
        ),
        _act("grant.rule", "协调裁定数据共享", "rule on the sharing of data", Role.LEADER, Role.DATA_LEAD),
        _act("open.read", "查看开放发布", "see releases", Role.STEWARD, Role.LEADER, Role.AUDITOR, Role.DATA_LEAD),
        _act("open.offer", "提供开放数据", "offer open data", Role.STEWARD, Role.DATA_LEAD),
        _act("open.review", "审核开放数据", "review open data", Role.DATA_LEAD),
        _act("open.publish", "发布开放数据", "publish open data", Role.LEADER, Role.DATA_LEAD),
        _act("open.withdraw", "撤回开放数据", "withdraw open data", Role.STEWARD, Role.LEADER, Role.DATA_LEAD),
        _act("product.read", "查看数据产品", "see data products", *Role, scoped=False),
        _act("product.edit", "上架数据产品", "list data products", Role.STEWARD, Role.DATA_LEAD),
        _act("contract.sign", "签订数据合同", "sign data contracts", Role.LEADER, Role.DATA_LEAD),
        _act("settlement.make", "结算数据产品", "settle data products", Role.DATA_LEAD),
        _act("product.supervise", "监管数据交易", "supervise data trade", Role.DATA_LEAD, Role.AUDITOR, Role.LEADER),
        _act("operation.edit", "登记授权运营", "register authorised operation", Role.DATA_LEAD),
        _act("purchase.edit", "登记数据采购", "register data purchases", Role.STEWARD, Role.DATA_LEAD),
        _act("crossing.decide", "决定数据出境", "decide on data leaving the country", Role.LEADER, Role.DATA_LEAD),
        _act(
            "use.read",
            "查看本部门的数据使用",
            "see the uses of data one's office made",
            Role.LEADER,
            Role.DATA_LEAD,
            Role.AUDITOR,
        ),
        _act("use.count", "统计数据使用", "count uses of data", Role.DATA_LEAD, Role.AUDITOR, scoped=False),
        _act("witness.edit", "登记账本见证", "register witnesses of the ledger", Role.DATA_LEAD, scoped=False),
        _act("use.audit", "审计数据使用", "audit uses of data", Role.AUDITOR, scoped=False),
        _act("audit.read", "查看审计记录", "read audit lines", Role.AUDITOR, Role.ADMIN, scoped=False),
    ]
)


@dataclass(frozen=True)
class Verdict:
    allowed: bool
    rule: str
    reason: Text

    def __bool__(self) -> bool:
        return self.allowed


def verdict(actor: Actor, act: str, department: str = "") -> Verdict:
    """May `actor` do `act`, in `department` when the act is scoped?"""
    wanted = ACTS[act]
    if actor.is_system:
        return Verdict(True, "system", Text(zh="系统操作", en="the system itself"))
    for role in Role:
        if role in wanted.roles and actor.holds(role, department if wanted.scoped else ""):
            title = ROLE_TITLES[role]
            return Verdict(
                True,
                f"role:{role}",
                Text(zh=f"{title.zh}可以{wanted.title.zh}", en=f"{title.en} may {wanted.title.en}"),
            )
    names_zh = "、".join(ROLE_TITLES[r].zh for r in Role if r in wanted.roles)
    names_en = ", ".join(ROLE_TITLES[r].en for r in Role if r in wanted.roles)
    named = wanted.scoped and department
    place_zh, place_en = (f"（部门 {department}）", f" (department {department})") if named else ("", "")
    return Verdict(
        False,
        f"act:{act}",
        Text(zh=f"{wanted.title.zh}{place_zh}需要：{names_zh}", en=f"to {wanted.title.en}{place_en} takes: {names_en}"),
    )


def demand(actor: Actor, act: str, department: str = "") -> Verdict:
    """As `verdict`, but a refusal is raised: the first line of every service."""
    answer = verdict(actor, act, department)
    if not answer:
        raise Refused(
            zh=f"没有权限：{answer.reason.zh}",
            en=f"Not allowed: {answer.reason.en}",
            where=answer.rule,
            hint_zh="请联系本部门的系统管理员。",
            hint_en="Ask your system administrator.",
        )
    return answer


def demand_identity(actor: Actor) -> None:
    """Anybody may, but not nobody: raises Refused for an actor without a name."""
    if not actor.id:
        raise Refused(
            zh="请先登录", en="Sign in first", where="identity", hint_zh="登录后再试。", hint_en="Then try again."
        )
