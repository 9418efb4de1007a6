// top_labels: the numbers of the K greatest or least, the first of equals, against ranks.
//
// The whole vector is kept apart; the place of an element is how many others come before it.
module top_labels_proof #(
  parameter int unsigned Lanes = 1,
  parameter int unsigned Labels = 3,
  parameter int unsigned K = 2,
  parameter int unsigned InBits = 2,
  parameter bit IsSigned = 1'b0,
  parameter bit Least = 1'b0,
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
  logic [K*OutBits-1:0] out_data;

  top_labels #(
    .Lanes(Lanes),
    .Labels(Labels),
    .K(K),
    .InBits(InBits),
    .IsSigned(IsSigned),
    .Least(Least),
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

  // Elements of the vector so far, this beat's at the top
  logic [15:0] taken_q;
  logic [Labels*InBits-1:0] vector_q, vector;
  logic [K*OutBits-1:0] expected;
  logic take, done;
  assign take = in_valid && in_ready;
  assign done = 32'(taken_q) + Lanes >= Labels;

  if (Labels == Lanes) begin : gen_beat
    assign vector = in_data;
  end else begin : gen_beats
    assign vector = {in_data, vector_q[Labels*InBits-1:Lanes*InBits]};
  end

  function automatic logic signed [31:0] element(input int unsigned i);
    element = {{(32-InBits){IsSigned && vector[i*InBits + InBits - 1]}},
               vector[i*InBits +: InBits]};
  endfunction

  always_comb begin
    expected = '0;
    for (int unsigned i = 0; i < Labels; i++) begin
      logic [31:0] rank;
      rank = '0;
      for (int unsigned j = 0; j < Labels; j++) begin
        if ((Least ? (element(j) < element(i)) : (element(j) > element(i))) ||
            ((element(j) == element(i)) && (j < i))) begin
          rank = rank + 32'd1;
        end
      end
      for (int unsigned j = 0; j < K; j++) begin
        if (rank == j) expected[j*OutBits +: OutBits] = OutBits'(i);
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || (take && done)) begin
      taken_q <= '0;
      vector_q <= '0;
    end else if (take) begin
      taken_q <= taken_q + 16'(Lanes);
      vector_q <= vector;
    end
  end

  logic [1:0] unused_inside;

  stream_proof #(
    .UnitBits(K * OutBits),
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
    .push_data_i(expected),
    .out_valid_i(out_valid),
    .out_ready_i(out_ready),
    .out_data_i(out_data),
    .inside_o(unused_inside)
  );

endmodule
