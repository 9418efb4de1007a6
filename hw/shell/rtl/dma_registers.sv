// Register file of one DMA. What the registers mean: registers.yaml, docs/registers.md.
//
// Behind an axi_lite_slave. Events (`done_i`, `error_i`, `bus_error_i`) are high for one clock; an
// event in the clock in which its bit is cleared wins. `clear_i` is the end of a soft reset.
module dma_registers #(
  // First 32 bits of the build's hash
  parameter logic [31:0] BuildId = 32'h0,
  // Bytes of a frame in memory
  parameter int unsigned FrameBytes = 64,
  // Beats of a frame; of the greatest, if Dynamic: then both are written
  parameter int unsigned FrameBeats = 16,
  parameter bit Dynamic = 1'b0,
  // Bits of ERROR
  parameter int unsigned ErrorBits = dma_registers_pkg::ErrorBits
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  // Accesses
  input  logic        write_i,
  input  logic [7:0]  write_addr_i,
  input  logic [31:0] write_data_i,
  input  logic [31:0] write_mask_i,
  input  logic        read_i,
  input  logic [7:0]  read_addr_i,
  output logic [31:0] read_data_o,
  // To the control: start and reset are high for one clock
  output logic        start_o,
  output logic [63:0] address_o,
  output logic [31:0] count_o,
  output logic        reset_o,
  // From the control
  input  logic        busy_i,
  input  logic        idle_i,
  input  logic        ready_i,
  input  logic        resetting_i,
  input  logic        clear_i,
  input  logic        done_i,
  input  logic [ErrorBits-1:0] error_i,
  input  logic        bus_error_i,
  input  logic [63:0] bus_error_addr_i,
  // Counters
  input  logic [31:0] frames_i,
  input  logic [31:0] beats_i,
  input  logic [31:0] stalls_i,
  input  logic [31:0] clocks_i,
  // LOAD_ADDRESS, LOAD_DATA and LOAD_STATUS (dma_load)
  input  logic [31:0] load_address_i,
  input  logic [31:0] load_word_i,
  input  logic [3:0]  load_status_i,
  // Of a frame; unless Dynamic constant, and 0
  output logic [31:0] frame_bytes_o,
  output logic [31:0] frame_beats_o,
  output logic        irq_o
);

  logic gie_q, done_q, bus_error_q, irq_q;
  logic [1:0] ier_q, isr_q, isr_set, isr_clear;
  logic [63:0] address_q, error_addr_q;
  logic [31:0] count_q;
  logic [ErrorBits-1:0] error_q, error_clear;
  logic [31:0] ones;

  // Bits written as 1
  assign ones = write_data_i & write_mask_i;

  // Which register is written
  logic write_ctrl, write_gie, write_ier, write_isr, write_lo, write_hi, write_count;
  logic write_error, write_reset;
  assign write_ctrl = write_i && (write_addr_i == dma_registers_pkg::CtrlOffset);
  assign write_gie = write_i && (write_addr_i == dma_registers_pkg::GieOffset);
  assign write_ier = write_i && (write_addr_i == dma_registers_pkg::IerOffset);
  assign write_isr = write_i && (write_addr_i == dma_registers_pkg::IsrOffset);
  assign write_lo = write_i && (write_addr_i == dma_registers_pkg::AddrLoOffset);
  assign write_hi = write_i && (write_addr_i == dma_registers_pkg::AddrHiOffset);
  assign write_count = write_i && (write_addr_i == dma_registers_pkg::CountOffset);
  assign write_error = write_i && (write_addr_i == dma_registers_pkg::ErrorOffset);
  assign write_reset = write_i && (write_addr_i == dma_registers_pkg::ResetOffset);

  assign start_o = write_ctrl && ones[dma_registers_pkg::CtrlStartBit];
  assign reset_o = write_reset && ones[dma_registers_pkg::ResetResetBit];
  assign address_o = address_q;
  assign count_o = count_q;
  assign irq_o = irq_q;

  assign isr_set[dma_registers_pkg::IsrDoneBit] = done_i;
  assign isr_set[dma_registers_pkg::IsrErrorBit] = |error_i;
  assign isr_clear = write_isr ? ones[1:0] : 2'b00;
  assign error_clear = write_error ? ones[ErrorBits-1:0] : '0;

  // What a start has to say of itself is known a clock later, or more: done_i is none of this start
  logic clear_done;
  assign clear_done = start_o || (read_i && (read_addr_i == dma_registers_pkg::CtrlOffset));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      gie_q <= 1'b0;
      ier_q <= '0;
      address_q <= '0;
      count_q <= '0;
    end else begin
      if (write_gie && write_mask_i[dma_registers_pkg::GieEnableBit]) begin
        gie_q <= write_data_i[dma_registers_pkg::GieEnableBit];
      end
      if (write_ier && write_mask_i[0]) ier_q <= write_data_i[1:0];
      if (write_lo) address_q[31:0] <= ones | (address_q[31:0] & ~write_mask_i);
      if (write_hi) address_q[63:32] <= ones | (address_q[63:32] & ~write_mask_i);
      if (write_count) count_q <= ones | (count_q & ~write_mask_i);
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      done_q <= 1'b0;
      isr_q <= '0;
      error_q <= '0;
      bus_error_q <= 1'b0;
      error_addr_q <= '0;
      irq_q <= 1'b0;
    end else begin
      done_q <= done_i || (done_q && !clear_done);
      isr_q <= isr_set | (isr_q & ~isr_clear);
      error_q <= error_i | (error_q & ~error_clear);
      if (bus_error_i && !bus_error_q) begin
        bus_error_q <= 1'b1;
        error_addr_q <= bus_error_addr_i;
      end
      irq_q <= gie_q && |(ier_q & isr_q);
    end
  end

  if (Dynamic) begin : gen_dynamic
    logic [31:0] frame_bytes_q, frame_beats_q;
    assign frame_bytes_o = frame_bytes_q;
    assign frame_beats_o = frame_beats_q;

    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        frame_bytes_q <= 32'(FrameBytes);
        frame_beats_q <= 32'(FrameBeats);
      end else if (write_i && !busy_i) begin
        if (write_addr_i == dma_registers_pkg::FrameBytesOffset) begin
          frame_bytes_q <= ones | (frame_bytes_q & ~write_mask_i);
        end
        if (write_addr_i == dma_registers_pkg::FrameBeatsOffset) begin
          frame_beats_q <= ones | (frame_beats_q & ~write_mask_i);
        end
      end
    end
  end else begin : gen_constant
    assign frame_bytes_o = 32'(FrameBytes);
    assign frame_beats_o = '0;
  end

  logic [31:0] ctrl;
  always_comb begin
    ctrl = '0;
    ctrl[dma_registers_pkg::CtrlStartBit] = busy_i;
    ctrl[dma_registers_pkg::CtrlDoneBit] = done_q;
    ctrl[dma_registers_pkg::CtrlIdleBit] = idle_i;
    ctrl[dma_registers_pkg::CtrlReadyBit] = ready_i;
  end

  always_comb begin
    case (read_addr_i)
      dma_registers_pkg::CtrlOffset: read_data_o = ctrl;
      dma_registers_pkg::GieOffset: read_data_o = {31'b0, gie_q};
      dma_registers_pkg::IerOffset: read_data_o = {30'b0, ier_q};
      dma_registers_pkg::IsrOffset: read_data_o = {30'b0, isr_q};
      dma_registers_pkg::AddrLoOffset: read_data_o = address_q[31:0];
      dma_registers_pkg::AddrHiOffset: read_data_o = address_q[63:32];
      dma_registers_pkg::CountOffset: read_data_o = count_q;
      dma_registers_pkg::ErrorOffset: read_data_o = 32'(error_q);
      dma_registers_pkg::ErrorAddrLoOffset: read_data_o = error_addr_q[31:0];
      dma_registers_pkg::ErrorAddrHiOffset: read_data_o = error_addr_q[63:32];
      dma_registers_pkg::FramesOffset: read_data_o = frames_i;
      dma_registers_pkg::BeatsOffset: read_data_o = beats_i;
      dma_registers_pkg::StallsOffset: read_data_o = stalls_i;
      dma_registers_pkg::ClocksOffset: read_data_o = clocks_i;
      dma_registers_pkg::FrameBytesOffset: read_data_o = frame_bytes_o;
      dma_registers_pkg::FrameBeatsOffset: read_data_o = frame_beats_o;
      dma_registers_pkg::VersionOffset: read_data_o = dma_registers_pkg::VersionValue;
      dma_registers_pkg::BuildIdOffset: read_data_o = BuildId;
      dma_registers_pkg::ResetOffset: read_data_o = {31'b0, resetting_i};
      dma_registers_pkg::LoadAddressOffset: read_data_o = load_address_i;
      dma_registers_pkg::LoadDataOffset: read_data_o = load_word_i;
      dma_registers_pkg::LoadStatusOffset: read_data_o = {28'b0, load_status_i};
      default: read_data_o = '0;
    endcase
  end

endmodule
