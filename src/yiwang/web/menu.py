"""The menus: what the person who is signed in may open, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from yiwang.kernel.core.actor import Actor
from yiwang.kernel.core.text import Text
from yiwang.web.actors import may


@dataclass(frozen=True)
class Entry:
    title: Text
    address: str
    icon: str
    current: bool = False
    count: int = 0


@dataclass(frozen=True)
class _Plan:
    zh: str
    en: str
    route: str
    icon: str
    act: str = ""
    # Addresses that belong to this entry besides its own; the longest match is the current one.
    under: tuple[str, ...] = ()


MAIN = (
    _Plan("首页", "Home", "portal:home", "home"),
    _Plan("办事", "Services", "portal:items", "checkbox"),
    _Plan("数据目录", "Catalogue", "work:catalogue", "folders", ""),
    _Plan("开放数据", "Open data", "portal:opendata", "database"),
    _Plan("工作台", "Workbench", "work:home", "layout-dashboard", "catalogue.read", under=("/work/",)),
    _Plan("规则", "Rules", "studio:decisions", "gavel", "decision.read", under=("/studio/",)),
    _Plan(
        "流程",
        "Processes",
        "studio:processes",
        "sitemap",
        "process.read",
        under=("/studio/processes/", "/studio/forms/"),
    ),
    _Plan("驾驶舱", "Cockpit", "cockpit:board", "gauge", "board.view", under=("/cockpit/",)),
)
WORK = (
    _Plan("我的工作", "My work", "work:home", "layout-dashboard"),
    _Plan("待办", "To do", "work:works", "clipboard-check"),
    _Plan("办件", "Cases", "work:cases", "inbox"),
    _Plan("受理", "Intake", "work:intake", "plus", "case.open"),
    _Plan("期限", "Obligations", "work:obligations", "clock", "case.read"),
    _Plan("超期", "Late", "work:late", "alert-triangle", "case.read"),
    _Plan("职责", "Duties", "work:duties", "gavel", "duty.read"),
    _Plan("代理", "Leave", "work:leaves", "user-minus"),
    _Plan("统计", "Figures", "work:figures", "report-analytics", "board.view"),
    _Plan("归集记录", "Loads", "work:loads", "database-import"),
    _Plan("上传数据", "Upload", "work:upload", "cloud-upload", "resource.load"),
    _Plan("分级确认", "Findings", "work:findings", "shield-lock", "resource.read"),
    _Plan("供需对接", "Demands", "work:demands", "message-question"),
    _Plan("授权", "Grants", "work:grants", "key", "grant.read"),
    _Plan("订阅推送", "Subscriptions", "work:deliveries", "send", "exchange.read"),
    _Plan("数据开放", "Opening", "work:releases", "license", "open.read"),
    _Plan("数据产品", "Products", "work:products", "database", "product.read"),
    _Plan("消息", "Messages", "work:messages", "mail"),
    _Plan("部门", "Departments", "work:departments", "building-community"),
    _Plan("证照", "Credentials", "proofs:credentials", "certificate", "credential.read"),
    _Plan("档案", "Archive", "proofs:archives", "folders", "archive.read"),
    _Plan("密钥台账", "Keys", "proofs:key-ledger", "key", "key.read"),
    _Plan("核验绑定", "Bind people", "work:bind", "user-plus", "subject.bind"),
    _Plan("账号", "Accounts", "work:accounts", "users", "account.edit"),
    _Plan("接口客户端", "API clients", "work:clients", "key", "client.edit"),
    _Plan("统一认证", "Identity providers", "work:providers", "login", "provider.edit"),
    _Plan("审计记录", "Audit", "work:audit", "list-details", "audit.read"),
)


def _entries(plans: tuple[_Plan, ...], actor: Actor, path: str, unread: int) -> tuple[Entry, ...]:
    shown = [plan for plan in plans if not plan.act or may(actor, plan.act)]
    places = {plan.route: (reverse(plan.route), *plan.under) for plan in shown}
    fits = {
        route: max(
            (len(place) for place in known if path == place or (place != "/" and path.startswith(place))), default=0
        )
        for route, known in places.items()
    }
    best = max(fits.values(), default=0)
    return tuple(
        Entry(
            title=Text(zh=plan.zh, en=plan.en),
            address=places[plan.route][0],
            icon=plan.icon,
            current=best > 0 and fits[plan.route] == best,
            count=unread if plan.route == "work:messages" else 0,
        )
        for plan in shown
    )


def main_menu(actor: Actor, path: str) -> tuple[Entry, ...]:
    return _entries(MAIN, actor, path, 0)


def work_menu(actor: Actor, path: str, unread: int) -> tuple[Entry, ...]:
    return _entries(WORK, actor, path, unread) if path.startswith("/work/") else ()
