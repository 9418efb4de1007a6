// Pipelined sum of Lanes values, without valid: new values every clock, the sum Latency later.
//
// Level 1 adds pairs (with a mask in front of each lane that is still one LUT a bit), the levels
// above add triples, as FPGA carry chains add three operands at the price of two. Every sum has
// just the bits that its values need. Registers follow every LevelsPerStage-th level, and the last.
//
// Levels  = number of thresholds 1, 2, 6, 18, 54, 162, ... below Lanes
// Latency = ceil(Levels / LevelsPerStage), at least 1
//
// The module that instantiates the tree states OutBits and Latency by the formulas below (neither
// reading of a submodule's parameter nor functions are read by all tools); a wrong value ends
// elaboration.
module adder_tree #(
  // Values to add, 1 to 13122
  parameter int unsigned Lanes = 8,
  // Bits of a value
  parameter int unsigned Bits = 2,
  // Values (and the sum) are two's complement
  parameter bit IsSigned = 1'b0,
  // Levels of adders between registers
  parameter int unsigned LevelsPerStage = 2,
  // Bits of the sum
  parameter int unsigned OutBits =
      IsSigned ? Bits + $clog2(Lanes) : $clog2(Lanes * ((32'd1 << Bits) - 1) + 1),
  // Levels of adders; not to be set
  parameter int unsigned Levels =
      ((Lanes > 1) ? 1 : 0) + ((Lanes > 2) ? 1 : 0) + ((Lanes > 6) ? 1 : 0) +
      ((Lanes > 18) ? 1 : 0) + ((Lanes > 54) ? 1 : 0) + ((Lanes > 162) ? 1 : 0) +
      ((Lanes > 486) ? 1 : 0) + ((Lanes > 1458) ? 1 : 0) + ((Lanes > 4374) ? 1 : 0),
  // Clocks from data_i to sum_o
  parameter int unsigned Latency =
      (Levels == 0) ? 1 : (Levels + LevelsPerStage - 1) / LevelsPerStage
) (
  input  logic                  clk_i,
  // Lane 0 in the least significant bits
  input  logic [Lanes*Bits-1:0] data_i,
  output logic [OutBits-1:0]    sum_o
);

  localparam int unsigned NeededOutBits =
      IsSigned ? Bits + $clog2(Lanes) : $clog2(Lanes * ((32'd1 << Bits) - 1) + 1);
  localparam int unsigned NeededLatency =
      (Levels == 0) ? 1 : (Levels + LevelsPerStage - 1) / LevelsPerStage;

  if ((Lanes == 0) || (Lanes > 13122)) begin : gen_check_lanes
    $error("adder_tree: Lanes must be 1 to 13122");
  end
  if ((Bits == 0) || (Bits + $clog2(Lanes) > 31)) begin : gen_check_bits
    $error("adder_tree: Bits must be at least 1, and the sum must fit 31 bits");
  end
  if (LevelsPerStage == 0) begin : gen_check_stage
    $error("adder_tree: LevelsPerStage must be at least 1");
  end
  if (OutBits != NeededOutBits) begin : gen_check_out
    $error("adder_tree: OutBits is not what the sum needs");
  end
  if (Latency != NeededLatency) begin : gen_check_latency
    $error("adder_tree: Latency is not the tree's");
  end

  for (genvar l = 0; l <= Levels; l++) begin : gen_level
    // Lanes under one node of this level: 1, 2, 6, 18, ...
    localparam int unsigned Span = (l == 0) ? 1 : (2 * 3 ** l) / 3;
    localparam int unsigned Leaves = (Span < Lanes) ? Span : Lanes;
    localparam int unsigned Nodes = (Lanes + Span - 1) / Span;
    localparam int unsigned W =
        IsSigned ? Bits + $clog2(Leaves) : $clog2(Leaves * ((32'd1 << Bits) - 1) + 1);
    localparam bit Registered = (l == Levels) || ((l > 0) && (l % LevelsPerStage == 0));
    logic [Nodes*W-1:0] sums_d, sums;

    if (l == 0) begin : gen_leaves
      assign sums_d = data_i;
    end else begin : gen_nodes
      // Nodes and bits of the level below, and how many of them a node adds
      localparam int unsigned Fan = (l == 1) ? 2 : 3;
      localparam int unsigned SpanBelow = Span / Fan;
      localparam int unsigned NodesBelow = (Lanes + SpanBelow - 1) / SpanBelow;
      localparam int unsigned Below =
          IsSigned ? Bits + $clog2(SpanBelow) : $clog2(SpanBelow * ((32'd1 << Bits) - 1) + 1);

      for (genvar n = 0; n < Nodes; n++) begin : gen_node
        logic [W-1:0] a, b, c;
        if (IsSigned) begin : gen_a
          assign a = W'($signed(gen_level[l-1].sums[(Fan*n)*Below +: Below]));
        end else begin : gen_a
          assign a = W'(gen_level[l-1].sums[(Fan*n)*Below +: Below]);
        end
        if (Fan * n + 1 >= NodesBelow) begin : gen_b
          assign b = '0;
        end else if (IsSigned) begin : gen_b
          assign b = W'($signed(gen_level[l-1].sums[(Fan*n+1)*Below +: Below]));
        end else begin : gen_b
          assign b = W'(gen_level[l-1].sums[(Fan*n+1)*Below +: Below]);
        end
        if ((Fan < 3) || (Fan * n + 2 >= NodesBelow)) begin : gen_c
          assign c = '0;
        end else if (IsSigned) begin : gen_c
          assign c = W'($signed(gen_level[l-1].sums[(Fan*n+2)*Below +: Below]));
        end else begin : gen_c
          assign c = W'(gen_level[l-1].sums[(Fan*n+2)*Below +: Below]);
        end
        if ((l == 1) && (Bits == 2) && !IsSigned) begin : gen_pair
          // Two masked lanes of 2 bits are 6 inputs: a LUT a bit, where `+` would get a carry chain
          logic carry, unused_c;
          assign carry = a[0] && b[0];
          assign sums_d[n*W +: W] =
              {(a[1] && b[1]) || (carry && (a[1] || b[1])), a[1] ^ b[1] ^ carry, a[0] ^ b[0]};
          assign unused_c = ^{a[W-1:2], b[W-1:2], c};
        end else begin : gen_sum
          assign sums_d[n*W +: W] = a + b + c;
        end
      end
    end

    if (Registered) begin : gen_register
      always_ff @(posedge clk_i) sums <= sums_d;
    end else begin : gen_wire
      assign sums = sums_d;
    end
  end

  assign sum_o = gen_level[Levels].sums;

endmodule
