"""The bench of processes lives the same case in both engines and says what it missed. No time is judged here."""

from __future__ import annotations

from bench.process import benchmark
from bench.process.running import ANSWERS, Lived, spiffworkflow, yiwang


def test_both_engines_meet_the_same_works_and_reload_at_every_point() -> None:
    ours, peer = yiwang()(), spiffworkflow()()
    assert ours.works == peer.works == tuple(ANSWERS)
    assert len(ours.sizes) == len(peer.sizes) == benchmark.POINTS == 6


def test_a_state_of_five_works_stays_within_its_bytes() -> None:
    assert max(yiwang()().sizes) <= 600


def test_a_run_gives_ratios_and_its_table_names_the_peer() -> None:
    said: list[str] = []
    found = benchmark.run(20, 1, said.append)
    assert len(said) == 2 and set(found["ratio"]) == {"speed", "bytes"}
    assert "spiffworkflow" in benchmark.table(found)


def test_what_is_missed_is_said() -> None:
    good = Lived(tuple(ANSWERS), (100,) * 6)
    large = Lived(tuple(ANSWERS), (2000,) * 6)
    held = benchmark.told({"yiwang": good, "spiffworkflow": large}, {"yiwang": 200.0, "spiffworkflow": 10.0}, 1, 1)
    assert held["failed"] == [] and "all limits held" in benchmark.table(held)
    other = Lived(tuple(ANSWERS)[:4], (100,) * 5)
    missed = benchmark.told({"yiwang": other, "spiffworkflow": good}, {"yiwang": 100.0, "spiffworkflow": 10.0}, 1, 1)
    assert len(missed["failed"]) == 4 and "MISSED: speed 10.0" in benchmark.table(missed)
