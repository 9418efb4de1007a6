"""A tiny design of our own for the simulator's tests: chains of pass-through stages.

The modules are written by the tests, so that what the simulator says about broken ones can be
tested without breaking the library.
"""

import shutil
from pathlib import Path

from hw.sim.design import INPUT, INTERNAL, OUTPUT, Design, Fifo, Stream
from hw.sim.verilate import build
from tests.hw.bench import CACHE

#: One register stage that holds a beat; REFUSE_AFTER beats it takes no more (0: never stops).
STAGE = """
module stage #(parameter int unsigned W = 8, parameter int unsigned RefuseAfter = 0) (
  input  logic ap_clk, input logic ap_rst_n,
  input  logic in0_V_TVALID, output logic in0_V_TREADY, input  logic [W-1:0] in0_V_TDATA,
  output logic out0_V_TVALID, input logic out0_V_TREADY, output logic [W-1:0] out0_V_TDATA
);
  logic full_q;
  logic [31:0] taken_q;
  assign in0_V_TREADY = !full_q && (RefuseAfter == 0 || taken_q < RefuseAfter);
  assign out0_V_TVALID = full_q;
  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      full_q <= 1'b0;
      taken_q <= '0;
    end else if (in0_V_TVALID && in0_V_TREADY) begin
      full_q <= 1'b1;
      taken_q <= taken_q + 1;
      out0_V_TDATA <= in0_V_TDATA;
    end else if (out0_V_TREADY) begin
      full_q <= 1'b0;
    end
  end
endmodule
"""

#: Keeps a beat only one clock, whether it was taken or not: valid drops.
DROPPING = """
module dropping #(parameter int unsigned W = 8) (
  input  logic ap_clk, input logic ap_rst_n,
  input  logic in0_V_TVALID, output logic in0_V_TREADY, input  logic [W-1:0] in0_V_TDATA,
  output logic out0_V_TVALID, input logic out0_V_TREADY, output logic [W-1:0] out0_V_TDATA
);
  assign in0_V_TREADY = 1'b1;
  always_ff @(posedge ap_clk) begin
    out0_V_TVALID <= ap_rst_n && in0_V_TVALID;
    out0_V_TDATA <= in0_V_TDATA;
  end
  logic unused;
  assign unused = out0_V_TREADY;
endmodule
"""

#: Loses the beats whose lowest byte is DropValue.
LOSING = """
module losing #(parameter int unsigned W = 8) (
  input  logic ap_clk, input logic ap_rst_n,
  input  logic in0_V_TVALID, output logic in0_V_TREADY, input  logic [W-1:0] in0_V_TDATA,
  output logic out0_V_TVALID, input logic out0_V_TREADY, output logic [W-1:0] out0_V_TDATA
);
  logic lose;
  assign lose = in0_V_TDATA[7:0] == 8'd77;
  assign in0_V_TREADY = out0_V_TREADY;
  assign out0_V_TVALID = in0_V_TVALID && !lose;
  assign out0_V_TDATA = in0_V_TDATA;
  logic unused;
  assign unused = ap_clk ^ ap_rst_n;
endmodule
"""

#: Keeps valid but lets the data run on while it is stalled.
CHANGING = """
module changing #(parameter int unsigned W = 8) (
  input  logic ap_clk, input logic ap_rst_n,
  input  logic in0_V_TVALID, output logic in0_V_TREADY, input  logic [W-1:0] in0_V_TDATA,
  output logic out0_V_TVALID, input logic out0_V_TREADY, output logic [W-1:0] out0_V_TDATA
);
  logic [7:0] count_q;
  always_ff @(posedge ap_clk) count_q <= ap_rst_n ? count_q + 1'b1 : '0;
  assign in0_V_TREADY = out0_V_TREADY;
  assign out0_V_TVALID = in0_V_TVALID;
  assign out0_V_TDATA = in0_V_TDATA ^ {{(W-8){1'b0}}, count_q};
endmodule
"""

#: Sends every beat twice.
DOUBLING = """
module doubling #(parameter int unsigned W = 8) (
  input  logic ap_clk, input logic ap_rst_n,
  input  logic in0_V_TVALID, output logic in0_V_TREADY, input  logic [W-1:0] in0_V_TDATA,
  output logic out0_V_TVALID, input logic out0_V_TREADY, output logic [W-1:0] out0_V_TDATA
);
  logic second_q;
  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) second_q <= 1'b0;
    else if (in0_V_TVALID && out0_V_TREADY) second_q <= !second_q;
  end
  assign in0_V_TREADY = out0_V_TREADY && second_q;
  assign out0_V_TVALID = in0_V_TVALID;
  assign out0_V_TDATA = in0_V_TDATA;
endmodule
"""

#: Ends the simulation at its fifth beat.
FINISHING = """
module finishing #(parameter int unsigned W = 8) (
  input  logic ap_clk, input logic ap_rst_n,
  input  logic in0_V_TVALID, output logic in0_V_TREADY, input  logic [W-1:0] in0_V_TDATA,
  output logic out0_V_TVALID, input logic out0_V_TREADY, output logic [W-1:0] out0_V_TDATA
);
  logic [2:0] count_q;
  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) count_q <= '0;
    else if (in0_V_TVALID && out0_V_TREADY) count_q <= count_q + 1'b1;
    if (ap_rst_n && count_q == 3'd5) $finish;
  end
  assign in0_V_TREADY = out0_V_TREADY;
  assign out0_V_TVALID = in0_V_TVALID;
  assign out0_V_TDATA = in0_V_TDATA;
endmodule
"""

#: Adds a number read from ``offset.mem`` to every beat.
ADDING = """
module adding #(parameter int unsigned W = 8) (
  input  logic ap_clk, input logic ap_rst_n,
  input  logic in0_V_TVALID, output logic in0_V_TREADY, input  logic [W-1:0] in0_V_TDATA,
  output logic out0_V_TVALID, input logic out0_V_TREADY, output logic [W-1:0] out0_V_TDATA
);
  logic [W-1:0] mem [1];
  initial $readmemh("offset.mem", mem);
  assign in0_V_TREADY = out0_V_TREADY;
  assign out0_V_TVALID = in0_V_TVALID;
  assign out0_V_TDATA = in0_V_TDATA + mem[0];
  logic unused;
  assign unused = ap_clk ^ ap_rst_n;
endmodule
"""

_TEXTS = {
    "stage": STAGE,
    "dropping": DROPPING,
    "losing": LOSING,
    "changing": CHANGING,
    "doubling": DOUBLING,
    "finishing": FINISHING,
    "adding": ADDING,
}


def chain(
    folder: Path,
    modules: list[str],
    *,
    lanes: int = 1,
    bits: int = 8,
    frame_beats: int = 10,
    params: dict[int, str] | None = None,
    top: str = "chain_top",
) -> Design:
    """Write a chain of the modules above; node i is named ``n<i>_<module>``."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"n{i}_{module}" for i, module in enumerate(modules)]
    width = (lanes * bits + 7) // 8 * 8
    common = {"lanes": lanes, "bits": bits, "signed": False, "frame_beats": frame_beats}
    streams = [Stream("x", "s_axis_0", INPUT, consumer=names[0], **common)]  # type: ignore[arg-type]
    for i, name in enumerate(names):
        final = i == len(names) - 1
        streams.append(
            Stream(
                name,
                "m_axis_0" if final else name,
                OUTPUT if final else INTERNAL,
                producer=name,
                consumer="" if final else names[i + 1],
                **common,  # type: ignore[arg-type]
            )
        )
    text = f"""module {top} (
  input logic ap_clk, input logic ap_rst_n,
  input logic [{width - 1}:0] s_axis_0_tdata, input logic s_axis_0_tvalid,
  output logic s_axis_0_tready, output logic [{width - 1}:0] m_axis_0_tdata,
  output logic m_axis_0_tvalid, input logic m_axis_0_tready
);
"""
    for stream in streams[1:-1]:
        text += f"  logic [{width - 1}:0] {stream.wire}_tdata;\n"
        text += f"  logic {stream.wire}_tvalid, {stream.wire}_tready;\n"
    for i, (module, name) in enumerate(zip(modules, names, strict=True)):
        more = f", {params[i]}" if params and i in params else ""
        a, b = streams[i].wire, streams[i + 1].wire
        text += f"""  {module} #(.W({width}){more}) i_{name} (
    .ap_clk, .ap_rst_n, .in0_V_TDATA({a}_tdata), .in0_V_TVALID({a}_tvalid),
    .in0_V_TREADY({a}_tready), .out0_V_TDATA({b}_tdata), .out0_V_TVALID({b}_tvalid),
    .out0_V_TREADY({b}_tready));
"""
    (folder / f"{top}.sv").write_text(text + "endmodule\n")
    for module in set(modules):
        (folder / f"{module}.sv").write_text(_TEXTS[module])
    sources = (*(f"{module}.sv" for module in sorted(set(modules))), f"{top}.sv")
    fifos = tuple(
        Fifo(name, streams[i].name, name, 1)
        for i, (module, name) in enumerate(zip(modules, names, strict=True))
        if module == "stage"
    )
    return Design(top, folder, sources, tuple(streams), fifos)


def take_runtime(cache: Path, tmp_path: Path) -> None:
    """Put what is compiled once for all simulators into an empty cache, from the tests' own."""
    build(chain(tmp_path / "runtime", ["stage"]), cache_dir=CACHE, optimize="-O0")
    for kind in ("runtime", "prelude"):
        for folder in CACHE.glob(f"{kind}-*"):
            if folder.is_dir():
                shutil.copytree(folder, cache / folder.name)
