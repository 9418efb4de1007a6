// A border of one level around a picture of any size and place within a square.
//
// A configuration (cfg) is taken before each picture. Then its pixels come in, one a beat, and the
// square's Size * Size go out, one a beat and one a clock.
module letterbox_pad #(
  // Bits of a pixel's channel, channels, and the border's level
  parameter int unsigned Bits = 8,
  parameter int unsigned Channels = 3,
  parameter int unsigned Level = 128,
  // Pixels of a side of the square
  parameter int unsigned Size = 512,
  // Not to be set
  parameter int unsigned NewBits = $clog2(Size + 1),
  parameter int unsigned Width = Bits * Channels
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               cfg_valid_i,
  output logic               cfg_ready_o,
  input  logic [NewBits-1:0] cfg_columns_i,
  input  logic [NewBits-1:0] cfg_rows_i,
  input  logic [NewBits-1:0] cfg_left_i,
  input  logic [NewBits-1:0] cfg_top_i,
  input  logic               in_valid_i,
  output logic               in_ready_o,
  input  logic [Width-1:0]   in_data_i,
  output logic               out_valid_o,
  input  logic               out_ready_i,
  output logic [Width-1:0]   out_data_o
);

  if (Bits == 0 || Channels == 0 || Size == 0) begin : gen_check_zero
    $error("letterbox_pad: no parameter may be 0");
  end
  if (Bits < 32 && (Level >> Bits) != 0) begin : gen_check_level
    $error("letterbox_pad: Level must fit Bits");
  end

  logic run_q, within_picture, step, ready, last_column, last_row;
  logic [NewBits-1:0] columns_q, rows_q, left_q, top_q, column_q, row_q;

  assign cfg_ready_o = !run_q;
  assign last_column = (column_q == NewBits'(Size - 1));
  assign last_row = (row_q == NewBits'(Size - 1));
  // Unsigned differences: what lies before the picture is beyond it too
  assign within_picture = (column_q - left_q < columns_q) && (row_q - top_q < rows_q);
  assign in_ready_o = run_q && within_picture && ready;
  assign step = run_q && ready && (!within_picture || in_valid_i);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      run_q <= 1'b0;
      column_q <= '0;
      row_q <= '0;
    end else if (!run_q) begin
      run_q <= cfg_valid_i;
    end else if (step) begin
      column_q <= last_column ? '0 : column_q + NewBits'(1);
      if (last_column) row_q <= last_row ? '0 : row_q + NewBits'(1);
      run_q <= !(last_column && last_row);
    end
    if (!run_q) begin
      columns_q <= cfg_columns_i;
      rows_q <= cfg_rows_i;
      left_q <= cfg_left_i;
      top_q <= cfg_top_i;
    end
  end

  stream_fifo #(
    .Width(Width),
    .Depth(2)
  ) i_fifo (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(step),
    .in_ready_o(ready),
    .in_data_i(within_picture ? in_data_i : {Channels{Bits'(Level)}}),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
