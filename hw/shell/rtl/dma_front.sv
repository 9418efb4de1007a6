// What idma and odma have in common: AXI4-Lite slave, registers, check of a transfer, control.
module dma_front #(
  parameter logic [31:0] BuildId = 32'h0,
  parameter int unsigned AddrWidth = 32,
  parameter int unsigned WordBytes = 8,
  // Bytes and beats of a frame; of the greatest, if Dynamic: then both are written
  parameter int unsigned FrameBytes = 64,
  parameter int unsigned FrameBeats = 16,
  parameter bit Dynamic = 1'b0
) (
  input  logic                                 clk_i,
  input  logic                                 rst_ni,
  output logic                                 irq_o,
  // Registers
  input  logic [11:0]                          s_axi_awaddr,
  input  logic                                 s_axi_awvalid,
  output logic                                 s_axi_awready,
  input  logic [31:0]                          s_axi_wdata,
  input  logic [3:0]                           s_axi_wstrb,
  input  logic                                 s_axi_wvalid,
  output logic                                 s_axi_wready,
  output logic [1:0]                           s_axi_bresp,
  output logic                                 s_axi_bvalid,
  input  logic                                 s_axi_bready,
  input  logic [11:0]                          s_axi_araddr,
  input  logic                                 s_axi_arvalid,
  output logic                                 s_axi_arready,
  output logic [31:0]                          s_axi_rdata,
  output logic [1:0]                           s_axi_rresp,
  output logic                                 s_axi_rvalid,
  input  logic                                 s_axi_rready,
  // Transfer: check_o when count_o is taken, go_o when the rest holds and the engine may begin
  output logic [31:0]                          frame_beats_o,
  output logic                                 check_o,
  output logic [31:0]                          count_o,
  output logic                                 go_o,
  output logic [AddrWidth-1:0]                 address_o,
  output logic [AddrWidth-$clog2(WordBytes):0] words_o,
  output logic [$clog2(WordBytes):0]           tail_bytes_o,
  // Engine (see dma_control)
  output logic                                 busy_o,
  output logic                                 stop_o,
  output logic                                 clear_o,
  output logic                                 resetting_o,
  input  logic                                 quiet_i,
  input  logic                                 finished_i,
  input  logic                                 slverr_i,
  input  logic                                 decerr_i,
  input  logic [AddrWidth-1:0]                 error_address_i,
  input  logic                                 drain_i,
  input  logic                                 hold_i,
  input  logic [31:0]                          frames_i,
  input  logic [31:0]                          beats_i,
  input  logic [31:0]                          stalls_i,
  input  logic [31:0]                          clocks_i,
  // Accesses to LOAD_*, and what these registers read as (dma_load)
  output logic [3:0]                           load_event_o,
  output logic [31:0]                          load_data_o,
  input  logic [31:0]                          load_address_i,
  input  logic [31:0]                          load_word_i,
  input  logic [3:0]                           load_status_i
);

  logic write, read;
  logic [11:0] write_addr, read_addr;
  logic [31:0] write_data, write_mask, read_data, register_data;

  axi_lite_slave #(
    .AddrWidth(12)
  ) i_slave (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .s_axi_awaddr(s_axi_awaddr),
    .s_axi_awvalid(s_axi_awvalid),
    .s_axi_awready(s_axi_awready),
    .s_axi_wdata(s_axi_wdata),
    .s_axi_wstrb(s_axi_wstrb),
    .s_axi_wvalid(s_axi_wvalid),
    .s_axi_wready(s_axi_wready),
    .s_axi_bresp(s_axi_bresp),
    .s_axi_bvalid(s_axi_bvalid),
    .s_axi_bready(s_axi_bready),
    .s_axi_araddr(s_axi_araddr),
    .s_axi_arvalid(s_axi_arvalid),
    .s_axi_arready(s_axi_arready),
    .s_axi_rdata(s_axi_rdata),
    .s_axi_rresp(s_axi_rresp),
    .s_axi_rvalid(s_axi_rvalid),
    .s_axi_rready(s_axi_rready),
    .write_o(write),
    .write_addr_o(write_addr),
    .write_data_o(write_data),
    .write_mask_o(write_mask),
    .read_o(read),
    .read_addr_o(read_addr),
    .read_data_i(read_data)
  );

  // The registers fill 256 bytes of the 4096; addresses are of words
  logic write_here, read_here, unused_address;
  assign write_here = write && (write_addr[11:8] == '0);
  assign read_here = read && (read_addr[11:8] == '0);
  assign read_data = read_here ? register_data : '0;
  assign unused_address = ^{write_addr[1:0], read_addr[1:0]};

  logic start, reset, idle, ready, resetting, done, busy;
  logic [63:0] address;
  logic [31:0] count, frame_bytes;
  localparam int unsigned ErrorBits = dma_registers_pkg::ErrorBits;
  logic [ErrorBits-1:0] errors;

  dma_registers #(
    .BuildId(BuildId),
    .FrameBytes(FrameBytes),
    .FrameBeats(FrameBeats),
    .Dynamic(Dynamic),
    .ErrorBits(ErrorBits)
  ) i_registers (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .write_i(write_here),
    .write_addr_i({write_addr[7:2], 2'b00}),
    .write_data_i(write_data),
    .write_mask_i(write_mask),
    .read_i(read_here),
    .read_addr_i({read_addr[7:2], 2'b00}),
    .read_data_o(register_data),
    .start_o(start),
    .address_o(address),
    .count_o(count),
    .reset_o(reset),
    .busy_i(busy),
    .idle_i(idle),
    .ready_i(ready),
    .resetting_i(resetting),
    .clear_i(clear_o),
    .done_i(done),
    .error_i(errors),
    .bus_error_i(slverr_i || decerr_i),
    .bus_error_addr_i(64'(error_address_i)),
    .frames_i(frames_i),
    .beats_i(beats_i),
    .stalls_i(stalls_i),
    .clocks_i(clocks_i),
    .load_address_i(load_address_i),
    .load_word_i(load_word_i),
    .load_status_i(load_status_i),
    .frame_bytes_o(frame_bytes),
    .frame_beats_o(frame_beats_o),
    .irq_o(irq_o)
  );

  logic [7:0] written, looked_at;
  assign written = {write_addr[7:2], 2'b00};
  assign looked_at = {read_addr[7:2], 2'b00};
  assign load_data_o = write_data & write_mask;
  assign load_event_o = {
    write_here && (written == dma_registers_pkg::LoadAddressOffset),
    write_here && (written == dma_registers_pkg::LoadDataOffset),
    read_here && (looked_at == dma_registers_pkg::LoadDataOffset),
    write_here && (written == dma_registers_pkg::LoadStatusOffset) &&
      load_data_o[dma_registers_pkg::LoadStatusRefusedBit]
  };

  logic accept, refuse, misaligned, zero_count, wraps;

  dma_check #(
    .AddrWidth(AddrWidth),
    .WordBytes(WordBytes),
    .FrameBytes(FrameBytes),
    .Dynamic(Dynamic)
  ) i_check (
    .clk_i(clk_i),
    .rst_ni(rst_ni && !clear_o),
    .start_i(check_o),
    .address_i(address),
    .count_i(count),
    .frame_bytes_i(frame_bytes),
    .accept_o(accept),
    .refuse_o(refuse),
    .misaligned_o(misaligned),
    .zero_count_o(zero_count),
    .wraps_o(wraps),
    .address_o(address_o),
    .words_o(words_o),
    .tail_bytes_o(tail_bytes_o)
  );

  dma_control #(
    .ErrorBits(ErrorBits)
  ) i_control (
    .clk_i(clk_i),
    .rst_ni(rst_ni),
    .start_i(start),
    .reset_i(reset),
    .busy_o(busy),
    .idle_o(idle),
    .ready_o(ready),
    .resetting_o(resetting),
    .done_o(done),
    .error_o(errors),
    .check_o(check_o),
    .accept_i(accept),
    .refuse_i(refuse),
    .misaligned_i(misaligned),
    .zero_count_i(zero_count),
    .wraps_i(wraps),
    .go_o(go_o),
    .stop_o(stop_o),
    .clear_o(clear_o),
    .quiet_i(quiet_i),
    .finished_i(finished_i),
    .slverr_i(slverr_i),
    .decerr_i(decerr_i),
    .drain_i(drain_i),
    .hold_i(hold_i)
  );

  assign count_o = count;
  assign busy_o = busy;
  assign resetting_o = resetting;

endmodule
