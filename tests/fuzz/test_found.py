"""Inputs of other hands that ended in tracebacks, hangs or no memory: one line each, at once."""

import shutil
import struct
from pathlib import Path

import pytest

from tests.fuzz import kinds
from tests.fuzz.kinds import KINDS

BOMB = b"a: &a [x, x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (98 + i, 98 + i, b", ".join([b"*%c" % (97 + i)] * 9)) for i in range(9)
)
RIGHT = b"model: net0.onnx\noutput_dir: build\ninput_scale: 0.00390625\n"
STATE, MEMORIES = "build/build_state.json", "build/report/memories.json"
HUGE = b"{'descr': '|u1', 'fortran_order': False, 'shape': (1099511627776, 6, 6, 2), }"

CASES = [
    ("config", "config.yaml", RIGHT + BOMB, "an alias, line 5"),
    ("config", "config.yaml", RIGHT + b"target_fps: " + b"[" * 9000, "nested deeper than 40"),
    ("config", "config.yaml", RIGHT + b"target_fps: " + b"9" * 400, "a number of 400 digits"),
    ("config", "config.yaml", RIGHT + b"target_fps: 1.0e+400", "target_fps = inf; expected a nu"),
    ("config", "config.yaml", RIGHT + b"pixels_per_clock: 1e999999999", "expected 1/16 to 8"),
    ("config", "config.yaml", RIGHT + b'name: "a\\0b"\nboard: "\\0"', "unknown board"),
    ("config", "config.yaml", b'model: "a\\0b"\noutput_dir: x', "expected a path"),
    ("config", "config.yaml", RIGHT + b"board: !!python/name:os.system", "could not determine a"),
    ("config", "config.yaml", RIGHT + b"target_fps: 2001-99-99", "month must be in 1..12"),
    ("config", "config.yaml", RIGHT + b"model: b.onnx", "key 'model' is given twice, line 4"),
    ("config", "config.yaml", RIGHT.decode().encode("utf-16"), "not UTF-8 text (byte 0"),
    ("config", "config.yaml", b"model: /dev/zero\noutput_dir: x", "/dev/zero: a device; expected"),
    ("folding", "folding.json", b'{"a":' * 100_000, "nested too deeply"),
    ("folding", "folding.json", b'{"conv1_mvau": {"PE": ' + b"9" * 5000 + b"}}", "5000 digits"),
    ("folding", "folding.json", b'{"conv1_mvau": {"PE": NaN}}', "NaN, which JSON does not have"),
    ("folding", "folding.json", b'{"\\ud800": {"PE": 1}}', "half a surrogate pair"),
    ("folding", "folding.json", b'{"a": {}, "a": {}}', "key 'a' is given twice"),
    ("state", STATE, b'{"config": [], "steps": 3}', "config = []; expected an object"),
    ("state", STATE, b"\xff\xfe{}", "not UTF-8 text (byte 0"),
    ("report", MEMORIES, b'{"memories": [], "total": 1e999}', "a number beyond all bounds"),
    ("report", MEMORIES, b'{"memories": Infinity}', "Infinity, which JSON does not have"),
    ("report", MEMORIES, b"\xff", "not UTF-8 text (byte 0: invalid start byte)"),
    ("frames", "frames.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(HUGE)) + HUGE,
     "claims 79,164,837,199,872 bytes of numbers and holds 0"),
    ("frames", "frames.npy", b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + b"(" * 10**6, "not a readable"),
    ("checkpoint", "checkpoint.npz", b"PK\x03\x04", "truncated or not a checkpoint"),
]  # fmt: skip


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a finished build and files of every kind."""
    return kinds.prepare(tmp_path_factory.mktemp("found"))


@pytest.mark.parametrize(("name", "file", "content", "message"), CASES)
def test_one_line_at_once(
    ground: Path, tmp_path: Path, name: str, file: str, content: bytes, message: str
) -> None:
    place = tmp_path / "ground"
    shutil.copytree(ground, place)
    ended = KINDS[name].run_with(place, place / file, content)
    assert not ended.fault, ended.said
    assert ended.status == 1
    assert message in ended.said
    assert ended.seconds < 20
