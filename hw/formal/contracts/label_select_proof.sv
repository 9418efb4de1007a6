// label_select: the number of the greatest, the first of equals, in order; against one kept apart.
module label_select_proof #(
  parameter int unsigned Lanes = 1,
  parameter int unsigned Labels = 3,
  parameter int unsigned InBits = 2,
  parameter bit IsSigned = 1'b0,
  parameter int unsigned OutBits = 2,
  parameter bit Cover = 1'b0
) (
  input logic                    clk_i,
  input logic                    rst_ni,
  input logic                    choose,
  input logic                    in_valid,
  input logic [Lanes*InBits-1:0] in_data,
  input logic                    out_ready
);

  logic in_ready, out_valid;
  logic [OutBits-1:0] out_data;

  label_select #(
    .Lanes(Lanes),
    .Labels(Labels),
    .InBits(InBits),
    .IsSigned(IsSigned),
    .OutBits(OutBits)
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

  // Elements of the vector so far, the greatest of them as a whole number, and its place; the last
  // two with those of this beat
  logic [15:0] taken_q;
  logic signed [31:0] value_q, value_d;
  logic [OutBits-1:0] place_q, place_d;
  logic take, done;
  assign take = in_valid && in_ready;
  assign done = 32'(taken_q) + Lanes >= Labels;

  always_comb begin
    value_d = value_q;
    place_d = place_q;
    for (int unsigned i = 0; i < Lanes; i++) begin
      logic signed [31:0] element;
      element = {{(32-InBits){IsSigned && in_data[i*InBits + InBits - 1]}},
                 in_data[i*InBits +: InBits]};
      if (((taken_q == '0) && (i == 0)) || (element > value_d)) begin
        value_d = element;
        place_d = OutBits'(32'(taken_q) + i);
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || (take && done)) begin
      taken_q <= '0;
      value_q <= '0;
      place_q <= '0;
    end else if (take) begin
      taken_q <= taken_q + 16'(Lanes);
      value_q <= value_d;
      place_q <= place_d;
    end
  end

  logic [1:0] unused_inside;

  stream_proof #(
    .UnitBits(OutBits),
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
    .push_data_i(place_d),
    .out_valid_i(out_valid),
    .out_ready_i(out_ready),
    .out_data_i(out_data),
    .inside_o(unused_inside)
  );

endmodule
