"""Who may see what at each address: one rule a route. A route that is added without its rule fails the walk.

`kind` says what holds for somebody of another department:

| kind | what stands there | of another department's things |
|---|---|---|
| public | the same for everybody, no sign-in | never shown |
| open | the same for every account: no department's secret | never shown |
| list | what the reader's departments have | left out |
| scoped | one thing of one department | 403 or 404, whatever is sent |
| act | reached by a role, over the whole city | shown only to `reach` |
| own | the reader's own things | another's are 403 or 404 by number, else not there |
| token | programs of departments, by bearer token | refused without one; of others' things 403 or 404 |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rule:
    """`args`: which object stands for a parameter, when it is not the one of its name. `body`: what a write says, so that it
    fails for who asks and not for what is asked. `reach`: roles whose act covers the whole city, and why."""

    kind: str
    args: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str] = field(default_factory=dict)
    reach: Mapping[str, str] = field(default_factory=dict)


def _all(kind: str, names: str, /, **args: str) -> dict[str, Rule]:
    return {name: Rule(kind, args) for name in names.split()}


SAID = {"reason": "外部", "basis": "某法第一条", "purpose": "核对名单"}
AUDITED = {
    "auditor": "audit.read: the trail of the whole city, with purposes",
    "admin": "audit.read: the trail of the whole city, with purposes",
}
USES_AUDITED = {"auditor": "use.audit: who used whose data, over the whole city"}

RULES: dict[str, Rule] = {
    **_all("public", "health portal:home portal:about portal:language portal:sign-in portal:second"),
    **_all("public", "portal:provider portal:provider-return", name="nobody"),
    **_all("public", "portal:items portal:items-export portal:item portal:apply portal:review portal:track"),
    **_all("public", "portal:tracked portal:receipt portal:rate portal:withdraw portal:add"),
    **_all("public", "portal:asked", what="nothing"),
    **_all("public", "portal:opendata portal:open-set work:catalogue work:catalogue-export work:resource"),
    **_all("public", "portal:open-file", format="csv"),
    **_all("public", "open-feed-turtle open-feed-json"),
    **_all("public", "ckan-action ckan-action-short", name="package_list"),
    **_all("public", "open311-discovery open311-services open311-requests open311-request", form="json"),
    **_all("public", "open311-service", form="json", code="road"),
    **_all("public", "open311-token", form="json", token="nothing"),
    **_all("public", "oauth-token proofs:verify proofs:offline proofs:status proofs:keys proofs:roots"),
    **_all("public", "exchange:keys exchange:openapi-json"),
    **_all("public", "ledger-file", name="keys"),
    **_all("public", "ledger-inclusion ledger-consistency", index="0", size="1", before="1", after="1"),
    **_all("own", "portal:sign-out portal:account portal:people portal:security portal:security-app"),
    **_all("own", "portal:security-passkey portal:security-codes portal:sessions-end portal:session-end"),
    **_all("own", "portal:own-cases portal:own-case"),
    **_all("own", "portal:people-end portal:provider-unlink portal:uses"),
    "portal:use": Rule("own", reach=USES_AUDITED),
    "portal:use-proof": Rule("own", reach=USES_AUDITED),
    **_all("own", "portal:factor-remove", kind="totp"),
    **_all("open", "portal:provider-link", name="nobody"),
    **_all("own", "proofs:mine proofs:materials proofs:material-end"),
    **_all("own", "proofs:my-credential proofs:my-page", number="credential"),
    "proofs:my-text": Rule("own", {"number": "credential"}, {"form": "vc"}),
    # The catalogue describes; no value of a row of grade 3 or 4 comes through it.
    **_all("open", "work:resource-fields work:resource-quality work:resource-profile work:resource-lineage"),
    **_all(
        "open", "work:resource-lifecycle work:departments work:duties work:topic work:intake work:take-in work:taken"
    ),
    # What is wanted is no secret: that is how supply finds it.
    **_all("open", "work:demands work:demand-new"),
    "work:demand": Rule("open", body={"state": "refused", "answer": "不给", "basis": "某法第一条"}),
    **_all("open", "work:grant-apply"),
    "work:resource-trace": Rule("scoped", body={**SAID, "key-number": "1"}),
    "work:resource-sample": Rule("open", body=SAID),
    "work:resource-export": Rule("scoped", body={**SAID, "format": "csv"}),
    "work:resource-destroy": Rule("scoped", body={**SAID, "confirm_code": "HOUSE-0002"}),
    **_all("list", "work:home work:loads work:upload work:findings work:grants work:grants-export work:releases"),
    **_all("list", "work:deliveries"),
    **_all("list", "work:release-new work:works work:works-export work:cases work:cases-export work:obligations"),
    **_all("list", "work:calendar work:late work:recording-gaps work:leaves work:figures work:week work:week-pdf proofs:credentials"),
    **_all("scoped", "work:load work:load-progress work:load-retry work:load-mapping"),
    **_all("scoped", "work:rejected work:rejected-file work:rejected-correct"),
    "work:finding-decide": Rule(
        "scoped", body={"decision": "confirm", "state": "confirmed", "grade": "1", "note": "改"}
    ),
    "work:grant": Rule("scoped", {"number": "grant"}),
    **_all("scoped", "work:grant-file", number="grant"),
    "work:grant-act": Rule("scoped", {"number": "grant"}, {**SAID, "act": "revoke"}),
    "work:release": Rule("scoped"),
    "work:release-act": Rule("scoped", body={**SAID, "act": "publish", "agree": "yes"}),
    "work:release-renew": Rule("scoped", body=SAID),
    "work:messages": Rule("own"),
    "work:message-read": Rule("own"),
    "work:work": Rule("scoped"),
    "work:work-done": Rule("scoped", body={"act": "submit"}),
    "work:work-act": Rule("scoped", body={**SAID, "act": "begin"}),
    "work:case": Rule("scoped"),
    "work:case-act": Rule("scoped", body={**SAID, "act": "note", "text": "外部"}),
    "work:case-file": Rule("scoped"),
    "work:recordings": Rule("scoped", body={**SAID, "device": "ZF-1", "place": "外部"}),
    "work:recording": Rule("scoped", body=SAID),
    "work:recording-media": Rule("scoped"),
    "work:leave-hand-over": Rule("list", body={**SAID, "from": "account:1", "to": "account:2"}),
    "work:gap": Rule("scoped"),
    "work:audit": Rule("act", reach=AUDITED),
    "proofs:credential": Rule("scoped", {"number": "credential"}, SAID),
    **_all("scoped", "proofs:archive proofs:archive-package", number="archive"),
    "proofs:archive-act": Rule("scoped", {"number": "archive"}, {**SAID, "act": "propose"}),
    **_all("list", "proofs:archives work:clients work:bind work:accounts"),
    **_all("scoped", "work:client-rotate work:client-enable"),
    "work:account-change": Rule("scoped", body={"change": "disable"}),
    **_all("act", "work:providers work:portal"),
    # What is on the shelf is for sale to everybody; contracts are between two.
    **_all("open", "work:products work:product work:product-new"),
    **_all("open", "work:fusion-file", number="first", format="csv"),
    **_all("list", "work:trade work:purchases"),
    **_all("scoped", "work:contract", number="contract"),
    "work:contract-act": Rule("scoped", {"number": "contract"}, {**SAID, "act": "sign"}),
    **_all("act", "proofs:key-ledger cockpit:board"),
    # What the city decides by and how it works is published; who may change it is asked in the service.
    **_all("open", "studio:decisions studio:decisions-export studio:processes studio:process studio:process-edit"),
    **_all("open", "studio:process-insight studio:process-cases studio:process-cases-move"),
    **_all("open", "studio:process-cases-revert studio:decision studio:try studio:change studio:change-table"),
    **_all("open", "studio:history studio:compare"),
    **_all("open", "studio:forms studio:form-new studio:form studio:form-edit studio:item-before"),
    **_all("open", "studio:form-version studio:form-move studio:form-preview studio:form-questions", number="version"),
    "studio:form-question": Rule("open", {"number": "version", "place": "first"}),
    **_all("open", "studio:process-version studio:process-move studio:version studio:version-move", number="version"),
    **_all(
        "open", "studio:roll-back studio:effect-start studio:effect-progress studio:effect-export", number="version"
    ),
    **_all("open", "api:api-root api:openapi-json api:catalogue"),
    **_all("scoped", "api:load_one"),
    # A table sent in says its resource itself; the service asks, and what is held is compared after the walk.
    "api:load_new": Rule("list", body={"resource": "foreign-list"}),
    **_all("token", "exchange:api-root exchange:query exchange:verify exchange:batch_new"),
    **_all("token", "exchange:batch_one exchange:batch_file", number="batch"),
    **_all("token", "exchange:subscription_new exchange:subscription_all"),
    **_all("token", "exchange:subscription_one exchange:subscription_end exchange:changes", number="subscription"),
}
