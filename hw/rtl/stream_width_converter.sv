// Joins or splits the beats of a stream, least significant part first.
//
// One of the two widths has to divide the other. Other ratios take two instances, by way of the
// least common multiple of both widths. The narrow side sustains one beat a clock without a bubble,
// so the wide side one beat every Ratio clocks. Equal widths are wires: the only case with a
// combinational path from `out_ready_i` to `in_ready_o`.
//
//   joining    Ratio - 1 parts wait in a shift register; the last one completes the output register
//   splitting  Ratio - 1 parts wait in a shift register before a FIFO of two beats
module stream_width_converter #(
  // Bits of an input beat
  parameter int unsigned InWidth = 8,
  // Bits of an output beat
  parameter int unsigned OutWidth = 32
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                in_valid_i,
  output logic                in_ready_o,
  input  logic [InWidth-1:0]  in_data_i,
  output logic                out_valid_o,
  input  logic                out_ready_i,
  output logic [OutWidth-1:0] out_data_o
);

  if (InWidth == 0 || OutWidth == 0) begin : gen_check_zero
    $error("stream_width_converter: InWidth and OutWidth must be at least 1");
  end else if ((InWidth % OutWidth != 0) && (OutWidth % InWidth != 0)) begin : gen_check_ratio
    $error("stream_width_converter: one of InWidth and OutWidth must divide the other");
  end

  if (InWidth < OutWidth) begin : gen_join
    localparam int unsigned Ratio = OutWidth / InWidth;
    localparam int unsigned CountBits = $clog2(Ratio);

    logic [OutWidth-InWidth-1:0] parts_q;
    logic [OutWidth-1:0] joined, out_data_q;
    logic [CountBits-1:0] count_q;
    logic out_valid_q, is_last, take;

    assign joined = {in_data_i, parts_q};
    assign is_last = (count_q == CountBits'(Ratio - 1));
    assign in_ready_o = !(is_last && out_valid_q);
    assign take = in_valid_i && in_ready_o;

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        count_q <= '0;
        out_valid_q <= 1'b0;
      end else begin
        if (take) count_q <= is_last ? '0 : count_q + CountBits'(1);
        if (take && is_last) out_valid_q <= 1'b1;
        else if (out_ready_i) out_valid_q <= 1'b0;
      end
    end

    always_ff @(posedge clk_i) begin
      if (take) parts_q <= joined[OutWidth-1:InWidth];
      if (take && is_last) out_data_q <= joined;
    end

    assign out_valid_o = out_valid_q;
    assign out_data_o = out_data_q;
  end else if (InWidth > OutWidth) begin : gen_split
    localparam int unsigned Ratio = InWidth / OutWidth;
    localparam int unsigned CountBits = $clog2(Ratio);

    // left_q parts wait in parts_q, the next one in its least significant bits
    logic [InWidth-OutWidth-1:0] parts_q;
    logic [InWidth-1:0] source;
    logic [CountBits-1:0] left_q;
    logic is_empty, push, fifo_ready;

    assign is_empty = (left_q == '0);
    assign in_ready_o = is_empty && fifo_ready;
    assign push = (is_empty ? in_valid_i : 1'b1) && fifo_ready;
    assign source = is_empty ? in_data_i : {{OutWidth{1'b0}}, parts_q};

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        left_q <= '0;
      end else if (push) begin
        left_q <= is_empty ? CountBits'(Ratio - 1) : left_q - CountBits'(1);
      end
    end

    always_ff @(posedge clk_i) begin
      if (push) parts_q <= source[InWidth-1:OutWidth];
    end

    stream_fifo #(
      .Width(OutWidth),
      .Depth(2)
    ) i_fifo (
      .clk_i(clk_i),
      .rst_ni(rst_ni),
      .in_valid_i(is_empty ? in_valid_i : 1'b1),
      .in_ready_o(fifo_ready),
      .in_data_i(source[OutWidth-1:0]),
      .out_valid_o(out_valid_o),
      .out_ready_i(out_ready_i),
      .out_data_o(out_data_o)
    );
  end else begin : gen_wires
    logic unused_clocks;
    assign unused_clocks = clk_i ^ rst_ni;

    assign out_valid_o = in_valid_i;
    assign in_ready_o = out_ready_i;
    assign out_data_o = in_data_i;
  end

endmodule
