// Pipelined sum of Lanes values. There is no valid: new values enter every clock, and their sum
// comes Latency clocks later.
//
// Every node of the tree adds four values on two carry chains: a + (b ^ c ^ d), and that plus 2 *
// maj(b, c, d). The LUTs of a chain compress b, c and d before they add, so that three values cost
// as much as two. Every sum has just the bits that its values need. Registers follow every
// LevelsPerStage-th level, and the last one.
//
// Levels  = number of thresholds 1, 4, 16, 64, ... below Lanes
// Latency = ceil(Levels / LevelsPerStage), at least 1
//
// The module that instantiates the tree states OutBits and Latency by the formulas below, because
// not all tools can read a parameter of a submodule or call a function there. A wrong value ends
// elaboration.
module adder_tree #(
  // Values to add, 1 to 16384
  parameter int unsigned Lanes = 8,
  // Bits of a value
  parameter int unsigned Bits = 2,
  // Values (and the sum) are two's complement
  parameter bit IsSigned = 1'b0,
  // Levels of nodes between registers
  parameter int unsigned LevelsPerStage = 1,
  // Bits of the sum
  parameter int unsigned OutBits =
      (IsSigned || (Bits + $clog2(Lanes) > 31)) ? Bits + $clog2(Lanes) :
      $clog2(Lanes * ((32'd1 << Bits) - 1) + 1),
  // Levels of nodes; not to be set
  parameter int unsigned Levels = ($clog2(Lanes) + 1) / 2,
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
      (IsSigned || (Bits + $clog2(Lanes) > 31)) ? Bits + $clog2(Lanes) :
      $clog2(Lanes * ((32'd1 << Bits) - 1) + 1);
  localparam int unsigned NeededLatency =
      (Levels == 0) ? 1 : (Levels + LevelsPerStage - 1) / LevelsPerStage;

  if ((Lanes == 0) || (Lanes > 16384)) begin : gen_check_lanes
    $error("adder_tree: Lanes must be 1 to 16384");
  end
  if ((Bits == 0) || (Bits + $clog2(Lanes) > 96)) begin : gen_check_bits
    $error("adder_tree: Bits must be at least 1, and the sum must fit 96 bits");
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
    // Lanes under one node of this level: 1, 4, 16, ...
    localparam int unsigned Span = 4 ** l;
    localparam int unsigned Leaves = (Span < Lanes) ? Span : Lanes;
    localparam int unsigned Nodes = (Lanes + Span - 1) / Span;
    localparam int unsigned W =
        (IsSigned || (Bits + $clog2(Leaves) > 31)) ? Bits + $clog2(Leaves) :
        $clog2(Leaves * ((32'd1 << Bits) - 1) + 1);
    localparam bit Registered = (l == Levels) || ((l > 0) && (l % LevelsPerStage == 0));
    logic [Nodes*W-1:0] sums_d, sums;

    if (l == 0) begin : gen_leaves
      assign sums_d = data_i;
    end else begin : gen_nodes
      // Nodes and bits of the level below
      localparam int unsigned SpanBelow = Span / 4;
      localparam int unsigned NodesBelow = (Lanes + SpanBelow - 1) / SpanBelow;
      localparam int unsigned B =
          (IsSigned || (Bits + $clog2(SpanBelow) > 31)) ? Bits + $clog2(SpanBelow) :
          $clog2(SpanBelow * ((32'd1 << Bits) - 1) + 1);

      for (genvar n = 0; n < Nodes; n++) begin : gen_node
        localparam int unsigned Terms = (NodesBelow - 4*n < 4) ? NodesBelow - 4*n : 4;
        logic [4*B-1:0] terms;
        logic [B-1:0] a, b, c, d, odd;
        logic [B:0] partial;
        logic [B+1:0] node;
        logic unused_bits;

        for (genvar t = 0; t < 4; t++) begin : gen_term
          if (t < Terms) begin : gen_given
            assign terms[t*B +: B] = gen_level[l-1].sums[(4*n+t)*B +: B];
          end else begin : gen_none
            assign terms[t*B +: B] = '0;
          end
        end
        assign {d, c, b, a} = terms;

        assign odd = b ^ c ^ d;
        carry_add #(
          .Width(B + 1)
        ) i_partial (
          .a_i({IsSigned && a[B-1], a}),
          .b_i({IsSigned && odd[B-1], odd}),
          .sum_o(partial)
        );
        if (Terms < 3) begin : gen_two
          assign node = {IsSigned && partial[B], partial};
        end else begin : gen_four
          logic [B-1:0] carries;
          assign carries = (b & c) | (d & (b | c));
          carry_add #(
            .Width(B + 1)
          ) i_node (
            .a_i({IsSigned && partial[B], partial[B:1]}),
            .b_i({IsSigned && carries[B-1], carries}),
            .sum_o(node[B+1:1])
          );
          assign node[0] = partial[0];
        end
        assign sums_d[n*W +: W] = node[W-1:0];
        assign unused_bits = ^node;
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
