"""What witnesses sign comes back: a registered witness's signature over a checkpoint of this city is checked, kept and published.

A witness whose checkpoint of some size is not the one signed here has seen another log: that is never kept and is said loudly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from yiwang.kernel.access import demand
from yiwang.kernel.core.actor import Actor
from yiwang.kernel.errors import InputError, NotFound
from yiwang.kernel.service import audit
from yiwang.trust.appending import heads_put, verifiers
from yiwang.trust.core.note import (
    COSIGNATURE,
    Note,
    NoteWrong,
    Signature,
    Verifier,
    checkpoint_read,
    cosigned_at,
    note_read,
    verifier_read,
)
from yiwang.trust.errors import ProofWrong
from yiwang.trust.heads import head_cosigned
from yiwang.trust.models import Cosignature, SignedHead, Witness

ACT = "witness.edit"
# How far a witness's clock may be before ours; further is no time at which it can have signed.
AHEAD = timedelta(hours=1)


@dataclass(frozen=True)
class WitnessRow:
    """A witness, since when, until when, and the size of the newest checkpoint it signed (0: none yet)."""

    name: str
    key: str
    since: datetime
    ended_at: datetime | None
    size: int


@dataclass(frozen=True)
class Taken:
    """The size of the checkpoint, who signed it, and how many of these signatures are new."""

    size: int
    witnesses: tuple[str, ...]
    fresh: int


@dataclass(frozen=True)
class Cosigned:
    """The newest checkpoint that witnesses signed: who, and when the last of them did; size 0 before the first."""

    size: int
    witnesses: tuple[str, ...]
    at: datetime | None


def witness_register(*, actor: Actor, key: str) -> WitnessRow:
    """Let a witness sign from now on, by its verifier key as `yiwang witness --json` shows it. Takes "witness.edit".

    Raises InputError for what is no key of a witness, is the city's own, or bears the name of another.
    """
    rule = demand(actor, ACT).rule
    read = _verifier(key)
    with transaction.atomic():
        if (
            Witness.objects.filter(key=str(read)).exists()
            or Witness.objects.filter(name=read.name, ended_at=None).exists()
        ):
            raise InputError(
                zh=f"见证方 {read.name} 已经登记",
                en=f"the witness {read.name} is registered already",
                where="key",
                hint_zh="换钥匙时先停用原来的见证方；停用过的钥匙不再使用。",
                hint_en="To change a key, end the witness first; a key that was ended is not used again.",
            )
        row = Witness.objects.create(name=read.name, key=str(read))
        audit(actor=actor, act="witness.register", object_kind="witness", object_id=row.name, rule=rule)
    heads_put()
    return _row(row)


def witness_end(*, actor: Actor, name: str) -> WitnessRow:
    """Take nothing more from a witness; what it signed stays. Takes "witness.edit". Raises NotFound."""
    rule = demand(actor, ACT).rule
    with transaction.atomic():
        row = Witness.objects.select_for_update().filter(name=name, ended_at=None).first()
        if row is None:
            raise NotFound(
                zh=f"没有在用的见证方 {name}",
                en=f"there is no witness {name} in use",
                where="name",
                hint_zh="请用 yiwang ledger witnesses 查看。",
                hint_en="See yiwang ledger witnesses.",
            )
        row.ended_at = timezone.now()
        row.save(update_fields=["ended_at"])
        audit(actor=actor, act="witness.end", object_kind="witness", object_id=row.name, rule=rule)
    return _row(row)


def cosignature_take(*, actor: Actor, text: str) -> Taken:
    """Keep what registered witnesses signed under a checkpoint of this city, and publish it. Takes "witness.edit".

    Raises InputError for a text that is no checkpoint of this city or that no registered witness signed, and ProofWrong for a
    signature that does not hold and for a checkpoint that is not the one signed here: then nothing of it is kept.
    """
    rule = demand(actor, ACT).rule
    note, head = _head(text)
    found = [(witness, *_signed(note, verifier_read(witness.key))) for witness in Witness.objects.filter(ended_at=None)]
    signed = [(witness, line, at) for witness, line, at in found if line is not None and at is not None]
    if not signed:
        raise _unsigned()
    with transaction.atomic():
        fresh = 0
        for witness, line, at in signed:
            # The first time it signed counts: a witness that looks again at the same head says nothing new.
            kept = Cosignature.objects.get_or_create(
                head=head, witness=witness, defaults={"line": line.line(), "at": at}
            )
            fresh += kept[1]
        names = tuple(witness.name for witness, _, _ in signed)
        facts = {"size": head.size, "witnesses": list(names), "fresh": fresh}
        audit(
            actor=actor, act="ledger.cosigned", object_kind="ledger", object_id=str(head.size), rule=rule, details=facts
        )
    heads_put()
    return Taken(head.size, names, fresh)


def witness_list() -> tuple[WitnessRow, ...]:
    """Every witness there was. Their names, keys and signatures are public, so anybody may read them."""
    return tuple(_row(one) for one in Witness.objects.order_by("pk"))


def ledger_cosigned() -> Cosigned:
    """What of the ledger others than the city have signed."""
    head = head_cosigned()
    if head is None:
        return Cosigned(0, (), None)
    rows = list(head.cosignatures.select_related("witness").order_by("at", "pk"))
    return Cosigned(head.size, tuple(row.witness.name for row in rows), rows[-1].at)


def _verifier(key: str) -> Verifier:
    try:
        read = verifier_read(key)
    except NoteWrong as wrong:
        raise _no_key(str(wrong)) from wrong
    if read.kind != COSIGNATURE:
        raise _no_key("not of the type cosignature/v1")
    if read.public == verifiers()[0].public:
        raise InputError(
            zh="这是本市自己的钥匙，不能为自己见证",
            en="this is the city's own key: nobody is a witness of oneself",
            where="key",
        )
    return read


def _no_key(why: str) -> InputError:
    return InputError(
        zh=f"这不是见证方的公钥：{why}",
        en=f"this is no verifier key of a witness: {why}",
        where="key",
        hint_zh="请用见证方 yiwang witness --json 给出的 key。",
        hint_en="Use the key that yiwang witness --json shows at the witness.",
    )


def _head(text: str) -> tuple[Note, SignedHead]:
    try:
        note = note_read(text)
        said = checkpoint_read(note)
    except NoteWrong as wrong:
        raise InputError(
            zh=f"这不是检查点：{wrong}",
            en=f"this is no checkpoint: {wrong}",
            where="checkpoint",
            hint_zh="请给出见证方目录里的 checkpoint 文件。",
            hint_en="Give the file checkpoint of the witness's folder.",
        ) from wrong
    head = SignedHead.objects.filter(size=said.size).first()
    if head is not None and note_read(head.note).text == note.text:
        return note, head
    if head is None and note.text.split("\n")[0] != note_read(_newest()).text.split("\n")[0]:
        raise InputError(
            zh=f"这是另一本账 {said.origin} 的检查点",
            en=f"this is a checkpoint of another log, {said.origin}",
            where="checkpoint",
        )
    raise ProofWrong(
        zh=f"本市没有签过这个 {said.size} 条的检查点：见证方看到的是另一本账",
        en=f"this checkpoint of {said.size} entries was not signed here: the witness saw another log",
        where=f"checkpoint {said.size}",
        hint_zh="账本可能被分叉或退回，请立即运行 yiwang verify 并与见证方核对。",
        hint_en="The log may have been forked or rolled back: run yiwang verify and compare with the witness at once.",
    )


def _newest() -> str:
    head = SignedHead.objects.order_by("-size").first()
    if head is None:
        raise InputError(zh="账本还没有检查点", en="the ledger has no checkpoint yet", where="checkpoint")
    return str(head.note)


def _signed(note: Note, key: Verifier) -> tuple[Signature | None, datetime | None]:
    """The line of a witness and when it signed; none where it did not. Raises ProofWrong when the line does not hold."""
    line = next((one for one in note.signatures if one.name == key.name and one.key_id == key.key_id), None)
    if line is None:
        return None, None
    seconds = cosigned_at(note, key)
    latest = timezone.now() + AHEAD
    if seconds is None or seconds > latest.timestamp():
        raise ProofWrong(
            zh=f"见证方 {key.name} 的签名不成立",
            en=f"the signature of the witness {key.name} does not hold",
            where=key.name,
            hint_zh="文件可能在路上被改过，或者见证方的时钟不对；请向见证方重新要一份。",
            hint_en="The file may have been changed on its way, or the witness's clock is wrong: ask for it again.",
        )
    return line, datetime.fromtimestamp(seconds, UTC)


def _unsigned() -> InputError:
    return InputError(
        zh="没有已登记的见证方签过这个检查点",
        en="no registered witness signed this checkpoint",
        where="checkpoint",
        hint_zh="请先用 yiwang ledger witness-add 登记见证方的公钥。",
        hint_en="Register the witness's key first: yiwang ledger witness-add.",
    )


def _row(row: Witness) -> WitnessRow:
    sizes = Cosignature.objects.filter(witness=row).order_by("-head__size").values_list("head__size", flat=True)
    return WitnessRow(row.name, row.key, row.since, row.ended_at, sizes.first() or 0)
