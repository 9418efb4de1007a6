// CRC-32 of Ethernet, zlib and PNG (reflected polynomial EDB88320), a byte a clock.
//
// `crc_o` is the checksum of the bytes since `clear_i`; a sender appends it least significant byte
// first. `good_o` says that the last four bytes were the checksum of those before them.
module crc32 (
  input  logic        clk_i,
  // Start anew; goes before valid_i
  input  logic        clear_i,
  input  logic        valid_i,
  input  logic [7:0]  data_i,
  output logic [31:0] crc_o,
  output logic        good_o
);

  localparam logic [31:0] Polynomial = 32'hEDB8_8320;
  // What is left in the register after a message and its own checksum
  localparam logic [31:0] Residue = 32'hDEBB_20E3;

  logic [31:0] state_d, state_q;

  always_comb begin
    state_d = state_q ^ {24'd0, data_i};
    for (int unsigned i = 0; i < 8; i++) begin
      state_d = {1'b0, state_d[31:1]} ^ (state_d[0] ? Polynomial : 32'd0);
    end
  end

  always_ff @(posedge clk_i) begin
    if (clear_i) state_q <= '1;
    else if (valid_i) state_q <= state_d;
  end

  assign crc_o = ~state_q;
  assign good_o = (state_q == Residue);

endmodule
