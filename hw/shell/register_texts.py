"""Texts made of the register description: SystemVerilog, Python, Markdown."""

from dataclasses import dataclass
from pathlib import Path

from hw.shell import SHELL_RTL_DIR
from hw.shell.engines import IDMA, MOST, ODMA, base_of, number_of
from hw.shell.ports import memory_prefix
from hw.shell.register_block import CAMERA, Field, RegisterBlock, load

_ROOT = Path(__file__).resolve().parents[2]
_HINT = "Generated from hw/shell/registers.yaml by `python -m hw.shell.registers`. Do not edit."

_ACCESS_TEXTS = {
    "rw": "read, write",
    "ro": "read",
    "w1s": "write 1 to start",
    "w1c": "write 1 to clear",
    "rc": "read, which clears it",
}


@dataclass(frozen=True)
class BlockNames:
    """Names of a block's texts. introduction: the file whose text the document begins with.

    package: the SystemVerilog package. constants, document: the first line of each.
    """

    package: str
    constants: str
    document: str
    introduction: str


DMA_NAMES = BlockNames(
    "dma_registers_pkg",
    "Registers of the DMA blocks (``idma0``, ``odma0``): offsets, bits, what errors mean.",
    "Registers of the DMA blocks",
    "registers_intro.md",
)
CAMERA_NAMES = BlockNames(
    "camera_registers_pkg",
    "Registers of the camera's block (``camera0``): offsets, bits, what errors mean.",
    "Registers of the camera path",
    "camera_registers_intro.md",
)


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _value_field(field: Field) -> bool:
    return field.high != field.low


def systemverilog(block: RegisterBlock, names: BlockNames = DMA_NAMES) -> str:
    """Package with offsets, bit numbers and VERSION's value."""
    lines = [f"// {_HINT}", f"package {names.package};", ""]
    lines += ["  /* verilator lint_off UNUSEDPARAM */  // one that a module does not look at", ""]
    width = max(len(_camel(register.name)) for register in block.registers) + 6
    for register in block.registers:
        name = f"{_camel(register.name)}Offset"
        lines.append(f"  localparam logic [7:0] {name:{width}} = 8'h{register.offset:02x};")
    lines.append("")
    for register in block.registers:
        for field in register.fields:
            if not _value_field(field):
                name = f"{_camel(register.name)}{_camel(field.name)}Bit"
                lines.append(f"  localparam int unsigned {name} = {field.low};")
    errors = len(block.register("ERROR").fields)
    lines += [
        "",
        f"  localparam int unsigned ErrorBits = {errors};",
        f"  localparam logic [31:0] VersionValue = 32'h{block.version_value:08x};",
        "",
        "  /* verilator lint_on UNUSEDPARAM */",
        "",
        "endpackage",
    ]
    return "\n".join(lines) + "\n"


def python(block: RegisterBlock, names: BlockNames = DMA_NAMES) -> str:
    """Module of constants for the driver, of a syntax that Python 3.8 reads."""
    lines = [
        f'"""{names.constants}',
        "",
        _HINT,
        '"""',
        "",
    ]
    for register in block.registers:
        lines.append(f"{register.name} = 0x{register.offset:02X}")
        for field in register.fields:
            if not _value_field(field):
                lines.append(f"{register.name}_{field.name} = 1 << {field.low}")
    lines += [
        "",
        f"VERSION_MAGIC = 0x{block.magic:04X}",
        f"VERSION_NUMBER = {block.version}",
        "",
        "#: What a bit of ERROR means.",
        "ERROR_TEXTS = {",
        *(f'    {field.low}: "{field.text}",' for field in block.register("ERROR").fields),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _blocks() -> str:
    """Table of the engines: registers, interrupt, port to the memory."""
    lines = ["| block | registers at | line of `irq_o` | port |", "|---|---|---|---|"]
    for index in range(MOST):
        for kind in (IDMA, ODMA):
            name = f"{kind}{index}"
            row = (f"`{name}`", f"0x{base_of(name):04X}", f"bit {number_of(name)}")
            lines.append(f"| {' | '.join(row)} | `{memory_prefix(name)}` |")
    return "\n".join(lines)


def markdown(block: RegisterBlock, names: BlockNames = DMA_NAMES) -> str:
    """Text of docs/registers.md, or docs/registers-camera.md."""
    introduction = Path(__file__).resolve().parent / names.introduction
    lines = [
        f"<!-- {_HINT} -->",
        f"# {names.document}",
        "",
        introduction.read_text(encoding="utf-8").replace("<!-- blocks -->", _blocks()),
    ]
    for register in block.registers:
        lines += [f"### 0x{register.offset:02X} {register.name}", "", register.text, ""]
        lines += ["| bits | field | access | |", "|---|---|---|---|"]
        for field in register.fields:
            bits = f"{field.high}:{field.low}" if _value_field(field) else str(field.low)
            access = _ACCESS_TEXTS[field.access]
            lines.append(f"| {bits} | {field.name} | {access} | {field.text} |")
        lines.append("")
    lines.append("Bits not named read 0. After power-up every register that can be written is 0.")
    return "\n".join(lines) + "\n"


def generated_files(block: RegisterBlock) -> dict[Path, str]:
    """Path and text of every generated file."""
    camera = load(block=CAMERA)
    rtl, driver = _ROOT / "hw" / "camera" / "rtl", _ROOT / "hw" / "driver"
    return {
        SHELL_RTL_DIR / "dma_registers_pkg.sv": systemverilog(block),
        driver / "registers.py": python(block),
        _ROOT / "docs" / "registers.md": markdown(block),
        rtl / "camera_registers_pkg.sv": systemverilog(camera, CAMERA_NAMES),
        driver / "camera_registers.py": python(camera, CAMERA_NAMES),
        _ROOT / "docs" / "registers-camera.md": markdown(camera, CAMERA_NAMES),
    }
