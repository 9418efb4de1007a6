"""A tiny build folder for the report's tests, its result files, and a reader of the page."""

import base64
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper
from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.sequence import run_steps, save_model
from flows.graph.integer_graph import IntGraph, IntNode
from flows.report.html import write_report

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def _conv(name: str, source: str, weights: Any, bound: int) -> IntNode:
    attrs = {"kernel_shape": [3, 3], "strides": [1, 1], "pads": [1, 1, 1, 1], "group": 1}
    shape = (weights.shape[0], 6, 6)
    return IntNode(
        "Conv", name, [source], shape, -bound, bound, f"of {name}", attrs, {"weights": weights}
    )


def _network() -> IntGraph:
    """conv1 on two copies of the image, three thresholds, conv2 with each weight twice."""
    rng = np.random.default_rng(5)
    graph = IntGraph({"input": (2, 6, 6)}, metadata={"input_scale": "1.0"})
    first = rng.choice([-1, 1], (4, 4, 3, 3)).astype(np.int64)
    first[0, :, 0, 0] = [1, 1, 1, -1]  # sums of -2, 0 and 2: F + 1 levels
    first[1, :, 0, 0] = [-1, 1, -1, 1]
    base = rng.choice([-1, 1], (3, 2, 3, 3)).astype(np.int64)
    base[:, 1] = -base[:, 0]
    steps = np.array([[-300, 0, 300]] * 4)
    graph.nodes = [
        IntNode("Concat", "concat0", ["input", "input"], (4, 6, 6), 0, 255, "", {"axis": 1}),
        _conv("conv1", "concat0", first, 9180),
        IntNode(
            "MultiThreshold", "act1", ["conv1"], (4, 6, 6), 0, 3, "", {"out_bias": 0},
            {"thresholds": steps},
        ),
        _conv("conv2", "act1", np.tile(base, (1, 2, 1, 1)), 108),
    ]  # fmt: skip
    graph.output = "conv2"
    return graph


def onnx_with(metadata: dict[str, str]) -> ModelWrapper:
    """A model that does nothing, with metadata."""
    info = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1]) for n in ("a", "b")]
    node = helper.make_node("Identity", ["a"], ["b"])
    model = ModelWrapper(helper.make_model(helper.make_graph([node], "g", info[:1], info[1:])))
    for key, value in metadata.items():
        model.set_metadata_prop(key, value)
    return model


def make_build(folder: Path) -> None:
    """A configuration c.yaml and its build; no verification has run."""
    metadata = {"network": "dupnet-tinier-yolo", "seed": "7"}
    onnx_with(metadata).save(str(folder / "net.onnx"))
    keys = ["model: net.onnx", "output_dir: out", "target_fps: 1000", "auto_fifo_depths: false"]
    (folder / "c.yaml").write_text("\n".join(keys) + "\n")  # by rule, so that there are FIFOs
    build = Build.load(folder / "c.yaml")
    models = build.folder / "intermediate_models"
    models.mkdir(parents=True)
    save_model(onnx_with(metadata), models / "import.onnx")
    steps = ["import", "streamline", "verify_import"]  # the last has found nothing to compare
    for step in steps[1:]:
        save_model(_network().to_onnx(), models / f"{step}.onnx")
    state = {"config": build.config.fingerprint(), "steps": steps}
    (build.folder / "build_state.json").write_text(json.dumps(state))
    run_steps(build, start="fuse_duplicated_inputs")


def put(build: Build, name: str, data: Any) -> Path:
    """Write report/<name>.json: data as JSON, or text as it is."""
    path = build.folder / "report" / f"{name}.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return path


def emulation(**changes: Any) -> dict[str, Any]:
    """A good emulation.json with changes."""
    return {
        "frames": 2,
        "mismatches": 0,
        "boundaries": ["act1", "brevitas:conv1", "conv2"],
        "against": ["integer graph before folding", "Brevitas model"],
    } | changes


def simulation(build: Build, **changes: Any) -> dict[str, Any]:
    """A good rtlsim_performance.json with changes."""
    cycles = json.loads((build.folder / "report" / "estimate_layer_cycles.json").read_text())
    fifos = [name for name in cycles if name.endswith("fifo")]
    return {
        "frames": 2,
        "mismatches": 0,
        "differences": [],
        "boundaries": ["act1", "conv2"],
        "clocks_per_frame": 3210,
        "clocks_per_frame_measured_between_frames": True,
        "latency_clocks": 4321,
        "clocks_total": 8000,
        "fifo_max_fill": dict.fromkeys(fifos, 2),
        "stream_beats": dict.fromkeys(cycles, 72),
        "stream_stalled_clocks": dict.fromkeys(cycles, 2000),
        "handshake_violations": [],
        "faults": [],
        "stalls": 0.0,
        "seed": 1,
    } | changes


def cost_json() -> dict[str, Any]:
    """A cost.json of one network."""
    paper = {"model_size_kb": 36.9, "complexity_gflops": None, "size_ratio": 1694.2}
    entry = {"weight_bits": 302400, "macs": 10**9, "model_size_kb": 36.914, "paper": paper}
    return {"dupnet-tinier-yolo": entry | {"complexity_gflops": 0.06, "size_ratio": 1667.5}}


class Page(HTMLParser):
    """Checks that tags close, and collects links and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "link", "iframe", "object", "b2")
        if tag not in ("meta", "img"):
            self.open.append(tag)
        self.links += [str(v) for k, v in attrs if k in ("src", "href", "xlink:href", "srcset")]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [str(v) for k, v in attrs if k in ("src", "href", "xlink:href", "srcset")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def report(build: Build, image: Path | None = None, cost: Path | None = None) -> str:
    """The page that write_report writes."""
    path = write_report(build, image, cost)
    assert path == build.folder / "report" / "report.html"
    return path.read_text()
