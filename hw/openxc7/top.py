"""The top level of the open way: PS7, a clock buffer, the board top with the DMAs.

The registers hang on M_AXI_GP0 (AXI3, by way of ``axi3_to_axil``); the reads of idma<i> and the
writes of odma<i> share S_AXI_HP<i>, for one uses its read channels alone and the other its write
channels. So no arbiter stands between the DMAs, and the part's four ports take four of each.
Further read ports of an idma take the reads of S_AXI_HP ports that have none.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hw.errors import HardwareError
from hw.shell.engines import IDMA, ODMA, ONE_OF_EACH
from hw.shell.ports import control_address_bits, memory_prefix, numbers_below

#: Module of the top level, its instance of the processing system, and its hand-written module.
PS, BRIDGE = "i_ps7", "axi3_to_axil"
RTL_DIR = Path(__file__).resolve().parent / "rtl"
#: Ports of the processing system to its memory, S_AXI_HP0 and on.
MEMORY_PORTS = 4


def top_text(
    top: str,
    board_top: str,
    engines: Sequence[str] = ONE_OF_EACH,
    counts: Mapping[str, int] | None = None,
) -> str:
    """SystemVerilog of module top around module board_top (``hw.shell.board_top``).

    It has no ports: memory and clocks are the processing system's. Bits of the bus' address from 16
    on are the board top's from 12 on. engines: names of the DMAs; HardwareError for more of a kind
    than MEMORY_PORTS. counts: memory ports of those that have several.
    """
    ends = memory_ends(engines, counts or {})
    pairs = 1 + max(*ends.readers, *ends.writers)
    if pairs > MEMORY_PORTS:
        raise HardwareError(
            f"{pairs} streams of a kind: the open way takes {MEMORY_PORTS}, for each has a port of "
            "the Zynq-7000's memory to itself (S_AXI_HP0 to S_AXI_HP3); Vivado's way joins more"
        )
    select = control_address_bits(engines) - 12
    chosen = "16" if select == 1 else f"{15 + select}:16"
    irq_bits = numbers_below(engines)
    irq = ", irq;" if irq_bits == 2 else f";\n  logic [{irq_bits - 1}:0] irq;"
    pieces = ("".join(text(pair, pairs, ends) for pair in range(pairs)) for text in _PIECES)
    wires, tied, ps_pins, board_pins = pieces
    return f"""// Generated: processing system of Zynq-7000 around {board_top}. Do not edit.
module {top};
  logic clk, rst_n, ps_rst_n;
  logic [3:0] fclk, fclk_rst_n;
  logic [1:0] reset_q{irq}

  // GP0: AXI3, 32 bits
  logic [11:0] gp_awid, gp_arid, gp_bid, gp_rid;
  logic [31:0] gp_awaddr, gp_araddr, gp_wdata, gp_rdata;
  logic [3:0] gp_awlen, gp_arlen, gp_wstrb;
  logic [1:0] gp_awsize, gp_arsize, gp_awburst, gp_arburst, gp_bresp, gp_rresp;
  logic gp_awvalid, gp_awready, gp_wvalid, gp_wready, gp_bvalid, gp_bready;
  logic gp_arvalid, gp_arready, gp_rvalid, gp_rready, gp_rlast;

  // AXI-Lite
  logic [31:0] lite_awaddr, lite_araddr, lite_wdata, lite_rdata;
  logic [3:0] lite_wstrb;
  logic [1:0] lite_bresp, lite_rresp;
  logic lite_awvalid, lite_awready, lite_wvalid, lite_wready, lite_bvalid, lite_bready;
  logic lite_arvalid, lite_arready, lite_rvalid, lite_rready;

{wires}  BUFG i_clk_buf (.I(fclk[0]), .O(clk));

  assign ps_rst_n = fclk_rst_n[0];
  always_ff @(posedge clk) reset_q <= {{reset_q[0], ps_rst_n}};
  assign rst_n = reset_q[1];
{tied}
  PS7 {PS} (
    .FCLKCLK(fclk),
    .FCLKRESETN(fclk_rst_n),
    .FCLKCLKTRIGN(4'd0),
    .MAXIGP0ACLK(clk),
    .MAXIGP0AWID(gp_awid),
    .MAXIGP0AWADDR(gp_awaddr),
    .MAXIGP0AWLEN(gp_awlen),
    .MAXIGP0AWSIZE(gp_awsize),
    .MAXIGP0AWBURST(gp_awburst),
    .MAXIGP0AWVALID(gp_awvalid),
    .MAXIGP0AWREADY(gp_awready),
    .MAXIGP0WDATA(gp_wdata),
    .MAXIGP0WSTRB(gp_wstrb),
    .MAXIGP0WVALID(gp_wvalid),
    .MAXIGP0WREADY(gp_wready),
    .MAXIGP0BID(gp_bid),
    .MAXIGP0BRESP(gp_bresp),
    .MAXIGP0BVALID(gp_bvalid),
    .MAXIGP0BREADY(gp_bready),
    .MAXIGP0ARID(gp_arid),
    .MAXIGP0ARADDR(gp_araddr),
    .MAXIGP0ARLEN(gp_arlen),
    .MAXIGP0ARSIZE(gp_arsize),
    .MAXIGP0ARBURST(gp_arburst),
    .MAXIGP0ARVALID(gp_arvalid),
    .MAXIGP0ARREADY(gp_arready),
    .MAXIGP0RID(gp_rid),
    .MAXIGP0RDATA(gp_rdata),
    .MAXIGP0RRESP(gp_rresp),
    .MAXIGP0RLAST(gp_rlast),
    .MAXIGP0RVALID(gp_rvalid),
    .MAXIGP0RREADY(gp_rready),
{ps_pins}  );

  {BRIDGE} i_bridge (
    .clk_i(clk),
    .rst_ni(rst_n),
    .awid_i(gp_awid),
    .awaddr_i(gp_awaddr),
    .awlen_i(gp_awlen),
    .awsize_i(gp_awsize),
    .awburst_i(gp_awburst),
    .awvalid_i(gp_awvalid),
    .awready_o(gp_awready),
    .wdata_i(gp_wdata),
    .wstrb_i(gp_wstrb),
    .wvalid_i(gp_wvalid),
    .wready_o(gp_wready),
    .bid_o(gp_bid),
    .bresp_o(gp_bresp),
    .bvalid_o(gp_bvalid),
    .bready_i(gp_bready),
    .arid_i(gp_arid),
    .araddr_i(gp_araddr),
    .arlen_i(gp_arlen),
    .arsize_i(gp_arsize),
    .arburst_i(gp_arburst),
    .arvalid_i(gp_arvalid),
    .arready_o(gp_arready),
    .rid_o(gp_rid),
    .rdata_o(gp_rdata),
    .rresp_o(gp_rresp),
    .rlast_o(gp_rlast),
    .rvalid_o(gp_rvalid),
    .rready_i(gp_rready),
    .m_awaddr_o(lite_awaddr),
    .m_awvalid_o(lite_awvalid),
    .m_awready_i(lite_awready),
    .m_wdata_o(lite_wdata),
    .m_wstrb_o(lite_wstrb),
    .m_wvalid_o(lite_wvalid),
    .m_wready_i(lite_wready),
    .m_bresp_i(lite_bresp),
    .m_bvalid_i(lite_bvalid),
    .m_bready_o(lite_bready),
    .m_araddr_o(lite_araddr),
    .m_arvalid_o(lite_arvalid),
    .m_arready_i(lite_arready),
    .m_rdata_i(lite_rdata),
    .m_rresp_i(lite_rresp),
    .m_rvalid_i(lite_rvalid),
    .m_rready_o(lite_rready)
  );

  {board_top} i_board (
    .clk_i(clk),
    .rst_ni(rst_n),
    .irq_o(irq),
    .s_axi_control_awaddr({{lite_awaddr[{chosen}], lite_awaddr[11:0]}}),
    .s_axi_control_awvalid(lite_awvalid),
    .s_axi_control_awready(lite_awready),
    .s_axi_control_wdata(lite_wdata),
    .s_axi_control_wstrb(lite_wstrb),
    .s_axi_control_wvalid(lite_wvalid),
    .s_axi_control_wready(lite_wready),
    .s_axi_control_bresp(lite_bresp),
    .s_axi_control_bvalid(lite_bvalid),
    .s_axi_control_bready(lite_bready),
    .s_axi_control_araddr({{lite_araddr[{chosen}], lite_araddr[11:0]}}),
    .s_axi_control_arvalid(lite_arvalid),
    .s_axi_control_arready(lite_arready),
    .s_axi_control_rdata(lite_rdata),
    .s_axi_control_rresp(lite_rresp),
    .s_axi_control_rvalid(lite_rvalid),
    .s_axi_control_rready(lite_rready),
{board_pins}  );
endmodule
"""


# --- a port to the memory: AXI3, 64 bits; @ and # stand for its number --------------------------

_WIRES = """\
  // HP@: AXI3, 64 bits
  logic [31:0] hp#_araddr, hp#_awaddr;
  logic [63:0] hp#_rdata, hp#_wdata;
  logic [7:0] hp#_arlen, hp#_awlen, hp#_wstrb;
  logic [2:0] hp#_arsize, hp#_awsize, hp#_arprot, hp#_awprot;
  logic [1:0] hp#_arburst, hp#_awburst, hp#_rresp, hp#_bresp;
  logic [3:0] hp#_arcache, hp#_awcache;
  logic [5:0] hp#_rid, hp#_bid;
  logic hp#_arid, hp#_awid;
  logic hp#_arvalid, hp#_arready, hp#_rvalid, hp#_rready, hp#_rlast;
  logic hp#_awvalid, hp#_awready, hp#_wvalid, hp#_wready, hp#_wlast, hp#_bvalid, hp#_bready;

"""
_PS_PINS = """\
    .SAXIHP@ACLK(clk),
    .SAXIHP@ARID({5'd0, hp#_arid}),
    .SAXIHP@ARADDR(hp#_araddr),
    .SAXIHP@ARLEN(hp#_arlen[3:0]),
    .SAXIHP@ARSIZE(hp#_arsize[1:0]),
    .SAXIHP@ARBURST(hp#_arburst),
    .SAXIHP@ARCACHE(hp#_arcache),
    .SAXIHP@ARPROT(hp#_arprot),
    .SAXIHP@ARLOCK(2'd0),
    .SAXIHP@ARQOS(4'd0),
    .SAXIHP@ARVALID(hp#_arvalid),
    .SAXIHP@ARREADY(hp#_arready),
    .SAXIHP@RID(hp#_rid),
    .SAXIHP@RDATA(hp#_rdata),
    .SAXIHP@RRESP(hp#_rresp),
    .SAXIHP@RLAST(hp#_rlast),
    .SAXIHP@RVALID(hp#_rvalid),
    .SAXIHP@RREADY(hp#_rready),
    .SAXIHP@RDISSUECAP1EN(1'b0),
    .SAXIHP@AWID({5'd0, hp#_awid}),
    .SAXIHP@AWADDR(hp#_awaddr),
    .SAXIHP@AWLEN(hp#_awlen[3:0]),
    .SAXIHP@AWSIZE(hp#_awsize[1:0]),
    .SAXIHP@AWBURST(hp#_awburst),
    .SAXIHP@AWCACHE(hp#_awcache),
    .SAXIHP@AWPROT(hp#_awprot),
    .SAXIHP@AWLOCK(2'd0),
    .SAXIHP@AWQOS(4'd0),
    .SAXIHP@AWVALID(hp#_awvalid),
    .SAXIHP@AWREADY(hp#_awready),
    .SAXIHP@WID({5'd0, hp#_awid}),
    .SAXIHP@WDATA(hp#_wdata),
    .SAXIHP@WSTRB(hp#_wstrb),
    .SAXIHP@WLAST(hp#_wlast),
    .SAXIHP@WVALID(hp#_wvalid),
    .SAXIHP@WREADY(hp#_wready),
    .SAXIHP@BID(hp#_bid),
    .SAXIHP@BRESP(hp#_bresp),
    .SAXIHP@BVALID(hp#_bvalid),
    .SAXIHP@BREADY(hp#_bready),
    .SAXIHP@WRISSUECAP1EN(1'b0)
"""
_READER_PINS = """\
    .m_axi_gmem@_arid(hp#_arid),
    .m_axi_gmem@_araddr(hp#_araddr),
    .m_axi_gmem@_arlen(hp#_arlen),
    .m_axi_gmem@_arsize(hp#_arsize),
    .m_axi_gmem@_arburst(hp#_arburst),
    .m_axi_gmem@_arcache(hp#_arcache),
    .m_axi_gmem@_arprot(hp#_arprot),
    .m_axi_gmem@_arvalid(hp#_arvalid),
    .m_axi_gmem@_arready(hp#_arready),
    .m_axi_gmem@_rid(hp#_rid[0]),
    .m_axi_gmem@_rdata(hp#_rdata),
    .m_axi_gmem@_rresp(hp#_rresp),
    .m_axi_gmem@_rlast(hp#_rlast),
    .m_axi_gmem@_rvalid(hp#_rvalid),
    .m_axi_gmem@_rready(hp#_rready)"""
_WRITER_PINS = """\
    .m_axi_gmem@_awid(hp#_awid),
    .m_axi_gmem@_awaddr(hp#_awaddr),
    .m_axi_gmem@_awlen(hp#_awlen),
    .m_axi_gmem@_awsize(hp#_awsize),
    .m_axi_gmem@_awburst(hp#_awburst),
    .m_axi_gmem@_awcache(hp#_awcache),
    .m_axi_gmem@_awprot(hp#_awprot),
    .m_axi_gmem@_awvalid(hp#_awvalid),
    .m_axi_gmem@_awready(hp#_awready),
    .m_axi_gmem@_wdata(hp#_wdata),
    .m_axi_gmem@_wstrb(hp#_wstrb),
    .m_axi_gmem@_wlast(hp#_wlast),
    .m_axi_gmem@_wvalid(hp#_wvalid),
    .m_axi_gmem@_wready(hp#_wready),
    .m_axi_gmem@_bid(hp#_bid[0]),
    .m_axi_gmem@_bresp(hp#_bresp),
    .m_axi_gmem@_bvalid(hp#_bvalid),
    .m_axi_gmem@_bready(hp#_bready)"""
#: What a DMA drives at its port: zeros where there is none.
_READER_DRIVES = ("arid", "araddr", "arlen", "arsize", "arburst", "arcache", "arprot", "arvalid",
                  "rready")  # fmt: skip
_WRITER_DRIVES = ("awid", "awaddr", "awlen", "awsize", "awburst", "awcache", "awprot", "awvalid",
                  "wdata", "wstrb", "wlast", "wvalid", "bready")  # fmt: skip


@dataclass(frozen=True)
class MemoryEnds:
    """Reader and writer at each S_AXI_HP port, by its number: the part behind ``m_axi_gmem`` of the
    names of the board top's port.
    """

    readers: Mapping[int, str]
    writers: Mapping[int, str]


def memory_ends(engines: Sequence[str], counts: Mapping[str, int]) -> MemoryEnds:
    """idma<i> and odma<i> at port i; then the further ports of each idma, where no idma reads."""
    readers = {int(n.removeprefix(IDMA)): _label(n) for n in engines if n.startswith(IDMA)}
    writers = {int(n.removeprefix(ODMA)): _label(n) for n in engines if n.startswith(ODMA)}
    for name, count in counts.items():
        for which in range(1, count):
            free = next(port for port in itertools.count() if port not in readers)
            readers[free] = _label(name, which)
    return MemoryEnds(readers, writers)


def _label(engine: str, which: int = 0) -> str:
    return memory_prefix(engine, which).removeprefix("m_axi_gmem")


def _numbered(text: str, pair: int, port: str) -> str:
    return text.replace("@", port).replace("#", str(pair) if pair else "")


def _wires(pair: int, pairs: int, ends: MemoryEnds) -> str:
    return _numbered(_WIRES, pair, str(pair))


def _tied(pair: int, pairs: int, ends: MemoryEnds) -> str:
    """Zeros for a port's missing reader or writer."""
    absent: list[str] = []
    if pair not in ends.readers:
        absent += _READER_DRIVES
    if pair not in ends.writers:
        absent += _WRITER_DRIVES
    return "".join(f"  assign hp{pair or ''}_{signal} = '0;\n" for signal in absent)


def _ps_pins(pair: int, pairs: int, ends: MemoryEnds) -> str:
    end = "\n" if pair + 1 == pairs else ",\n"
    return _numbered(_PS_PINS, pair, str(pair)).rstrip("\n") + end


def _board_pins(pair: int, pairs: int, ends: MemoryEnds) -> str:
    there = [
        _numbered(text, pair, labels[pair])
        for labels, text in ((ends.readers, _READER_PINS), (ends.writers, _WRITER_PINS))
        if pair in labels
    ]
    return ",\n".join(there) + ("\n" if pair + 1 == pairs else ",\n")


_PIECES = (_wires, _tied, _ps_pins, _board_pins)
