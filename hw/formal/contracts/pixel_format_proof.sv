// pixel_format: handshake, a beat out for each that goes in, none lost for want of room, progress.
// What its multipliers say is left free; colours are simulated.
module pixel_format_proof #(
  parameter bit Cover = 1'b0
) (
  input logic        clk_i,
  input logic        rst_ni,
  input logic [1:0]  format,
  input logic        in_valid,
  input logic [47:0] in_data,
  input logic        out_ready
);

  logic in_ready, out_valid;
  logic [47:0] out_data;

  pixel_format i_dut (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .format_i(format),
    .in_valid_i(in_valid),
    .in_ready_o(in_ready),
    .in_data_i(in_data),
    .out_valid_o(out_valid),
    .out_ready_i(out_ready),
    .out_data_o(out_data)
  );

  logic first_q, seen_q;
  initial first_q = 1'b1;
  initial seen_q = 1'b0;
  always_ff @(posedge clk_i) begin
    first_q <= 1'b0;
    seen_q <= rst_ni && (seen_q || (out_valid && out_ready));
  end
  always_comb if (first_q) assume (!rst_ni);

  // The data are those of credit_fifo, whose own proof says that they stay
  stream_contract #(.Width(1)) i_stays (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(out_valid), .ready_i(out_ready), .data_i(1'b0)
  );
  logic [3:0] inside;
  picture_contract #(.CountBits(4)) i_beats (
    .clk_i(clk_i), .rst_ni(rst_ni), .cfg_i(in_valid && in_ready), .count_i(4'd1),
    .valid_i(out_valid), .pass_i(out_valid && out_ready), .due_o(inside)
  );
  stream_progress #(.Clocks(8)) i_comes (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(inside != '0), .moves_i(out_valid)
  );
  stream_progress #(.Clocks(4)) i_taken (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(in_valid && out_ready), .moves_i(in_ready)
  );
  always_comb if (!first_q) fits: assert (inside <= 4'd8);

  if (Cover) begin : gen_cover
    always_comb reach: assert (!(seen_q && inside == 4'd8));
  end

endmodule
