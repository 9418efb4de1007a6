"""Random networks through the flow: configuration files, random folding, comparison."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.names import StepName
from flows.build.sequence import run_steps
from flows.build.steps.import_model import prepare
from flows.build.steps.streamline import streamline
from flows.run.emulate import original_order
from flows.run.emulator import Emulator
from hw.errors import HardwareError
from hw.ops.base import Operator, Role
from hw.ops.registry import copy_of, operator_of, role_of
from tests.flows.builder import Builder, Network
from tests.flows.networks import random_network

#: Frames per second at 10 ns that the solver's own foldings have to reach.
TARGETS = (20_000, 60_000, 100_000, 200_000)


def small_network() -> Network:
    """Two convolutions of binary weights with a pool between them, on 6 x 6 x 2."""
    b = Builder(np.random.default_rng(0), (2, 6, 6), 2.0**-8, exact=True)
    tensor = b.quant("x", 8, False, 2.0**-8)
    tensor = b.conv(tensor, b.rng.choice([-1, 1], (4, 2, 3, 3)), "binary", (1, 1), [1] * 4)
    tensor = b.pool(b.quant(tensor, 2, False), (2, 2))
    tensor = b.conv(tensor, b.rng.choice([-1, 1], (3, 4, 1, 1)), "binary", (1, 1), [0] * 4)
    return Network(0, b.finish(tensor), b.shape, b.input_scale, None, (), (), ())


def write_config(folder: Path, net: Network, **keys: Any) -> Path:
    """Write the network and config.yaml into folder; returns the latter's path."""
    folder.mkdir(parents=True, exist_ok=True)
    data = {"model": net.save(folder).name, "output_dir": "build", **keys}
    if net.input_scale is not None:
        data["input_scale"] = net.input_scale
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(data))
    return path


def streamlined(net: Network) -> ModelWrapper:
    """The integer graph before any fold; the network's file stays as it is."""
    return streamline(prepare(ModelWrapper(net.proto, make_deepcopy=True)), net.input_scale)


def decoded(emulator: Emulator, integers: Any) -> Any:
    """Real values (C, H, W) of the network's integers (H, W, C)."""
    scale, bias = (
        np.array(json.loads(emulator.graph.metadata[key]))
        for key in ("output_scale", "output_bias")
    )
    return (integers * scale + bias).transpose(2, 0, 1)


def quantized_tensors(emulator: Emulator, shapes: dict[str, Any]) -> dict[str, str]:
    """For each quantizer of the QONNX graph the tensor of the integer graph that equals it.

    shapes: quantizer -> (1, C, H, W). A pool that QONNX has before the quantizer may stand behind
    it in the integer graph: the pooled tensor is the one that is meant.
    """
    graph, found = emulator.graph, {}
    for node in graph.nodes:
        if node.op != "MultiThreshold" or node.origin not in shapes:
            continue
        name = node.name
        while graph.node(name).shape != shapes[node.origin][1:]:
            name = next(n.name for n in graph.nodes if n.op == "MaxPool" and name in n.inputs)
        found[node.origin] = name
    return found


def assert_equals_reference(net: Network, emulator: Emulator, frames: Any) -> int:
    """Every quantized tensor == the reference's, the decoded output equal in float64.

    Returns the number of quantized tensors that were compared.
    """
    tensors: dict[str, str] = {}
    for frame in frames:
        real, integers = net.reference(frame)
        found = original_order(emulator, emulator.boundaries(frame))
        tensors = quantized_tensors(emulator, {k: v.shape for k, v in integers.items()})
        for quantizer, tensor in tensors.items():
            expected = integers[quantizer][0].transpose(1, 2, 0)
            np.testing.assert_array_equal(
                found[tensor][0], expected, f"seed {net.seed}, {tensor} = {quantizer}"
            )
        np.testing.assert_allclose(
            decoded(emulator, found[emulator.graph.output][0]),
            real[0],
            rtol=1e-9,
            atol=1e-9 * max(1.0, float(np.abs(real).max())),
            err_msg=f"seed {net.seed}, output",
        )
    return len(tensors)


def pick_divisor(rng: np.random.Generator, number: int) -> int:
    """A random divisor."""
    return int(rng.choice([d for d in range(1, number + 1) if number % d == 0]))


def _buildable(op: Operator) -> list[int]:
    """Lanes that an operator of one lane attribute can have."""
    tried, (attribute,), found = copy_of(op), op.lane_attributes, []
    for folding in op.foldings(1 << 60, {}):
        tried.set_nodeattr(attribute, folding.settings[attribute])
        try:
            tried.check()
        except HardwareError:
            continue
        found.append(folding.settings[attribute])
    return found


def _of_groups(
    op: Operator, window: Operator | None, rng: np.random.Generator
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A folding of a unit of several groups, and one of the window in front that suits it."""
    unit, found = copy_of(op), []
    windows = [dict(f.settings) for f in window.foldings(1 << 60, {})] if window else [{}]
    for folding in op.foldings(1 << 60, {}):
        for key, value in folding.settings.items():
            unit.set_nodeattr(key, value)
        mine = {key: folding.settings[key] for key in op.lane_attributes}
        found += [(mine, its) for its in windows if not its or unit.takes_window(its["SIMD"])]
    return found[int(rng.integers(len(found)))]


def random_folding(model: ModelWrapper, rng: np.random.Generator) -> dict[str, dict[str, Any]]:
    """Random PE, SIMD, kinds of window, memories and FIFO depths for abstract operators."""
    folding: dict[str, dict[str, Any]] = {}
    for node in model.graph.node:
        op, entry = operator_of(node), folding.setdefault(node.name, {})
        channels = op.input_shape()[-1]
        if op.role is Role.UNIT:
            entry["PE"] = pick_divisor(rng, op.output_shape()[-1])
            entry["SIMD"] = pick_divisor(rng, channels)
            entry["ram_style"] = str(rng.choice(["auto", "block", "distributed"]))
            window = model.find_producer(node.input[0])
            in_front = window is not None and role_of(window) is Role.WINDOW
            if op.get_nodeattr("Groups") > 1:
                mine, its = _of_groups(op, operator_of(window) if in_front else None, rng)
                entry |= mine
                if in_front:
                    folding[window.name] |= its
            elif in_front:
                taps = channels // operator_of(window).input_shape()[-1]
                lanes = pick_divisor(rng, channels // taps)
                parallel = bool(taps > 1 and rng.random() < 0.5)
                entry["SIMD"] = lanes * (taps if parallel else 1)
                folding[window.name] |= {"SIMD": lanes, "parallel_window": int(parallel)}
        elif op.role in (Role.PADDING, Role.ALONE):
            entry[op.lane_attributes[0]] = int(rng.choice(_buildable(op)))
        if rng.random() < 0.2 and op.stream_inputs() == 1:
            entry["inFIFODepths"] = [int(rng.integers(2, 40))]
    return folding


def built(config_path: Path, seed: int | None = None) -> tuple[Build, ModelWrapper]:
    """Build to the end; with a seed, with a random folding. Returns (configuration, RTL model)."""
    if seed is not None:
        run_steps(Build.load(config_path), stop="to_hardware")
        model = Build.load(config_path).model(StepName.TO_HARDWARE)
        folding = random_folding(model, np.random.default_rng(seed))
        file = config_path.with_name("folding.json")
        file.write_text(json.dumps(folding))
        data = yaml.safe_load(config_path.read_text())
        config_path.write_text(yaml.safe_dump({**data, "folding_config_file": file.name}))
    build = Build.load(config_path)
    run_steps(build)
    return build, build.model(StepName.GENERATE_RTL)


def random_build(folder: Path, seed: int) -> tuple[Network, Build, ModelWrapper]:
    """Build a random network, every second one with a random folding, the others from a target.

    Names in the graph begin with the seed, so that several can stand side by side.
    """
    net = random_network(seed)
    config_path = write_config(folder / f"n{seed}", net, target_fps=TARGETS[seed // 2 % 4])
    build, model = built(config_path, seed if seed % 2 else None)
    for node in model.graph.node:
        node.name = f"n{seed}_{node.name}"
    model.rename_tensor(model.graph.input[0].name, f"n{seed}_x")
    return net, build, model


def vouch_for(build: Build, step: StepName) -> None:
    """Let a build's state know the model of a step that a test has changed."""
    path = build.folder / "build_state.json"
    state = json.loads(path.read_text())
    content = (build.folder / "intermediate_models" / f"{step}.onnx").read_bytes()
    state["models"][step] = hashlib.sha256(content).hexdigest()
    path.write_text(json.dumps(state))
