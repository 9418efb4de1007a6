// Generated from hw/shell/registers.yaml by `python -m hw.shell.registers`. Do not edit.
package dma_registers_pkg;

  /* verilator lint_off UNUSEDPARAM */  // one that a module does not look at

  localparam logic [7:0] CtrlOffset        = 8'h00;
  localparam logic [7:0] GieOffset         = 8'h04;
  localparam logic [7:0] IerOffset         = 8'h08;
  localparam logic [7:0] IsrOffset         = 8'h0c;
  localparam logic [7:0] AddrLoOffset      = 8'h10;
  localparam logic [7:0] AddrHiOffset      = 8'h14;
  localparam logic [7:0] CountOffset       = 8'h1c;
  localparam logic [7:0] ErrorOffset       = 8'h20;
  localparam logic [7:0] ErrorAddrLoOffset = 8'h24;
  localparam logic [7:0] ErrorAddrHiOffset = 8'h28;
  localparam logic [7:0] FramesOffset      = 8'h2c;
  localparam logic [7:0] BeatsOffset       = 8'h30;
  localparam logic [7:0] StallsOffset      = 8'h34;
  localparam logic [7:0] ClocksOffset      = 8'h38;
  localparam logic [7:0] FrameBytesOffset  = 8'h3c;
  localparam logic [7:0] VersionOffset     = 8'h40;
  localparam logic [7:0] BuildIdOffset     = 8'h44;
  localparam logic [7:0] ResetOffset       = 8'h48;
  localparam logic [7:0] LoadAddressOffset = 8'h4c;
  localparam logic [7:0] LoadDataOffset    = 8'h50;
  localparam logic [7:0] LoadStatusOffset  = 8'h54;
  localparam logic [7:0] FrameBeatsOffset  = 8'h58;

  localparam int unsigned CtrlStartBit = 0;
  localparam int unsigned CtrlDoneBit = 1;
  localparam int unsigned CtrlIdleBit = 2;
  localparam int unsigned CtrlReadyBit = 3;
  localparam int unsigned GieEnableBit = 0;
  localparam int unsigned IerDoneBit = 0;
  localparam int unsigned IerErrorBit = 1;
  localparam int unsigned IsrDoneBit = 0;
  localparam int unsigned IsrErrorBit = 1;
  localparam int unsigned ErrorSlverrBit = 0;
  localparam int unsigned ErrorDecerrBit = 1;
  localparam int unsigned ErrorMisalignedBit = 2;
  localparam int unsigned ErrorZeroCountBit = 3;
  localparam int unsigned ErrorWrapsBit = 4;
  localparam int unsigned ErrorBusyBit = 5;
  localparam int unsigned ErrorNeedsResetBit = 6;
  localparam int unsigned ResetResetBit = 0;
  localparam int unsigned LoadStatusBusyBit = 0;
  localparam int unsigned LoadStatusBlockedBit = 1;
  localparam int unsigned LoadStatusRefusedBit = 2;
  localparam int unsigned LoadStatusPresentBit = 3;

  localparam int unsigned ErrorBits = 7;
  localparam logic [31:0] VersionValue = 32'hd0d00001;

  /* verilator lint_on UNUSEDPARAM */

endpackage
