"""The one build configuration: a YAML file, read into a dataclass, checked at once."""

import dataclasses
import math
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    RootModel,
)

from flows.build.finn_config import translate
from flows.build.keywords import KEYWORDS
from flows.errors import FlowError
from flows.files import READER
from hw.boards import Board, load_board
from outside.documents import Malformed
from outside.nearest import meant_file
from outside.schema import fit

#: More clocks than any frame takes.
MAX_CLOCKS = 1 << 62
#: Pixels of the input image a clock that a folding can be asked for.
MIN_PIXELS_PER_CLOCK, MAX_PIXELS_PER_CLOCK = 1 / 16, 8
#: How an operator is built: our SystemVerilog, or C++ through Vitis HLS.
IMPL_STYLES = ("rtl", "hls")
#: What the files of a configuration are.
EXPECTED = {"model": "a QONNX model (.onnx)", "folding_config_file": "a folding configuration"}


#: Keys of which the accelerator does not depend: where, how far, and the shell of the board.
_NOT_BUILT = (
    *("output_dir", "start_step", "stop_step"),
    *("camera", "camera_lanes", "camera_max_side"),
)
_CONFIGURATION = "a build configuration (YAML)"
_RATIO = re.compile(r"\d{1,9}(\.\d{1,9})?|\d{1,9}/0*[1-9]\d{0,9}", re.ASCII)
#: Characters of a name that becomes the name of files.
MAX_NAME = 100


def _place(path: Path) -> Path:
    if "\0" in str(path):
        raise ValueError("a path")
    return path


def _ratio(value: Any) -> Any:
    """A number of a fraction such as 1/4, or of a number in quotes."""
    if isinstance(value, str) and _RATIO.fullmatch(value):
        return float(Fraction(value))
    return value


def _by_input(value: Any, fits: Callable[[Any], bool]) -> Any:
    """A value of the only input, or a table of one for each of several."""
    each = list(value.values()) if isinstance(value, dict) else [value]
    names = list(value) if isinstance(value, dict) else []
    if not each or not all(map(fits, each)) or not all(isinstance(name, str) for name in names):
        raise ValueError("a value, or values by name")
    return value


def _steps(value: Any) -> Any:
    def fits(one: Any) -> bool:
        is_number = isinstance(one, int | float) and not isinstance(one, bool)
        return is_number and 0 < one < math.inf

    found = _by_input(value, fits)
    if isinstance(found, dict):
        return {name: float(one) for name, one in found.items()}
    return float(found)


def _kinds(value: Any) -> Any:
    return _by_input(value, lambda one: isinstance(one, str))


#: What the keys take. The descriptions end the messages on values that are none of these.
Place = Annotated[Path, AfterValidator(_place), Field(description="a path")]
Text = Annotated[str, Field(description="text")]
Name = Annotated[str, Field(max_length=MAX_NAME, description="text")]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False, description="a number above 0")]
Switch = Annotated[bool, Field(description="true or false")]
Rate = Annotated[
    float,
    BeforeValidator(_ratio),
    Field(ge=MIN_PIXELS_PER_CLOCK, le=MAX_PIXELS_PER_CLOCK, description="1/16 to 8"),
]
Steps = Annotated[
    float | dict[str, float],
    PlainValidator(_steps),
    Field(description="a number above 0, or such numbers by the inputs' names"),
]
Kinds = Annotated[
    str | dict[str, str],
    PlainValidator(_kinds),
    Field(description="text, or texts by the inputs' names"),
]
Count = Annotated[int, Field(ge=0, description="an integer, 0 or more")]
Style = Annotated[str, Field(pattern=f"^({'|'.join(IMPL_STYLES)})$", description="rtl or hls")]
Source = Annotated[str, Field(pattern="^(memory|video)?$", description="memory, video, or nothing")]
Pixels = Annotated[int, Field(ge=2, le=4, multiple_of=2, description="2 or 4")]
Side = Annotated[int, Field(ge=1, le=4096, description="1 to 4096")]


class _Settings(RootModel[dict[str, Any]]):
    """The table of the YAML file; BuildConfig describes its keys."""

    expected: ClassVar[str] = "keys and values, such as `board: Pynq-Z2`"


@dataclass(frozen=True)
class BuildConfig:
    """Keys of the YAML file; paths in it are relative to the file's folder."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    model: Place  # any QONNX network of the supported operators
    output_dir: Place  # the build folder
    board: Text = "Pynq-Z2"  # a name of hw/boards
    synth_clk_period_ns: Positive = 0.0  # clock period; 0: the board's own
    target_fps: Positive = 0.0  # frames per second that the folding has to reach; 0: see below
    pixels_per_clock: Rate = 0.0  # instead: pixels a clock, 1/16 to 8; see flows/build/target.py
    dsp_limit: Count | None = None  # most DSP slices of the folding; default: all of the part's
    auto_fifo_depths: Switch = True  # FIFO depths from the timing model; false: by rule
    folding_config_file: Place | None = None  # JSON, attributes by node name, as FINN's
    input_scale: Steps | None = None  # value of a step of the input; default: the model's
    input_type: Kinds | None = None  # integers of the input, as INT8, UINT4; default: the model's
    argmax_in_hardware: Switch = (
        False  # ArgMax, ArgMin, TopK behind the last layer, else the host's
    )
    verify_import: Switch = True  # compare the integers with the model's file; false: do not
    dynamic_mode: Switch = False  # another size of the image while it runs, of the whole network
    start_step: Text = ""  # of build: first step, resuming an earlier build; FINN's names too
    stop_step: Text = ""  # of build: last step
    name: Name = ""  # name of the accelerator's top module; default: from the model's file
    impl_style: Style = "rtl"  # of operators without a preferred_impl_style: rtl or hls
    camera: Source = ""  # memory or video: where the board takes a camera's frames from
    camera_lanes: Pixels = 2  # pixels of a frame a clock that the camera path takes: 2 or 4
    camera_max_side: Side = 1920  # pixels of a frame's side at most

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
        """Name of the top module. C++ takes no two underscores in a row."""
        stem = self.name or self.model.stem
        clean = "".join(c if c.isascii() and c.isalnum() else "_" for c in stem)[:MAX_NAME]
        usable = clean[:1].isalpha() and clean not in KEYWORDS
        return re.sub("__+", "_", clean if usable else f"net_{clean}")

    def fingerprint(self) -> dict[str, Any]:
        """All that a build depends on: the settings, and hashes of the files."""
        settings = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        for key in _NOT_BUILT:
            del settings[key]
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


def read_settings(path: Path) -> tuple[dict[str, Any], list[str]]:
    """Keys and values of a YAML or JSON file, FINN's translated; what to know of FINN's others."""
    settings = READER.yaml(path, _Settings, f"expected {_CONFIGURATION}").root
    # left empty: the default
    given = {key: value for key, value in settings.items() if value is not None and value != ""}
    return translate(given, path)


def load_config(path: Path) -> BuildConfig:
    """BuildConfig of a YAML file. Raises FlowError naming file and key for whatever is wrong."""
    if not os.path.exists(path):
        hint = meant_file(path)
        raise FlowError(f"{path}: no such file; expected {_CONFIGURATION}{hint}")
    given, _ = read_settings(path)
    try:
        config = fit(given, BuildConfig)
    except Malformed as error:
        raise FlowError(f"{path}: {error}") from error
    folder = os.path.dirname(os.path.realpath(path))
    places: dict[str, Any] = {
        key: Path(os.path.realpath(os.path.join(folder, getattr(config, key))))
        for key in ("model", "output_dir", "folding_config_file")
        if getattr(config, key) is not None
    }
    for key, place in places.items():
        if not str(place).isprintable():  # no tool's script or log could hold it
            raise FlowError(f"{path}: {key} = {str(place)!r}: a path that cannot be printed")
    if "target_fps" in given and "pixels_per_clock" in given:
        raise FlowError(f"{path}: target_fps and pixels_per_clock are both given; expected one")
    if config.dynamic_mode and config.pixels_per_clock > 1:
        raise FlowError(
            f"{path}: dynamic_mode with pixels_per_clock = {config.pixels_per_clock:g}: a beat "
            "holds several pixels, which another width may not fill; expected 1 or less"
        )
    if config.dynamic_mode and config.camera:
        raise FlowError(
            f"{path}: dynamic_mode with camera: {config.camera}: the shell with a camera path has "
            "no registers by which sizes are written; expected one of them"
        )
    config = dataclasses.replace(config, **places)
    config.device  # noqa: B018  (raises for an unknown board)
    return config


class _Folding(RootModel[dict[str, dict[str, Any]]]):
    """Attributes by node; their types are the operators'."""

    expected: ClassVar[str] = '{"node": {"PE": ..., "SIMD": ...}, ...}'


def read_folding(path: Path) -> dict[str, dict[str, Any]]:
    """Folding by node name from a JSON file as FINN's, its "Defaults" among them."""
    return READER.json(path, _Folding, "expected a folding configuration").root
