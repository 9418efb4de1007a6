// dma_read in front of any memory that answers what was asked: the bus never waits for the stream,
// an address stays until taken, no more bursts and words are under way than there is room for.
module dma_read_proof #(
  parameter bit Cover = 1'b0
) (
  input logic clk_i, input logic rst_ni, input logic burst_valid, input logic [1:0] burst_words,
  input logic out_ready, input logic arready, input logic rvalid, input logic [15:0] rdata,
  input logic [1:0] rresp, input logic stop
);
  logic taken, quiet, slverr, decerr, out_valid, arvalid, rready, rlast;
  logic [15:0] out_data;
  logic [11:0] error_address, araddr;
  logic [7:0] arlen;

  dma_read #(
    .AddrWidth(12), .DataWidth(16), .IdWidth(1), .MaxBurst(2), .Outstanding(2), .FifoWords(3)
  ) i_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .burst_valid_i(burst_valid), .burst_taken_o(taken),
    .burst_address_i(12'h120), .burst_words_i(burst_words), .stop_i(stop), .quiet_o(quiet),
    .slverr_o(slverr), .decerr_o(decerr), .error_address_o(error_address),
    .out_valid_o(out_valid), .out_ready_i(out_ready), .out_data_o(out_data),
    .m_axi_arid(), .m_axi_araddr(araddr), .m_axi_arlen(arlen), .m_axi_arsize(),
    .m_axi_arburst(), .m_axi_arcache(), .m_axi_arprot(), .m_axi_arvalid(arvalid),
    .m_axi_arready(arready), .m_axi_rid(1'b0), .m_axi_rdata(rdata), .m_axi_rresp(rresp),
    .m_axi_rlast(rlast), .m_axi_rvalid(rvalid), .m_axi_rready(rready)
  );

  // Reset in the first clock; later at will
  logic start_q;
  initial start_q = 1'b1;
  always_ff @(posedge clk_i) start_q <= 1'b0;
  always_comb if (start_q) assume (!rst_ni);

  // The memory: lengths asked for, words still owed of the first burst
  logic [1:0] bursts_q, first_q, second_q;
  logic past_q, wait_q;
  logic [7:0] arlen_q;
  logic asked, word;
  assign asked = arvalid && arready;
  assign word = rvalid && rready;
  assign rlast = (first_q == 2'd1);

  always_comb begin
    assume (burst_words == 2'd1 || burst_words == 2'd2);
    assume (!rvalid || bursts_q != '0);
  end

  initial {past_q, wait_q} = '0;
  always_ff @(posedge clk_i) begin
    past_q <= rst_ni;
    wait_q <= rst_ni && arvalid && !arready;
    arlen_q <= arlen;
    if (!rst_ni) begin
      bursts_q <= '0;
      first_q <= '0;
      second_q <= '0;
    end else begin
      bursts_q <= bursts_q + 2'(asked) - 2'(word && rlast);
      if (word && rlast) begin
        first_q <= (bursts_q == 2'd2) ? second_q : 2'(arlen) + 2'd1;
      end else if (word) begin
        first_q <= first_q - 2'd1;
      end else if (asked && bursts_q == '0) begin
        first_q <= 2'(arlen) + 2'd1;
      end
      if (asked) second_q <= 2'(arlen) + 2'd1;
    end
  end

  always_comb begin
    if (wait_q) assert (arvalid && arlen == arlen_q);
    if (past_q) begin
      assert (bursts_q <= 2'd2);
      if (bursts_q != '0) assert (rready && !quiet);
      if (arvalid) assert (!quiet && arlen <= 8'd1);
      if (quiet) assert (bursts_q == '0 && !arvalid);
    end
  end

  if (Cover) begin : gen_cover
    always_comb reach: assert (!past_q || !(out_valid && bursts_q == 2'd2));
  end

endmodule
