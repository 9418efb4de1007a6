// credit_fifo behind a pipeline of Latency clocks: what enters it with a credit comes out, in order.
module credit_fifo_proof #(
  parameter int unsigned Width = 2,
  parameter int unsigned Depth = 4,
  parameter int unsigned Latency = 2,
  parameter bit Cover = 1'b0
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             choose,
  input logic             in_valid,
  input logic [Width-1:0] in_data,
  input logic             out_ready
);

  logic in_ready, take, out_valid;
  logic [Width-1:0] out_data;
  logic [Latency:0] valid;
  logic [(Latency+1)*Width-1:0] data;
  assign take = in_valid && in_ready;
  assign valid[0] = take;
  assign data[Width-1:0] = in_data;

  for (genvar i = 0; i < Latency; i++) begin : gen_pipeline
    always_ff @(posedge clk_i) begin
      valid[i+1] <= rst_ni && valid[i];
      data[(i+1)*Width +: Width] <= data[i*Width +: Width];
    end
  end

  credit_fifo #(
    .Width(Width),
    .Depth(Depth)
  ) i_dut (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .free_o(in_ready),
    .take_i(take),
    .push_i(valid[Latency]),
    .data_i(data[Latency*Width +: Width]),
    .out_valid_o(out_valid),
    .out_ready_i(out_ready),
    .out_data_o(out_data)
  );

  logic [$clog2(Depth+2)-1:0] inside;

  stream_proof #(
    .UnitBits(Width),
    .Most(Depth),
    .Clocks(Latency + 2),
    .Cover(Cover)
  ) i_proof (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .choose_i(choose),
    .in_valid_i(in_valid),
    .in_ready_i(in_ready),
    .push_i(take),
    .push_data_i(in_data),
    .out_valid_i(out_valid),
    .out_ready_i(out_ready),
    .out_data_i(out_data),
    .inside_o(inside)
  );

  // Every place is of use
  logic runs_q, ran_q;
  initial {runs_q, ran_q} = 2'b00;
  always_ff @(posedge clk_i) begin
    runs_q <= rst_ni;
    ran_q <= runs_q && rst_ni;
  end
  always_comb if (ran_q) free_is_room: assert (in_ready == (32'(inside) < Depth));

endmodule
