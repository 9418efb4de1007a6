// Parts the bursts of an AXI4 read master among several ports to the memory, whose words together
// are as wide as the master's.
//
// A burst goes to one port, the next one to the next port, in turn, so that all read at once; the
// answers go back in the order of the bursts. A port asks for Ports words of its own for each of the
// master's, the first of them lowest. Bus signals of port p are at p times their width.
//
// The memory never waits: a burst is only asked for when the port's FIFO has room for all of it.
// A word of the master has the worst of its words' responses. Identifiers are 0. No valid or ready
// follows an input within a clock.
module read_ports #(
  parameter int unsigned AddrWidth = 32,
  // Ports, a power of two, at least 2; bits of a word of one, and of the identifiers
  parameter int unsigned Ports = 2,
  parameter int unsigned DataWidth = 64,
  parameter int unsigned IdWidth = 1,
  // Of each port: words of the longest burst (a multiple of Ports), bursts under way
  parameter int unsigned MaxBurst = 16,
  parameter int unsigned Outstanding = 4
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  // Master
  input  logic [IdWidth-1:0]         s_axi_arid,
  input  logic [AddrWidth-1:0]       s_axi_araddr,
  input  logic [7:0]                 s_axi_arlen,
  input  logic [2:0]                 s_axi_arsize,
  input  logic [1:0]                 s_axi_arburst,
  input  logic [3:0]                 s_axi_arcache,
  input  logic [2:0]                 s_axi_arprot,
  input  logic                       s_axi_arvalid,
  output logic                       s_axi_arready,
  output logic [IdWidth-1:0]         s_axi_rid,
  output logic [Ports*DataWidth-1:0] s_axi_rdata,
  output logic [1:0]                 s_axi_rresp,
  output logic                       s_axi_rlast,
  output logic                       s_axi_rvalid,
  input  logic                       s_axi_rready,
  // Memory
  output logic [Ports*IdWidth-1:0]   m_axi_arid,
  output logic [Ports*AddrWidth-1:0] m_axi_araddr,
  output logic [Ports*8-1:0]         m_axi_arlen,
  output logic [Ports*3-1:0]         m_axi_arsize,
  output logic [Ports*2-1:0]         m_axi_arburst,
  output logic [Ports*4-1:0]         m_axi_arcache,
  output logic [Ports*3-1:0]         m_axi_arprot,
  output logic [Ports-1:0]           m_axi_arvalid,
  input  logic [Ports-1:0]           m_axi_arready,
  input  logic [Ports*IdWidth-1:0]   m_axi_rid,
  input  logic [Ports*DataWidth-1:0] m_axi_rdata,
  input  logic [Ports*2-1:0]         m_axi_rresp,
  input  logic [Ports-1:0]           m_axi_rlast,
  input  logic [Ports-1:0]           m_axi_rvalid,
  output logic [Ports-1:0]           m_axi_rready
);

  localparam int unsigned PortBits = $clog2(Ports);
  localparam int unsigned HeldBits = $clog2(Outstanding + 1);
  localparam int unsigned WideBits = Ports * DataWidth;
  localparam int unsigned PartBits = (Ports - 1) * DataWidth;
  // Words of the master that bursts under way bring
  localparam int unsigned Depth = Outstanding * MaxBurst / Ports;

  if (Ports < 2 || (Ports & (Ports - 1)) != 0) begin : gen_check_ports
    $error("read_ports: Ports must be a power of two, at least 2");
  end
  if (MaxBurst == 0 || MaxBurst > 256 || MaxBurst % Ports != 0) begin : gen_check_burst
    $error("read_ports: MaxBurst must be a multiple of Ports, at most 256");
  end
  if (Outstanding == 0) begin : gen_check_outstanding
    $error("read_ports: Outstanding must be at least 1");
  end

  // The port that is asked next, and the one whose words go back
  logic [PortBits-1:0] ask_q, give_q;
  logic ask, give_last;
  logic [Ports-1:0] free, valid;
  // Of each port: last, response, words
  logic [Ports*(WideBits+3)-1:0] answers;

  assign s_axi_arready = free[ask_q];
  assign ask = s_axi_arvalid && s_axi_arready;
  assign give_last = s_axi_rvalid && s_axi_rready && s_axi_rlast;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      ask_q <= '0;
      give_q <= '0;
    end else begin
      if (ask) ask_q <= ask_q + PortBits'(1);
      if (give_last) give_q <= give_q + PortBits'(1);
    end
  end

  assign s_axi_rid = '0;
  assign s_axi_rvalid = valid[give_q];
  assign {s_axi_rlast, s_axi_rresp, s_axi_rdata} = answers[give_q*(WideBits+3) +: WideBits+3];

  for (genvar p = 0; p < Ports; p++) begin : gen_port
    logic ar_valid_q, asked, given, word, whole, unused_last;
    logic [AddrWidth-1:0] ar_addr_q;
    logic [7:0] ar_len_q;
    // Bursts asked for of which a word has still to go back
    logic [HeldBits-1:0] held_q;

    assign asked = ask && (ask_q == PortBits'(p));
    assign given = give_last && (give_q == PortBits'(p));
    assign free[p] = !ar_valid_q && (held_q != HeldBits'(Outstanding));

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        ar_valid_q <= 1'b0;
        held_q <= '0;
      end else begin
        if (asked) ar_valid_q <= 1'b1;
        else if (m_axi_arready[p]) ar_valid_q <= 1'b0;
        held_q <= held_q + HeldBits'(asked) - HeldBits'(given);
      end
    end

    always_ff @(posedge clk_i) begin
      if (asked) begin
        ar_addr_q <= s_axi_araddr;
        ar_len_q <= {s_axi_arlen[7-PortBits:0], PortBits'(Ports - 1)};
      end
    end

    assign m_axi_arid[p*IdWidth +: IdWidth] = '0;
    assign m_axi_araddr[p*AddrWidth +: AddrWidth] = ar_addr_q;
    assign m_axi_arlen[p*8 +: 8] = ar_len_q;
    assign m_axi_arsize[p*3 +: 3] = 3'($clog2(DataWidth / 8));
    assign m_axi_arburst[p*2 +: 2] = 2'b01;  // incrementing
    assign m_axi_arcache[p*4 +: 4] = 4'b0011;  // bufferable, modifiable
    assign m_axi_arprot[p*3 +: 3] = 3'b000;
    assign m_axi_arvalid[p] = ar_valid_q;

    // Words of the port into one of the master's; those before the last wait here
    logic [PartBits-1:0] parts_q;
    logic [PortBits-1:0] part_q;
    logic [1:0] resp, resp_q;

    assign word = m_axi_rvalid[p] && m_axi_rready[p];
    assign whole = (part_q == PortBits'(Ports - 1));
    assign resp = m_axi_rresp[p*2 +: 2] | ((part_q == '0) ? 2'b00 : resp_q);

    always_ff @(posedge clk_i) begin
      if (!rst_ni) part_q <= '0;
      else if (word) part_q <= part_q + PortBits'(1);
    end

    always_ff @(posedge clk_i) begin
      if (word) begin
        resp_q <= resp;
        parts_q <= PartBits'({m_axi_rdata[p*DataWidth +: DataWidth], parts_q} >> DataWidth);
      end
    end

    stream_fifo #(
      .Width(WideBits + 3),
      .Depth(Depth),
      .RamStyle("distributed")
    ) i_words (
      .clk_i(clk_i),
      .rst_ni(rst_ni),
      .in_valid_i(m_axi_rvalid[p] && whole),
      .in_ready_o(m_axi_rready[p]),
      .in_data_i({m_axi_rlast[p], resp, m_axi_rdata[p*DataWidth +: DataWidth], parts_q}),
      .out_valid_o(valid[p]),
      .out_ready_i(s_axi_rready && (give_q == PortBits'(p))),
      .out_data_o(answers[p*(WideBits+3) +: WideBits+3])
    );

    assign unused_last = ^m_axi_rid[p*IdWidth +: IdWidth];
  end

  logic unused_master;
  assign unused_master = ^{s_axi_arid, s_axi_arlen[7:8-PortBits], s_axi_arsize, s_axi_arburst,
                           s_axi_arcache, s_axi_arprot};

endmodule
