// dma_write in front of any memory that answers what was written: addresses and words stay until
// taken, the words come in order with the marks of their bursts, the bus never waits for the stream.
module dma_write_proof #(
  parameter bit Cover = 1'b0
) (
  input logic clk_i, input logic rst_ni, input logic choose, input logic burst_valid,
  input logic [1:0] burst_words, input logic in_valid, input logic [15:0] in_data,
  input logic awready, input logic wready, input logic bvalid, input logic [1:0] bresp,
  input logic stop
);
  logic taken, quiet, slverr, decerr, in_ready, awvalid, wvalid, wlast, bready;
  logic [15:0] wdata;
  logic [1:0] wstrb;
  logic [11:0] error_address, awaddr;
  logic [7:0] awlen;

  dma_write #(
    .AddrWidth(12), .DataWidth(16), .IdWidth(1), .MaxBurst(2), .Outstanding(2), .FifoWords(3)
  ) i_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .burst_valid_i(burst_valid), .burst_taken_o(taken),
    .burst_address_i(12'h120), .burst_words_i(burst_words), .stop_i(stop), .quiet_o(quiet),
    .slverr_o(slverr), .decerr_o(decerr), .error_address_o(error_address),
    .in_valid_i(in_valid), .in_ready_o(in_ready), .in_data_i(in_data), .in_last_i(1'b0),
    .tail_strobe_i(2'b01), .m_axi_awid(), .m_axi_awaddr(awaddr), .m_axi_awlen(awlen),
    .m_axi_awsize(), .m_axi_awburst(), .m_axi_awcache(), .m_axi_awprot(), .m_axi_awvalid(awvalid),
    .m_axi_awready(awready), .m_axi_wdata(wdata), .m_axi_wstrb(wstrb), .m_axi_wlast(wlast),
    .m_axi_wvalid(wvalid), .m_axi_wready(wready), .m_axi_bid(1'b0), .m_axi_bresp(bresp),
    .m_axi_bvalid(bvalid), .m_axi_bready(bready)
  );

  logic first_q;
  initial first_q = 1'b1;
  always_ff @(posedge clk_i) first_q <= 1'b0;

  // Bursts that this module began (their address may still wait): words and answers owed. Words of
  // a burst may go before its address.
  logic [2:0] open_q, written_q, addressed_q, owed_q;
  logic [1:0] left_q, next_q;
  logic word, answer;
  assign word = wvalid && wready;
  assign answer = bvalid && bready;

  always_comb begin
    if (first_q) assume (!rst_ni);
    assume (burst_words == 2'd1 || burst_words == 2'd2);
    // an answer follows the last word and the address of its burst
    assume (!bvalid || (written_q != '0 && addressed_q != '0));
  end

  initial {open_q, written_q, addressed_q, owed_q, left_q} = '0;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      open_q <= '0;
      written_q <= '0;
      addressed_q <= '0;
      owed_q <= '0;
      left_q <= '0;
    end else begin
      open_q <= open_q + {2'b00, taken} - {2'b00, answer};
      written_q <= written_q + {2'b00, word && wlast} - {2'b00, answer};
      addressed_q <= addressed_q + {2'b00, awvalid && awready} - {2'b00, answer};
      owed_q <= owed_q + {2'b00, taken} - {2'b00, word && wlast};
      // words left of the burst that is being written, the first of two taken
      if (word && wlast) left_q <= (owed_q > 3'd1) ? next_q : (taken ? burst_words : 2'd0);
      else if (word) left_q <= left_q - 2'd1;
      else if (taken && owed_q == '0) left_q <= burst_words;
    end
  end
  always_ff @(posedge clk_i) if (taken) next_q <= burst_words;

  logic [2:0] inside;
  logic seen;

  stream_contract #(
    .Width(20)
  ) i_address (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(awvalid), .ready_i(awready), .data_i({awlen, awaddr})
  );
  stream_contract #(
    .Width(19)
  ) i_words (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(wvalid), .ready_i(wready),
    .data_i({wlast, wstrb, wdata})
  );
  stream_tracker #(
    .UnitBits(16),
    .Most(3)
  ) i_tracker (
    .clk_i(clk_i), .rst_ni(rst_ni), .choose_i(choose), .push_i(in_valid && in_ready),
    .push_data_i(in_data), .push_units_i(3'd1), .valid_i(wvalid), .pop_i(word), .data_i(wdata),
    .units_i(3'd1), .inside_o(inside), .seen_o(seen)
  );
  // A burst that has begun is written without a word's waiting for the stream
  stream_progress #(
    .Clocks(3)
  ) i_writes (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(owed_q != '0), .moves_i(wvalid)
  );

  always_comb begin
    if (!first_q) begin
      outstanding: assert (open_q <= 3'd2);
      quiet_is_quiet: assert (!quiet || (open_q == '0 && !awvalid && !wvalid));
      if (wvalid) words_are_owed: assert (owed_q != '0 && left_q != '0);
      if (wvalid) last_ends: assert (wlast == (left_q == 2'd1));
    end
  end

  if (Cover) begin : gen_cover
    always_comb reach: assert (!(seen && answer && open_q == 3'd2));
  end

endmodule
