// letterbox_pad: every pixel of the picture once and in order at its place, the level elsewhere,
// Size * Size beats a picture; what was not taken stays; it does not stop.
module letterbox_pad_proof #(
  parameter int unsigned Size = 2,
  parameter bit Cover = 1'b0
) (
  input logic       clk_i,
  input logic       rst_ni,
  input logic       choose,
  input logic       cfg_valid,
  input logic [1:0] cfg_columns,
  input logic [1:0] cfg_rows,
  input logic [1:0] cfg_left,
  input logic [1:0] cfg_top,
  input logic       in_valid,
  input logic [1:0] in_data,
  input logic       out_ready
);

  logic cfg_ready, in_ready, out_valid;
  logic [1:0] out_data;

  letterbox_pad #(
    .Bits(2),
    .Channels(1),
    .Level(3),
    .Size(Size)
  ) i_dut (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .cfg_valid_i(cfg_valid),
    .cfg_ready_o(cfg_ready),
    .cfg_columns_i(cfg_columns),
    .cfg_rows_i(cfg_rows),
    .cfg_left_i(cfg_left),
    .cfg_top_i(cfg_top),
    .in_valid_i(in_valid),
    .in_ready_o(in_ready),
    .in_data_i(in_data),
    .out_valid_o(out_valid),
    .out_ready_i(out_ready),
    .out_data_o(out_data)
  );

  // The next configuration is not asked for before the last one's beats have left, so that its
  // values stand for the beat at the output
  logic first_q, cfg, seen, run_q;
  logic [1:0] columns_q, rows_q, left_q, top_q, x_q, y_q, unused_inside;
  logic pop, is_picture;
  initial first_q = 1'b1;
  initial run_q = 1'b0;
  assign cfg = cfg_valid && cfg_ready;
  assign pop = out_valid && out_ready;
  assign is_picture = (x_q >= left_q) && (x_q < left_q + columns_q) && (y_q >= top_q) &&
                      (y_q < top_q + rows_q);

  always_comb begin
    if (first_q) assume (!rst_ni);
    assume (!(cfg_valid && run_q));
    assume (cfg_columns != '0 && 32'(cfg_columns) + 32'(cfg_left) <= Size);
    assume (cfg_rows != '0 && 32'(cfg_rows) + 32'(cfg_top) <= Size);
    if (!first_q && out_valid && !is_picture) border: assert (out_data == 2'd3);
  end

  always_ff @(posedge clk_i) begin
    first_q <= 1'b0;
    if (!rst_ni) begin
      run_q <= 1'b0;
      x_q <= '0;
      y_q <= '0;
    end else begin
      if (cfg) begin
        run_q <= 1'b1;
        columns_q <= cfg_columns;
        rows_q <= cfg_rows;
        left_q <= cfg_left;
        top_q <= cfg_top;
      end
      if (pop) begin
        x_q <= (32'(x_q) == Size - 1) ? '0 : x_q + 2'd1;
        if (32'(x_q) == Size - 1) y_q <= (32'(y_q) == Size - 1) ? '0 : y_q + 2'd1;
        if ((32'(x_q) == Size - 1) && (32'(y_q) == Size - 1)) run_q <= 1'b0;
      end
    end
  end

  logic [5:0] due_in, due_out;

  picture_contract i_in (
    .clk_i(clk_i), .rst_ni(rst_ni), .cfg_i(cfg), .count_i(6'(cfg_columns) * 6'(cfg_rows)),
    .valid_i(in_ready), .pass_i(in_valid && in_ready), .due_o(due_in)
  );
  picture_contract i_out (
    .clk_i(clk_i), .rst_ni(rst_ni), .cfg_i(cfg), .count_i(6'(Size * Size)),
    .valid_i(out_valid), .pass_i(pop), .due_o(due_out)
  );
  stream_contract #(.Width(2)) i_stays (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(out_valid), .ready_i(out_ready), .data_i(out_data)
  );
  stream_tracker #(.UnitBits(2), .Most(2)) i_tracker (
    .clk_i(clk_i), .rst_ni(rst_ni), .choose_i(choose), .push_i(in_valid && in_ready),
    .push_data_i(in_data), .push_units_i(2'd1), .valid_i(out_valid && is_picture),
    .pop_i(pop && is_picture), .data_i(out_data), .units_i(2'd1), .inside_o(unused_inside),
    .seen_o(seen)
  );
  stream_progress #(.Clocks(3)) i_gives (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(in_valid && out_ready && due_out != '0),
    .moves_i(out_valid)
  );
  stream_progress #(.Clocks(Size * Size + 3)) i_takes (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(in_valid && out_ready && due_in != '0),
    .moves_i(in_ready)
  );
  stream_progress #(.Clocks(2)) i_next (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(due_out == '0), .moves_i(cfg_ready)
  );

  if (Cover) begin : gen_cover
    always_comb reach: assert (!seen);
  end

endmodule
