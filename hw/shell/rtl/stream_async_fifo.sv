// FIFO of a stream between two clocks that know nothing of each other.
//
// Gray-coded pointers; each side sees the other's two clocks late, so that Depth has to be 8 or
// more for a beat every clock. Both sides have to be in reset at one time: after that the one may
// leave it earlier than the other. A tool has to be told to bound the paths into bit_sync (one
// clock) and from the memory to the output.
module stream_async_fifo #(
  parameter int unsigned Width = 8,
  // Beats held, a power of two, at least 4
  parameter int unsigned Depth = 16
) (
  input  logic             in_clk_i,
  input  logic             in_rst_ni,
  input  logic             in_valid_i,
  output logic             in_ready_o,
  input  logic [Width-1:0] in_data_i,
  input  logic             out_clk_i,
  input  logic             out_rst_ni,
  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o
);

  localparam int unsigned PtrBits = $clog2(Depth);

  if (Width == 0) begin : gen_check_width
    $error("stream_async_fifo: Width must be at least 1");
  end
  if (Depth < 4 || (Depth & (Depth - 1)) != 0) begin : gen_check_depth
    $error("stream_async_fifo: Depth must be a power of two, at least 4");
  end

  (* ram_style = "distributed" *)
  logic [Width-1:0] mem [Depth];

  // Positions have one bit more than the memory's address; their Gray code crosses
  logic [PtrBits:0] wr_d, wr_q, wr_gray_q, wr_gray_seen;
  logic [PtrBits:0] rd_d, rd_q, rd_gray_q, rd_gray_seen;
  logic push, pop, ready_q, valid_q;

  // Input side. Full: as far ahead as the memory is deep, which in Gray code inverts two bits
  logic [PtrBits:0] wr_gray_d, full_gray;
  assign in_ready_o = ready_q;
  assign push = in_valid_i && ready_q;
  assign wr_d = wr_q + (PtrBits+1)'(push);
  assign wr_gray_d = wr_d ^ (wr_d >> 1);
  assign full_gray = {~rd_gray_seen[PtrBits:PtrBits-1], rd_gray_seen[PtrBits-2:0]};

  always_ff @(posedge in_clk_i) begin
    if (!in_rst_ni) begin
      wr_q <= '0;
      wr_gray_q <= '0;
      ready_q <= 1'b0;
    end else begin
      wr_q <= wr_d;
      wr_gray_q <= wr_gray_d;
      ready_q <= (wr_gray_d != full_gray);
    end
  end

  always_ff @(posedge in_clk_i) begin
    if (push) mem[wr_q[PtrBits-1:0]] <= in_data_i;
  end

  bit_sync #(
    .Width(PtrBits + 1),
    .ResetValue('0)
  ) i_rd_seen (
    .clk_i(in_clk_i),
    .rst_ni(in_rst_ni),
    .data_i(rd_gray_q),
    .data_o(rd_gray_seen)
  );

  // Output side
  logic [PtrBits:0] rd_gray_d;
  assign out_valid_o = valid_q;
  assign out_data_o = mem[rd_q[PtrBits-1:0]];
  assign pop = valid_q && out_ready_i;
  assign rd_d = rd_q + (PtrBits+1)'(pop);
  assign rd_gray_d = rd_d ^ (rd_d >> 1);

  always_ff @(posedge out_clk_i) begin
    if (!out_rst_ni) begin
      rd_q <= '0;
      rd_gray_q <= '0;
      valid_q <= 1'b0;
    end else begin
      rd_q <= rd_d;
      rd_gray_q <= rd_gray_d;
      valid_q <= (rd_gray_d != wr_gray_seen);
    end
  end

  bit_sync #(
    .Width(PtrBits + 1),
    .ResetValue('0)
  ) i_wr_seen (
    .clk_i(out_clk_i),
    .rst_ni(out_rst_ni),
    .data_i(wr_gray_q),
    .data_o(wr_gray_seen)
  );

endmodule
