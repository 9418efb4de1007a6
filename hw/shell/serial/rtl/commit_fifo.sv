// FIFO in block RAM whose input side can take back what it has written.
//
// Words written are not seen at the output before `commit_i`; `rollback_i` forgets those since the
// last commit. `fits_o` is low when one of them found no room: then only a rollback is allowed. A
// word of the same clock as a commit belongs to it. The room of a word is free again when it has
// left the memory.
module commit_fifo #(
  // Bits of a word
  parameter int unsigned Width = 8,
  // Words held, a power of two
  parameter int unsigned Depth = 4096
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             write_i,
  input  logic [Width-1:0] data_i,
  input  logic             commit_i,
  input  logic             rollback_i,
  output logic             fits_o,
  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o
);

  localparam int unsigned PtrBits = $clog2(Depth);

  if (Width == 0) begin : gen_check_width
    $error("commit_fifo: Width must be at least 1");
  end
  if (Depth < 2 || (1 << PtrBits) != Depth) begin : gen_check_depth
    $error("commit_fifo: Depth must be a power of two, 2 or more");
  end

  // Pointers with one more bit, so that full and empty differ
  logic [PtrBits:0] write_d, write_q, commit_q, read_q;
  logic full, push, read, move;
  logic overflow_q, rd_valid_q, out_valid_q;
  logic [Width-1:0] rd_data_q, out_data_q;

  (* ram_style = "block", no_rw_check *)
  logic [Width-1:0] mem [Depth];

  assign full = (write_q - read_q) == (PtrBits + 1)'(Depth);
  assign push = write_i && !full && !overflow_q;
  assign write_d = write_q + (PtrBits + 1)'(push);
  assign fits_o = !overflow_q && !(write_i && full);
  assign move = !out_valid_q || out_ready_i;
  assign read = (read_q != commit_q) && (!rd_valid_q || move);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      write_q <= '0;
      commit_q <= '0;
      overflow_q <= 1'b0;
    end else if (rollback_i) begin
      write_q <= commit_q;
      overflow_q <= 1'b0;
    end else begin
      write_q <= write_d;
      if (commit_i) commit_q <= write_d;
      if (!fits_o) overflow_q <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      read_q <= '0;
      rd_valid_q <= 1'b0;
      out_valid_q <= 1'b0;
    end else begin
      if (read) read_q <= read_q + (PtrBits + 1)'(1);
      if (move) out_valid_q <= rd_valid_q;
      if (read) rd_valid_q <= 1'b1;
      else if (move) rd_valid_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (push) mem[write_q[PtrBits-1:0]] <= data_i;
  end

  always_ff @(posedge clk_i) begin
    if (read) rd_data_q <= mem[read_q[PtrBits-1:0]];
  end

  always_ff @(posedge clk_i) begin
    if (move) out_data_q <= rd_data_q;
  end

  assign out_valid_o = out_valid_q;
  assign out_data_o = out_data_q;

endmodule
