// Model of a Gowin rPLL for simulating netlists: the output clock is the input clock, at once.
// A bench that drives the input at the output's frequency sees what the board's logic does.
/* verilator lint_off UNUSEDPARAM */
/* verilator lint_off UNUSEDSIGNAL */
module rPLL #(
  parameter FCLKIN = "27",
  parameter IDIV_SEL = 0,
  parameter FBDIV_SEL = 0,
  parameter ODIV_SEL = 8,
  parameter DEVICE = "GW2AR-18C",
  parameter DYN_IDIV_SEL = "false",
  parameter DYN_FBDIV_SEL = "false",
  parameter DYN_ODIV_SEL = "false",
  parameter DYN_DA_EN = "false",
  parameter CLKFB_SEL = "internal"
) (
  input  logic       CLKIN,
  input  logic       CLKFB,
  input  logic       RESET,
  input  logic       RESET_P,
  input  logic [5:0] FBDSEL,
  input  logic [5:0] IDSEL,
  input  logic [5:0] ODSEL,
  input  logic [3:0] PSDA,
  input  logic [3:0] DUTYDA,
  input  logic [3:0] FDLY,
  output logic       CLKOUT,
  output logic       LOCK
);

  assign CLKOUT = CLKIN;
  assign LOCK = 1'b1;

endmodule
