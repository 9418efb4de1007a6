"""Types of operators for the writers of wrappers and of C++.

The operators (hw.ops) import these writers, so the writers cannot import the operators' classes:
they name here what they need of them. ``StreamNode`` is any operator, ``HlsOperator`` the HLS
variant of one.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from onnx import NodeProto
from qonnx.core.datatype import BaseDataType
from qonnx.core.modelwrapper import ModelWrapper


class StreamNode(Protocol):
    """An operator's node and the streams at it. index: of the stream among those of its side."""

    onnx_node: NodeProto

    def check(self) -> None:
        """Raise HardwareError, naming the node, where the attributes cannot be built."""

    def get_nodeattr(self, name: str) -> Any:
        """Value of an attribute."""

    def stream_inputs(self) -> int:
        """Streams that come in."""

    def stream_outputs(self) -> int:
        """Streams that go out."""

    def lanes_in(self) -> int:
        """Elements in one beat of an input stream."""

    def lanes_of(self, port: int) -> int:
        """Elements in one beat of one of several input streams."""

    def lanes_out(self) -> int:
        """Elements in one beat of an output stream."""

    def get_input_datatype(self, ind: int = 0) -> BaseDataType:
        """Type of an element."""

    def get_output_datatype(self, ind: int = 0) -> BaseDataType:
        """Type of an element."""

    def get_normal_input_shape(self, ind: int = 0) -> Sequence[int]:
        """Shape of the tensor, frames first."""

    def get_normal_output_shape(self, ind: int = 0) -> Sequence[int]:
        """Shape of the tensor, frames first."""

    def get_instream_width(self, ind: int = 0) -> int:
        """Bits of a beat."""

    def get_outstream_width(self, ind: int = 0) -> int:
        """Bits of a beat."""

    def get_instream_width_padded(self, ind: int = 0) -> int:
        """Bits of a beat in whole bytes."""

    def get_outstream_width_padded(self, ind: int = 0) -> int:
        """Bits of a beat in whole bytes."""


class ConstantTable(Protocol):
    """A constant table of generated C++."""

    @property
    def name(self) -> str:
        """A C++ identifier, unique in the design."""

    def text(self) -> str:
        """Definition of the table as C++."""


class HlsOperator(StreamNode, Protocol):
    """The HLS variant of an operator."""

    def hls_function(self) -> str:
        """Name of the function in namespace df, and of its header."""

    def hls_trips(self) -> int:
        """Trips of the operator's flat loop for one frame."""

    def hls_tables(self, model: ModelWrapper) -> Sequence[ConstantTable]:
        """Constant tables, passed to the function behind the streams, in order."""

    def hls_call(self, model: ModelWrapper, *streams: str) -> str:
        """C++ statement that runs the operator on streams: those in, then those out."""

    def ipgen_default_directives(self) -> Sequence[str]:
        """FINN's Tcl directives for Vitis HLS."""

    def ipgen_extra_directives(self) -> Sequence[str]:
        """Further ones of this node."""
