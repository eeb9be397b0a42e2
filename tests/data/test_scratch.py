"""Work in progress has a folder of its own, and what the killed leave behind is swept."""

from __future__ import annotations

import multiprocessing
import time
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from yiwang.data.adapters.scratch import scratch_folder


def names(root: Path) -> list[str]:
    return sorted(p.name for p in root.iterdir() if p.is_dir())


def test_a_folder_is_there_while_it_is_used_and_gone_after(tmp_path: Path) -> None:
    with scratch_folder(tmp_path / "scratch") as folder:
        (folder / "rows.csv").write_text("x")
        assert names(tmp_path / "scratch") == [folder.name]
    assert names(tmp_path / "scratch") == []


def test_a_folder_is_gone_also_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), scratch_folder(tmp_path):
        raise RuntimeError("broken")
    assert names(tmp_path) == []


def test_two_at_work_do_not_disturb_each_other(tmp_path: Path) -> None:
    with scratch_folder(tmp_path) as first, scratch_folder(tmp_path) as second:
        assert first != second and first.is_dir() and second.is_dir()


def test_other_files_in_the_folder_are_nobody_elses_to_sweep(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text("x")
    (tmp_path / "synth").mkdir()
    with scratch_folder(tmp_path):
        assert (tmp_path / "export.csv").is_file() and (tmp_path / "synth").is_dir()


def work(root: str, ready: Event) -> None:
    with scratch_folder(Path(root)) as folder:
        (folder / "rows.csv").write_text("x")
        ready.set()
        time.sleep(60)


def test_the_folder_of_a_killed_process_goes_when_the_next_one_begins(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Event()
    worker = spawn.Process(target=work, args=(str(tmp_path), ready))
    worker.start()
    assert ready.wait(60)
    left = names(tmp_path)
    with scratch_folder(tmp_path):
        assert set(left) < set(names(tmp_path)), "a process that is alive keeps its folder"
    worker.kill()
    worker.join()
    assert names(tmp_path) == left
    with scratch_folder(tmp_path) as folder:
        assert names(tmp_path) == [folder.name]
