"""The register description: what is generated from it is up to date, and its rules hold."""

import ast
import re
from pathlib import Path

import pytest
import yaml

from hw.driver import registers as constants
from hw.errors import HardwareError
from hw.shell import SHELL_RTL_DIR
from hw.shell.register_block import DESCRIPTION, load
from hw.shell.register_texts import generated_files, markdown, python

BLOCK = load()


@pytest.mark.parametrize("path", generated_files(BLOCK), ids=lambda path: path.name)
def test_generated_files_are_up_to_date(path: Path):
    expected = generated_files(BLOCK)[path]
    assert path.read_text() == expected, "run `python -m hw.shell.registers`"


def test_offsets_that_finns_driver_expects():
    offsets = {register.name: register.offset for register in BLOCK.registers}
    assert (offsets["CTRL"], offsets["ADDR_LO"], offsets["COUNT"]) == (0x00, 0x10, 0x1C)
    bits = {field.name: field.low for field in BLOCK.register("CTRL").fields}
    assert bits == {"START": 0, "DONE": 1, "IDLE": 2, "READY": 3}


def test_the_drivers_constants_are_the_description():
    ast.parse(python(BLOCK), feature_version=(3, 8))
    for register in BLOCK.registers:
        assert getattr(constants, register.name) == register.offset
        for field in register.fields:
            if field.high == field.low:
                assert getattr(constants, f"{register.name}_{field.name}") == 1 << field.low
    assert BLOCK.version_value == constants.VERSION_MAGIC << 16 | constants.VERSION_NUMBER
    assert set(constants.ERROR_TEXTS) == {f.low for f in BLOCK.register("ERROR").fields}


def test_every_register_is_documented_and_decoded():
    text = markdown(BLOCK)
    rtl = (SHELL_RTL_DIR / "dma_registers.sv").read_text()
    for register in BLOCK.registers:
        assert f"### 0x{register.offset:02X} {register.name}\n" in text
        name = "".join(part.capitalize() for part in register.name.split("_"))
        assert re.search(rf"dma_registers_pkg::{name}Offset: read_data_o = ", rtl), register.name


def _changed(tmp_path: Path, change) -> Path:
    data = yaml.safe_load(DESCRIPTION.read_text())
    change(data["registers"])
    path = tmp_path / "registers.yaml"
    path.write_text(yaml.safe_dump(data))
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: r[1].update(offset=2), "register GIE: offset 0x2 is no multiple of 4"),
        (lambda r: r[2].update(offset=4), "register IER: offset 0x4 is no multiple of 4 above 0x4"),
        (lambda r: r[2].update(name="GIE"), "two registers are named GIE"),
        (lambda r: r[0]["fields"][1].update(bit=0), "register CTRL: field DONE overlaps another"),
        (
            lambda r: r[0]["fields"][1].update(bit=32),
            "field DONE: bits 32..32 are not within 31..0",
        ),
        (lambda r: r[0]["fields"][1].update(access="wo"), "field DONE: access wo is none of rw"),
        (lambda r: r[0].pop("text"), "no register description"),
    ],
)
def test_a_description_that_breaks_a_rule_is_refused(tmp_path: Path, change, message: str):
    with pytest.raises(HardwareError, match=re.escape(message)):
        load(_changed(tmp_path, change))


def test_a_missing_description_is_refused(tmp_path: Path):
    with pytest.raises(HardwareError, match="no register description"):
        load(tmp_path / "none.yaml")
