// A node's port to the load bus, by which tables are written and read while no frame runs.
//
// The bus is {access, write, address, data} of all nodes alike: a node's own addresses are those
// whose upper bits are Select, the lower LocalBits go on to its tables. Both ways it is a register
// deep, so that the bus may be long. `bus_o` is zero for whom it is not meant, so that all nodes'
// are joined by OR; what it holds is the word at the address of three clocks before.
module load_port #(
  // Bits of the bus's address, of those of a node, and the others' value
  parameter int unsigned BusBits = 24,
  parameter int unsigned LocalBits = 8,
  parameter int unsigned Select = 0
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic [BusBits+33:0]   bus_i,
  output logic [31:0]           bus_o,
  // To the tables, which answer a clock later
  output logic [LocalBits+33:0] load_o,
  input  logic [31:0]           load_i
);

  if ((LocalBits == 0) || (LocalBits > BusBits) || (BusBits > 32)) begin : gen_check_bits
    $error("load_port: LocalBits must be 1 to BusBits, BusBits at most 32");
  end
  if ((LocalBits == BusBits) ? (Select != 0) : ((Select >> (BusBits - LocalBits)) != 0))
  begin : gen_check_select
    $error("load_port: Select must fit the bits that LocalBits leave");
  end

  logic access, write, hit;
  logic [BusBits-1:0] addr;
  logic [31:0] data;
  assign {access, write, addr, data} = bus_i;
  assign hit = access && ((33'(addr) >> LocalBits) == 33'(Select));

  logic access_q, write_q, answer_q;
  logic [LocalBits-1:0] addr_q;
  logic [31:0] data_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      access_q <= 1'b0;
      write_q <= 1'b0;
      answer_q <= 1'b0;
    end else begin
      access_q <= hit;
      write_q <= hit && write;
      answer_q <= access_q;
    end
  end

  always_ff @(posedge clk_i) begin
    addr_q <= addr[LocalBits-1:0];
    data_q <= data;
  end

  // Reset keeps a state from before it from being a write
  assign load_o = {access_q && rst_ni, write_q && rst_ni, addr_q, data_q};

  always_ff @(posedge clk_i) bus_o <= answer_q ? load_i : '0;

endmodule
