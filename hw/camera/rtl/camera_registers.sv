// Register file of the camera path. What the registers mean: hw/shell/registers.yaml,
// docs/registers-camera.md.
//
// Behind an axi_lite_slave. Events (`done_i`, `error_i`, `bus_error_i`) are high for one clock; an
// event in the clock in which its bit is cleared wins. `clear_i` is the end of a soft reset.
module camera_registers #(
  // First 32 bits of the build's hash
  parameter logic [31:0] BuildId = 32'h0,
  // What LIMITS, RAW_BYTES and NETWORK say
  parameter int unsigned MaxSide = 1920,
  parameter int unsigned Candidates = 64,
  parameter int unsigned RawBytes = 64,
  parameter int unsigned Side = 512,
  parameter bit IsVideo = 1'b0,
  // Bits of ERROR
  parameter int unsigned ErrorBits = camera_registers_pkg::ErrorBits
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
  output logic        reset_o,
  // What a START takes
  output logic [63:0] address_o,
  output logic [31:0] stride_o,
  output logic [15:0] width_o,
  output logic [15:0] height_o,
  output logic [7:0]  format_o,
  output logic [16:0] least_o,
  output logic [16:0] overlap_o,
  output logic [15:0] most_o,
  output logic [63:0] records_o,
  output logic [63:0] raw_address_o,
  output logic        raw_o,
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
  input  logic [31:0] frames_read_i,
  input  logic [31:0] dropped_i,
  input  logic [31:0] clocks_i,
  input  logic [31:0] tail_i,
  input  logic [31:0] video_size_i,
  input  logic [31:0] damaged_i,
  output logic        irq_o
);

  // Registers that hold what was written, by the order of WORDS
  localparam int unsigned Words = 13;
  localparam logic [8*Words-1:0] Offsets = {
    camera_registers_pkg::RawOffset, camera_registers_pkg::RawHiOffset,
    camera_registers_pkg::RawLoOffset, camera_registers_pkg::RecordsHiOffset,
    camera_registers_pkg::RecordsLoOffset, camera_registers_pkg::MostOffset,
    camera_registers_pkg::OverlapOffset, camera_registers_pkg::LeastOffset,
    camera_registers_pkg::FormatOffset, camera_registers_pkg::SizeOffset,
    camera_registers_pkg::StrideOffset, camera_registers_pkg::AddrHiOffset,
    camera_registers_pkg::AddrLoOffset};
  // Bits that each of them has
  localparam logic [32*Words-1:0] Kept = {
    32'h0000_0001, 32'hffff_ffff, 32'hffff_ffff, 32'hffff_ffff, 32'hffff_ffff, 32'h0000_ffff,
    32'h0001_ffff, 32'h0001_ffff, 32'h0000_00ff, 32'hffff_ffff, 32'hffff_ffff, 32'hffff_ffff,
    32'hffff_ffff};

  logic gie_q, done_q, bus_error_q, irq_q;
  logic [1:0] ier_q, isr_q, isr_set, isr_clear;
  logic [63:0] error_addr_q;
  logic [ErrorBits-1:0] error_q, error_clear;
  logic [32*Words-1:0] words_q;
  logic [31:0] ones;

  // Bits written as 1
  assign ones = write_data_i & write_mask_i;

  logic write_ctrl, write_gie, write_ier, write_isr, write_error, write_reset;
  assign write_ctrl = write_i && (write_addr_i == camera_registers_pkg::CtrlOffset);
  assign write_gie = write_i && (write_addr_i == camera_registers_pkg::GieOffset);
  assign write_ier = write_i && (write_addr_i == camera_registers_pkg::IerOffset);
  assign write_isr = write_i && (write_addr_i == camera_registers_pkg::IsrOffset);
  assign write_error = write_i && (write_addr_i == camera_registers_pkg::ErrorOffset);
  assign write_reset = write_i && (write_addr_i == camera_registers_pkg::ResetOffset);

  assign start_o = write_ctrl && ones[camera_registers_pkg::CtrlStartBit];
  assign reset_o = write_reset && ones[camera_registers_pkg::ResetResetBit];
  assign irq_o = irq_q;
  assign address_o = words_q[0 +: 64];
  assign stride_o = words_q[64 +: 32];
  assign width_o = words_q[96 +: 16];
  assign height_o = words_q[112 +: 16];
  assign format_o = words_q[128 +: 8];
  assign least_o = words_q[160 +: 17];
  assign overlap_o = words_q[192 +: 17];
  assign most_o = words_q[224 +: 16];
  assign records_o = words_q[256 +: 64];
  assign raw_address_o = words_q[320 +: 64];
  assign raw_o = words_q[384];

  assign isr_set[camera_registers_pkg::IsrDoneBit] = done_i;
  assign isr_set[camera_registers_pkg::IsrErrorBit] = |error_i;
  assign isr_clear = write_isr ? ones[1:0] : 2'b00;
  assign error_clear = write_error ? ones[ErrorBits-1:0] : '0;

  logic clear_done;
  assign clear_done = read_i && (read_addr_i == camera_registers_pkg::CtrlOffset);

  for (genvar i = 0; i < Words; i++) begin : gen_word
    localparam logic [31:0] Bits = Kept[32*i +: 32];
    logic here;
    assign here = write_i && (write_addr_i == Offsets[8*i +: 8]);
    always_ff @(posedge clk_i) begin
      if (!rst_ni) words_q[32*i +: 32] <= '0;
      else if (here) begin
        words_q[32*i +: 32] <= (ones | (words_q[32*i +: 32] & ~write_mask_i)) & Bits;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      gie_q <= 1'b0;
      ier_q <= '0;
    end else begin
      if (write_gie && write_mask_i[camera_registers_pkg::GieEnableBit]) begin
        gie_q <= write_data_i[camera_registers_pkg::GieEnableBit];
      end
      if (write_ier && write_mask_i[0]) ier_q <= write_data_i[1:0];
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

  logic [31:0] ctrl, held;
  always_comb begin
    ctrl = '0;
    ctrl[camera_registers_pkg::CtrlStartBit] = busy_i;
    ctrl[camera_registers_pkg::CtrlDoneBit] = done_q;
    ctrl[camera_registers_pkg::CtrlIdleBit] = idle_i;
    ctrl[camera_registers_pkg::CtrlReadyBit] = ready_i;
  end

  always_comb begin
    held = '0;
    for (int unsigned i = 0; i < Words; i++) begin
      if (read_addr_i == Offsets[8*i +: 8]) held = words_q[32*i +: 32];
    end
  end

  always_comb begin
    case (read_addr_i)
      camera_registers_pkg::CtrlOffset: read_data_o = ctrl;
      camera_registers_pkg::GieOffset: read_data_o = {31'b0, gie_q};
      camera_registers_pkg::IerOffset: read_data_o = {30'b0, ier_q};
      camera_registers_pkg::IsrOffset: read_data_o = {30'b0, isr_q};
      camera_registers_pkg::ErrorOffset: read_data_o = 32'(error_q);
      camera_registers_pkg::ErrorAddrLoOffset: read_data_o = error_addr_q[31:0];
      camera_registers_pkg::ErrorAddrHiOffset: read_data_o = error_addr_q[63:32];
      camera_registers_pkg::FramesOffset: read_data_o = frames_i;
      camera_registers_pkg::ReadOffset: read_data_o = frames_read_i;
      camera_registers_pkg::DroppedOffset: read_data_o = dropped_i;
      camera_registers_pkg::ClocksOffset: read_data_o = clocks_i;
      camera_registers_pkg::TailOffset: read_data_o = tail_i;
      camera_registers_pkg::VersionOffset: read_data_o = camera_registers_pkg::VersionValue;
      camera_registers_pkg::BuildIdOffset: read_data_o = BuildId;
      camera_registers_pkg::ResetOffset: read_data_o = {31'b0, resetting_i};
      camera_registers_pkg::LimitsOffset: read_data_o = {16'(Candidates), 16'(MaxSide)};
      camera_registers_pkg::RawBytesOffset: read_data_o = 32'(RawBytes);
      camera_registers_pkg::NetworkOffset: read_data_o = {15'b0, IsVideo, 16'(Side)};
      camera_registers_pkg::VideoSizeOffset: read_data_o = video_size_i;
      camera_registers_pkg::DamagedOffset: read_data_o = damaged_i;
      default: read_data_o = held;
    endcase
  end

endmodule
