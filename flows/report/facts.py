"""The report's facts of a build, gathered from its JSON files and models."""

import hashlib
from dataclasses import dataclass

from qonnx.core.modelwrapper import ModelWrapper

from flows.build.build import Build
from flows.build.config import BuildConfig
from flows.build.names import ResultName, StepName
from flows.build.schemas import Memories, MemoryRow, MemoryTotal
from flows.build.target import target_clocks
from flows.graph.host_tail import host_nodes, reasons_of
from flows.graph.input_type import InputType
from flows.graph.inputs import file_names, suffix
from flows.report.levels import Level, Simulation, levels, read_simulation
from flows.report.operators import Edge, NodeFacts, edges, node_facts
from flows.report.savings import LayerBits, Saving, duplicates
from flows.report.signs import TIMES
from flows.run.camera_rates import CameraRate, camera_rates
from hw.ops.base import Role
from hw.ops.registry import is_rtl, operator_of, role_of


@dataclass(frozen=True)
class FifoFacts:
    """One FIFO; fill: most beats that it held in simulation, None if not simulated."""

    name: str
    depth: int
    width: int
    fill: int | None

    @property
    def bits(self) -> int:
        """That it stores."""
        return self.depth * self.width

    @property
    def share(self) -> float | None:
        """Of its depth that was filled."""
        return None if self.fill is None else self.fill / self.depth


@dataclass(frozen=True)
class InputFacts:
    """An input. name: in the model's file, "" of the only one; kind: its integers; scale: real
    value of one step of them; source: who says so.
    """

    name: str
    kind: str
    scale: str
    source: str


@dataclass(frozen=True)
class Facts:
    """All of it. memories: rows of memories.json and their totals; see flows.build.schemas."""

    config: BuildConfig
    target_clocks: int  # that a frame may take
    metadata: dict[str, str]  # of the QONNX file
    inputs: list[InputFacts]
    host_nodes: list[str]  # of the file, which host_tail.onnx does
    host_reasons: dict[str, str]  # why, by node
    model_sha256: str
    comes: list[str]  # of each input of the accelerator: shape and data type
    goes: list[str]  # of each output
    levels: list[Level]
    simulation: Simulation | None
    nodes: list[NodeFacts]
    edges: list[Edge]
    fifos: list[FifoFacts]
    savings: list[Saving]
    not_folded: dict[str, str]
    layers: list[LayerBits]
    memories: list[MemoryRow]
    memory_total: MemoryTotal
    camera: tuple[CameraRate, ...]

    @property
    def network(self) -> str:
        """Name of the network: of the zoo if the file says so, else of the file."""
        return self.metadata.get("network") or self.config.model.stem

    @property
    def is_detector(self) -> bool:
        """Whether its output is decoded to boxes."""
        return "anchors" in self.metadata

    @property
    def slowest(self) -> NodeFacts:
        """The node with the most clocks a frame (estimate)."""
        return max(self.nodes, key=lambda node: node.clocks)


def gather(build: Build) -> Facts:
    """Facts of a finished build; FlowError where something is missing or broken."""
    hardware = build.model(StepName.GENERATE_RTL)
    streamlined = build.model(StepName.STREAMLINE)
    simulation, _ = read_simulation(build)
    memories = build.results.read(ResultName.MEMORIES, Memories)
    savings, not_folded, layers = duplicates(build)
    return Facts(
        config=build.config,
        target_clocks=target_clocks(build.config, hardware),
        metadata=metadata_of(build.model(StepName.IMPORT)),
        inputs=_inputs(streamlined),
        host_nodes=host_nodes(metadata_of(streamlined)),
        host_reasons=reasons_of(metadata_of(streamlined)),
        model_sha256=hashlib.sha256(build.config.model.read_bytes()).hexdigest(),
        comes=_tensors(hardware, [tensor.name for tensor in hardware.graph.input]),
        goes=_tensors(hardware, [tensor.name for tensor in hardware.graph.output]),
        levels=levels(build),
        simulation=simulation,
        nodes=node_facts(build, hardware, memories.memories),
        edges=edges(hardware),
        fifos=_fifos(hardware, simulation),
        savings=savings,
        not_folded=not_folded,
        layers=layers,
        memories=memories.memories,
        memory_total=memories.total,
        camera=camera_rates(build, hardware),
    )


def metadata_of(model: ModelWrapper) -> dict[str, str]:
    """Metadata of a model and of its graph."""
    props = {prop.key: prop.value for prop in model.model.metadata_props}
    return props | {prop.key: prop.value for prop in model.graph.metadata_props}


def _inputs(model: ModelWrapper) -> list[InputFacts]:
    props = metadata_of(model)
    names = file_names(props)
    return [
        InputFacts(
            name if len(names) > 1 else "",
            str(InputType.of_metadata(props, suffix(tensor))),
            props.get(f"input_scale{suffix(tensor)}", "not known"),
            props.get(f"input_scale_source{suffix(tensor)}", "not known"),
        )
        for tensor, name in names.items()
    ]


def _tensors(model: ModelWrapper, names: list[str]) -> list[str]:
    """Shape and data type of each."""
    found = []
    for name in names:
        shape = f" {TIMES} ".join(str(size) for size in model.get_tensor_shape(name)[1:])
        found.append(f"{shape} {model.get_tensor_datatype(name).name}")
    return found


def _fifos(model: ModelWrapper, simulation: Simulation | None) -> list[FifoFacts]:
    fifos = []
    for node in model.graph.node:
        if role_of(node) is Role.FIFO and is_rtl(node):
            op = operator_of(node)
            fill = simulation.fifo_fill.get(node.name) if simulation else None
            width = int(op.get_instream_width())
            fifos.append(FifoFacts(str(node.name), int(op.get_nodeattr("depth")), width, fill))
    return fifos
