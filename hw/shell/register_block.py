"""Registers of the DMA blocks and of the camera's: ``registers.yaml`` read and checked."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hw.errors import HardwareError
from hw.files import READER

#: The key of the camera's block in the description.
CAMERA = "camera"
DESCRIPTION = Path(__file__).resolve().parent / "registers.yaml"
ACCESS = ("rw", "ro", "w1s", "w1c", "rc")
_WORD = 4


@dataclass(frozen=True)
class Field:
    """Bits high..low of a register. access: one of ACCESS."""

    name: str
    high: int
    low: int
    access: str
    text: str


@dataclass(frozen=True)
class Register:
    """A register of 32 bits at a byte offset."""

    name: str
    offset: int
    text: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class RegisterBlock:
    """All registers of a block, by rising offset; version and magic make up VERSION's value."""

    version: int
    magic: int
    registers: tuple[Register, ...]

    @property
    def version_value(self) -> int:
        """The value that VERSION reads as."""
        return self.magic << 16 | self.version

    def register(self, name: str) -> Register:
        """Register by name; HardwareError where there is none."""
        for register in self.registers:
            if register.name == name:
                return register
        raise HardwareError(f"there is no register {name}")


def _field(register: str, fields: dict[str, Any], values: dict[str, str]) -> Field:
    name = f"register {register}, field {fields.get('name')}"
    high, low = fields["bits"] if "bits" in fields else (fields["bit"], fields["bit"])
    if not 31 >= high >= low >= 0:
        raise HardwareError(f"{name}: bits {high}..{low} are not within 31..0")
    if fields["access"] not in ACCESS:
        raise HardwareError(f"{name}: access {fields['access']} is none of {', '.join(ACCESS)}")
    return Field(fields["name"], high, low, fields["access"], fields["text"].format(**values))


def _check_bits(register: Register) -> None:
    taken: set[int] = set()
    for field in register.fields:
        bits = set(range(field.low, field.high + 1))
        if taken & bits:
            raise HardwareError(f"register {register.name}: field {field.name} overlaps another")
        taken |= bits


def load(path: Path = DESCRIPTION, block: str = "") -> RegisterBlock:
    """Read a description; HardwareError names the register that breaks a rule.

    block: CAMERA for the camera's; without, that of the DMAs. The rules: offsets are multiples of 4
    and rise, names are unique, fields do not overlap.
    """
    try:
        data = READER.yaml(path, dict[str, Any], "no register description")
        data = data[block] if block else data
        values = {"magic": f"{data['magic']:#06x}", "version": str(data["version"])}
        registers = []
        for entry in data["registers"]:
            fields = tuple(_field(entry["name"], field, values) for field in entry["fields"])
            registers.append(Register(entry["name"], entry["offset"], entry["text"], fields))
    except (KeyError, TypeError) as error:
        raise HardwareError(f"{path}: no register description ({error})") from error
    last = -_WORD
    for register in registers:
        if register.offset % _WORD or register.offset <= last:
            raise HardwareError(
                f"register {register.name}: offset {register.offset:#x} is no multiple of {_WORD} "
                f"above {last:#x}"
            )
        last = register.offset
        _check_bits(register)
    names = [register.name for register in registers]
    if doubles := sorted({name for name in names if names.count(name) > 1}):
        raise HardwareError(f"{path}: two registers are named {doubles[0]}")
    return RegisterBlock(data["version"], data["magic"], tuple(registers))
