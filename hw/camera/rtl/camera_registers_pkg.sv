// Generated from hw/shell/registers.yaml by `python -m hw.shell.registers`. Do not edit.
package camera_registers_pkg;

  /* verilator lint_off UNUSEDPARAM */  // one that a module does not look at

  localparam logic [7:0] CtrlOffset        = 8'h00;
  localparam logic [7:0] GieOffset         = 8'h04;
  localparam logic [7:0] IerOffset         = 8'h08;
  localparam logic [7:0] IsrOffset         = 8'h0c;
  localparam logic [7:0] AddrLoOffset      = 8'h10;
  localparam logic [7:0] AddrHiOffset      = 8'h14;
  localparam logic [7:0] StrideOffset      = 8'h18;
  localparam logic [7:0] SizeOffset        = 8'h1c;
  localparam logic [7:0] ErrorOffset       = 8'h20;
  localparam logic [7:0] ErrorAddrLoOffset = 8'h24;
  localparam logic [7:0] ErrorAddrHiOffset = 8'h28;
  localparam logic [7:0] FramesOffset      = 8'h2c;
  localparam logic [7:0] ReadOffset        = 8'h30;
  localparam logic [7:0] DroppedOffset     = 8'h34;
  localparam logic [7:0] ClocksOffset      = 8'h38;
  localparam logic [7:0] TailOffset        = 8'h3c;
  localparam logic [7:0] VersionOffset     = 8'h40;
  localparam logic [7:0] BuildIdOffset     = 8'h44;
  localparam logic [7:0] ResetOffset       = 8'h48;
  localparam logic [7:0] FormatOffset      = 8'h4c;
  localparam logic [7:0] LeastOffset       = 8'h50;
  localparam logic [7:0] OverlapOffset     = 8'h54;
  localparam logic [7:0] MostOffset        = 8'h58;
  localparam logic [7:0] RecordsLoOffset   = 8'h5c;
  localparam logic [7:0] RecordsHiOffset   = 8'h60;
  localparam logic [7:0] RawLoOffset       = 8'h64;
  localparam logic [7:0] RawHiOffset       = 8'h68;
  localparam logic [7:0] RawOffset         = 8'h6c;
  localparam logic [7:0] LimitsOffset      = 8'h70;
  localparam logic [7:0] RawBytesOffset    = 8'h74;
  localparam logic [7:0] NetworkOffset     = 8'h78;
  localparam logic [7:0] VideoSizeOffset   = 8'h7c;
  localparam logic [7:0] DamagedOffset     = 8'h80;

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
  localparam int unsigned ErrorSizeBit = 3;
  localparam int unsigned ErrorWrapsBit = 4;
  localparam int unsigned ErrorBusyBit = 5;
  localparam int unsigned ErrorNeedsResetBit = 6;
  localparam int unsigned ErrorFormatBit = 7;
  localparam int unsigned ErrorOddWidthBit = 8;
  localparam int unsigned ErrorStrideBit = 9;
  localparam int unsigned ResetResetBit = 0;
  localparam int unsigned RawEnableBit = 0;
  localparam int unsigned NetworkVideoBit = 16;

  localparam int unsigned ErrorBits = 10;
  localparam logic [31:0] VersionValue = 32'hd0ca0001;

  /* verilator lint_on UNUSEDPARAM */

endpackage
