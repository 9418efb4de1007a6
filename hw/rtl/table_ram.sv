// Table of weights or thresholds that can be written: a rom with a write port.
//
// `data_o` is the row of the address of the clock before; of a table of one row, the row itself.
// The memory is split into words of 32 bits, each with contents of a $readmemh file of its own; the
// last word of a row has the bits that are left.
//
// The load bus, `load_i`, is {access, write, address, data}. Its address is {row, word}, the word
// in as few bits as name all words of a row. While access is high, the row that is read is the
// load bus's, so that one read port is enough: what works with the table has to stand still.
// `load_o` is the word at the address of the clock before, the bits that a row does not have zero.
// With write, data is written; rows and words that are not there are not.
//
// Reset leaves the contents as they are.
module table_ram #(
  // Bits of a row
  parameter int unsigned Width = 8,
  // Rows
  parameter int unsigned Depth = 16,
  // Words of a row; not to be set
  parameter int unsigned Words = (Width + 31) / 32,
  // Bits of a file's name, and the files, that of word 0 in the least significant bits; 0 leaves
  // the words zero
  parameter int unsigned FileBits = 8,
  parameter logic [Words*FileBits-1:0] Files = '0,
  // "auto", "block" or "distributed"
  parameter Style = "auto",
  // Bits of addresses; not to be set
  parameter int unsigned AddrBits = (Depth > 1) ? $clog2(Depth) : 1,
  parameter int unsigned WordBits = $clog2(Words),
  parameter int unsigned LoadBits = AddrBits + WordBits
) (
  input  logic                 clk_i,
  input  logic [AddrBits-1:0]  addr_i,
  output logic [Width-1:0]     data_o,
  input  logic [LoadBits+33:0] load_i,
  output logic [31:0]          load_o
);

  localparam logic [127:0] StyleText = 128'(Style);

  if (Width == 0) begin : gen_check_width
    $error("table_ram: Width must be at least 1");
  end
  if (Depth == 0) begin : gen_check_depth
    $error("table_ram: Depth must be at least 1");
  end
  if ((StyleText != 128'("auto")) && (StyleText != 128'("block")) &&
      (StyleText != 128'("distributed"))) begin : gen_check_style
    $error("table_ram: Style must be auto, block or distributed");
  end
  if ((FileBits == 0) || (FileBits % 8 != 0)) begin : gen_check_file
    $error("table_ram: FileBits must be whole characters");
  end

  logic access, write;
  logic [31:0] load_data;
  logic [LoadBits-1:0] load_addr;
  logic [AddrBits-1:0] load_row, row;

  assign {access, write, load_addr, load_data} = load_i;
  assign load_row = load_addr[LoadBits-1:WordBits];
  assign row = access ? load_row : addr_i;

  logic [Words*32-1:0] words;
  assign data_o = words[Width-1:0];

  for (genvar w = 0; w < Words; w++) begin : gen_word
    localparam int unsigned Bits = (w + 1 == Words) ? Width - 32 * w : 32;
    localparam logic [FileBits-1:0] File = Files[w*FileBits +: FileBits];
    logic mine;

    if (WordBits > 0) begin : gen_mine
      assign mine = (load_addr[WordBits-1:0] == WordBits'(w)) && (32'(load_row) < Depth);
    end else begin : gen_all_mine
      assign mine = (32'(load_row) < Depth);
    end

    (* ram_style = Style *)
    logic [Bits-1:0] mem [Depth];

    if (File != '0) begin : gen_file
      initial $readmemh(File, mem);
    end else begin : gen_zero
      initial begin
        for (int unsigned i = 0; i < Depth; i++) mem[i] = '0;
      end
    end

    always_ff @(posedge clk_i) begin
      if (access && write && mine) mem[load_row] <= load_data[Bits-1:0];
    end

    if (Depth > 1) begin : gen_read
      logic [Bits-1:0] data_q;
      always_ff @(posedge clk_i) data_q <= mem[row];
      assign words[w*32 +: 32] = 32'(data_q);
    end else begin : gen_one_row
      assign words[w*32 +: 32] = 32'(mem[0]);
    end
  end

  logic unused_bits;
  assign unused_bits = ^{row, load_data};

  if (WordBits > 0) begin : gen_word_out
    logic [WordBits-1:0] word_q;
    always_ff @(posedge clk_i) word_q <= load_addr[WordBits-1:0];
    always_comb begin
      load_o = '0;
      for (int unsigned w = 0; w < Words; w++) begin
        if (word_q == WordBits'(w)) load_o = words[w*32 +: 32];
      end
    end
  end else begin : gen_only_word
    assign load_o = words;
  end

endmodule
