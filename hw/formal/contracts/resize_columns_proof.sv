// resize_columns, its input: of each line it takes the old pixels, the rest of their last beat and one
// total, and no pixel that is not there. How many new ones a line gives is resize_pairs' part, that
// none of them is lost credit_fifo's.
module resize_columns_proof #(
  parameter int unsigned Lanes = 2,
  parameter int unsigned MaxOld = 3,
  parameter int unsigned MaxNew = 2,
  parameter bit Cover = 1'b0
) (
  input logic       clk_i,
  input logic       rst_ni,
  input logic       cfg_valid,
  input logic [1:0] cfg_lines,
  input logic       total_valid,
  input logic [1:0] in_valid,
  input logic       out_ready
);

  localparam int unsigned TotalBits = 5;
  localparam int unsigned InBits = 2 + TotalBits;
  logic cfg_ready, total_ready, take, two, drop, out_valid;
  logic [1:0] out_data;
  (* anyconst *) logic [1:0] old_size;
  (* anyconst *) logic [1:0] new_size;

  resize_columns #(
    .Lanes(Lanes),
    .Channels(1),
    .Bits(2),
    .MaxOld(MaxOld),
    .MaxNew(MaxNew),
    .TotalBits(TotalBits)
  ) i_dut (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .cfg_valid_i(cfg_valid),
    .cfg_ready_o(cfg_ready),
    .cfg_old_i(old_size),
    .cfg_new_i(new_size),
    .cfg_lines_i(cfg_lines),
    .total_valid_i(total_valid),
    .total_ready_o(total_ready),
    .total_data_i(TotalBits'(1)),
    .in_valid_i(in_valid),
    .in_first_i(InBits'(0)),
    .in_second_i(InBits'(0)),
    .in_take_o(take),
    .in_take_two_o(two),
    .in_drop_o(drop),
    .out_valid_o(out_valid),
    .out_ready_i(out_ready),
    .out_data_o(out_data)
  );

  // Lines whose total has not been taken; pixels of the line that have, of all
  logic first_q, seen_q, asked, total_pop;
  logic [3:0] lines_q;
  logic [1:0] olds_q, olds;
  initial first_q = 1'b1;
  initial seen_q = 1'b0;
  assign asked = cfg_valid && cfg_ready;
  assign total_pop = total_valid && total_ready;
  assign olds = olds_q + 2'(take) + 2'(two);

  always_ff @(posedge clk_i) begin
    first_q <= 1'b0;
    seen_q <= rst_ni && (seen_q || drop);
    if (!rst_ni) begin
      lines_q <= '0;
      olds_q <= '0;
    end else begin
      lines_q <= lines_q + (asked ? 4'(cfg_lines) : '0) - 4'(total_pop);
      olds_q <= total_pop ? '0 : olds;
    end
  end

  always_comb begin
    if (first_q) assume (!rst_ni);
    assume (old_size != '0 && 32'(old_size) <= MaxOld);
    assume (new_size != '0 && 32'(new_size) <= MaxNew);
    assume (cfg_lines == 2'd1 || cfg_lines == 2'd2);
    // As pixel_lanes gives them: a second pixel behind a first, of one lane none
    assume (in_valid != 2'b10 && (Lanes > 1 || !in_valid[1]));
    if (!first_q) begin
      there: assert ((!take || in_valid[0]) && (!two || (take && in_valid[1])));
      of_a_line: assert (!(take || total_ready) || lines_q != '0);
      no_old_too_many: assert (olds <= old_size);
      all_of_it: assert (!total_pop || olds == old_size);
      rest_dropped: assert (drop == (total_valid && total_ready));
    end
  end

  if (Cover) begin : gen_cover
    always_comb reach: assert (!((Lanes > 1) ? (seen_q && out_valid) : out_valid));
  end

endmodule
