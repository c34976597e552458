"""A file that was read is not read again while its bytes, the layouts and the reader are the same."""

from __future__ import annotations

import dataclasses
import shutil

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import fpm
from deliveries import (
    OCTOBER,
    SEPTEMBER,
    bills,
    county,
    deliver,
    dibao,
    loader,
    roster,
    write,
)
from fpm.errors import FileRefusedError
from fpm.ingest import read_file
from fpm.pipeline.cache import ReadingCache, reader_digest
from fpm.pipeline.load import files_added
from fpm.rulebook import load_rulebook
from fpm.shipped import shipped_sample

FRAMES = ("quarantine", "blanked", "files")


@pytest.fixture
def cache(tmp_path, rulebook):
    return lambda: ReadingCache(
        tmp_path / "cache", rulebook.layouts, reader_digest(rulebook.layouts)
    )


def assert_same(first, second):
    for part in dataclasses.fields(first):
        if part.name in FRAMES:
            assert_frame_equal(getattr(first, part.name), getattr(second, part.name))
        elif part.name != "records":
            assert getattr(first, part.name) == getattr(second, part.name)
    assert list(first.records) == list(second.records)
    for kind, records in first.records.items():
        assert records.schema == second.records[kind].schema
        assert_frame_equal(records, second.records[kind])


def sample_file(suffix):
    """The smallest file of a kind that the sample county's departments send."""
    files = (shipped_sample() / "inbox/2026-10").rglob(f"*{suffix}")
    return min(files, key=lambda path: (path.stat().st_size, path.name))


@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".csv"])
def test_a_kept_reading_is_the_reading_to_the_last_part(suffix, cache, rulebook):
    path = sample_file(suffix)
    first, second = cache(), cache()
    read = first.read(path, path.name, None)
    kept = second.read(path, path.name, None)
    assert (first.hits, second.hits) == (0, 1)
    assert_same(read_file(path, path.name, rulebook.layouts), read)
    assert_same(read, kept)


@pytest.fixture
def delivered(tmp_path):
    place = county(tmp_path / "county")
    rows = dibao(30)
    rows.append(
        ("青石镇", "上河村", "", "钱一", "99990119700101001X", "本人", "DB", "B类", "三百块")
    )
    deliver(place, OCTOBER, "低保名单.csv", rows)
    deliver(place, OCTOBER, "结算.csv", bills(["202610"] * 30))
    return place


def kept(place):
    return {path: path.read_bytes() for path in place.cache.rglob("*") if path.is_file()}


def test_a_second_run_reads_nothing_and_gives_the_same(delivered, rulebook):
    load = loader(delivered, rulebook)
    first, second = load(OCTOBER), load(OCTOBER)
    assert (first.reused, second.reused) == (0, 3)
    assert first.quarantine.height == 1
    for name in ("roster", "files", "quarantine", "blanked", "guards"):
        assert_frame_equal(getattr(first, name), getattr(second, name))
    assert list(first.records) == list(second.records)
    for kind, records in first.records.items():
        assert_frame_equal(records, second.records[kind])


def test_the_reading_of_a_file_that_is_put_into_the_inbox_is_the_one_that_is_loaded(
    rulebook, tmp_path
):
    delivered = county(tmp_path / "county")
    for department, name, rows in (
        ("roster", "人员信息.csv", roster()),
        ("civil_affairs", "低保名单.csv", dibao(30)),
    ):
        file = write(tmp_path / name, rows)
        with files_added(delivered, rulebook, department, [file], OCTOBER):
            pass
    assert loader(delivered, rulebook)(OCTOBER).reused == 2


def test_what_is_kept_is_private(delivered, rulebook):
    loader(delivered, rulebook)(OCTOBER)
    assert {path.stat().st_mode & 0o777 for path in kept(delivered)} == {0o600}
    assert {path.parent.stat().st_mode & 0o777 for path in kept(delivered)} == {0o700}


def test_a_changed_file_is_read_and_its_old_reading_dropped(delivered, rulebook):
    load = loader(delivered, rulebook)
    load(OCTOBER)
    before = {path.parent.name for path in kept(delivered)}
    deliver(delivered, OCTOBER, "低保名单.csv", dibao(31))
    loaded = load(OCTOBER)
    assert loaded.reused == 2
    assert loaded.records["civil_affairs", "dibao"].height == 31
    after = {path.parent.name for path in kept(delivered)}
    assert len(after) == len(before) == 3
    assert len(after - before) == 1


def test_a_changed_layout_reads_everything_again_and_drops_the_old_readings(delivered):
    loader(delivered, load_rulebook(delivered.rules))(OCTOBER)
    before = {path.parent.name for path in kept(delivered)}
    layout = delivered.rules / "layouts/civil_affairs/dibao.toml"
    layout.write_text(
        layout.read_text("utf-8").replace('"低保对象姓名"', '"低保对象姓名", "受助人"'), "utf-8"
    )
    assert loader(delivered, load_rulebook(delivered.rules))(OCTOBER).reused == 0
    assert before.isdisjoint(path.parent.name for path in kept(delivered))


def test_readings_of_other_periods_stay(delivered, rulebook):
    load = loader(delivered, rulebook)
    deliver(delivered, SEPTEMBER, "低保名单.csv", dibao(29))
    load(SEPTEMBER)
    load(OCTOBER)
    assert load(SEPTEMBER).reused == 2
    assert len({path.parent for path in kept(delivered)}) == 4  # the roster is the same for both
    shutil.rmtree(delivered.data(SEPTEMBER))
    load(OCTOBER)
    assert len({path.parent for path in kept(delivered)}) == 3


@pytest.mark.parametrize("damage", ["cut", "flip", "gone"])
def test_a_damaged_entry_is_read_again(delivered, rulebook, damage):
    load = loader(delivered, rulebook)
    first = load(OCTOBER)
    whole = kept(delivered)
    for path, data in whole.items():
        if damage == "gone":
            path.unlink()
        elif damage == "cut":
            path.write_bytes(data[: len(data) // 2])
        else:
            path.write_bytes(data[:-9] + bytes([data[-9] ^ 1]) + data[-8:])
    again = load(OCTOBER)
    assert again.reused == 0
    assert_frame_equal(
        again.records["civil_affairs", "dibao"], first.records["civil_affairs", "dibao"]
    )
    assert kept(delivered) == whole


def test_half_an_entry_is_no_entry(delivered, rulebook):
    load = loader(delivered, rulebook)
    load(OCTOBER)
    entry = next(path.parent for path in kept(delivered))
    entry.rename(entry.with_name(f".{entry.name}.part"))
    assert load(OCTOBER).reused == 2
    assert not list(delivered.cache.glob(".*"))


def test_a_refusal_is_not_kept(cache, tmp_path):
    path = tmp_path / "低保.csv"
    path.write_text("这里,什么\n也,没有\n", "utf-8")
    for _ in range(2):
        with pytest.raises(FileRefusedError):
            cache().read(path, path.name, None)
    assert not (tmp_path / "cache").exists()


def test_the_name_and_department_a_file_is_read_under_are_part_of_what_is_kept(cache, tmp_path):
    path = write(tmp_path / "名单.csv", dibao(5))
    asked = [("低保.csv", None), ("名单.csv", None), ("名单.csv", "civil_affairs")]
    names = [cache().read(path, *one).files["file"][0] for one in asked]
    assert names == ["低保.csv", "名单.csv", "名单.csv"]
    assert len(list((tmp_path / "cache").iterdir())) == 3


def test_the_reader_changes_with_the_layouts(rulebook):
    layouts = rulebook.layouts
    assert reader_digest(layouts) == reader_digest(layouts)
    assert reader_digest(layouts) != reader_digest(layouts[1:])


@pytest.mark.parametrize(
    "changed",
    ["ingest/values/date.py", "identity/places.py", "model.py", "masking.py", "rulebook/layout.py"],
)
def test_the_reader_changes_with_the_code_that_reads(rulebook, tmp_path, monkeypatch, changed):
    copy = tmp_path / "fpm"
    shutil.copytree(fpm.__path__[0], copy, ignore=shutil.ignore_patterns("__pycache__", "shipped"))
    before = reader_digest(rulebook.layouts)
    monkeypatch.setattr(fpm, "__path__", [str(copy)])
    assert reader_digest(rulebook.layouts) == before
    with (copy / changed).open("a") as source:
        source.write("# another way\n")
    assert reader_digest(rulebook.layouts) != before


def test_nothing_is_kept_of_a_period_that_was_refused_but_its_readings(delivered, rulebook):
    delivered.inbox(OCTOBER).joinpath("低保名单.csv").rename(
        delivered.inbox(OCTOBER) / "低保9月.csv"
    )
    with pytest.raises(Exception, match="不敢采用"):
        loader(delivered, rulebook)(OCTOBER)
    assert not delivered.data(OCTOBER).exists()
    assert len({path.parent for path in kept(delivered)}) == 3
    assert pl.read_parquet(
        next(path for path in kept(delivered) if path.name == "0002.parquet")
    ).height
