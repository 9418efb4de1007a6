// Course of a shell with the camera path: frames are taken, a bus error stops all, soft reset.
//
// After a bus error `stop_o` keeps the engines from beginning bursts; when both are quiet only a
// reset lets another frame in. A reset stops them too, waits until they are quiet, then holds all in
// reset (`clear_o`), and the accelerator by `soft_reset_o` until `soft_reset_done_i` has risen and
// fallen.
module camera_control #(
  // Bits of ERROR
  parameter int unsigned ErrorBits = camera_registers_pkg::ErrorBits
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  // Registers
  input  logic                 start_i,
  input  logic                 reset_i,
  output logic                 busy_o,
  output logic                 idle_o,
  output logic                 ready_o,
  output logic                 resetting_o,
  output logic                 done_o,
  output logic [ErrorBits-1:0] error_o,
  // Check of a frame: errors hold with checked_i
  output logic                 check_o,
  input  logic                 checking_i,
  input  logic                 checked_i,
  input  logic                 accept_i,
  input  logic                 misaligned_i,
  input  logic                 size_i,
  input  logic                 wraps_i,
  input  logic                 format_i,
  input  logic                 odd_width_i,
  input  logic                 stride_i,
  // Engines: whether a frame would find room, is under way, has ended; no burst is under way
  input  logic                 room_i,
  input  logic                 under_way_i,
  input  logic                 finished_i,
  input  logic                 quiet_i,
  input  logic                 slverr_i,
  input  logic                 decerr_i,
  output logic                 stop_o,
  output logic                 clear_o,
  // The accelerator
  output logic                 soft_reset_o,
  input  logic                 soft_reset_done_i
);

  localparam logic [2:0] Run = 3'd0;
  // A bus error: bursts under way come to their end; then nothing until a reset
  localparam logic [2:0] Stop = 3'd1;
  localparam logic [2:0] Halted = 3'd2;
  // A reset: bursts under way come to their end; the accelerator is reset; it leaves its reset
  localparam logic [2:0] Drain = 3'd3;
  localparam logic [2:0] Clear = 3'd4;
  localparam logic [2:0] Leave = 3'd5;

  logic [2:0] state_d, state_q;
  logic bus_error, ready;

  assign bus_error = slverr_i || decerr_i;
  assign ready = (state_q == Run) && !checking_i && room_i;

  assign check_o = ready && start_i;
  assign stop_o = (state_q != Run);
  assign clear_o = (state_q == Clear) || (state_q == Leave);
  assign soft_reset_o = (state_q == Clear);
  assign busy_o = ((state_q == Run) && (checking_i || under_way_i)) || (state_q == Stop);
  assign idle_o = ((state_q == Run) && !checking_i && !under_way_i) || (state_q == Halted);
  assign ready_o = ready;
  assign resetting_o = (state_q == Drain) || clear_o;

  always_comb begin
    state_d = state_q;
    case (state_q)
      Run: if (bus_error) state_d = Stop;
      Stop: if (quiet_i) state_d = Halted;
      Drain: if (quiet_i) state_d = Clear;
      Clear: if (soft_reset_done_i) state_d = Leave;
      Leave: if (!soft_reset_done_i) state_d = Run;
      default: state_d = state_q;
    endcase
    if (reset_i && !resetting_o) state_d = Drain;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) state_q <= Run;
    else state_q <= state_d;
  end

  always_comb begin
    done_o = 1'b0;
    if (state_q == Run) done_o = finished_i || (checked_i && !accept_i);
    if (state_q == Stop) done_o = quiet_i;
    if (state_q == Halted) done_o = start_i;
  end

  always_comb begin
    error_o = '0;
    error_o[camera_registers_pkg::ErrorSlverrBit] = slverr_i;
    error_o[camera_registers_pkg::ErrorDecerrBit] = decerr_i;
    error_o[camera_registers_pkg::ErrorMisalignedBit] = misaligned_i;
    error_o[camera_registers_pkg::ErrorSizeBit] = size_i;
    error_o[camera_registers_pkg::ErrorWrapsBit] = wraps_i;
    error_o[camera_registers_pkg::ErrorFormatBit] = format_i;
    error_o[camera_registers_pkg::ErrorOddWidthBit] = odd_width_i;
    error_o[camera_registers_pkg::ErrorStrideBit] = stride_i;
    error_o[camera_registers_pkg::ErrorBusyBit] = start_i && !ready && (state_q != Halted);
    error_o[camera_registers_pkg::ErrorNeedsResetBit] = start_i && (state_q == Halted);
  end

endmodule
