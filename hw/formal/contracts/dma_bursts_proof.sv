// Any transfer through dma_bursts: bursts join up, stay within 4 KB, and are the words asked for.
module dma_bursts_proof #(
  parameter bit Cover = 1'b0
) (
  input logic clk_i, input logic rst_ni, input logic start, input logic [13:0] address,
  input logic [12:0] words, input logic taken
);
  logic valid, finished;
  logic [13:0] burst_address;
  logic [3:0] burst_words;

  dma_bursts #(.AddrWidth(14), .WordBytes(4), .MaxBurst(8)) i_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .start_i(start), .address_i(address), .words_i(words),
    .valid_o(valid), .taken_i(taken), .address_o(burst_address), .words_o(burst_words),
    .finished_o(finished)
  );

  // Reset in the first clock; later at will
  logic first_q;
  initial first_q = 1'b1;
  always_ff @(posedge clk_i) first_q <= 1'b0;
  always_comb if (first_q) assume (!rst_ni);

  logic past_q, started_q, wait_q;
  logic [13:0] next_q, address_q;
  logic [12:0] left_q;
  logic [3:0] words_q;

  initial {past_q, wait_q} = '0;
  always_ff @(posedge clk_i) begin
    past_q <= rst_ni;
    wait_q <= rst_ni && valid && !taken && !start;
    address_q <= burst_address;
    words_q <= burst_words;
    if (!rst_ni) begin
      started_q <= 1'b0;
    end else if (start) begin
      started_q <= 1'b1;
      next_q <= {address[13:2], 2'b00};
      left_q <= words;
    end else if (valid && taken) begin
      next_q <= next_q + {8'b0, burst_words, 2'b00};
      left_q <= left_q - 13'(burst_words);
    end
  end

  always_comb begin
    if (wait_q) assert (valid && burst_address == address_q && burst_words == words_q);
    if (past_q && !started_q) assert (!valid && finished);
    if (past_q && started_q) begin
      assert (finished == (left_q == '0));
      if (valid) begin
        assert (burst_address == next_q);
        assert (burst_words != '0 && burst_words <= 4'd8 && 13'(burst_words) <= left_q);
        assert ({1'b0, burst_address[11:0]} + {7'b0, burst_words, 2'b00} <= 13'd4096);
      end
    end
  end

  if (Cover) begin : gen_cover
    always_comb reach: assert (!past_q || !(valid && taken && left_q > 13'd9));
  end

endmodule
