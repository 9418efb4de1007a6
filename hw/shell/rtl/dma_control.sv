// Course of a DMA's transfers: check, run, stop after a bus error, soft reset.
//
// `go_o` begins a checked transfer; it ends with `finished_i`. After a bus error `stop_o` keeps
// the engine from beginning bursts, and when it is quiet the transfer has ended; then only a reset
// lets another start. A reset (`reset_i` for a clock, or the level `drain_i` from outside) stops
// the engine, waits until it is quiet, then holds it in reset (`clear_o`) for as long as `drain_i`
// or `hold_i` is high, at least a clock.
module dma_control #(
  // Bits of ERROR
  parameter int unsigned ErrorBits = dma_registers_pkg::ErrorBits
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  // Registers
  input  logic       start_i,
  input  logic       reset_i,
  output logic       busy_o,
  output logic       idle_o,
  output logic       ready_o,
  output logic       resetting_o,
  output logic       done_o,
  output logic [ErrorBits-1:0] error_o,
  // Check of the transfer
  output logic       check_o,
  input  logic       accept_i,
  input  logic       refuse_i,
  input  logic       misaligned_i,
  input  logic       zero_count_i,
  input  logic       wraps_i,
  // Engine
  output logic       go_o,
  output logic       stop_o,
  output logic       clear_o,
  input  logic       quiet_i,
  input  logic       finished_i,
  input  logic       slverr_i,
  input  logic       decerr_i,
  // Reset from outside, and of what lies outside
  input  logic       drain_i,
  input  logic       hold_i
);

  localparam logic [2:0] Idle = 3'd0;
  localparam logic [2:0] Check = 3'd1;
  localparam logic [2:0] Run = 3'd2;
  // A bus error: bursts under way come to their end; then nothing until a reset
  localparam logic [2:0] Stop = 3'd3;
  localparam logic [2:0] Halted = 3'd4;
  // A reset: bursts under way come to their end; then the engine is in reset
  localparam logic [2:0] Drain = 3'd5;
  localparam logic [2:0] Clear = 3'd6;

  logic [2:0] state_d, state_q;
  logic bus_error, ready;

  assign bus_error = slverr_i || decerr_i;
  assign ready = (state_q == Idle);

  assign check_o = ready && start_i;
  assign go_o = (state_q == Check) && accept_i;
  assign stop_o = (state_q != Idle) && (state_q != Check) && (state_q != Run);
  assign clear_o = (state_q == Clear);
  assign busy_o = (state_q == Check) || (state_q == Run) || (state_q == Stop);
  assign idle_o = (state_q == Idle) || (state_q == Halted);
  assign ready_o = ready;
  assign resetting_o = (state_q == Drain) || (state_q == Clear);

  always_comb begin
    state_d = state_q;
    case (state_q)
      Idle: if (start_i) state_d = Check;
      Check: begin
        if (accept_i) state_d = Run;
        if (refuse_i) state_d = Idle;
      end
      Run: begin
        if (finished_i) state_d = Idle;
        if (bus_error) state_d = Stop;
      end
      Stop: if (quiet_i) state_d = Halted;
      Drain: if (quiet_i) state_d = Clear;
      Clear: if (!drain_i && !hold_i) state_d = Idle;
      default: state_d = state_q;
    endcase
    if ((reset_i || drain_i) && !resetting_o) state_d = Drain;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) state_q <= Idle;
    else state_q <= state_d;
  end

  always_comb begin
    done_o = 1'b0;
    if (state_q == Check) done_o = refuse_i;
    if (state_q == Run) done_o = finished_i && !bus_error;
    if (state_q == Stop) done_o = quiet_i;
    if (state_q == Halted) done_o = start_i;
  end

  always_comb begin
    error_o = '0;
    error_o[dma_registers_pkg::ErrorSlverrBit] = slverr_i;
    error_o[dma_registers_pkg::ErrorDecerrBit] = decerr_i;
    error_o[dma_registers_pkg::ErrorMisalignedBit] = refuse_i && misaligned_i;
    error_o[dma_registers_pkg::ErrorZeroCountBit] = refuse_i && zero_count_i;
    error_o[dma_registers_pkg::ErrorWrapsBit] = refuse_i && wraps_i;
    error_o[dma_registers_pkg::ErrorBusyBit] = start_i && (busy_o || resetting_o);
    error_o[dma_registers_pkg::ErrorNeedsResetBit] = start_i && (state_q == Halted);
  end

endmodule
