// FIFO of a stream. The first word falls through.
//
// It holds exactly Depth beats, whatever it is built of, and never loses or reorders one.
// `in_ready_o` comes from a register. One beat a clock is sustained if Depth >= 2; with Depth = 1 a
// beat every second clock.
//
// Depth and RamStyle ("auto", "block" or "distributed") say what it is built of:
//   Depth 1 and 2            registers
//   "block" and Depth > 4,   block RAM with synchronous read and an output register behind it,
//   "auto" and Depth > 64    3 clocks from input to output
//   otherwise                memory with asynchronous read (LUT RAM), 1 clock from input to output
module stream_fifo #(
  // Bits of a beat
  parameter int unsigned Width = 8,
  // Beats held
  parameter int unsigned Depth = 16,
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

  localparam int unsigned PtrBits = (Depth > 1) ? $clog2(Depth) : 1;
  localparam int unsigned CountBits = (Depth > 0) ? $clog2(Depth + 1) : 1;
  // Strings of one width, so that they compare
  localparam logic [127:0] Style = 128'(RamStyle);
  localparam bit IsAuto = Style == 128'("auto");
  localparam bit IsBlock = Style == 128'("block");
  localparam bit IsDistributed = Style == 128'("distributed");
  localparam bit UseBlock = (IsBlock && (Depth > 4)) || (IsAuto && (Depth > 64));

  if (Width == 0) begin : gen_check_width
    $error("stream_fifo: Width must be at least 1");
  end
  if (Depth == 0) begin : gen_check_depth
    $error("stream_fifo: Depth must be at least 1");
  end
  if (!(IsAuto || IsBlock || IsDistributed)) begin : gen_check_style
    $error("stream_fifo: RamStyle must be auto, block or distributed");
  end

  // Beats held in all, and whether there is room for another
  logic [CountBits-1:0] count_d, count_q;
  logic ready_q;
  logic push, pop;

  assign in_ready_o = ready_q;
  assign push = in_valid_i && in_ready_o;
  assign pop = out_valid_o && out_ready_i;

  always_comb begin
    count_d = count_q;
    if (push && !pop) count_d = count_q + CountBits'(1);
    if (pop && !push) count_d = count_q - CountBits'(1);
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      count_q <= '0;
      ready_q <= 1'b0;
    end else begin
      count_q <= count_d;
      ready_q <= (count_d != CountBits'(Depth));
    end
  end

  if (Depth <= 2) begin : gen_registers
    // head_q is the output; with Depth = 2 a second register waits behind it
    logic [Width-1:0] head_q;

    assign out_valid_o = (count_q != '0);
    assign out_data_o = head_q;

    if (Depth == 1) begin : gen_one
      always_ff @(posedge clk_i) begin
        if (push) head_q <= in_data_i;
      end
    end else begin : gen_two
      logic [Width-1:0] wait_q;
      logic waiting;
      assign waiting = count_q[CountBits-1];

      always_ff @(posedge clk_i) begin
        if (push) wait_q <= in_data_i;
        if (!out_valid_o || out_ready_i) head_q <= waiting ? wait_q : in_data_i;
      end
    end
  end else begin : gen_memory
    (* ram_style = RamStyle, no_rw_check *)
    logic [Width-1:0] mem [Depth];
    logic [PtrBits-1:0] wr_ptr_q, rd_ptr_q;
    logic read;

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        wr_ptr_q <= '0;
        rd_ptr_q <= '0;
      end else begin
        if (push) begin
          wr_ptr_q <= (wr_ptr_q == PtrBits'(Depth - 1)) ? '0 : wr_ptr_q + PtrBits'(1);
        end
        if (read) begin
          rd_ptr_q <= (rd_ptr_q == PtrBits'(Depth - 1)) ? '0 : rd_ptr_q + PtrBits'(1);
        end
      end
    end

    always_ff @(posedge clk_i) begin
      if (push) mem[wr_ptr_q] <= in_data_i;
    end

    if (UseBlock) begin : gen_block
      // Beats travel memory -> rd_data_q (the RAM's own register) -> out_data_q
      logic [Width-1:0] rd_data_q, out_data_q;
      logic rd_valid_q, out_valid_q;
      logic [CountBits-1:0] stored_d, stored_q;
      logic rd_move;

      assign rd_move = !out_valid_q || out_ready_i;
      assign read = (stored_q != '0) && (!rd_valid_q || rd_move);

      always_comb begin
        stored_d = stored_q;
        if (push && !read) stored_d = stored_q + CountBits'(1);
        if (read && !push) stored_d = stored_q - CountBits'(1);
      end

      always_ff @(posedge clk_i) begin
        if (!rst_ni) begin
          stored_q <= '0;
          rd_valid_q <= 1'b0;
          out_valid_q <= 1'b0;
        end else begin
          stored_q <= stored_d;
          if (rd_move) out_valid_q <= rd_valid_q;
          if (read) rd_valid_q <= 1'b1;
          else if (rd_move) rd_valid_q <= 1'b0;
        end
      end

      always_ff @(posedge clk_i) begin
        if (read) rd_data_q <= mem[rd_ptr_q];
      end

      always_ff @(posedge clk_i) begin
        if (rd_move) out_data_q <= rd_data_q;
      end

      assign out_valid_o = out_valid_q;
      assign out_data_o = out_data_q;
    end else begin : gen_lut
      assign read = pop;
      assign out_valid_o = (count_q != '0);
      assign out_data_o = mem[rd_ptr_q];
    end
  end

endmodule
