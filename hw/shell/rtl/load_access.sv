// Accesses to the load bus of an accelerator (hw/rtl/load_port.sv), from the clock of the registers.
//
// A request (request_i, with what it is about held still) is answered by done_o, which stays until
// the request falls; then done_o falls, and the next may come. A word that is read is at word_o
// while done_o is high. Between the two clocks, if they are two, only request and answer are
// synchronized. A reset of the accelerator in the middle makes the access begin again.
module load_access #(
  // Bits of the load bus's address
  parameter int unsigned AddrBits = 24,
  // acc_clk_i is another clock than clk_i
  parameter bit SeparateClock = 1'b0
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 request_i,
  input  logic                 write_i,
  input  logic [AddrBits-1:0]  addr_i,
  input  logic [31:0]          data_i,
  output logic                 done_o,
  output logic [31:0]          word_o,
  // The accelerator's load bus
  input  logic                 acc_clk_i,
  input  logic                 acc_rst_ni,
  output logic [AddrBits+33:0] load_o,
  input  logic [31:0]          load_i
);

  // Clocks from an address on load_o to its word at load_i (load_port)
  localparam logic [2:0] Latency = 3'd3;

  logic request, done_q, access_q, write_q;
  logic [2:0] count_q;
  logic [31:0] word_q;
  logic [AddrBits-1:0] addr_q;
  logic [31:0] data_q;

  if (SeparateClock) begin : gen_sync
    bit_sync i_request (
      .clk_i(acc_clk_i),
      .rst_ni(acc_rst_ni),
      .data_i(request_i),
      .data_o(request)
    );

    bit_sync i_done (
      .clk_i(clk_i),
      .rst_ni(rst_ni),
      .data_i(done_q),
      .data_o(done_o)
    );
  end else begin : gen_one_clock
    logic unused_clock;
    assign unused_clock = clk_i ^ rst_ni;
    assign request = request_i;
    assign done_o = done_q;
  end

  always_ff @(posedge acc_clk_i) begin
    if (!acc_rst_ni) begin
      access_q <= 1'b0;
      write_q <= 1'b0;
      done_q <= 1'b0;
      count_q <= '0;
    end else begin
      if (!request) begin
        access_q <= 1'b0;
        done_q <= 1'b0;
        count_q <= '0;
      end else if (!done_q) begin
        access_q <= 1'b1;
        // At 0 what is asked for is put on the bus, where it is from 1 on
        count_q <= count_q + 3'd1;
        if (count_q == Latency + 3'd1) begin
          access_q <= 1'b0;
          done_q <= 1'b1;
        end
      end
      write_q <= request && !done_q && write_i && (count_q == '0);
    end
  end

  always_ff @(posedge acc_clk_i) begin
    if (request && (count_q == '0)) begin
      addr_q <= addr_i;
      data_q <= data_i;
    end
    if (request && !done_q) word_q <= load_i;
  end

  assign load_o = {access_q, write_q, addr_q, data_q};
  assign word_o = word_q;

endmodule
