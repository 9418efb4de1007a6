// Model of an ECP5's PLL for simulating netlists: the output clock is the input clock, at once.
// A bench that drives the input at the output's frequency sees what the board's logic does.
/* verilator lint_off UNUSEDPARAM */
/* verilator lint_off UNUSEDSIGNAL */
module EHXPLLL #(
  parameter PLLRST_ENA = "DISABLED",
  parameter INTFB_WAKE = "DISABLED",
  parameter STDBY_ENABLE = "DISABLED",
  parameter DPHASE_SOURCE = "DISABLED",
  parameter OUTDIVIDER_MUXA = "DIVA",
  parameter int CLKI_DIV = 1,
  parameter CLKOP_ENABLE = "ENABLED",
  parameter int CLKOP_DIV = 1,
  parameter int CLKOP_CPHASE = 0,
  parameter int CLKOP_FPHASE = 0,
  parameter FEEDBK_PATH = "CLKOP",
  parameter int CLKFB_DIV = 1
) (
  input  logic RST,
  input  logic STDBY,
  input  logic CLKI,
  input  logic CLKFB,
  input  logic PHASESEL0,
  input  logic PHASESEL1,
  input  logic PHASEDIR,
  input  logic PHASESTEP,
  input  logic PHASELOADREG,
  input  logic PLLWAKESYNC,
  input  logic ENCLKOP,
  output logic CLKOP,
  output logic LOCK
);

  assign CLKOP = CLKI;
  assign LOCK = 1'b1;

endmodule
