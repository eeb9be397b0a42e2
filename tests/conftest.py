"""What all tests share: where the public data are, a home of one's own, a PostgreSQL of one's own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from machine import PostgresServer, absent, postgres_programs, turn

from yiwang.config.place import Place

ROOT = Path(__file__).resolve().parents[1]
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "database: touches the database (set by itself, for the run on PostgreSQL)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if asked & DATABASE_FIXTURES or item.get_closest_marker("django_db"):
            item.add_marker("database")
        if "postgres_url" in asked:
            item.add_marker("postgres")
        if "shared_data" in asked:
            item.add_marker("shared_data")
    items.sort(key=lambda item: turn(item.path))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public data: YIWANG_SHARED_DATA, or shared/data beside the repository."""
    folder = Path(os.environ.get("YIWANG_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the public data folder is absent; set YIWANG_SHARED_DATA to it")
    return folder


@pytest.fixture(autouse=True)
def _nothing_of_another_test() -> Iterator[None]:
    """A process keeps opened keys, and which cases it noted as read; a test begins with an empty ledger of both."""
    yield
    if "yiwang.trust.keys" in sys.modules:
        sys.modules["yiwang.trust.keys"].keys_forget()
    if "yiwang.flow.applicants" in sys.modules:
        sys.modules["yiwang.flow.applicants"].readings_forget()


@pytest.fixture(autouse=True, scope="session")
def _packs_examined_once() -> Iterator[None]:
    """What the examination of a pack says follows from its files, those of the packs it needs, and the day: a process does it once."""
    # models cannot be imported before Django is set up, which happens after this file is read
    from django.utils import timezone

    from yiwang.kernel import packing

    examine, known = packing.pack_examine, {}

    def once(folder: Path) -> object:
        pack = packing.pack_read(folder, packing.pack_roots())
        around = sorted(other.digest for other in packing._needed(pack))
        key = (pack.digest, *around, timezone.localdate())
        if key not in known:
            known[key] = examine(folder)
        return replace(known[key], pack=pack)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "pack_examine", once)
        yield


@pytest.fixture
def home(tmp_path: Path, settings: object) -> Place:
    """An empty home (files, lake, scratch) for this test alone."""
    place = replace(settings.PLACE, home=tmp_path, lake_url=str(tmp_path / "lake"))  # type: ignore[attr-defined]
    settings.PLACE = place  # type: ignore[attr-defined]
    return place


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of an empty PostgreSQL that lives as long as the test run."""
    programs = postgres_programs()
    if programs is None:
        absent("PostgreSQL", "apt-get install postgresql")
    server = PostgresServer(programs)
    try:
        server.start()
        yield server.url
    finally:
        server.stop()
