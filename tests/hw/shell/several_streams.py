"""A hand-made accelerator of several input and output streams, and what it computes.

A beat of every input goes in together. Output j gives a beat for every ``every``-th of them: lane l
is (j + 1) times the sum over the inputs of their lane l (modulo their lanes), plus l, in the bits
of the output. Its results wait in a FIFO of its own, and nothing goes in while one is full.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hw.shell.streams import container_bytes
from hw.sim.design import INPUT, OUTPUT, Design, Stream

BEATS = 36


@dataclass(frozen=True)
class Form:
    """A stream's lanes and bits; of an output: beats of the inputs a beat, beats that it holds."""

    lanes: int
    bits: int
    signed: bool
    every: int = 1
    depth: int = 2

    @property
    def beats(self) -> int:
        return BEATS // self.every

    @property
    def dtype(self) -> np.dtype:
        return np.dtype(f"<{'i' if self.signed else 'u'}{container_bytes(self.bits)}")


INPUTS = (Form(1, 8, False), Form(3, 10, True), Form(2, 4, False))
OUTPUTS = (Form(2, 13, True), Form(1, 9, True, every=4, depth=8), Form(3, 5, False, every=3))


@dataclass(frozen=True)
class Several:
    """An accelerator: its input and output streams."""

    inputs: tuple[Form, ...]
    outputs: tuple[Form, ...]

    def frames(self, count: int, seed: int) -> list[np.ndarray]:
        """For each input (count, beats, lanes), as in memory."""
        rng = np.random.default_rng(seed)
        made = []
        for form in self.inputs:
            low, high = (-(1 << form.bits - 1), 1 << form.bits - 1) if form.signed else (
                0, 1 << form.bits,
            )  # fmt: skip
            made.append(rng.integers(low, high, (count, BEATS, form.lanes)).astype(form.dtype))
        return made

    def results(self, frames: Sequence[np.ndarray]) -> list[np.ndarray]:
        """For each output (count, beats, lanes), as in memory."""
        made = []
        for index, form in enumerate(self.outputs):
            total = np.zeros((len(frames[0]), BEATS, form.lanes), np.int64)
            for lane in range(form.lanes):
                for given in frames:
                    total[:, :, lane] += given[:, :, lane % given.shape[2]]
            total = (index + 1) * total + np.arange(form.lanes)
            kept = total[:, form.every - 1 :: form.every]
            bits = kept & ((1 << form.bits) - 1)
            if form.signed:
                bits = np.where(bits >> form.bits - 1, bits - (1 << form.bits), bits)
            made.append(bits.astype(form.dtype))
        return made

    def design(self, folder: Path) -> Design:
        """Written as stitching would write it."""
        folder.mkdir(parents=True)
        name = f"several_{len(self.inputs)}_{len(self.outputs)}"
        streams = [
            _stream(f"x{i}", f"s_axis_{i}", INPUT, form) for i, form in enumerate(self.inputs)
        ]
        streams += [
            _stream(f"y{j}", f"m_axis_{j}", OUTPUT, form) for j, form in enumerate(self.outputs)
        ]
        (folder / f"{name}.sv").write_text(self._text(name, streams))
        fifo = Path(__file__).resolve().parents[3] / "hw" / "rtl" / "stream_fifo.sv"
        (folder / fifo.name).write_text(fifo.read_text())
        return Design(name, folder, ("stream_fifo.sv", f"{name}.sv"), tuple(streams))

    def _text(self, name: str, streams: Sequence[Stream]) -> str:
        ports, body = ["input logic ap_clk", "input logic ap_rst_n"], []
        for stream in streams:
            ahead, back = ("input", "output") if stream.kind == INPUT else ("output", "input")
            ports += [
                f"{ahead} logic [{8 * stream.bytes - 1}:0] {stream.wire}_tdata",
                f"{ahead} logic {stream.wire}_tvalid", f"{back} logic {stream.wire}_tready",
            ]  # fmt: skip
        inputs = [stream for stream in streams if stream.kind == INPUT]
        outputs = [stream for stream in streams if stream.kind == OUTPUT]
        body.append(f"logic take; logic [{len(outputs) - 1}:0] room;")
        valid = " && ".join(f"{stream.wire}_tvalid" for stream in inputs)
        body.append(f"assign take = {valid} && (&room);")
        body += [f"assign {stream.wire}_tready = take;" for stream in inputs]
        for index, (stream, form) in enumerate(zip(outputs, self.outputs, strict=True)):
            lanes = []
            for lane in range(form.lanes):
                terms = []
                for given in inputs:
                    at = lane % given.lanes * given.bits
                    sign = "signed" if given.signed else "unsigned"
                    part = f"{given.wire}_tdata[{at} +: {given.bits}]"
                    terms.append(f"32'(${sign}({part}))")
                lanes.append(f"{form.bits}'({index + 1} * ({' + '.join(terms)}) + {lane})")
            width = 8 * stream.bytes
            data = f"{width}'({{{', '.join(lanes[::-1])}}})"
            body.append(
                f"logic [7:0] count{index}_q; logic emit{index};\n"
                f"assign emit{index} = take && count{index}_q == {form.every - 1};\n"
                "always_ff @(posedge ap_clk)\n"
                f"  if (!ap_rst_n || emit{index}) count{index}_q <= 0;\n"
                f"  else if (take) count{index}_q <= count{index}_q + 1;\n"
                f"stream_fifo #(.Width({width}), .Depth({form.depth})) i_fifo{index} (\n"
                f"  .clk_i(ap_clk), .rst_ni(ap_rst_n), .in_valid_i(emit{index}),\n"
                f"  .in_ready_o(room[{index}]), .in_data_i({data}),\n"
                f"  .out_valid_o({stream.wire}_tvalid), .out_ready_i({stream.wire}_tready),\n"
                f"  .out_data_o({stream.wire}_tdata));"
            )
        lint = "/* verilator lint_off WIDTH */\n/* verilator lint_off UNUSED */\n"
        text = ",\n  ".join(ports)
        return f"{lint}module {name} (\n  {text}\n);\n" + "\n".join(body) + "\nendmodule\n"


def _stream(name: str, wire: str, kind: str, form: Form) -> Stream:
    return Stream(name, wire, kind, form.lanes, form.bits, form.signed, form.beats)
