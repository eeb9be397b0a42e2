"""The tree, the notes and the tiles against vectors of others: proofs that hold, proofs that must not, a whole small log."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yiwang.trust.core.merkle import (
    EMPTY,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    nodes_of,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from yiwang.trust.core.note import (
    ED25519,
    NoteWrong,
    Verifier,
    checkpoint_read,
    cosignature,
    cosigned_at,
    note_holds,
    note_read,
    verifier_read,
)
from yiwang.trust.core.tiles import tile_hashes, tile_nodes

EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
LOG_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
HASHES = [leaf_hash(b"%d" % number) for number in range(40)]
# An empty part of an empty tree: a notion of subtrees alone, which a log that only grows does not affirm.
OF_NOTHING = "sizes-are-equal-zero-subtree-root-valid"


def cases(folder: Path, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((folder / "vectors/merkle/testdata" / kind).rglob("*.json")):
        said = json.loads(path.read_text(encoding="utf-8"))
        for key in ("root", "root1", "root2", "leafHash"):
            if key in said:
                said[key] = base64.b64decode(said[key])
        said["proof"] = [base64.b64decode(one) for one in said["proof"] or ()]
        yield str(path.relative_to(folder)), said


def test_every_inclusion_vector_is_judged_as_it_must(shared_data: Path) -> None:
    judged = {
        name: verify_inclusion(said["leafHash"], said["leafIdx"], said["treeSize"], said["proof"], said["root"])
        for name, said in cases(shared_data, "inclusion")
    }
    wanted = {name: not said["wantErr"] for name, said in cases(shared_data, "inclusion")}
    assert judged == wanted and len(wanted) == 98 and sum(wanted.values()) == 6


def test_every_consistency_vector_is_judged_as_it_must(shared_data: Path) -> None:
    judged = {
        name: verify_consistency(said["size1"], said["size2"], said["root1"], said["root2"], said["proof"])
        for name, said in cases(shared_data, "consistency")
    }
    wanted = {name: not said["wantErr"] for name, said in cases(shared_data, "consistency")}
    assert judged == wanted and len(wanted) == 98 and sum(wanted.values()) == 6


def test_subtrees_that_begin_at_the_first_leaf_are_trees(shared_data: Path) -> None:
    judged, wanted = {}, {}
    for name, said in cases(shared_data, "subtreeinclusion"):
        if said["start"] == 0:
            wanted[name] = not said["wantErr"]
            judged[name] = verify_inclusion(said["leafHash"], said["leafIdx"], said["end"], said["proof"], said["root"])
    for name, said in cases(shared_data, "subtreeconsistency"):
        if said["start"] == 0 and OF_NOTHING not in name:
            wanted[name] = not said["wantErr"]
            judged[name] = verify_consistency(said["end"], said["size"], said["root1"], said["root2"], said["proof"])
    assert judged == wanted and len(wanted) == 201 and sum(wanted.values()) > 10


def test_the_whole_small_log_of_others_reads_from_its_tiles(shared_data: Path) -> None:
    folder = shared_data / "vectors/merkle/tlog/log"
    key = verifier_read(LOG_KEY)
    heads = {}
    for size in range(16):
        note = note_read((folder / f"checkpoint.{size}").read_text(encoding="utf-8"))
        assert note_holds(note, key)
        head = checkpoint_read(note)
        heads[head.size] = head.root
    assert heads[0] == EMPTY and sorted(heads) == list(range(16))
    leaves = [leaf_hash(one) for one in _bundle((folder / "tile/entries/000.p/15").read_bytes())]
    assert tile_hashes(folder, 0, 0, 15) == leaves
    for size in range(1, 16):
        assert root_of(leaves[:size]) == heads[size]
        for index in range(size):
            proof = inclusion_proof(tile_nodes(folder, size), index, size)
            assert verify_inclusion(leaves[index], index, size, proof, heads[size])
        for before in range(1, size + 1):
            old = consistency_proof(tile_nodes(folder, size), before, size)
            assert verify_consistency(before, size, heads[before], heads[size], old)


def _bundle(body: bytes) -> Iterator[bytes]:
    """Entries as tlog-tiles bundles them: each behind its length in two bytes."""
    while body:
        (length,) = struct.unpack(">H", body[:2])
        yield body[2 : 2 + length]
        body = body[2 + length :]


def told(leaves: list[bytes]) -> bytes:
    """The root as RFC 9162, 2.1.1 words it, written here once more and on its own."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return hashlib.sha256(b"\x01" + told(leaves[:middle]) + told(leaves[middle:])).digest()


@pytest.mark.parametrize("seed", range(20))
def test_drawn_trees_have_the_root_of_the_definition_and_proofs_hold_for_them_alone(seed: int) -> None:
    chance = random.Random(seed)
    leaves = [leaf_hash(chance.randbytes(9)) for _ in range(chance.randint(2, 700))]
    size = len(leaves)
    before = chance.randint(1, size - 1)
    nodes, root, old = nodes_of(leaves), told(leaves), told(leaves[:before])
    assert root_of(leaves) == root and root_of(leaves[:before]) == old
    # grown in two steps or leaf by leaf, the tree is the same
    assert Frontier().extend(leaves[:before]).extend(leaves[before:]).root() == root
    index = chance.randrange(size)
    proof = inclusion_proof(nodes, index, size)
    assert verify_inclusion(leaves[index], index, size, proof, root)
    assert not verify_inclusion(leaves[index], (index + 1) % size, size, proof, root)
    assert not verify_inclusion(leaf_hash(b"another"), index, size, proof, root)
    grown = consistency_proof(nodes, before, size)
    assert verify_consistency(before, size, old, root, grown)
    assert not verify_consistency(before, size, leaf_hash(b"another"), root, grown)
    for at in range(len(grown)):
        assert not verify_consistency(before, size, old, root, [*grown[:at], leaf_hash(b"x"), *grown[at + 1 :]])
    for at in range(len(proof)):
        assert not verify_inclusion(leaves[index], index, size, [*proof[:at], leaf_hash(b"x"), *proof[at + 1 :]], root)


@pytest.mark.parametrize("nothing", [b"", b"\0" * 31, b"\0" * 33])
def test_hashes_that_are_none_prove_nothing(nothing: bytes) -> None:
    assert not verify_inclusion(nothing, 0, 1, [], nothing)
    assert not verify_consistency(1, 2, nothing, nothing, [nothing])
    proof = inclusion_proof(lambda level, index: HASHES[index], 0, 2)
    assert verify_inclusion(HASHES[0], 0, 2, proof, root_of(HASHES[:2]))
    assert not verify_inclusion(HASHES[0], 0, 2, [nothing], root_of(HASHES[:2]))
    assert not verify_inclusion(HASHES[0], 0, 2, [*proof, nothing], root_of(HASHES[:2]))


@pytest.mark.parametrize(
    ("index", "size", "proof", "root"),
    [
        (-1, 2, [HASHES[1]], HASHES[0]),
        (2, 2, [HASHES[1]], HASHES[0]),
        (0, 0, [], EMPTY),
        (True, 2, [HASHES[1]], HASHES[0]),
        ("0", 2, [HASHES[1]], HASHES[0]),
        (0, 2, None, HASHES[0]),
        (0, 2, HASHES[1], HASHES[0]),
        (0, 2, [HASHES[1].hex()], HASHES[0]),
        (0, 2, [HASHES[1]], None),
        (0, 1 << 70, [HASHES[1]] * 80, HASHES[0]),
    ],
)
def test_what_is_no_proof_is_false_and_no_error(index: Any, size: Any, proof: Any, root: Any) -> None:
    assert verify_inclusion(HASHES[0], index, size, proof, root) is False
    assert verify_consistency(index, size, HASHES[0], root, proof) is False


def test_a_leaf_is_never_taken_for_a_node() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert root_of([left, right]) != leaf_hash(left + right)


def test_a_signed_note_of_the_specification_holds_and_an_altered_one_does_not() -> None:
    signature = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    text = f"This is an example message.\n\n— example.com/foo {signature}\n"
    assert note_holds(note_read(text), verifier_read(EXAMPLE_KEY))
    assert str(note_read(text)) == text
    assert not note_holds(note_read(text.replace("an example", "no example")), verifier_read(EXAMPLE_KEY))
    assert not note_holds(note_read(text.replace("com/foo", "com/bar")), verifier_read(EXAMPLE_KEY))


@pytest.mark.parametrize(
    "line",
    [
        "",
        "example.com/foo",
        EXAMPLE_KEY.replace("530d903a", "530d903b"),
        EXAMPLE_KEY.replace("example.com", "example.org"),
        EXAMPLE_KEY.replace("+Aek", "+Bek"),
    ],
)
def test_a_key_with_anothers_id_or_of_an_unknown_type_is_refused(line: str) -> None:
    with pytest.raises(NoteWrong):
        verifier_read(line)


def test_a_cosignature_says_when_and_holds_for_no_other_moment() -> None:
    key = Ed25519PrivateKey.generate()
    note = note_read("city.example/log\n1\n" + base64.b64encode(HASHES[0]).decode() + "\n\n— x AAAAAAA=\n")
    witness = Verifier("audit.example", b"\x04", key.public_key().public_bytes_raw())
    signed = note.signed(cosignature("audit.example", key, note.text, 1_700_000_000))
    assert cosigned_at(signed, witness) == 1_700_000_000
    moved = signed.signatures[-1].data
    forged = note.signed(type(signed.signatures[-1])("audit.example", witness.key_id, struct.pack(">Q", 1) + moved[8:]))
    assert cosigned_at(forged, witness) is None
    # the same key as a signing key of logs has another id, so neither passes for the other
    assert Verifier("audit.example", ED25519, witness.public).key_id != witness.key_id


@pytest.mark.parametrize("middle", ["01", "-1", "1.0", "", "1\nfoo bar\n"])
def test_a_checkpoint_has_a_size_written_in_one_way(middle: str) -> None:
    root = base64.b64encode(HASHES[0]).decode()
    text = f"city.example/log\n{middle}\n{root}\n\n— x AAAAAAA=\n"
    with pytest.raises(NoteWrong):
        checkpoint_read(note_read(text))
