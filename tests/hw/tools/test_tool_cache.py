"""Keys that lose nothing, and results that are there whole or not at all."""

import hashlib
import itertools
import multiprocessing
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hw.errors import HardwareError
from hw.tools.cache import DIGITS, ToolCache, content_key


def test_a_key_is_the_hash_of_the_texts_with_zeros_between():
    """The kept runs of the cost models name results by it (hw/synth/cost/data/runs.jsonl)."""
    assert content_key("a", "b") == hashlib.sha256(b"a\0b").hexdigest()[:DIGITS]


def test_no_text_runs_into_its_neighbour():
    letters = ["", "\0", "\1", "\2", "a"]
    pieces = ["".join(each) for each in itertools.product(letters, repeat=2)]
    lists = {(piece,) for piece in pieces} | set(itertools.product(set(pieces), repeat=2))
    assert len({content_key(*each) for each in lists}) == len(lists)


@settings(deadline=None)
@given(st.lists(st.text("\0\1\2ab"), min_size=1), st.lists(st.text("\0\1\2ab"), min_size=1))
def test_other_texts_have_another_key(one, other):
    assert (content_key(*one) == content_key(*other)) == (one == other)


def test_figures_that_are_kept(tmp_path):
    cache = ToolCache(tmp_path / "new")
    assert cache.figures("k", dict[str, int]) is None
    assert not cache.folder.exists()
    cache.keep("k", {"LUT": 3})
    assert cache.figures("k", dict[str, int]) == {"LUT": 3}
    assert cache.figures("k", dict[str, str]) is None
    (cache.folder / "k.json").write_text('{"LUT"')
    assert cache.figures("k", dict[str, int]) is None
    (tmp_path / "file").write_text("")
    with pytest.raises(HardwareError, match=r"file/k\.json: cannot be written: Not a directory"):
        ToolCache(tmp_path / "file").keep("k", {})


def test_a_folder_is_made_once(tmp_path):
    cache, calls = ToolCache(tmp_path / "c"), []

    def make(work):
        calls.append(work)
        assert not cache.folder.joinpath("x").exists()
        (work / "program").write_text("1")

    folder, seconds = cache.made("x", "program", make)
    assert (folder, (folder / "program").read_text()) == (tmp_path / "c" / "x", "1")
    assert seconds > 0
    assert cache.made("x", "program", make) == (folder, 0)
    assert len(calls) == 1
    (folder / "program").unlink()  # somebody cleaned up
    assert cache.made("x", "program", make)[1] > 0
    assert os.listdir(cache.folder) == ["x"]


def test_a_failure_leaves_nothing(tmp_path):
    def make(work):
        (work / "program").write_text("half")
        raise HardwareError("it failed")

    with pytest.raises(HardwareError, match="it failed"):
        ToolCache(tmp_path).made("x", "program", make)
    assert os.listdir(tmp_path) == []


def _make(cache, letter, times):
    for number in range(times):
        folder, _ = cache.made(
            f"x{number}", "program", lambda work: (work / "program").write_text(letter * 1000)
        )
        assert len(set((folder / "program").read_text())) == 1


def test_the_first_of_several_makers_stays(tmp_path):
    context = multiprocessing.get_context("fork")
    cache = ToolCache(tmp_path)
    makers = [context.Process(target=_make, args=(cache, letter, 40)) for letter in "abc"]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
        assert maker.exitcode == 0
    assert sorted(os.listdir(tmp_path)) == sorted(f"x{number}" for number in range(40))
