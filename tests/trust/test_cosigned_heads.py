"""A witness's signature comes back to the city, is looked at hard, kept, given out, and checked by whoever reads a proof."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db.models import ProtectedError
from typer.testing import CliRunner

from yiwang.cli.app import app
from yiwang.config.place import Place
from yiwang.kernel.core.actor import Actor, system_actor
from yiwang.kernel.errors import InputError, NotFound, Refused
from yiwang.trust.core.note import Checkpoint, Note, cosignature, note_read, signature_ed25519, verifier_read
from yiwang.trust.core.verifier import check_folder, check_proof, cosigners
from yiwang.trust.core.witness import witness_key, witness_look
from yiwang.trust.errors import ProofWrong
from yiwang.trust.keys import signing_key
from yiwang.trust.models import Cosignature, Entry, SignedHead
from yiwang.trust.selectors import ledger_cosigned, ledger_file, ledger_head, ledger_note, use_proof, witness_list
from yiwang.trust.service import (
    cosignature_take,
    ledger_append_pending,
    ledger_export,
    ledger_verify,
    proof_bundle,
    use_note,
    witness_end,
    witness_register,
)

SYSTEM = system_actor("clerk")
NAME = "audit.example"
PROOF_MJS = Path(__file__).parents[2] / "frontend/src/proof.mjs"
pytestmark = pytest.mark.django_db


def grown(count: int = 3) -> list[str]:
    """More uses, in the tree and under a checkpoint."""
    uses = [
        use_note(actor=SYSTEM, resource="r", version="1", fields=["a"], about=["ab" * 32], purpose=f"核对{number}")
        for number in range(count)
    ]
    ledger_append_pending()
    return uses


def looked(folder: Path, name: str = NAME) -> str:
    """What the witness has signed after a look at what the city publishes."""
    seen = witness_look(folder, ledger_file, name, int(time.time()))
    assert seen.alarm_zh == ""
    return seen.note


def first_use() -> str:
    return str(Entry.objects.get(index=0).use)


def bundle(use: str) -> dict[str, Any]:
    return proof_bundle(use_proof(SYSTEM, use))


@pytest.fixture
def witness(home: Place, tmp_path: Path) -> Path:
    """The folder of a registered witness of a log of three entries."""
    grown()
    folder = tmp_path / "witness"
    witness_register(actor=SYSTEM, key=str(witness_key(folder, NAME)))
    return folder


def test_what_a_witness_signed_is_kept_and_served_with_the_checkpoint(witness: Path) -> None:
    taken = cosignature_take(actor=SYSTEM, text=looked(witness))
    assert (taken.size, taken.witnesses, taken.fresh) == (3, (NAME,), 1)
    assert witness_list()[0].size == 3 and ledger_cosigned().witnesses == (NAME,)
    (key,) = ledger_file("witnesses").decode().split()
    for served in (ledger_file("checkpoint").decode(), ledger_file("cosigned").decode(), ledger_note(3)):
        assert [name for name, _ in cosigners(served, [key])[0]] == [NAME]


def test_a_newer_checkpoint_leaves_the_cosigned_one_where_it_was(witness: Path) -> None:
    text = looked(witness)
    cosignature_take(actor=SYSTEM, text=text)
    grown(2)
    assert ledger_file("cosigned").decode().splitlines()[1] == "3"
    assert ledger_file("checkpoint").decode().splitlines()[1] == "5"
    assert NAME not in ledger_file("checkpoint").decode()


def test_a_signature_that_comes_twice_is_kept_once(witness: Path) -> None:
    cosignature_take(actor=SYSTEM, text=looked(witness))
    again = cosignature_take(actor=SYSTEM, text=looked(witness))
    assert again.fresh == 0 and Cosignature.objects.count() == 1


def test_a_witness_that_looks_again_stands_once_under_its_own_note(witness: Path) -> None:
    cosignature_take(actor=SYSTEM, text=looked(witness))
    assert looked(witness).count(f"— {NAME} ") == 1


def test_a_proof_stands_under_the_checkpoint_that_others_signed_too(witness: Path) -> None:
    before = bundle(first_use())
    assert cosigners(str(before["checkpoint"]), before["witnesses"])[0] == []
    cosignature_take(actor=SYSTEM, text=looked(witness))
    late = grown(2)[-1]
    early = bundle(first_use())
    assert early["size"] == 3 and check_proof(early) is None
    assert [name for name, _ in cosigners(early["checkpoint"], early["witnesses"])[0]] == [NAME]
    newest = bundle(late)
    assert newest["size"] == 5 and check_proof(newest) is None


def test_a_proof_made_before_there_were_witnesses_still_holds(witness: Path) -> None:
    old = {name: value for name, value in bundle(first_use()).items() if name != "witnesses"}
    assert check_proof(old) is None


def spoiled(text: str, name: str = NAME) -> str:
    """The same note with one byte of that signature changed."""
    note = note_read(text)
    lines = [
        replace(one, data=one.data[:-1] + bytes([one.data[-1] ^ 1])) if one.name == name else one
        for one in note.signatures
    ]
    return str(Note(note.text, tuple(lines)))


def test_a_signature_that_does_not_hold_is_refused_and_nothing_is_kept(witness: Path) -> None:
    with pytest.raises(ProofWrong) as refused:
        cosignature_take(actor=SYSTEM, text=spoiled(looked(witness)))
    assert refused.value.where == NAME and not Cosignature.objects.exists()


def test_a_time_that_has_not_come_is_refused(witness: Path) -> None:
    seen = witness_look(witness, ledger_file, NAME, int(time.time()) + 7200)
    with pytest.raises(ProofWrong):
        cosignature_take(actor=SYSTEM, text=seen.note)
    assert not Cosignature.objects.exists()


def test_a_stranger_s_signature_does_not_count(witness: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        cosignature_take(actor=SYSTEM, text=looked(tmp_path / "stranger", "stranger.example"))
    assert refused.value.where == "checkpoint" and not Cosignature.objects.exists()


def test_a_stranger_who_takes_the_witness_s_name_does_not_count(witness: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        cosignature_take(actor=SYSTEM, text=looked(tmp_path / "stranger", NAME))
    assert not Cosignature.objects.exists()


def forked(folder: Path, size: int, origin: str) -> str:
    """A checkpoint the city never signed here, although with its key, and the witness's signature under it."""
    text = Checkpoint(origin, size, b"\x07" * 32).text()
    key = Ed25519PrivateKey.from_private_bytes((folder / "witness.key").read_bytes())
    signatures = (
        signature_ed25519(origin, signing_key("ledger"), text),
        cosignature(NAME, key, text, int(time.time())),
    )
    return str(Note(text, signatures))


@pytest.mark.parametrize("size", [3, 9])
def test_a_checkpoint_of_a_fork_is_named_as_one(witness: Path, size: int) -> None:
    origin = note_read(ledger_head().note).text.split("\n")[0]
    with pytest.raises(ProofWrong) as refused:
        cosignature_take(actor=SYSTEM, text=forked(witness, size, origin))
    assert "another log" in refused.value.en and not Cosignature.objects.exists()


def test_a_checkpoint_of_another_city_is_no_alarm(witness: Path) -> None:
    with pytest.raises(InputError) as refused:
        cosignature_take(actor=SYSTEM, text=forked(witness, 9, "elsewhere.example/ledger"))
    assert not isinstance(refused.value, ProofWrong) and "elsewhere" in refused.value.en


@pytest.mark.parametrize("text", ["", "no note", "a\n1\nAAAA\n\n— x AAAAAAAA\n"])
def test_what_is_no_checkpoint_is_refused(witness: Path, text: str) -> None:
    with pytest.raises(InputError):
        cosignature_take(actor=SYSTEM, text=text)


def test_a_witness_that_ended_signs_nothing_more_and_what_it_signed_holds(witness: Path) -> None:
    cosignature_take(actor=SYSTEM, text=looked(witness))
    witness_end(actor=SYSTEM, name=NAME)
    proof = bundle(first_use())
    assert [name for name, _ in cosigners(str(proof["checkpoint"]), proof["witnesses"])[0]] == [NAME]
    grown(1)
    with pytest.raises(InputError):
        cosignature_take(actor=SYSTEM, text=looked(witness))
    with pytest.raises(NotFound):
        witness_end(actor=SYSTEM, name=NAME)


def test_only_a_witness_s_key_is_registered_and_once(witness: Path, tmp_path: Path) -> None:
    own = verifier_read(ledger_file("keys").decode().split()[0])
    for key in ("nonsense", str(own), str(replace(own, kind=b"\x04")), str(witness_key(witness, NAME))):
        with pytest.raises(InputError):
            witness_register(actor=SYSTEM, key=key)
    with pytest.raises(InputError):
        witness_register(actor=SYSTEM, key=str(witness_key(tmp_path / "other", NAME)))
    assert len(witness_list()) == 1


def test_who_may_not_touch_the_witnesses_is_refused(witness: Path) -> None:
    clerk = Actor(id="account:9", name="王办事", department="civil-affairs")
    text = looked(witness)
    with pytest.raises(Refused):
        cosignature_take(actor=clerk, text=text)
    with pytest.raises(Refused):
        witness_end(actor=clerk, name=NAME)


def test_an_exported_log_carries_the_witnesses_and_a_changed_line_is_found(witness: Path, tmp_path: Path) -> None:
    cosignature_take(actor=SYSTEM, text=looked(witness))
    ledger_export(actor=SYSTEM, folder=tmp_path / "log")
    assert check_folder(tmp_path / "log").fault is None
    heads = json.loads((tmp_path / "log/heads.json").read_text())
    assert NAME in heads[0]
    (tmp_path / "log/heads.json").write_text(json.dumps([spoiled(heads[0])]))
    fault = check_folder(tmp_path / "log").fault
    assert fault is not None and NAME in fault.en


def test_the_city_finds_a_cosignature_changed_in_its_own_rows(witness: Path) -> None:
    text = looked(witness)
    cosignature_take(actor=SYSTEM, text=text)
    assert ledger_verify(SYSTEM).fault is None
    line = next(one for one in note_read(spoiled(text)).signatures if one.name == NAME).line()
    Cosignature.objects.update(line=line)
    fault = ledger_verify(SYSTEM).fault
    assert fault is not None and NAME in fault.en


def test_the_command_line_registers_takes_in_and_says_who_signed_too(witness: Path, tmp_path: Path) -> None:
    shell = CliRunner()
    looked(witness)
    took = shell.invoke(app, ["ledger", "take-cosignature", str(witness / "checkpoint"), "--json"])
    assert took.exit_code == 0 and json.loads(took.stdout)["witnesses"] == [NAME]
    listed = shell.invoke(app, ["ledger", "witnesses", "--json"])
    assert json.loads(listed.stdout)[0]["size"] == 3
    proof = tmp_path / "proof.json"
    proof.write_text(json.dumps(bundle(first_use())))
    assert json.loads(shell.invoke(app, ["verify", str(proof), "--json"]).stdout)["witnesses"][0]["name"] == NAME
    spoilt = bundle(first_use())
    proof.write_text(json.dumps(spoilt | {"checkpoint": spoiled(str(spoilt["checkpoint"]))}))
    assert shell.invoke(app, ["verify", str(proof), "--json"]).exit_code == 1
    other = str(witness_key(tmp_path / "other", "bureau.example"))
    assert shell.invoke(app, ["ledger", "witness-add", other]).exit_code == 0
    assert shell.invoke(app, ["ledger", "witness-end", "bureau.example"]).exit_code == 0
    assert [one.ended_at is None for one in witness_list()] == [True, False]


def in_the_browser_s_words(proof: dict[str, Any]) -> dict[str, Any]:
    """What frontend/src/proof.mjs says about a proof."""
    script = (
        f"import {{fault, cosigners}} from {json.dumps(PROOF_MJS.as_uri())};"
        "const proof = JSON.parse(await new Promise((done) => { let all = ''; process.stdin.on('data', (d) => all += d);"
        " process.stdin.on('end', () => done(all)); }));"
        "const others = await cosigners(proof.checkpoint, proof.witnesses);"
        "console.log(JSON.stringify({fault: await fault(proof), others}));"
    )
    ran = subprocess.run(
        ["node", "--input-type=module", "-e", script],
        input=json.dumps(proof),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(ran.stdout))


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not here")
def test_the_browser_judges_as_the_verifier_does(witness: Path) -> None:
    cosignature_take(actor=SYSTEM, text=looked(witness))
    good = bundle(first_use())
    assert in_the_browser_s_words(good) == {"fault": "", "others": [NAME]}
    bad = good | {"checkpoint": spoiled(str(good["checkpoint"]))}
    assert in_the_browser_s_words(bad) == {"fault": "witness", "others": None}
    other = good | {"leaf": base64.b64encode(b"{}").decode()}
    assert in_the_browser_s_words(other)["fault"] == "tree"


def test_a_head_can_not_be_dropped_from_under_its_witness(witness: Path) -> None:
    cosignature_take(actor=SYSTEM, text=looked(witness))
    with pytest.raises(ProtectedError):
        SignedHead.objects.all().delete()
