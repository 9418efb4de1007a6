"""Out-of-context synthesis of one module, kept by a hash of everything that goes into it."""

import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from hw.errors import HardwareError
from hw.files import READER
from hw.synth.resources import NAMES, Resources, read_stat
from hw.tools.cache import ToolCache, content_key
from hw.tools.yosys import Yosys

#: Family of hw/boards -> yosys' name of it.
FAMILIES = {"zynq7000": "xc7", "zynqultrascaleplus": "xcup"}
#: Part of the hash of a kept result; another number makes older ones void.
FORMAT = "1"
#: Modules that are a DSP slice where they are told to be.
_SLICE_CELLS = ("slice_add.sv", "slice_add_sub.sv")
_MEMORY = re.compile(r'"([^"\s]+\.mem)"')
_COMMENT = re.compile(r"//[^\n]*")


@dataclass(frozen=True)
class Unit:
    """A module to synthesize, with the texts of all that it is made of, by file name.

    sources: modules, its own last. memories: contents of ``$readmemh`` files.
    """

    name: str
    sources: dict[str, str]
    memories: dict[str, str]

    def key(self, commands: str, version: str) -> str:
        """Hash of sources (without comments), parameters, memories, commands and tool.

        The unit's name is left out: operators with all the rest alike are synthesized once.
        """
        name = re.compile(rf"(?<![A-Za-z0-9]){re.escape(self.name)}(?![A-Za-z0-9])")
        texts = [_COMMENT.sub("", text) for text in self.sources.values()]
        parts = [FORMAT, version, *(name.sub("unit", text) for text in (commands, *texts))]
        return content_key(*parts, *self.memories.values())

    def write(self, work: Path) -> None:
        """Make work a folder of the unit's files and nothing else."""
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        for name, text in (self.sources | self.memories).items():
            (work / name).write_text(text, encoding="utf-8")


def read_unit(name: str, folder: Path, sources: list[str], own: str | None = None) -> Unit:
    """Unit of files in folder: its sources, its own last, and the memories that they name.

    own: text of a last source ``<name>.sv`` that is in no file. HardwareError for a missing file.
    """
    texts = {source: _text(folder / source) for source in sources}
    if own is not None:
        texts[f"{name}.sv"] = own
    memories = dict.fromkeys(_MEMORY.findall("".join(texts.values())))
    return Unit(name, texts, {memory: _text(folder / memory) for memory in memories})


def _text(path: Path) -> str:
    return READER.text(path, "build again")


def script(unit: Unit, family: str) -> str:
    """Commands for yosys: synthesis of unit, then its statistics into stat.json."""
    # of the operators that have it; other commands would void kept results
    named = any(cell in unit.sources for cell in _SLICE_CELLS)
    slices = " -D SLICE_DSP48E1" if family == "xc7" and named else ""
    return "\n".join(
        [
            f"read_verilog -sv -icells -D CARRY_ADD_ALU{slices} {' '.join(unit.sources)}",
            f"synth_xilinx -family {family} -flatten -noiopad -noclkbuf -top {unit.name}",
            "setattr -unset keep_hierarchy c:*",
            "flatten",
            "tee -q -o stat.json stat -json -tech xilinx",
            "",
        ]
    )


def synthesize(
    unit: Unit, family: str, yosys: Yosys, work: Path, cache: Path, commands: str = ""
) -> tuple[Resources, float]:
    """Resources of unit, and the seconds that it took (0 if they were kept in cache).

    family: yosys' name. work: folder for the run, left behind with yosys.log. commands: others
    than ``script``'s, which leave stat.json. Raises HardwareError, naming the module, where yosys
    fails.
    """
    commands = commands or script(unit, family)
    kept, key = ToolCache(cache), unit.key(commands, yosys.version)
    found = kept.figures(key, dict[str, int])
    if found is not None and set(found) == set(NAMES):
        return Resources(**found), 0.0
    began = time.monotonic()
    unit.write(work)
    try:
        yosys.run(commands, work)
        resources = read_stat(work / "stat.json")
    except HardwareError as error:
        raise HardwareError(f"node {unit.name}: {error}") from error
    kept.keep(key, resources.as_dict())
    return resources, time.monotonic() - began
