// camera_control: a frame is checked only where there is room and nothing is wrong; a bus error stops
// bursts until a reset; a reset comes to its end, and nothing is under way when all is cleared; a START
// is looked at, or says why not.
module camera_control_proof #(
  parameter bit Cover = 1'b0
) (
  input logic clk_i,
  input logic rst_ni,
  input logic start,
  input logic reset,
  input logic checked,
  input logic accept,
  input logic room,
  input logic under_way,
  input logic finished,
  input logic quiet,
  input logic slverr,
  input logic decerr,
  input logic soft_done
);

  localparam int unsigned ErrorBits = camera_registers_pkg::ErrorBits;
  localparam int unsigned Busy = camera_registers_pkg::ErrorBusyBit;
  localparam int unsigned NeedsReset = camera_registers_pkg::ErrorNeedsResetBit;
  logic busy, idle, ready, resetting, done, check, stop, clear, soft_reset;
  logic [ErrorBits-1:0] errors;
  logic checking_q;

  camera_control i_dut (
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
    .check_o(check),
    .checking_i(checking_q),
    .checked_i(checked),
    .accept_i(accept),
    .misaligned_i(1'b0),
    .size_i(1'b0),
    .wraps_i(1'b0),
    .format_i(1'b0),
    .odd_width_i(1'b0),
    .stride_i(1'b0),
    .room_i(room),
    .under_way_i(under_way),
    .finished_i(finished),
    .quiet_i(quiet),
    .slverr_i(slverr),
    .decerr_i(decerr),
    .stop_o(stop),
    .clear_o(clear),
    .soft_reset_o(soft_reset),
    .soft_reset_done_i(soft_done)
  );

  // A bus error since the last reset; a reset that was asked for and has not cleared
  logic first_q, wrong_q, asked_q, cleared_q, quiet_q, seen_q, stop_q;
  initial first_q = 1'b1;
  initial seen_q = 1'b0;

  always_ff @(posedge clk_i) begin
    first_q <= 1'b0;
    stop_q <= rst_ni && stop;
    quiet_q <= quiet;
    cleared_q <= rst_ni && clear;
    if (!rst_ni) begin
      wrong_q <= 1'b0;
      asked_q <= 1'b0;
      checking_q <= 1'b0;
      seen_q <= 1'b0;
    end else begin
      wrong_q <= !clear && (wrong_q || slverr || decerr);
      asked_q <= !clear && (asked_q || (reset && !resetting));
      // camera_check is in reset while all stops
      checking_q <= !stop && (check || (checking_q && !checked));
      seen_q <= seen_q || (wrong_q && clear);
    end
  end

  always_comb begin
    if (first_q) assume (!rst_ni);
    assume (!checked || (checking_q && !stop));
    // Once stopped and quiet no burst begins; answers come of those alone that are under way
    assume (!(stop_q && quiet_q) || quiet);
    assume (!(slverr || decerr) || (!quiet && !clear));
    // accelerator_reset: done rises behind soft_reset, and falls behind it
    assume (!soft_done || clear);
    if (!first_q) begin
      checked_where_room: assert (!check || (start && room && !checking_q && !stop && !wrong_q));
      stops_when_wrong: assert (!wrong_q || stop);
      stops_when_asked: assert (!asked_q || (stop && resetting));
      cleared_when_quiet: assert (!(clear && !cleared_q) || quiet_q);
      resets_within: assert (!soft_reset || clear);
      one_state: assert (!(busy && idle) && !(busy && resetting) && !(idle && resetting));
      told: assert (!start || check || errors[Busy] || errors[NeedsReset]);
      told_once: assert (!(check && (errors[Busy] || errors[NeedsReset])));
      told_with_start: assert (start || !(errors[Busy] || errors[NeedsReset]));
      needs_reset_is_idle: assert (!errors[NeedsReset] || (wrong_q && done && idle));
      refused_is_done: assert (!(checked && !accept) || done);
    end
  end

  // A stop ends when the bus is quiet, a reset when the accelerator's has ended
  stream_progress #(.Clocks(3)) i_halts (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(wrong_q && quiet && !clear), .moves_i(idle || clear)
  );
  stream_progress #(.Clocks(3)) i_clears (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(asked_q && quiet), .moves_i(clear)
  );
  stream_progress #(.Clocks(3)) i_leaves (
    .clk_i(clk_i), .rst_ni(rst_ni), .may_i(clear && !(soft_reset ^ soft_done)), .moves_i(!clear)
  );

  if (Cover) begin : gen_cover
    always_comb reach: assert (!(seen_q && check));
  end

endmodule
