"""A small stand-in for a detector behind the camera path: RTL, and the same in numpy.

Each of its integers depends on many pixels of the frame, their places among them, so that a pixel
that is wrong, lost or late shows.
"""

from pathlib import Path
from typing import Any

import numpy as np

from camera_path.frames import FrameFormat
from camera_path.head import HeadIntegers
from camera_path.path import Settings, boxes, network_frame
from hw.camera.board import DetectorHead, write
from hw.camera.options import CameraOptions
from hw.shell.bus import Bus
from hw.sim.design import INPUT, OUTPUT, Design, Stream

SIDE, STRIDE, BITS = 64, 16, 12
HEAD = HeadIntegers.make([(0.7, 0.9), (1.6, 1.9), (2.2, 1.4)], 0.0021, stride=STRIDE)
CELLS = SIDE // STRIDE
OUTPUTS = CELLS * CELLS * HEAD.anchors * 6

RTL = """
module tiny (
  input  logic ap_clk, input logic ap_rst_n,
  input  logic [{lanes8}-1:0] s_axis_0_tdata, input logic s_axis_0_tvalid,
  output logic s_axis_0_tready, output logic [15:0] m_axis_0_tdata,
  output logic m_axis_0_tvalid, input logic m_axis_0_tready
);
  logic [11:0] sums_q [{outputs}];
  logic [31:0] n_q, place_q, give_q;
  logic giving_q;
  assign s_axis_0_tready = !giving_q;
  assign m_axis_0_tvalid = giving_q;
  assign m_axis_0_tdata = {{4'd0, sums_q[give_q]}};
  wire [11:0] next = sums_q[place_q] * 12'd5 + {sum} + 12'(n_q);
  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      n_q <= 0; place_q <= 0; give_q <= 0; giving_q <= 0;
      for (int i = 0; i < {outputs}; i++) sums_q[i] <= 0;
    end else if (giving_q) begin
      if (m_axis_0_tready) begin
        sums_q[give_q] <= 0;
        give_q <= (give_q == {outputs} - 1) ? 0 : give_q + 1;
        giving_q <= (give_q != {outputs} - 1);
      end
    end else if (s_axis_0_tvalid) begin
      sums_q[place_q] <= next;
      place_q <= (place_q == {outputs} - 1) ? 0 : place_q + 1;
      n_q <= n_q + 1;
      if (n_q == {beats} - 1) begin
        n_q <= 0; place_q <= 0; giving_q <= 1;
      end
    end
  end
endmodule
"""


def network(frame: Any, lanes: int = 3) -> Any:
    """(SIDE, SIDE, 3) uint8 -> (CELLS, CELLS, 6 * anchors) integers of BITS bits, with a sign."""
    beats = frame.reshape(-1, lanes).astype(np.int64) @ np.arange(1, lanes + 1)
    values = beats + np.arange(len(beats))
    whole = np.zeros(-(-len(beats) // OUTPUTS) * OUTPUTS, np.int64)
    whole[: len(beats)] = values
    rows = whole.reshape(-1, OUTPUTS)
    there = np.arange(len(whole)).reshape(rows.shape) < len(beats)
    sums = np.zeros(OUTPUTS, np.int64)
    for row, here in zip(rows, there, strict=True):
        sums = np.where(here, (sums * 5 + row) % (1 << BITS), sums)
    signed = np.where(sums >= 1 << (BITS - 1), sums - (1 << BITS), sums)
    return signed.reshape(CELLS, CELLS, -1)


def expected(memory: Any, layout: FrameFormat, settings: Settings, lanes: int = 3) -> Any:
    """Integers and boxes of a frame in memory, by the specification."""
    frame, _ = network_frame(memory, layout, SIDE)
    integers = network(frame, lanes)
    return integers, boxes(integers, HEAD, settings, OPTIONS.candidates)


OPTIONS = CameraOptions(max_side=200, candidates=16)


def detector(folder: Path, lanes: int = 3) -> Design:
    """The stand-in as stitching would leave it."""
    folder.mkdir(parents=True)
    beats = SIDE * SIDE * 3 // lanes
    parts = [f"12'd{i + 1} * 12'(s_axis_0_tdata[{8 * i} +: 8])" for i in range(lanes)]
    text = RTL.format(lanes8=8 * lanes, outputs=OUTPUTS, beats=beats, sum=" + ".join(parts))
    (folder / "tiny.sv").write_text(text)
    source = Stream("x", "s_axis_0", INPUT, lanes, 8, False, beats)
    result = Stream("y", "m_axis_0", OUTPUT, 1, BITS, True, OUTPUTS)
    return Design("tiny", folder, ("tiny.sv",), (source, result))


def board(
    folder: Path, lanes: int = 3, pixels: int = 2, bus: Bus | None = None, source: str = "memory"
) -> Design:
    """The stand-in with the camera's shell, written into a folder."""
    made = detector(folder / "rtl", lanes)
    options = CameraOptions(source, pixels=pixels, max_side=200, candidates=16)
    return write(
        made,
        folder / "board",
        DetectorHead(HEAD, CELLS, CELLS),
        options,
        build_id=0x1234ABCD,
        bus=bus,
    )
