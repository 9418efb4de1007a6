// resize_rows: a beat of sums is reserved where there is room, and comes four clocks later; totals
// that were not taken stay; it does not stop. How many beats there are is resize_step's part.
module resize_rows_proof #(
  parameter int unsigned MaxBeats = 1,
  parameter int unsigned MaxOld = 2,
  parameter int unsigned MaxNew = 2,
  parameter bit Cover = 1'b0
) (
  input logic       clk_i,
  input logic       rst_ni,
  input logic       cfg_valid,
  input logic [1:0] cfg_beats,
  input logic [1:0] cfg_old,
  input logic [1:0] cfg_new,
  input logic       in_valid,
  input logic       in_data,
  input logic       total_ready,
  input logic       out_free
);

  localparam int unsigned TotalBits = 4;
  localparam int unsigned BeatBits = $clog2(MaxBeats + 1);
  logic cfg_ready, in_ready, total_valid, reserve, push;
  logic [TotalBits-1:0] total_data;
  logic [TotalBits:0] out_data;

  resize_rows #(
    .Lanes(1),
    .Channels(1),
    .Bits(1),
    .MaxBeats(MaxBeats),
    .MaxOld(MaxOld),
    .MaxNew(MaxNew),
    .TotalBits(TotalBits)
  ) i_dut (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .cfg_valid_i(cfg_valid),
    .cfg_ready_o(cfg_ready),
    .cfg_beats_i(BeatBits'(cfg_beats)),
    .cfg_old_i(cfg_old),
    .cfg_new_i(cfg_new),
    .in_valid_i(in_valid),
    .in_ready_o(in_ready),
    .in_data_i(in_data),
    .total_valid_o(total_valid),
    .total_ready_i(total_ready),
    .total_data_o(total_data),
    .out_free_i(out_free),
    .out_reserve_o(reserve),
    .out_push_o(push),
    .out_data_o(out_data)
  );

  logic first_q, seen_q;
  logic [3:0] reserved_q;
  initial first_q = 1'b1;
  initial seen_q = 1'b0;
  always_ff @(posedge clk_i) begin
    first_q <= 1'b0;
    seen_q <= rst_ni && (seen_q || push);
    reserved_q <= rst_ni ? {reserved_q[2:0], reserve} : '0;
  end
  always_comb begin
    if (first_q) assume (!rst_ni);
    assume (cfg_beats != '0 && 32'(cfg_beats) <= MaxBeats);
    assume (cfg_old != '0 && 32'(cfg_old) <= MaxOld);
    assume (cfg_new != '0 && 32'(cfg_new) <= MaxNew);
  end

  logic unused_data;
  assign unused_data = ^out_data;
  always_comb begin
    if (!first_q) begin
      room: assert (!reserve || out_free);
      comes: assert (push == reserved_q[3]);
    end
  end
  stream_contract #(.Width(TotalBits)) i_total_stays (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(total_valid), .ready_i(total_ready),
    .data_i(total_data)
  );
  // One of its ends moves, whatever the sizes
  stream_progress #(.Clocks(8)) i_runs (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .may_i(cfg_valid && in_valid && out_free && total_ready),
    .moves_i(cfg_ready || in_ready || reserve)
  );

  // Of sizes of 1 each beat that goes in comes out: none is lost
  if (MaxOld == 1 && MaxNew == 1) begin : gen_one
    always_comb if (!first_q) each: assert (reserve == (in_valid && in_ready));
  end

  if (Cover) begin : gen_cover
    always_comb reach: assert (!seen_q);
  end

endmodule
