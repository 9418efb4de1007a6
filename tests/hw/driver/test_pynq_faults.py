"""Errors that PYNQ raises in its own words are told as what they are."""

import importlib
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hw.driver import AcceleratorError, DupNetAccelerator, __main__
from tests.hw.driver.fake_bus import DESCRIPTION, sums

STAND_IN = Path(__file__).parent / "stand_in"
FRAMES = np.random.default_rng(0).integers(0, 256, (4, 4, 4, 3), np.uint8)
HINT = "; it needs root (sudo -i) and a bitfile of this board (Pynq-Z2)"


@pytest.fixture
def pynq(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(STAND_IN))
    monkeypatch.delitem(sys.modules, "pynq", raising=False)
    module = importlib.import_module("pynq")
    monkeypatch.setitem(sys.modules, "pynq", module)
    return module


@pytest.fixture
def bitfile(tmp_path: Path) -> Path:
    """A folder as it is deployed; returns its bitfile."""
    text = DESCRIPTION.to_json().replace("0x40001000", "0x40010000")
    (tmp_path / "accelerator.json").write_text(text)
    for name in ("vectors", "bitfile"):
        (tmp_path / name).mkdir()
    np.save(tmp_path / "vectors" / "input.npy", FRAMES)
    np.save(tmp_path / "vectors" / "expected.npy", np.stack([sums(frame) for frame in FRAMES]))
    (tmp_path / "bitfile" / "a.bit").write_bytes(b"")
    return tmp_path / "bitfile" / "a.bit"


def refusal(bitfile: Path) -> str:
    with pytest.raises(AcceleratorError) as caught, DupNetAccelerator(bitfile) as accelerator:
        accelerator.validate()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_stand_in_works(pynq: Any, bitfile: Path) -> None:
    with DupNetAccelerator(bitfile) as accelerator:
        assert accelerator.validate() == 4
    assert not pynq._memory


@pytest.mark.parametrize(
    "error",
    [
        KeyError("C_BASEADDR"),  # pynqmetadata, on a .hwh of another kind
        RuntimeError("Unable to parse metadata"),
        ValueError("Cannot find HWH or TCL file for a.bit."),
        AttributeError("'NoneType' object has no attribute 'ip_dict'"),
        struct.error("unpack requires a buffer of 2 bytes"),  # an empty bitfile
        IndexError("index out of range"),  # one that is cut
        OSError("Root permissions required."),
    ],
)
@pytest.mark.parametrize("hwh", [True, False])
def test_loading(pynq: Any, bitfile: Path, error: Exception, hwh: bool) -> None:
    if hwh:
        bitfile.with_suffix(".hwh").write_text("idma0 odma0")
    pynq.faults["load" if hwh else "download"] = error
    said = f"{bitfile}: PYNQ cannot load it ({type(error).__name__}: {error}){HINT}"
    assert refusal(bitfile) == said


def test_a_hwh_without_our_blocks_lists_those_that_there_are(pynq: Any, bitfile: Path) -> None:
    bitfile.with_suffix(".hwh").write_text("odma0")
    assert refusal(bitfile) == (
        f"{bitfile.with_suffix('.hwh')}: no block named idma0 (there: odma0); "
        "expected idma0 and odma0"
    )


def test_a_hwh_without_an_address(
    pynq: Any, bitfile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hwh = bitfile.with_suffix(".hwh")
    hwh.write_text("idma0 odma0")
    for entry, said in (({}, "KeyError: 'phys_addr'"), ({"phys_addr": None}, "TypeError: ")):
        monkeypatch.setattr(pynq, "BASES", dict.fromkeys(("idma0", "odma0"), 0))

        class Overlay(pynq.Bitstream):  # type: ignore[name-defined, misc]
            ip_dict = {"idma0": entry, "odma0": entry}

        monkeypatch.setattr(pynq, "Overlay", Overlay)
        assert refusal(bitfile).startswith(f"{hwh}: PYNQ has no address of idma0 ({said}")


@pytest.mark.parametrize(
    ("what", "error", "said"),
    [
        (
            "clock",
            ValueError("Frequency out of range."),
            "PYNQ cannot set the clock to 100 MHz (ValueError: Frequency out of range.)",
        ),
        (
            "mmio",
            OSError("Root permissions required."),
            "PYNQ cannot map the registers of idma0 at 0x40000000 (OSError: Root",
        ),
        (
            "read",
            MemoryError("Unaligned read: offset must be multiple of 4."),
            "idma0: register 0x40 cannot be read (MemoryError: Unaligned read",
        ),
        (
            "write",
            ValueError("Data type must be int or bytes."),
            "idma0: register 0x10 cannot be written (ValueError: Data type must be int or bytes.)",
        ),
        ("flush", RuntimeError("Flush Failed: 4294967295"), "PYNQ cannot flush a buffer (Runtime"),
        (
            "invalidate",
            RuntimeError("Invalidate Failed: 4294967295"),
            "PYNQ cannot invalidate a buffer (RuntimeError: Invalidate Failed: 4294967295)",
        ),
        ("free", RuntimeError(), "PYNQ cannot free a buffer (RuntimeError)"),
    ],
)
def test_whatever_else_pynq_raises(
    pynq: Any, bitfile: Path, what: str, error: Exception, said: str
) -> None:
    pynq.faults[what] = error
    assert refusal(bitfile).startswith(said)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_memory_that_is_short(pynq: Any, bitfile: Path, number: int) -> None:
    pynq.faults[f"allocate {number}"] = RuntimeError("Allocate failed: 4294967295")
    assert refusal(bitfile).startswith(
        f"buffer {number} of 4, {8 * (96, 48)[number % 2]} bytes, cannot be allocated (PYNQ cannot "
        "allocate it (RuntimeError: Allocate failed: 4294967295)); a smaller batch than 8"
    )
    assert not pynq._memory


def test_a_pynq_that_is_broken(
    bitfile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(str(tmp_path / "other"))
    (tmp_path / "other").mkdir()
    for content, said in (
        ("import no_such_part\n", "PYNQ cannot be imported (ModuleNotFoundError: No module named"),
        ("raise RuntimeError('No Devices Found')\n", "PYNQ cannot be imported (RuntimeError: No D"),
        ("from json import nothing\n", "PYNQ cannot be imported (ImportError: cannot import name"),
    ):
        (tmp_path / "other" / "pynq.py").write_text(content)
        monkeypatch.delitem(sys.modules, "pynq", raising=False)
        importlib.invalidate_caches()
        assert refusal(bitfile).startswith(said)


def test_the_description_of_a_board_without_a_processor(pynq: Any, bitfile: Path) -> None:
    path = bitfile.parents[1] / "accelerator.json"
    path.write_text(path.read_text().replace('"odma0"', '"other"'))
    assert refusal(bitfile).startswith("tiny: its description has no registers odma0; expected")


def test_the_command_says_it_in_a_line(
    pynq: Any,
    bitfile: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pynq.faults["download"] = KeyError("PARAMETER")
    assert __main__.main(["validate", "--bitfile", str(bitfile)]) == 1
    said = capsys.readouterr().err
    assert said == f"error: {bitfile}: PYNQ cannot load it (KeyError: 'PARAMETER'){HINT}\n"
    pynq.faults["download"] = KeyboardInterrupt()
    assert __main__.main(["validate", "--bitfile", str(bitfile)]) == 130
