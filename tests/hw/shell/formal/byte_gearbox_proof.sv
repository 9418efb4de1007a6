// Any stream through byte_gearbox, 2 bytes to 3: valid stays with its data, and the byte at any
// one place of a sequence comes out at that place, unaltered.
module byte_gearbox_proof (
  input logic clk_i, input logic rst_ni, input logic in_valid, input logic [15:0] in_data,
  input logic in_last, input logic [1:0] in_bytes, input logic out_ready
);
  logic in_ready, out_valid, out_last;
  logic [23:0] out_data;

  byte_gearbox #(.InBytes(2), .OutBytes(3)) i_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .in_valid_i(in_valid), .in_ready_o(in_ready),
    .in_data_i(in_data), .in_last_i(in_last), .in_bytes_i(in_bytes), .out_valid_o(out_valid),
    .out_ready_i(out_ready), .out_data_o(out_data), .out_last_o(out_last)
  );

  (* anyconst *) logic [5:0] place;
  logic [5:0] in_q, out_q;
  logic [7:0] byte_q;
  logic known_q, ended_q, past_q, wait_q, last_q;
  logic [23:0] data_q;
  logic push, pop;
  logic [5:0] bytes;
  assign push = in_valid && in_ready;
  assign pop = out_valid && out_ready;
  assign bytes = in_last ? 6'(in_bytes) : 6'd2;

  always_comb assume (!in_last || (in_bytes == 2'd1) || (in_bytes == 2'd2));

  // One sequence: places are counted from reset on, bytes behind the last word are not fed
  always_comb assume (!ended_q || !in_valid);

  always_ff @(posedge clk_i) begin
    past_q <= rst_ni;
    wait_q <= rst_ni && out_valid && !out_ready;
    data_q <= out_data;
    last_q <= out_last;
    if (!rst_ni) begin
      in_q <= '0;
      out_q <= '0;
      known_q <= 1'b0;
      ended_q <= 1'b0;
    end else begin
      if (push) begin
        in_q <= in_q + bytes;
        ended_q <= in_last;
        if (place == in_q) {known_q, byte_q} <= {1'b1, in_data[7:0]};
        if (place == in_q + 6'd1 && bytes == 6'd2) {known_q, byte_q} <= {1'b1, in_data[15:8]};
      end
      if (pop) out_q <= (out_last && ended_q) ? in_q : out_q + 6'd3;
    end
  end

  always_comb begin
    if (wait_q) begin
      assert (out_valid && out_last == last_q);
      if (out_q + 6'd3 <= in_q) assert (out_data == data_q);
    end
    if (past_q) begin
      assert (out_q <= in_q);
      if (out_valid) begin
        assert (out_q < in_q && (out_last || out_q + 6'd3 <= in_q));
        assert (out_last == (ended_q && in_q - out_q <= 6'd3));
        for (int i = 0; i < 3; i++) begin
          if (out_q + 6'(i) == place && place < in_q) begin
            assert (known_q && out_data[8*i +: 8] == byte_q);
          end
        end
      end
      if (ended_q && in_q != out_q) assert (out_valid);
    end
  end
endmodule
