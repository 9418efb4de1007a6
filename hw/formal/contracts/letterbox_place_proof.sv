// letterbox_place: of each picture the place that its sizes say, by products instead of a quotient;
// what was not taken stays; it does not stop.
module letterbox_place_proof #(
  parameter int unsigned MaxOld = 7,
  parameter int unsigned Size = 3,
  parameter bit Cover = 1'b0
) (
  input logic       clk_i,
  input logic       rst_ni,
  input logic       in_valid,
  input logic [2:0] in_width,
  input logic [2:0] in_height,
  input logic       out_ready
);

  localparam int unsigned NewBits = $clog2(Size + 1);
  localparam int unsigned Clocks = $clog2(MaxOld * Size + MaxOld / 2 + 1) + 4;

  logic in_ready, out_valid;
  logic [2:0] width, height;
  logic [NewBits-1:0] columns, rows, left, top;

  letterbox_place #(
    .MaxOld(MaxOld),
    .Size(Size)
  ) i_dut (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(in_valid),
    .in_ready_o(in_ready),
    .in_width_i(in_width),
    .in_height_i(in_height),
    .out_valid_o(out_valid),
    .out_ready_i(out_ready),
    .out_width_o(width),
    .out_height_o(height),
    .out_columns_o(columns),
    .out_rows_o(rows),
    .out_left_o(left),
    .out_top_o(top)
  );

  // The sizes that went in
  logic first_q, due_q, seen_q;
  logic [7:0] longest_q, shortest_q, part, twice;
  logic [2:0] width_q, height_q;
  logic is_wide;
  initial first_q = 1'b1;
  initial due_q = 1'b0;
  initial seen_q = 1'b0;
  assign is_wide = (width_q >= height_q);
  assign part = is_wide ? 8'(rows) : 8'(columns);
  // Twice the exact part, in units of 1 / longest, as against 2 * part - 1 and 2 * part + 1
  assign twice = 8'(2 * Size) * shortest_q;

  always_ff @(posedge clk_i) begin
    first_q <= 1'b0;
    due_q <= rst_ni && ((in_valid && in_ready) || (due_q && !(out_valid && out_ready)));
    seen_q <= rst_ni && (seen_q || (out_valid && out_ready));
    if (in_valid && in_ready) begin
      width_q <= in_width;
      height_q <= in_height;
      longest_q <= 8'((in_width >= in_height) ? in_width : in_height);
      shortest_q <= 8'((in_width >= in_height) ? in_height : in_width);
    end
  end

  always_comb begin
    if (first_q) assume (!rst_ni);
    assume (in_width != '0 && 32'(in_width) <= MaxOld);
    assume (in_height != '0 && 32'(in_height) <= MaxOld);
    if (!first_q && out_valid) begin
      asked: assert (due_q);
      sizes: assert (width == width_q && height == height_q);
      whole: assert (32'(is_wide ? columns : rows) == Size && part != '0 && 32'(part) <= Size);
      nearest: assert (twice < (2 * part + 8'd1) * longest_q);
      halves_up: assert (part == 8'd1 || twice >= (2 * part - 8'd1) * longest_q - 8'd1);
      middle: assert (2 * 32'(left) + 32'(columns) == Size || 2 * 32'(left) + 32'(columns) == Size - 1);
      centre: assert (2 * 32'(top) + 32'(rows) == Size || 2 * 32'(top) + 32'(rows) == Size - 1);
    end
  end

  stream_contract #(.Width(6 + 4 * NewBits)) i_stays (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(out_valid), .ready_i(out_ready),
    .data_i({width, height, columns, rows, left, top})
  );
  stream_progress #(.Clocks(Clocks)) i_gives (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(due_q), .moves_i(out_valid)
  );
  stream_progress #(.Clocks(2)) i_takes (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(!due_q), .moves_i(in_ready)
  );

  if (Cover) begin : gen_cover
    always_comb reach: assert (!seen_q);
  end

endmodule
