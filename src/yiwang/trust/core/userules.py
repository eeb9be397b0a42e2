"""The rules by which a use of data is refused: the closed list, in words."""

from __future__ import annotations

from yiwang.kernel.core.text import Text

USE_RULES: dict[str, Text] = {
    "use.purpose-missing": Text(zh="没有说明用途", en="no purpose is stated"),
    "use.not-shared": Text(zh="该资源不予共享", en="the resource is not shared"),
    "use.grant-missing": Text(zh="有条件共享的数据须有授权", en="conditionally shared data takes a grant"),
    "use.grant-unknown": Text(zh="没有这项授权", en="there is no such grant"),
    "use.grant-not-active": Text(zh="授权没有生效，或者已被拒绝、撤销", en="the grant is not active"),
    "use.grant-early": Text(zh="授权还没有到开始日期", en="the grant has not begun"),
    "use.grant-expired": Text(zh="授权已到期", en="the grant has expired"),
    "use.other-department": Text(zh="授权属于另一个部门", en="the grant is another department's"),
    "use.other-client": Text(zh="授权属于另一个应用", en="the grant is another client's"),
    "use.other-resource": Text(zh="授权是对另一个资源的", en="the grant is for another resource"),
    "use.other-purpose": Text(zh="用途与授权不符", en="the purpose is not that of the grant"),
    "use.method": Text(zh="授权不含这种共享方式", en="the grant does not cover this method"),
    "use.field": Text(zh="授权不含这个信息项", en="the grant does not cover this field"),
    "use.field-hidden": Text(zh="授权对这个信息项不提供值", en="the grant gives no value of this field"),
    "use.quota": Text(zh="已达到每日限量", en="the day's quota is used up"),
}
