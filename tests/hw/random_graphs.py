"""Random graphs of operators, without a circle: forks, joins, windows, units, pools and more."""

import numpy as np
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper

from tests.hw.graph_models import GraphModel

#: A tensor of more bits than this is brought down by thresholds before it goes on.
MOST_BITS = 8


class RandomGraph:
    """Grows a graph by random operators at its open ends, until all that is left are outputs."""

    def __init__(self, seed: int, operators: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.count = 0
        height, width = (int(v) for v in self.rng.integers(4, 8, 2))
        channels = int(self._one([1, 2, 4]))
        inputs = ("x",) if self.rng.random() < 0.7 else ("x", "z")
        datatype = str(self._one(["UINT1", "UINT2", "INT3"]))
        self.graph = GraphModel((1, height, width, channels), datatype, inputs)
        self.open = list(inputs)  # tensors that nothing reads yet
        for _ in range(operators):
            self._grow()

    def model(self) -> ModelWrapper:
        """The graph, joined as far as shapes allow, so that it has few outputs."""
        while pair := self._pair():
            self._join(*pair)
        for name in set(self.open) & set(self.graph.inputs):  # that no operator took
            self.open[self.open.index(name)] = self.graph.fifo(name, f"{name}_fifo", 2)
        return self.graph.model(*self.open)

    def _one(self, values):
        return values[int(self.rng.integers(len(values)))]

    def _name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def _lanes(self, channels: int) -> int:
        return int(self._one([d for d in range(1, channels + 1) if channels % d == 0]))

    def _width(self, source: str, lanes: int) -> None:
        """Remember the lanes of a tensor's stream; converters stand where others are wanted."""
        self.graph.lanes[source] = lanes

    def _stream(self, source: str, lanes: int) -> str:
        """A tensor as a stream of so many lanes: itself, or behind a width converter."""
        have = self.graph.lanes.get(source, lanes)
        if source in self.graph.inputs or have == lanes:
            return source
        return self.graph.converter(source, self._name("dwc"), have, lanes)

    def _pair(self) -> tuple[str, str] | None:
        """Two open tensors of one shape."""
        for index, first in enumerate(self.open):
            for second in self.open[index + 1 :]:
                if self.graph.shapes[first] == self.graph.shapes[second]:
                    return first, second
        return None

    def _grow(self) -> None:
        pair = self._pair()
        if pair and self.rng.random() < 0.4:
            self._join(*pair)
            return
        source = str(self._one(self.open))
        choices = [self._fork, self._layer, self._threshold, self._pool]
        if DataType[self.graph.types[source]].bitwidth() > MOST_BITS:
            choices = [self._threshold]
        self.open.remove(source)
        self._one(choices)(source)

    def _fork(self, source: str) -> None:
        count, lanes = int(self._one([2, 2, 3])), self._lanes(self.graph.shapes[source][3])
        made = self.graph.fork(self._stream(source, lanes), self._name("dup"), count, lanes)
        for name in made:
            self._width(name, lanes)
        self.open += made

    def _join(self, first: str, second: str) -> None:
        lanes = self._lanes(self.graph.shapes[first][3])
        for name in (first, second):
            self.open.remove(name)
        streams = [self._stream(name, lanes) for name in (first, second)]
        made = self.graph.join(*streams, self._name("sum"), lanes)
        self._width(made, lanes)
        self.open.append(made)

    def _threshold(self, source: str) -> None:
        channels, datatype = self.graph.shapes[source][3], DataType[self.graph.types[source]]
        lanes = self._lanes(channels)
        low, high = int(datatype.min()), int(datatype.max())
        table = np.sort(self.rng.integers(low, high + 2, (channels, 3)), axis=1)
        made = self.graph.add(
            "StreamThresholding", self._stream(source, lanes), self._name("thr"), PE=lanes,
            ActVal=0, outputDataType="UINT2", constants=[(table, f"INT{MOST_BITS + 8}")],
        )  # fmt: skip
        self._width(made, lanes)
        self.open.append(made)

    def _pool(self, source: str) -> None:
        _, height, width, channels = self.graph.shapes[source]
        lanes = self._lanes(channels)
        if min(height, width) < 4:
            self.open.append(source)
            return
        made = self.graph.add(
            "StreamMaxPool", self._stream(source, lanes), self._name("pool"), KernelSize=[2, 2],
            PE=lanes,
        )  # fmt: skip
        self._width(made, lanes)
        self.open.append(made)

    def _layer(self, source: str) -> None:
        """A 3 x 3 window with border, and a unit of as many rows as channels come in."""
        channels = self.graph.shapes[source][3]
        lanes, name, parallel = self._lanes(channels), self._name("conv"), int(self._one([0, 1]))
        pe, stream = self._lanes(channels), self._stream(source, lanes)
        made = self.graph.layer(stream, name, lanes, pe, parallel, self.rng)
        self._width(made, pe)
        self.open.append(made)
