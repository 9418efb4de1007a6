// byte_gearbox: the bytes of any sequences in order, each sequence's last word marked, and no byte
// of the next one before that.
module byte_gearbox_proof #(
  parameter int unsigned InBytes = 2,
  parameter int unsigned OutBytes = 3,
  parameter int unsigned Unit = 1,
  parameter bit Cover = 1'b0
) (
  input logic                     clk_i,
  input logic                     rst_ni,
  input logic                     choose,
  input logic                     in_valid,
  input logic [8*InBytes-1:0]     in_data,
  input logic                     in_last,
  input logic [$clog2(InBytes):0] in_bytes,
  input logic                     out_ready
);

  localparam int unsigned Smaller = (InBytes < OutBytes) ? InBytes : OutBytes;
  localparam int unsigned Room = InBytes + OutBytes + Smaller;
  localparam int unsigned CountBits = $clog2(Room + InBytes + 1);

  logic in_ready, out_valid, out_last;
  logic [8*OutBytes-1:0] out_data, meant;

  byte_gearbox #(
    .InBytes(InBytes),
    .OutBytes(OutBytes),
    .Unit(Unit)
  ) i_dut (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(in_valid),
    .in_ready_o(in_ready),
    .in_data_i(in_data),
    .in_last_i(in_last),
    .in_bytes_i(in_bytes),
    .out_valid_o(out_valid),
    .out_ready_i(out_ready),
    .out_data_o(out_data),
    .out_last_o(out_last)
  );

  logic first_q;
  initial first_q = 1'b1;
  always_ff @(posedge clk_i) first_q <= 1'b0;
  always_comb begin
    if (first_q) assume (!rst_ni);
    assume (!in_last || (in_bytes != '0 && 32'(in_bytes) <= InBytes));
  end

  // Bytes inside, all of one sequence; whether its last word is in
  logic [CountBits-1:0] inside, bytes_in, bytes_out;
  logic push, pop, ended_q, seen;
  assign push = in_valid && in_ready;
  assign pop = out_valid && out_ready;
  assign bytes_in = in_last ? CountBits'(in_bytes) : CountBits'(InBytes);
  assign bytes_out = (inside < CountBits'(OutBytes)) ? inside : CountBits'(OutBytes);
  for (genvar i = 0; i < OutBytes; i++) begin : gen_meant
    assign meant[8*i +: 8] = (bytes_out > CountBits'(i)) ? out_data[8*i +: 8] : 8'd0;
  end

  initial ended_q = 1'b0;
  always_ff @(posedge clk_i) begin
    if (!rst_ni || (pop && out_last)) ended_q <= 1'b0;
    else if (push) ended_q <= in_last;
  end

  stream_contract #(
    .Width(8 * OutBytes + 1)
  ) i_contract (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .valid_i(out_valid),
    .ready_i(out_ready),
    .data_i({out_last, meant})
  );

  stream_tracker #(
    .UnitBits(8),
    .InUnits(InBytes),
    .OutUnits(OutBytes),
    .Most(Room)
  ) i_tracker (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .choose_i(choose),
    .push_i(push),
    .push_data_i(in_data),
    .push_units_i(bytes_in),
    .valid_i(out_valid),
    .pop_i(pop),
    .data_i(out_data),
    .units_i(bytes_out),
    .inside_o(inside),
    .seen_o(seen)
  );

  always_comb begin
    if (!first_q && ended_q) one_sequence: assert (!in_ready);
    if (!first_q && out_valid) begin
      full_or_last: assert (out_last || inside >= CountBits'(OutBytes));
      last_is_last: assert (out_last == (ended_q && inside <= CountBits'(OutBytes)));
    end
  end

  stream_progress #(
    .Clocks(3)
  ) i_runs (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .may_i(in_valid && out_ready),
    .moves_i(in_ready || out_valid)
  );
  stream_progress #(
    .Clocks(2)
  ) i_drains (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .may_i(inside >= CountBits'(OutBytes) || (ended_q && inside != '0)),
    .moves_i(out_valid)
  );

  if (Cover) begin : gen_cover
    always_comb reach: assert (!(seen && pop && out_last));
  end

endmodule
