// The registers LOAD_*: words of an accelerator's weights, written and read one by one.
//
// A write of LOAD_DATA writes the word at LOAD_ADDRESS, which then is one more. A write of
// LOAD_ADDRESS fetches the word there, a read of LOAD_DATA gives the word that was fetched and
// fetches the next one. While an access is under way (busy), or a frame is inside (`quiet_i` is
// low), nothing is written or fetched, and the bit REFUSED is set.
module dma_load #(
  // Bits of the load bus's address
  parameter int unsigned AddrBits = 24
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  // Accesses to the registers, each high for one clock: {write of LOAD_ADDRESS, write of LOAD_DATA,
  // read of LOAD_DATA, a 1 for REFUSED}, and what is written
  input  logic [3:0]          event_i,
  input  logic [31:0]         data_i,
  // LOAD_ADDRESS, LOAD_DATA, and of LOAD_STATUS {REFUSED, BLOCKED, BUSY}
  output logic [31:0]         address_o,
  output logic [31:0]         word_o,
  output logic [2:0]          status_o,
  // No frame is inside the accelerator
  input  logic                quiet_i,
  // To load_access
  output logic                request_o,
  output logic                write_o,
  output logic [AddrBits-1:0] addr_o,
  output logic [31:0]         data_o,
  input  logic                done_i,
  input  logic [31:0]         word_i
);

  logic request_q, write_q, fetched_q, refused_q, busy, may, wants, starts;
  logic [AddrBits-1:0] address_q;
  logic [31:0] word_q, data_q;
  logic set_address, put, get, clear;

  assign {set_address, put, get, clear} = event_i;
  assign busy = request_q || done_i;
  assign may = quiet_i && !busy;
  assign wants = set_address || put || get;
  // The word of a get was fetched before
  assign starts = wants && may && (!get || fetched_q);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      request_q <= 1'b0;
      write_q <= 1'b0;
      fetched_q <= 1'b0;
      refused_q <= 1'b0;
      address_q <= '0;
    end else begin
      if (starts) begin
        request_q <= 1'b1;
        write_q <= put;
        fetched_q <= 1'b0;
        if (set_address) address_q <= data_i[AddrBits-1:0];
        else if (get) address_q <= address_q + AddrBits'(1);
      end else if (request_q && done_i) begin
        request_q <= 1'b0;
        fetched_q <= !write_q;
        if (write_q) address_q <= address_q + AddrBits'(1);
      end
      if (wants && !starts) refused_q <= 1'b1;
      else if (clear) refused_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (starts) data_q <= data_i;
    if (request_q && done_i && !write_q) word_q <= word_i;
  end

  assign address_o = 32'(address_q);
  assign word_o = word_q;
  assign status_o = {refused_q, !quiet_i, busy};
  assign request_o = request_q;
  assign write_o = write_q;
  assign addr_o = address_q;
  assign data_o = data_q;

  if (AddrBits < 32) begin : gen_unused
    logic unused_data;
    assign unused_data = ^data_i[31:AddrBits];
  end

endmodule
