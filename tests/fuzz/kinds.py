"""Kinds of input: the file that is changed, how, and the command that reads it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image

import flows.__main__ as flows_command
import model.checkpoint  # noqa: F401  (loaded once, for all children)
import model.evaluation.__main__ as evaluation_command
from flows.build.build import Build
from flows.build.sequence import run_steps
from flows.report.html import write_report
from model.detection.image import load_image
from outside.arguments import Parser
from outside.command import run_command
from tests.flows.flow import small_network, write_config
from tests.fuzz import mutate
from tests.fuzz.child import Ended, run

CHECKPOINT = Path("model/checkpoints/dupnet-tinier-yolo.npz").resolve()
REPORTS = ("memories", "estimate_layer_cycles", "estimate_layer_resources", "emulation",
           "fold_duplicated_weights", "rtlsim_performance", "bitstream", "cost")  # fmt: skip


def prepare(folder: Path) -> Path:
    """A small network built, with a folding file, frames, reports, a picture and a checkpoint."""
    net = small_network()
    path = write_config(folder, net, target_fps=1000)
    run_steps(Build.load(path), stop="size_fifos")
    final = folder / "build" / "final_hw_config.json"
    (folder / "folding.json").write_bytes(final.read_bytes())
    write_config(folder, net, target_fps=1000, folding_config_file="folding.json")
    build = Build.load(path)
    run_steps(build)
    write_report(build, None, None)
    np.save(folder / "frames.npy", net.frames(1))
    Image.fromarray(np.zeros((9, 7, 3), np.uint8)).save(folder / "picture.png")
    (folder / "checkpoint.npz").write_bytes(CHECKPOINT.read_bytes())
    results = folder / "build" / "report"
    (results / "emulation.json").write_text(
        '{"frames": 1, "mismatches": 0, "boundaries": ["a"], "against": ["Brevitas model"]}'
    )
    (results / "rtlsim_performance.json").write_text(
        '{"frames": 2, "mismatches": 0, "differences": [], "boundaries": ["act1"], '
        '"clocks_per_frame": 3210, "clocks_per_frame_measured_between_frames": true, '
        '"latency_clocks": 4321, "clocks_total": 8000, "fifo_max_fill": {}, "stream_beats": {}, '
        '"stream_stalled_clocks": {}, "handshake_violations": [], "faults": [], "stalls": 0.5, '
        '"seed": 1}'
    )
    (results / "bitstream.json").write_text(
        '{"way": "vivado", "tools": ["a"], "device": "b", "clock_mhz": 100.0, "fmax_mhz": null, '
        '"slack_ns": 0.1, "timing_met": true, "bitfile": "bitfile/x.bit", "sha256": "00", '
        '"used": {"LUT": 1}, "available": {"LUT": 2}}'
    )
    (results / "cost.json").write_text(
        '{"a": {"weight_bits": 1, "macs": 10, "model_size_kb": 3.5, "paper": {"size_ratio": 2}}}'
    )
    return folder


def _look(arguments: Sequence[str]) -> int:
    """A command that reads a picture."""
    parser = Parser()
    parser.add_argument("picture", type=Path)
    return run_command(parser, lambda options: print(load_image(options.picture).shape), arguments)


@dataclass(frozen=True)
class Kind:
    """files: of which one is changed; arguments: of the command, with {} for the folder."""

    files: tuple[str, ...]
    change: Callable[[bytes, Random], bytes]
    arguments: str
    main: Callable[..., int] = flows_command.main

    def run(self, folder: Path, random: Random) -> Ended:
        """Change a file below folder and run the command."""
        path = folder / random.choice(self.files)
        return self.run_with(folder, path, self.change(path.read_bytes(), random))

    def run_with(self, folder: Path, path: Path, content: bytes) -> Ended:
        """Run the command with this content of a file."""
        path.write_bytes(content)
        arguments = [part.format(folder) for part in self.arguments.split()]
        return run(self.main, arguments, folder / "log")


KINDS = {
    "model": Kind(("net0.onnx",), mutate.model, "build {}/config.yaml --stop set_folding"),
    "config": Kind(("config.yaml",), mutate.yaml_text, "build {}/config.yaml --stop set_folding"),
    "folding": Kind(("folding.json",), mutate.json_text, "build {}/config.yaml"),
    "state": Kind(("build/build_state.json",), mutate.json_text, "report {}/config.yaml"),
    "report": Kind(
        tuple(f"build/report/{name}.json" for name in REPORTS),
        mutate.json_text,
        "report {0}/config.yaml --cost {0}/build/report/cost.json",
    ),
    "frames": Kind(("frames.npy",), mutate.npy, "emulate {0}/config.yaml --input {0}/frames.npy"),
    "checkpoint": Kind(
        ("checkpoint.npz",),
        mutate.npz,
        "network --checkpoint {0}/checkpoint.npz --data {0}/none --out {0}/out",
        evaluation_command.main,
    ),
    "picture": Kind(("picture.png",), mutate.raw, "{}/picture.png", _look),
}
