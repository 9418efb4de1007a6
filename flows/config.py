"""The one build configuration: a YAML file, read into a dataclass, checked at once."""

import dataclasses
import difflib
import json
import math
import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from flows.errors import FlowError
from flows.files import READER
from hw.boards import Board, load_board
from hw.keywords import KEYWORDS

#: More clocks than any frame takes.
MAX_CLOCKS = 1 << 62
#: Pixels of the input image a clock that a folding can be asked for.
MIN_PIXELS_PER_CLOCK, MAX_PIXELS_PER_CLOCK = 1 / 16, 8
#: How an operator is built: our SystemVerilog, or C++ through Vitis HLS.
IMPL_STYLES = ("rtl", "hls")
#: What the files of a configuration are.
EXPECTED = {"model": "a QONNX model (.onnx)", "folding_config_file": "a folding configuration"}


@dataclass(frozen=True)
class BuildConfig:
    """Keys of the YAML file; paths in it are relative to the file's folder."""

    model: Path  # any QONNX network of the supported operators
    output_dir: Path  # the build folder
    board: str = "Pynq-Z2"  # a name of hw/boards
    synth_clk_period_ns: float = 0.0  # clock period; 0: the board's own
    target_fps: float = 0.0  # frames per second that the folding has to reach; 0: see below
    pixels_per_clock: float = 0.0  # instead: pixels a clock, 1/16 to 8; see flows/target.py
    auto_fifo_depths: bool = True  # FIFO depths from the timing model; false: by rule
    folding_config_file: Path | None = None  # JSON, attributes by node name, as FINN's
    input_scale: float | None = None  # value of one step of the uint8 input; default: the model's
    name: str = ""  # name of the accelerator's top module; default: from the model's file
    impl_style: str = "rtl"  # of operators without a preferred_impl_style: rtl or hls

    @property
    def device(self) -> Board:
        """The board."""
        return load_board(self.board)

    @property
    def clock_ns(self) -> float:
        """Clock period in ns."""
        return self.synth_clk_period_ns or self.device.synth_clk_period_ns

    @property
    def clocks_per_frame(self) -> int:
        """Clocks that a frame may take by target_fps; without it, 10 frames per second."""
        return int(min(1e9 / self.clock_ns / (self.target_fps or 10.0), MAX_CLOCKS))

    @property
    def top(self) -> str:
        """Name of the top module."""
        stem = self.name or self.model.stem
        clean = "".join(c if c.isascii() and c.isalnum() else "_" for c in stem)
        usable = clean[:1].isalpha() and clean not in KEYWORDS
        return clean if usable else f"net_{clean}"

    def fingerprint(self) -> dict[str, Any]:
        """What a build depends on: the settings, and hashes of the files."""
        settings = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        del settings["output_dir"]
        result = {key: str(value) for key, value in settings.items()}
        for key in ("model", "folding_config_file"):
            path = settings[key]
            if path is not None:
                result[key] = f"{path.name} sha256:{_digest(path, EXPECTED[key])[:16]}"
        return result


def _digest(path: Path, expected: str) -> str:
    from flows.importing.external import digest  # a model's external data is a part of it

    if not os.path.exists(path):
        raise FlowError(f"{path}: no such file; expected {expected}")
    return digest(path, READER.data(path, f"expected {expected}"))


def load_config(path: Path) -> BuildConfig:
    """BuildConfig of a YAML file. Raises FlowError naming file and key for whatever is wrong."""
    if not path.is_file():
        what = "a folder" if path.is_dir() else "no such file"
        raise FlowError(f"{path}: {what}; expected a build configuration (YAML)")
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        text = " ".join(str(error).split())
        raise FlowError(f"{path}: not readable as YAML: {text}") from error
    if not isinstance(data, dict):
        raise FlowError(f"{path}: expected keys and values, such as `board: Pynq-Z2`")
    known = {f.name: f for f in dataclasses.fields(BuildConfig)}
    values: dict[str, Any] = {}
    for key, value in data.items():
        if key not in known:
            near = difflib.get_close_matches(str(key), list(known), 1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
            raise FlowError(f"{path}: unknown key {key}; {hint}")
        if value is not None and value != "":  # left empty: the default
            values[key] = _convert(path, key, value)
    for key in ("model", "output_dir"):
        if key not in values:
            raise FlowError(f"{path}: key {key} is missing")
    if "target_fps" in values and "pixels_per_clock" in values:
        raise FlowError(f"{path}: target_fps and pixels_per_clock are both given; expected one")
    config = BuildConfig(**values)
    config.device  # noqa: B018  (raises for an unknown board)
    return config


def _convert(path: Path, key: str, value: Any) -> Any:
    if key in ("model", "output_dir", "folding_config_file"):
        if not isinstance(value, str):
            raise FlowError(f"{path}: {key} = {value!r}; expected a path")
        return (path.resolve().parent / value).resolve()
    if key in ("synth_clk_period_ns", "target_fps", "input_scale"):
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not math.isfinite(value) or value <= 0:
            raise FlowError(f"{path}: {key} = {value!r}; expected a number above 0")
        return float(value)
    if key == "pixels_per_clock":
        return _pixels_per_clock(path, value)
    if key == "auto_fifo_depths":
        if not isinstance(value, bool):
            raise FlowError(f"{path}: {key} = {value!r}; expected true or false")
        return value
    if not isinstance(value, str):
        raise FlowError(f"{path}: {key} = {value!r}; expected text")
    if key == "impl_style" and value not in IMPL_STYLES:
        raise FlowError(f"{path}: {key} = {value!r}; expected {' or '.join(IMPL_STYLES)}")
    return value


def _pixels_per_clock(path: Path, value: Any) -> float:
    """1/16 to 8, a number or a fraction such as 1/4."""
    try:
        number = float("nan") if isinstance(value, bool) else float(Fraction(str(value)))
    except (ValueError, ZeroDivisionError, OverflowError):
        number = math.nan
    if not MIN_PIXELS_PER_CLOCK <= number <= MAX_PIXELS_PER_CLOCK:
        raise FlowError(f"{path}: pixels_per_clock = {value!r}; expected 1/16 to 8")
    return number


def read_folding(path: Path) -> dict[str, dict[str, Any]]:
    """Folding by node name from a JSON file as FINN's (its "Defaults" entry is ignored)."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FlowError(f"{path}: {error.strerror}; expected a folding configuration") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise FlowError(f"{path}: not readable as JSON: {error}") from error
    if not isinstance(data, dict) or not all(isinstance(v, dict) for v in data.values()):
        raise FlowError(f'{path}: expected {{"node": {{"PE": ..., "SIMD": ...}}, ...}}')
    return {name: attrs for name, attrs in data.items() if name != "Defaults"}
