// Modules of the shell side by side, each with ports of its own, for unit_bench.py.
module units (
  input  logic        clk_i,
  input  logic        acc_clk_i,
  input  logic        rst_ni,
  // dma_registers
  input  logic        reg_write, input logic [7:0] reg_write_addr, input logic [31:0] reg_write_data,
  input  logic [31:0] reg_write_mask, input logic reg_read, input logic [7:0] reg_read_addr,
  output logic [31:0] reg_read_data,
  output logic        reg_start, output logic [63:0] reg_address, output logic [31:0] reg_count,
  output logic        reg_reset,
  input  logic        reg_busy, input logic reg_idle, input logic reg_ready,
  input  logic        reg_resetting, input logic reg_clear, input logic reg_done,
  input  logic [6:0]  reg_error, input logic reg_bus_error, input logic [63:0] reg_bus_error_addr,
  input  logic [31:0] reg_frames, input logic [31:0] reg_beats, input logic [31:0] reg_stalls,
  input  logic [31:0] reg_clocks,
  output logic        reg_irq,
  // dma_control
  input  logic        ctl_start, input logic ctl_reset, input logic ctl_accept,
  input  logic        ctl_refuse, input logic ctl_misaligned, input logic ctl_zero_count,
  input  logic        ctl_wraps, input logic ctl_quiet, input logic ctl_finished,
  input  logic        ctl_slverr, input logic ctl_decerr, input logic ctl_drain,
  input  logic        ctl_hold,
  output logic        ctl_busy, output logic ctl_idle, output logic ctl_ready,
  output logic        ctl_resetting, output logic ctl_done, output logic [6:0] ctl_error,
  output logic        ctl_check, output logic ctl_go, output logic ctl_stop,
  output logic        ctl_clear,
  // dma_meter, frames of 3 beats and of 1
  input  logic        met_load, input logic [31:0] met_count, input logic met_go,
  input  logic        met_busy, input logic met_valid, input logic met_ready,
  output logic        met3_active, output logic met3_last, output logic [31:0] met3_frames,
  output logic [31:0] met3_beats, output logic [31:0] met3_stalls, output logic [31:0] met3_clocks,
  output logic        met1_active, output logic met1_last, output logic [31:0] met1_frames,
  output logic [31:0] met1_beats, output logic [31:0] met1_stalls, output logic [31:0] met1_clocks,
  // dma_check: 16 bits of address, words of 8 bytes, frames of 12
  input  logic        chk_start, input logic [63:0] chk_address, input logic [31:0] chk_count,
  output logic        chk_accept, output logic chk_refuse, output logic chk_misaligned,
  output logic        chk_zero_count, output logic chk_wraps, output logic [15:0] chk_address_o,
  output logic [13:0] chk_words, output logic [3:0] chk_tail_bytes,
  // accelerator_reset, of the same clock and of another
  input  logic        res_soft,
  output logic        res_done, output logic res_acc_rst_n,
  output logic        res2_done, output logic res2_acc_rst_n,
  // uart_rx, 64 clocks a bit
  input  logic        uart_rx,
  output logic        uart_valid, output logic [7:0] uart_data, output logic uart_error,
  // idma, its memory without an answer
  output logic        idma_drain, input logic idma_drained, output logic idma_soft_reset,
  input  logic        idma_soft_reset_done,
  input  logic [11:0] idma_s_axi_awaddr, input logic idma_s_axi_awvalid,
  output logic        idma_s_axi_awready, input logic [31:0] idma_s_axi_wdata,
  input  logic [3:0]  idma_s_axi_wstrb, input logic idma_s_axi_wvalid,
  output logic        idma_s_axi_wready, output logic [1:0] idma_s_axi_bresp,
  output logic        idma_s_axi_bvalid, input logic idma_s_axi_bready,
  input  logic [11:0] idma_s_axi_araddr, input logic idma_s_axi_arvalid,
  output logic        idma_s_axi_arready, output logic [31:0] idma_s_axi_rdata,
  output logic [1:0]  idma_s_axi_rresp, output logic idma_s_axi_rvalid,
  input  logic        idma_s_axi_rready,
  // odma, whose stream always has a beat
  output logic        odma_in_ready,
  input  logic        odma_drain, output logic odma_drained,
  input  logic [11:0] odma_s_axi_awaddr, input logic odma_s_axi_awvalid,
  output logic        odma_s_axi_awready, input logic [31:0] odma_s_axi_wdata,
  input  logic [3:0]  odma_s_axi_wstrb, input logic odma_s_axi_wvalid,
  output logic        odma_s_axi_wready, output logic [1:0] odma_s_axi_bresp,
  output logic        odma_s_axi_bvalid, input logic odma_s_axi_bready,
  input  logic [11:0] odma_s_axi_araddr, input logic odma_s_axi_arvalid,
  output logic        odma_s_axi_arready, output logic [31:0] odma_s_axi_rdata,
  output logic [1:0]  odma_s_axi_rresp, output logic odma_s_axi_rvalid,
  input  logic        odma_s_axi_rready,
  output logic [31:0] odma_awaddr, output logic odma_awvalid, input logic odma_awready,
  output logic        odma_wlast, output logic odma_wvalid, input logic odma_wready,
  input  logic [1:0]  odma_bresp, input logic odma_bvalid, output logic odma_bready
);

  dma_registers #(.BuildId(32'hCAFE1234), .FrameBytes(777)) i_registers (
    .clk_i(clk_i), .rst_ni(rst_ni), .write_i(reg_write), .write_addr_i(reg_write_addr),
    .write_data_i(reg_write_data), .write_mask_i(reg_write_mask), .read_i(reg_read),
    .read_addr_i(reg_read_addr), .read_data_o(reg_read_data), .start_o(reg_start),
    .address_o(reg_address), .count_o(reg_count), .reset_o(reg_reset), .busy_i(reg_busy),
    .idle_i(reg_idle), .ready_i(reg_ready), .resetting_i(reg_resetting), .clear_i(reg_clear),
    .done_i(reg_done), .error_i(reg_error), .bus_error_i(reg_bus_error),
    .bus_error_addr_i(reg_bus_error_addr), .frames_i(reg_frames), .beats_i(reg_beats),
    .stalls_i(reg_stalls), .clocks_i(reg_clocks), .irq_o(reg_irq)
  );

  dma_control i_control (
    .clk_i(clk_i), .rst_ni(rst_ni), .start_i(ctl_start), .reset_i(ctl_reset), .busy_o(ctl_busy),
    .idle_o(ctl_idle), .ready_o(ctl_ready), .resetting_o(ctl_resetting), .done_o(ctl_done),
    .error_o(ctl_error), .check_o(ctl_check), .accept_i(ctl_accept), .refuse_i(ctl_refuse),
    .misaligned_i(ctl_misaligned), .zero_count_i(ctl_zero_count), .wraps_i(ctl_wraps),
    .go_o(ctl_go), .stop_o(ctl_stop), .clear_o(ctl_clear), .quiet_i(ctl_quiet),
    .finished_i(ctl_finished), .slverr_i(ctl_slverr), .decerr_i(ctl_decerr),
    .drain_i(ctl_drain), .hold_i(ctl_hold)
  );

  dma_meter #(.FrameBeats(3)) i_meter3 (
    .clk_i(clk_i), .rst_ni(rst_ni), .load_i(met_load), .count_i(met_count), .go_i(met_go),
    .busy_i(met_busy), .valid_i(met_valid), .ready_i(met_ready), .active_o(met3_active),
    .last_o(met3_last), .frames_o(met3_frames), .beats_o(met3_beats), .stalls_o(met3_stalls),
    .clocks_o(met3_clocks)
  );

  dma_meter #(.FrameBeats(1)) i_meter1 (
    .clk_i(clk_i), .rst_ni(rst_ni), .load_i(met_load), .count_i(met_count), .go_i(met_go),
    .busy_i(met_busy), .valid_i(met_valid), .ready_i(met_ready), .active_o(met1_active),
    .last_o(met1_last), .frames_o(met1_frames), .beats_o(met1_beats), .stalls_o(met1_stalls),
    .clocks_o(met1_clocks)
  );

  accelerator_reset #(.HoldClocks(8)) i_reset (
    .clk_i(clk_i), .rst_ni(rst_ni), .soft_reset_i(res_soft), .done_o(res_done),
    .acc_clk_i(clk_i), .acc_rst_no(res_acc_rst_n)
  );

  accelerator_reset #(.HoldClocks(8), .SeparateClock(1'b1)) i_reset2 (
    .clk_i(clk_i), .rst_ni(rst_ni), .soft_reset_i(res_soft), .done_o(res2_done),
    .acc_clk_i(acc_clk_i), .acc_rst_no(res2_acc_rst_n)
  );

  uart_rx #(.BitTime(256 * 64)) i_uart_rx (
    .clk_i(clk_i), .rst_ni(rst_ni), .rx_i(uart_rx), .valid_o(uart_valid), .data_o(uart_data),
    .error_o(uart_error)
  );

  idma #(.BeatBytes(8), .FrameBeats(16), .MaxBurst(4), .FifoWords(8)) i_idma (
    .clk_i(clk_i), .rst_ni(rst_ni), .irq_o(), .drain_o(idma_drain), .drained_i(idma_drained),
    .soft_reset_o(idma_soft_reset), .soft_reset_done_i(idma_soft_reset_done),
    .out_valid_o(), .out_ready_i(1'b1), .out_data_o(),
    .s_axi_awaddr(idma_s_axi_awaddr), .s_axi_awvalid(idma_s_axi_awvalid),
    .s_axi_awready(idma_s_axi_awready), .s_axi_wdata(idma_s_axi_wdata),
    .s_axi_wstrb(idma_s_axi_wstrb), .s_axi_wvalid(idma_s_axi_wvalid),
    .s_axi_wready(idma_s_axi_wready), .s_axi_bresp(idma_s_axi_bresp),
    .s_axi_bvalid(idma_s_axi_bvalid), .s_axi_bready(idma_s_axi_bready),
    .s_axi_araddr(idma_s_axi_araddr), .s_axi_arvalid(idma_s_axi_arvalid),
    .s_axi_arready(idma_s_axi_arready), .s_axi_rdata(idma_s_axi_rdata),
    .s_axi_rresp(idma_s_axi_rresp), .s_axi_rvalid(idma_s_axi_rvalid),
    .s_axi_rready(idma_s_axi_rready),
    .m_axi_arid(), .m_axi_araddr(), .m_axi_arlen(), .m_axi_arsize(), .m_axi_arburst(),
    .m_axi_arcache(), .m_axi_arprot(), .m_axi_arvalid(), .m_axi_arready(1'b0), .m_axi_rid(1'b0),
    .m_axi_rdata(64'd0), .m_axi_rresp(2'd0), .m_axi_rlast(1'b0), .m_axi_rvalid(1'b0),
    .m_axi_rready()
  );

  dma_check #(.AddrWidth(16), .WordBytes(8), .FrameBytes(12)) i_check (
    .clk_i(clk_i), .rst_ni(rst_ni), .start_i(chk_start), .address_i(chk_address),
    .count_i(chk_count), .accept_o(chk_accept), .refuse_o(chk_refuse),
    .misaligned_o(chk_misaligned), .zero_count_o(chk_zero_count), .wraps_o(chk_wraps),
    .address_o(chk_address_o), .words_o(chk_words), .tail_bytes_o(chk_tail_bytes)
  );

  odma #(.BeatBytes(8), .FrameBeats(16), .MaxBurst(4), .FifoWords(8)) i_odma (
    .clk_i(clk_i), .rst_ni(rst_ni), .irq_o(), .drain_i(odma_drain), .drained_o(odma_drained),
    .in_valid_i(1'b1), .in_ready_o(odma_in_ready), .in_data_i(64'h0123456789ABCDEF),
    .s_axi_awaddr(odma_s_axi_awaddr), .s_axi_awvalid(odma_s_axi_awvalid),
    .s_axi_awready(odma_s_axi_awready), .s_axi_wdata(odma_s_axi_wdata),
    .s_axi_wstrb(odma_s_axi_wstrb), .s_axi_wvalid(odma_s_axi_wvalid),
    .s_axi_wready(odma_s_axi_wready), .s_axi_bresp(odma_s_axi_bresp),
    .s_axi_bvalid(odma_s_axi_bvalid), .s_axi_bready(odma_s_axi_bready),
    .s_axi_araddr(odma_s_axi_araddr), .s_axi_arvalid(odma_s_axi_arvalid),
    .s_axi_arready(odma_s_axi_arready), .s_axi_rdata(odma_s_axi_rdata),
    .s_axi_rresp(odma_s_axi_rresp), .s_axi_rvalid(odma_s_axi_rvalid),
    .s_axi_rready(odma_s_axi_rready),
    .m_axi_awid(), .m_axi_awaddr(odma_awaddr), .m_axi_awlen(), .m_axi_awsize(),
    .m_axi_awburst(), .m_axi_awcache(), .m_axi_awprot(), .m_axi_awvalid(odma_awvalid),
    .m_axi_awready(odma_awready), .m_axi_wdata(), .m_axi_wstrb(), .m_axi_wlast(odma_wlast),
    .m_axi_wvalid(odma_wvalid), .m_axi_wready(odma_wready), .m_axi_bid(1'b0),
    .m_axi_bresp(odma_bresp), .m_axi_bvalid(odma_bvalid), .m_axi_bready(odma_bready)
  );

endmodule
