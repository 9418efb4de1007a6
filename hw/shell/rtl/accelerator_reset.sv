// Reset of the accelerator, in its clock: from the reset of the bus and from the soft reset.
//
// `soft_reset_i` is a level in the bus' clock: hold it until `done_o` rises, then let it fall; when
// `done_o` falls the accelerator has left its reset. The accelerator is in reset for at least
// HoldClocks of its clocks. The bus' reset is seen however short it is; for the streams' sake it
// should last four clocks of either clock.
module accelerator_reset #(
  parameter int unsigned HoldClocks = 8,
  // Whether acc_clk_i is another clock than clk_i
  parameter bit SeparateClock = 1'b0
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic soft_reset_i,
  output logic done_o,
  input  logic acc_clk_i,
  output logic acc_rst_no
);

  localparam int unsigned CountBits = $clog2(HoldClocks + 1);

  if (HoldClocks == 0) begin : gen_check_hold
    $error("accelerator_reset: HoldClocks must be at least 1");
  end

  // The bus' reset and the soft reset as the accelerator's clock sees them
  logic acc_hard_rst_n, acc_soft_reset;
  // Clocks in reset so far
  logic [CountBits-1:0] count_q;
  logic held, acc_rst_n_q, acc_done_q;

  assign held = (count_q == CountBits'(HoldClocks));
  assign acc_rst_no = acc_rst_n_q;

  always_ff @(posedge acc_clk_i) begin
    if (!acc_hard_rst_n) begin
      count_q <= '0;
      acc_rst_n_q <= 1'b0;
      acc_done_q <= 1'b0;
    end else begin
      if (acc_rst_n_q) begin
        count_q <= '0;
        acc_rst_n_q <= !acc_soft_reset;
      end else begin
        if (!held) count_q <= count_q + CountBits'(1);
        acc_rst_n_q <= held && !acc_soft_reset;
      end
      acc_done_q <= held && !acc_rst_n_q && (acc_soft_reset || acc_done_q);
    end
  end

  if (SeparateClock) begin : gen_cross
    // Asynchronous, so that a short reset is not missed; left with the accelerator's clock
    (* async_reg = "true" *) logic first_q;
    (* async_reg = "true" *) logic second_q;
    assign acc_hard_rst_n = second_q;

    /* verilator lint_off SYNCASYNCNET */  // asynchronous here alone
    always_ff @(posedge acc_clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        first_q <= 1'b0;
        second_q <= 1'b0;
      end else begin
        first_q <= 1'b1;
        second_q <= first_q;
      end
    end
    /* verilator lint_on SYNCASYNCNET */

    bit_sync i_soft_reset (
      .clk_i(acc_clk_i),
      .rst_ni(acc_hard_rst_n),
      .data_i(soft_reset_i),
      .data_o(acc_soft_reset)
    );

    bit_sync i_done (
      .clk_i(clk_i),
      .rst_ni(rst_ni),
      .data_i(acc_done_q),
      .data_o(done_o)
    );
  end else begin : gen_same
    logic unused_clock;
    assign unused_clock = clk_i;
    assign acc_hard_rst_n = rst_ni;
    assign acc_soft_reset = soft_reset_i;
    assign done_o = acc_done_q;
  end

endmodule
