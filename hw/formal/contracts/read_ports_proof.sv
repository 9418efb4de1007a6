// read_ports between a master that asks for one piece of memory behind the other and two memories of
// any speed: no port waits, every address stays until taken, and each word comes back in its order,
// with what both memories said of it and the mark of its burst's end.
//
// A byte of the memory is the low bits of its address; that at 4 of 8 fails.
module read_ports_proof #(
  parameter int unsigned MaxBurst = 2,
  parameter int unsigned Outstanding = 1,
  // Words and responses are looked at, not only handshakes and marks
  parameter bit Words = 1'b1,
  parameter bit Cover = 1'b0
) (
  input logic clk_i, input logic rst_ni, input logic arvalid, input logic len, input logic rready,
  input logic [1:0] m_arready, input logic [1:0] m_rvalid
);
  logic arready, rlast, rvalid, unused_rid;
  logic [15:0] rdata, m_rdata, m_arlen;
  logic [1:0] rresp, m_arid, m_arvalid, m_rlast, m_rready;
  logic [7:0] m_araddr, m_arcache;
  logic [5:0] m_arsize, m_arprot;
  logic [3:0] m_arburst, m_rresp;

  // Words of the master: the next that is asked for, and the next that comes back; bursts between
  logic [2:0] ask_q, give_q;
  logic [2:0] bursts_q;
  // Further words of each burst under way, the oldest lowest
  logic [3:0] lens_q;
  logic more_q;

  read_ports #(
    .AddrWidth(4), .Ports(2), .DataWidth(8), .MaxBurst(MaxBurst), .Outstanding(Outstanding)
  ) i_dut (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .s_axi_arid(1'b0), .s_axi_araddr({ask_q, 1'b0}), .s_axi_arlen({7'b0, len}),
    .s_axi_arsize(3'd1), .s_axi_arburst(2'b01), .s_axi_arcache(4'b0), .s_axi_arprot(3'b0),
    .s_axi_arvalid(arvalid), .s_axi_arready(arready), .s_axi_rid(unused_rid),
    .s_axi_rdata(rdata), .s_axi_rresp(rresp), .s_axi_rlast(rlast), .s_axi_rvalid(rvalid),
    .s_axi_rready(rready),
    .m_axi_arid(m_arid), .m_axi_araddr(m_araddr), .m_axi_arlen(m_arlen), .m_axi_arsize(m_arsize),
    .m_axi_arburst(m_arburst), .m_axi_arcache(m_arcache), .m_axi_arprot(m_arprot),
    .m_axi_arvalid(m_arvalid), .m_axi_arready(m_arready), .m_axi_rid(2'b0),
    .m_axi_rdata(m_rdata), .m_axi_rresp(m_rresp), .m_axi_rlast(m_rlast), .m_axi_rvalid(m_rvalid),
    .m_axi_rready(m_rready)
  );

  // Reset in the first clock; later at will, of the memories too
  logic first_q, past_q;
  initial {first_q, past_q} = 2'b10;
  always_ff @(posedge clk_i) begin
    first_q <= 1'b0;
    past_q <= rst_ni;
  end
  always_comb begin
    if (first_q) assume (!rst_ni);
    if (MaxBurst == 2) assume (!len);
  end

  stream_contract #(.Width(19)) i_r (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(rvalid), .ready_i(rready),
    .data_i({rlast, rresp, rdata})
  );

  // Where nobody makes it wait, a word comes back soon
  logic [1:0] moves;
  stream_progress #(.Clocks(8)) i_progress (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(rready && (&moves) && (bursts_q != '0)),
    .moves_i(rvalid)
  );

  // The memories: bursts asked for and not answered, the oldest's next byte and those behind it
  for (genvar p = 0; p < 2; p++) begin : gen_memory
    logic [1:0] owed_q;
    logic [3:0] at_q, next_q;
    logic [1:0] left_q, next_left_q;
    logic asked, word, last;
    assign asked = m_arvalid[p] && m_arready[p];
    assign word = m_rvalid[p] && m_rready[p];
    assign last = word && (left_q == 2'd0);
    assign m_rdata[8*p +: 8] = {5'b0, at_q[2:0]};
    assign m_rresp[2*p +: 2] = (at_q[2:0] == 3'd4) ? 2'b10 : 2'b00;
    assign m_rlast[p] = (left_q == 2'd0);
    assign moves[p] = m_arready[p] && (m_rvalid[p] || owed_q == '0);

    stream_contract #(.Width(12)) i_ar (
      .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(m_arvalid[p]), .ready_i(m_arready[p]),
      .data_i({m_araddr[4*p +: 4], m_arlen[8*p +: 8]})
    );

    always_comb begin
      assume (!m_rvalid[p] || owed_q != '0);
      if (past_q) begin
        assert (owed_q <= 2'(Outstanding));
        if (owed_q != '0) assert (m_rready[p]);
        if (m_arvalid[p]) assert (m_arlen[8*p +: 8] == 8'd1 || m_arlen[8*p +: 8] == 8'd3);
      end
    end

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        owed_q <= '0;
      end else begin
        owed_q <= owed_q + 2'(asked) - 2'(last);
      end
      if (asked && (owed_q == 2'(last))) begin
        at_q <= m_araddr[4*p +: 4];
        left_q <= m_arlen[8*p +: 2];
      end else if (last) begin
        at_q <= next_q;
        left_q <= next_left_q;
      end else if (word) begin
        at_q <= at_q + 4'd1;
        left_q <= left_q - 2'd1;
      end
      if (asked) begin
        next_q <= m_araddr[4*p +: 4];
        next_left_q <= m_arlen[8*p +: 2];
      end
    end
  end

  // What comes back
  logic asked, given;
  assign asked = arvalid && arready;
  assign given = rvalid && rready;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      ask_q <= '0;
      give_q <= '0;
      bursts_q <= '0;
      more_q <= 1'b0;
    end else begin
      if (asked) ask_q <= ask_q + 3'd1 + 3'(len);
      if (given) give_q <= give_q + 3'd1;
      if (given) more_q <= !rlast;
      bursts_q <= bursts_q + 3'(asked) - 3'(given && rlast);
    end
  end
  always_ff @(posedge clk_i) begin
    if (given && rlast) lens_q <= lens_q >> 1;
    if (asked) lens_q[2'(bursts_q - 3'(given && rlast))] <= len;
  end

  always_comb begin
    if (past_q) begin
      assert (bursts_q <= 3'(2 * Outstanding));
      if (rvalid) begin
        assert (bursts_q != '0);
        if (Words) assert (rdata == {5'b0, give_q[1:0], 1'b1, 5'b0, give_q[1:0], 1'b0});
        if (Words) assert (rresp == ((give_q[1:0] == 2'd2) ? 2'b10 : 2'b00));
        assert (rlast == (more_q || !lens_q[0]));
      end
    end
  end

  if (Cover) begin : gen_cover
    always_comb reach: assert (!past_q || !(given && give_q == 3'd5));
  end

endmodule
