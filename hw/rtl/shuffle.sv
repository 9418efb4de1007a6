// The beats of a block in another order: a transposition, with reshapes in front and behind.
//
// A block lies in one of two banks of a RAM. While a block is written beat by beat into one, the
// block in front of it is read from the other, in the order that nested counters say: the output's
// axis i counts Counts[i] beats, each Strides[i] further on in the input. Axis 0 is the innermost,
// in the lowest bits. Blocks follow each other without a pause or a reset; one beat a clock is
// sustained. A block's first beat leaves behind its last one has come.
module shuffle #(
  // Bits of a beat
  parameter int unsigned Width = 8,
  // Beats of a block: the product of the counts
  parameter int unsigned Beats = 6,
  // Axes of the output, and of each its beats and how far they lie apart in the input, 32 bits each
  parameter int unsigned Axes = 2,
  parameter logic [Axes*32-1:0] Counts = {32'd3, 32'd2},
  parameter logic [Axes*32-1:0] Strides = {32'd1, 32'd3},
  // "auto", "block" or "distributed"
  parameter RamStyle = "auto"
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             in_valid_i,
  output logic             in_ready_o,
  input  logic [Width-1:0] in_data_i,
  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o
);

  // Beats of the axes, and the place of the last beat that they reach
  function automatic int unsigned counted();
    counted = 1;
    for (int unsigned i = 0; i < Axes; i++) counted = counted * Counts[i*32 +: 32];
  endfunction

  function automatic int unsigned reached();
    reached = 0;
    for (int unsigned i = 0; i < Axes; i++) begin
      reached = reached + (Counts[i*32 +: 32] - 1) * Strides[i*32 +: 32];
    end
  endfunction

  localparam logic [127:0] Style = 128'(RamStyle);

  if ((Style != 128'("auto")) && (Style != 128'("block")) && (Style != 128'("distributed")))
  begin : gen_check_style
    $error("shuffle: RamStyle must be auto, block or distributed");
  end
  if (Width == 0 || Axes == 0 || Beats < 2) begin : gen_check_zero
    $error("shuffle: Width and Axes must be at least 1, Beats at least 2");
  end
  if (counted() != Beats || reached() != Beats - 1) begin : gen_check_axes
    $error("shuffle: Counts and Strides must reach each of Beats beats once");
  end

  localparam int unsigned PtrBits = $clog2(2 * Beats);

  (* ram_style = RamStyle, no_rw_check *)
  logic [Width-1:0] mem [2*Beats];
  logic [Width-1:0] rd_data_q;
  logic rd_valid_q;

  // Whole blocks held: up to two
  logic [1:0] full_d, full_q;
  logic [PtrBits-1:0] wr_ptr_q, rd_ptr_d, rd_ptr_q;
  // Whether the block that is read lies in the upper bank
  logic upper_q;
  logic write, write_done, read, read_done, fifo_ready;

  assign in_ready_o = !full_q[1];
  assign write = in_valid_i && in_ready_o;
  assign write_done =
      write && ((wr_ptr_q == PtrBits'(Beats - 1)) || (wr_ptr_q == PtrBits'(2 * Beats - 1)));
  assign read = (full_q != '0) && (!rd_valid_q || fifo_ready);

  always_comb begin
    full_d = full_q;
    if (write_done && !read_done) full_d = full_q + 2'd1;
    if (read_done && !write_done) full_d = full_q - 2'd1;
  end

  // Places of the output's axes: counts[i] where axis i goes on, for all within it are at their last
  logic [Axes:0] counts;
  logic [Axes-1:0] last;

  assign counts[0] = read;
  assign counts[Axes:1] = counts[Axes-1:0] & last;
  assign read_done = counts[Axes];

  for (genvar i = 0; i < Axes; i++) begin : gen_axis
    localparam int unsigned Count = Counts[i*32 +: 32];
    localparam int unsigned CountBits = (Count > 1) ? $clog2(Count) : 1;
    logic [CountBits-1:0] place_q;

    assign last[i] = (place_q == CountBits'(Count - 1));

    always_ff @(posedge clk_i) begin
      if (!rst_ni) place_q <= '0;
      else if (counts[i]) place_q <= last[i] ? '0 : place_q + CountBits'(1);
    end
  end

  // The way to the next beat: a stride of the outermost axis that goes on, and back over those
  // within it. Constants, but for the choice.
  logic [PtrBits-1:0] way;
  logic ends;

  always_comb begin
    int unsigned back;
    way = '0;
    back = 0;
    ends = 1'b1;
    for (int unsigned i = 0; i < Axes; i++) begin
      if (ends) way = PtrBits'(Strides[i*32 +: 32] - back);
      back = back + (Counts[i*32 +: 32] - 1) * Strides[i*32 +: 32];
      ends = ends && last[i];
    end
    rd_ptr_d = rd_ptr_q + way;
    if (ends) rd_ptr_d = upper_q ? '0 : PtrBits'(Beats);
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      full_q <= '0;
      wr_ptr_q <= '0;
      rd_ptr_q <= '0;
      upper_q <= 1'b0;
      rd_valid_q <= 1'b0;
    end else begin
      full_q <= full_d;
      if (write) wr_ptr_q <= (wr_ptr_q == PtrBits'(2 * Beats - 1)) ? '0 : wr_ptr_q + PtrBits'(1);
      if (read) rd_ptr_q <= rd_ptr_d;
      if (read_done) upper_q <= !upper_q;
      if (read) rd_valid_q <= 1'b1;
      else if (fifo_ready) rd_valid_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (write) mem[wr_ptr_q] <= in_data_i;
  end

  always_ff @(posedge clk_i) begin
    if (read) rd_data_q <= mem[rd_ptr_q];
  end

  stream_fifo #(
    .Width(Width),
    .Depth(2)
  ) i_fifo (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(rd_valid_q),
    .in_ready_o(fifo_ready),
    .in_data_i(rd_data_q),
    .out_valid_o(out_valid_o),
    .out_ready_i(out_ready_i),
    .out_data_o(out_data_o)
  );

endmodule
