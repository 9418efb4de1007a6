// group_sum: the sums of neighbouring channels, wrapped, in order; against a sum kept apart.
module group_sum_proof #(
  parameter int unsigned Lanes = 2,
  parameter int unsigned Group = 2,
  parameter int unsigned InBits = 2,
  parameter int unsigned OutBits = 3,
  parameter bit IsSigned = 1'b0,
  parameter bit Cover = 1'b0
) (
  input logic                    clk_i,
  input logic                    rst_ni,
  input logic                    choose,
  input logic                    in_valid,
  input logic [Lanes*InBits-1:0] in_data,
  input logic                    out_ready
);

  localparam int unsigned OutLanes = (Lanes > Group) ? Lanes / Group : 1;
  localparam int unsigned Width = OutLanes * OutBits;

  logic in_ready, out_valid;
  logic [Width-1:0] out_data;

  group_sum #(
    .Lanes(Lanes),
    .Group(Group),
    .InBits(InBits),
    .OutBits(OutBits),
    .IsSigned(IsSigned)
  ) i_dut (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .in_valid_i(in_valid),
    .in_ready_o(in_ready),
    .in_data_i(in_data),
    .out_valid_o(out_valid),
    .out_ready_i(out_ready),
    .out_data_o(out_data)
  );

  // Channels of the group so far, and their sum; both with those of this beat
  logic [15:0] channels_q, channels_d;
  logic [Width-1:0] sums_q, sums_d;
  logic take, done;
  assign take = in_valid && in_ready;
  assign channels_d = channels_q + 16'(Lanes);
  assign done = 32'(channels_d) >= Group;

  always_comb begin
    sums_d = sums_q;
    for (int unsigned i = 0; i < Lanes; i++) begin
      sums_d[(i/Group)*OutBits +: OutBits] = sums_d[(i/Group)*OutBits +: OutBits]
          + {{(OutBits-InBits){IsSigned && in_data[i*InBits + InBits - 1]}},
             in_data[i*InBits +: InBits]};
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || (take && done)) begin
      channels_q <= '0;
      sums_q <= '0;
    end else if (take) begin
      channels_q <= channels_d;
      sums_q <= sums_d;
    end
  end

  logic [1:0] unused_inside;

  stream_proof #(
    .UnitBits(Width),
    .Most(2),
    .Clocks(3),
    .Cover(Cover)
  ) i_proof (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .choose_i(choose),
    .in_valid_i(in_valid),
    .in_ready_i(in_ready),
    .push_i(take && done),
    .push_data_i(sums_d),
    .out_valid_i(out_valid),
    .out_ready_i(out_ready),
    .out_data_i(out_data),
    .inside_o(unused_inside)
  );

endmodule
