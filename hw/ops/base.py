"""The contract of every operator of this library, and the parts that most of them share.

An operator takes tensors of integers, NHWC, and gives such, nearly all of them one for one. In
hardware a tensor is a stream of beats: pixels in raster order, and of each pixel its channels in
groups of neighbouring lanes, lane 0 in the least significant bits (the order FINN uses). All
streams into an operator have one shape and as many lanes unless it says otherwise (``lanes_of``,
``get_normal_input_shape``), and so have all streams out of it.

``Operator`` is the contract: everything that the rest of the library asks of an operator, so that
no other file has to name one. ``StreamOp`` is an operator of our own (most are), ``Passthrough``
(hw.ops.passthrough) one that FINN's passes insert. An operator X then has the variants X_rtl
(hw.ops.rtl_base) and X_hls (hw.ops.hls_base), all three in one file, which ends with
``register(X, X_rtl, X_hls)`` (hw.ops.registry).

What a new operator answers, in this order:

1. attributes (``get_nodeattr_types``), ``role``, lanes and shapes, ``check``;
2. its integers: ``reference``;
3. RTL (X_rtl): ``rtl_modules``, ``rtl_body``, ``variants``, ``rtl_only``; ``memories`` if any;
4. time: ``get_exp_cycles``, ``machines``; ``dependency`` unless pixels wait for their own alone;
5. cost: ``features``; ``contents`` if weights or thresholds matter to it; ``sampling``, if the cost
   model is to be fitted to runs of it (``python -m hw.synth.cost add``, ``measure``, ``fit``);
6. folding: ``lane_attributes``, ``folding_attributes``; ``foldings`` if more than lanes is free;
7. HLS C++ (X_hls): ``hls_function``, ``hls_parameters``, ``hls_trips``, ``hls_only``, and
   ``hls_tables`` if any.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, ClassVar

import numpy as np
from finn.custom_op.fpgadataflow.hwcustomop import HWCustomOp
from onnx import GraphProto, NodeProto
from qonnx.core.datatype import BaseDataType, DataType
from qonnx.core.modelwrapper import ModelWrapper

from hw.dataflow.dependency import Dependency, same_pixel
from hw.dataflow.machines import Parts
from hw.datatypes import float_container
from hw.errors import HardwareError
from hw.ops.folding import Folding, divisors
from hw.synth.cost.features import Contents, Features
from hw.synth.cost.sampling import Sampling

IntArray = np.ndarray[Any, np.dtype[np.int64]]


#: Suffixes of the variants' names.
RTL, HLS = "_rtl", "_hls"


def kind_of(node: NodeProto | str) -> str:
    """Name of the operator that a node (or an operator type) is, whatever its variant."""
    op_type = node if isinstance(node, str) else str(node.op_type)
    return op_type.removesuffix(RTL).removesuffix(HLS)


class Role(Enum):
    """The part that an operator plays, for the folding solver, FIFO sizing and the stitchers.

    A layer is a PADDING, a WINDOW and a UNIT, of which only the UNIT has to be there: they are
    folded together, with one FIFO in front of the first. ALONE stands between layers. A FORK hands
    the tensor on to each of several readers. A CONVERTER and a FIFO are inserted between two
    operators and hand the tensor on as it is.
    """

    PADDING = "padding"
    WINDOW = "window"
    UNIT = "unit"
    ALONE = "alone"
    FORK = "fork"
    CONVERTER = "converter"
    FIFO = "fifo"


def require_divides(node: str, what: str, lanes: int, channels: int) -> None:
    """Raise HardwareError, naming the node, unless lanes divides channels."""
    if lanes < 1 or channels % lanes:
        raise HardwareError(f"node {node}: {what} = {lanes} does not divide {channels}")


class Operator(HWCustomOp):  # type: ignore[misc]
    """The contract. Abstract methods have no default; the others one that fits most operators."""

    #: What it is in a layer.
    role: ClassVar[Role] = Role.ALONE
    #: Attributes that say its lanes, and all that a folding file may set; (): it has none.
    lane_attributes: ClassVar[tuple[str, ...]] = ()
    folding_attributes: ClassVar[tuple[str, ...]] = ()
    #: Those of them that are weighed above one pixel a clock alone, for LUTs are scarce there; else
    #: they are as declared.
    wide_attributes: ClassVar[tuple[str, ...]] = ()
    #: FINN's operators of the same meaning, whose PE and SIMD are its own too; (): there are none.
    finn_names: ClassVar[tuple[str, ...]] = ()
    #: Why it cannot take another size of the image while it runs; "": it can (hw.ops.sizes), or its
    #: hardware does not know the size.
    of_one_size: ClassVar[str] = ""
    #: Kinds that its cost model tells apart; (): only one, named as the operator.
    cost_kinds: ClassVar[tuple[str, ...]] = ()
    #: How samples for the cost model are drawn; None: it has none, its features count as they are.
    sampling: ClassVar[Sampling | None] = None

    # --- integers and streams: no default -----------------------------------------------------

    @abstractmethod
    def lanes_in(self) -> int:
        """Elements in one beat of the input stream."""

    @abstractmethod
    def lanes_out(self) -> int:
        """Elements in one beat of the output stream."""

    @abstractmethod
    def input_shape(self) -> tuple[int, ...]:
        """(N, H, W, C) of the input."""

    @abstractmethod
    def output_shape(self) -> tuple[int, ...]:
        """(N, H, W, C) of the output."""

    @abstractmethod
    def reference(self, x: IntArray, *params: IntArray) -> IntArray:
        """Integer meaning of the operator: NHWC int64 in, NHWC int64 out, at every output.

        params are the node's further inputs (further streams, weights, thresholds), as int64.
        """

    @abstractmethod
    def check(self) -> None:
        """Raise HardwareError, naming the node, where the attributes cannot be built."""

    @abstractmethod
    def input_beats(self, x: IntArray) -> IntArray:
        """(N, H, W, C) -> (beats, lanes) in the order of the input stream."""

    @abstractmethod
    def output_beats(self, y: IntArray) -> IntArray:
        """(N, H, W, C) -> (beats, lanes) in the order of the output stream."""

    def lanes_of(self, port: int) -> int:
        """Elements in one beat of an input stream, where several come in."""
        return self.lanes_in()

    def stream_inputs(self) -> int:
        """Streams that come in: the node's first inputs. Those behind them are parameters."""
        return 1

    def stream_outputs(self) -> int:
        """Streams that go out, one an output of the node."""
        return 1

    # --- time ---------------------------------------------------------------------------------

    @abstractmethod
    def get_exp_cycles(self) -> int:
        """Clocks that one frame takes, streams never stalling, in steady state."""

    @abstractmethod
    def machines(self) -> Parts:
        """Its RTL beat by beat (hw.dataflow.machines): machines, each with its link.

        All streams into the operator lead to the first machine, each step of which takes of all of
        them, or of the one that it says. A link as the last one stands behind it to each stream
        out, and each gets every beat.
        """

    def dependency(self) -> Dependency:
        """Which input pixel each output pixel waits for. Default: the one at the same place."""
        return same_pixel(self.output_shape()[1] * self.output_shape()[2])

    # --- folding ------------------------------------------------------------------------------

    def foldings(self, limit: int, given: Mapping[str, Any]) -> Iterator[Folding]:
        """Ways to fold it. Default: every divisor of the channels for its one lane attribute.

        limit: clocks that a frame may take; given: attributes that a folding file sets. The solver
        leaves out what is not as given, what takes too long, and of an operator that stands ALONE
        what ``check`` refuses.
        """
        (attribute,) = self.lane_attributes
        return (Folding({attribute: lanes}) for lanes in divisors(self.input_shape()[-1]))

    def turns(self) -> int:
        """Vectors of a pixel that a UNIT computes with one after another (groups of channels)."""
        return 1

    def takes_window(self, lanes: int) -> bool:
        """Whether a WINDOW of so many lanes in can stand in front of a UNIT as it is folded."""
        return True

    def stream_settings(self, settings: Mapping[str, Any]) -> dict[str, int]:
        """Attributes that a WINDOW folded as settings say sets on the UNIT behind it."""
        return {}

    # --- cost ---------------------------------------------------------------------------------

    @abstractmethod
    def features(self, contents: Contents | None) -> Features:
        """Numbers that its LUTs and flip-flops grow with; contents: as ``contents``."""

    @classmethod
    def inserted(cls, first: int, last: int, depth: int = 0) -> Features:
        """Features of a CONVERTER or FIFO from beats of first bits to beats of last bits.

        depth: beats that a FIFO holds. What is not inserted has none: NotImplementedError.
        """
        raise NotImplementedError(f"{cls.__name__} is not inserted between operators")

    def cost_kind(self) -> str:
        """Which of ``cost_kinds`` it is as it is set."""
        return kind_of(self.onnx_node)

    def contents(self, model: ModelWrapper) -> Contents | None:
        """Its cost as far as weights and thresholds say it, whatever its folding; None: nothing."""
        return None

    def drawn_contents(self, model: ModelWrapper) -> tuple[tuple[int, int, int], int]:
        """levels and steps of a sample that is like this node; see hw.synth.cost.sampling.Drawn."""
        return (0, 0, 0), 0

    # --- helpers ------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Name of the node."""
        return str(self.onnx_node.name)

    def frame_beats(self, port: int = 0) -> int:
        """Beats of a frame (N = 1) at an input."""
        return int(np.prod(self.input_shape()[1:])) // self.lanes_in()

    def pixel_beats_in(self) -> int:
        """Beats of a pixel at the input."""
        return self.input_shape()[-1] // self.lanes_in()

    def pixel_beats_out(self) -> int:
        """Beats of a pixel at the output."""
        return self.output_shape()[-1] // self.lanes_out()

    def require_divides(self, what: str, lanes: int, channels: int) -> None:
        """Raise HardwareError unless lanes divides channels."""
        require_divides(self.name, what, lanes, channels)

    def int_attr(self, name: str) -> int:
        """Value of an integer attribute."""
        return int(self.get_nodeattr(name))

    def ints_attr(self, name: str) -> tuple[int, ...]:
        """Value of a list-of-integers attribute."""
        return tuple(int(v) for v in self.get_nodeattr(name))

    def pair_attr(self, name: str) -> tuple[int, int]:
        """Value of an attribute that is two integers (rows, columns)."""
        rows, columns = self.ints_attr(name)
        return rows, columns


class StreamOp(Operator):
    """An operator of our own. Subclasses say lanes, shapes, clocks and integers."""

    def get_nodeattr_types(self) -> dict[str, Any]:
        attrs: dict[str, Any] = super().get_nodeattr_types()
        attrs.update(
            {
                # (N, H, W, C) of the input
                "inputShape": ("ints", True, []),
                # FINN data types of the elements, e.g. UINT2
                "inputDataType": ("s", True, ""),
                "outputDataType": ("s", True, ""),
            }
        )
        return attrs

    def check(self) -> None:
        channels_in = int(self.input_shape()[-1])
        channels_out = int(self.output_shape()[-1])
        self.require_divides("input lanes", self.lanes_in(), channels_in)
        self.require_divides("output lanes", self.lanes_out(), channels_out)

    def input_shape(self) -> tuple[int, ...]:
        return self.ints_attr("inputShape")

    def input_beats(self, x: IntArray) -> IntArray:
        return x.reshape(-1, self.lanes_in())

    def output_beats(self, y: IntArray) -> IntArray:
        return y.reshape(-1, self.lanes_out())

    # --- FINN's interface ---------------------------------------------------------------------

    def get_input_datatype(self, ind: int = 0) -> BaseDataType:
        return DataType[self.get_nodeattr("inputDataType")]

    def get_output_datatype(self, ind: int = 0) -> BaseDataType:
        return DataType[self.get_nodeattr("outputDataType")]

    def get_normal_input_shape(self, ind: int = 0) -> list[int]:
        return list(self.input_shape())

    def get_normal_output_shape(self, ind: int = 0) -> list[int]:
        return list(self.output_shape())

    def _folded(self, shape: tuple[int, ...], lanes: int) -> list[int]:
        return [*shape[:-1], shape[-1] // lanes, lanes]

    def get_folded_input_shape(self, ind: int = 0) -> list[int]:
        return self._folded(self.input_shape(), self.lanes_in())

    def get_folded_output_shape(self, ind: int = 0) -> list[int]:
        return self._folded(self.output_shape(), self.lanes_out())

    def get_instream_width(self, ind: int = 0) -> int:
        """Bits of an input stream; 0 for parameters, which are no streams."""
        if ind >= self.stream_inputs():
            return 0
        return int(self.lanes_in() * self.get_input_datatype(ind).bitwidth())

    def get_outstream_width(self, ind: int = 0) -> int:
        return int(self.lanes_out() * self.get_output_datatype(ind).bitwidth())

    def infer_node_datatype(self, model: ModelWrapper) -> None:
        for index, name in enumerate(self.onnx_node.output):
            model.set_tensor_datatype(name, self.get_output_datatype(index))

    def verify_node(self) -> None:
        self.check()

    def execute_node(self, context: dict[str, Any], graph: GraphProto) -> None:
        """Execute the integer reference (float32 containers, as qonnx uses, where they hold it).

        The input may be of another shape, as long as it is the same stream (packed pixels).
        """
        arrays = [np.rint(context[name]).astype(np.int64) for name in self.onnx_node.input]
        for index in range(self.stream_inputs()):
            arrays[index] = arrays[index].reshape(self.get_normal_input_shape(index))
        result = float_container(self.reference(*arrays))
        for name in self.onnx_node.output:
            context[name] = result
