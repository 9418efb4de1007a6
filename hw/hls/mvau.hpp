// Multi-level matrix-vector unit in masked form, thresholds inside.
//
// For every vector of MW activations a and each of MH rows
//   acc = WStep * sum(k*a) + WMin * sum(a),
// where k are the WBits-bit unsigned codes of the weights (weight = WStep*k + WMin). sum(a) is made
// once for all PEs, and sum(k*a) by a tree of masked activations for each bit of k, without a
// multiplier, or if Products by multipliers in DSP slices (code_sums.hpp). The output is OutBias +
// number of thresholds <= acc; without thresholds it is acc.
#pragma once

#include "code_sums.hpp"
#include "memory_style.hpp"
#include "threshold_count.hpp"
#include "types.hpp"

namespace df {

constexpr unsigned long long magnitude_of(long long value) {
  return static_cast<unsigned long long>(value < 0 ? -value : value);
}

// Bits of WStep * sum(k*a) + WMin * sum(a) over one beat, two's complement.
constexpr unsigned mvau_term_bits(unsigned simd, unsigned a_bits, bool a_signed, unsigned w_bits,
                                  long long step, long long minimum) {
  return 1 + bit_length(simd * lane_magnitude(a_bits, a_signed) *
                        (magnitude_of(step) * lane_magnitude(w_bits, false) +
                         magnitude_of(minimum)));
}

constexpr unsigned long mvau_trips(unsigned mw, unsigned mh, unsigned simd, unsigned pe,
                                   unsigned turns, unsigned long vectors) {
  return vectors * turns * (mw / simd) * (mh / pe);
}

// Sum of all activations of a beat.
template <unsigned SIMD, unsigned ABits, bool ASigned>
DF_NOINLINE lane_t<sum_bits(ABits, ASigned, SIMD), ASigned> lane_sum(
    const beat_t<ABits, ASigned, SIMD> &x) {
#pragma HLS INLINE
  constexpr unsigned Bits = sum_bits(ABits, ASigned, SIMD);
  lane_t<Bits, ASigned> sum = 0;
  for (unsigned s = 0; s < SIMD; ++s) {
#pragma HLS UNROLL
    sum = narrow<Bits, ASigned>(sum + x.lane[s]);
  }
  return sum;
}

// The loop of both forms of mvau; without thresholds, those that are given are not used.
template <unsigned MW, unsigned MH, unsigned SIMD, unsigned PE, unsigned Sets, unsigned Turns,
          unsigned Run, unsigned ABits, bool ASigned, unsigned WBits, long long WStep,
          long long WMin, unsigned AccBits, unsigned NumThresholds, unsigned ThresholdBits,
          unsigned OutBits, bool OutSigned, long long OutBias,
          unsigned WeightStyle, unsigned long Vectors, bool Products, unsigned ThresholdStyle,
          unsigned Columns>
void mvau_loop(stream_t<ABits, ASigned, Sets * SIMD> &in, stream_t<OutBits, OutSigned, PE> &out,
               const table_t<WBits, false> (&weights)[Turns * (MW / SIMD) * (MH / PE)][PE][SIMD],
               const table_t<ThresholdBits, true> (&thresholds)[Turns * (MH / PE)][PE][Columns]) {
#pragma HLS INLINE
// A row (the codes of a trip) is one word of a ROM, and the thresholds of a row fold are another
#pragma HLS ARRAY_RESHAPE variable = weights type = complete dim = 2
#pragma HLS ARRAY_RESHAPE variable = weights type = complete dim = 3
#pragma HLS ARRAY_RESHAPE variable = thresholds type = complete dim = 2
#pragma HLS ARRAY_RESHAPE variable = thresholds type = complete dim = 3
  static_assert(SIMD >= 1 && MW >= SIMD && MW % SIMD == 0, "mvau: SIMD must divide MW");
  static_assert(PE >= 1 && MH >= PE && MH % PE == 0, "mvau: PE must divide MH");
  static_assert(WStep >= 1, "mvau: WStep must be at least 1");
  static_assert(Sets >= 1 && Turns >= 1 && PE % Sets == 0 && (Sets == 1 || MH == PE),
                "mvau: several Sets need all rows at once");
  static_assert(Run >= 1 && SIMD % Run == 0, "mvau: Run must divide SIMD");
  constexpr unsigned TermBits = mvau_term_bits(SIMD, ABits, ASigned, WBits, WStep, WMin);
  static_assert(TermBits <= 64, "mvau: the sum of a beat needs more than 64 bits");
  constexpr unsigned SF = MW / SIMD;  // input beats of a vector
  constexpr unsigned NF = MH / PE;    // output beats of a vector
  constexpr unsigned long Trips = mvau_trips(MW, MH, SIMD, PE, Turns, Vectors);
  memory_style<WeightStyle>::rom(weights);
  memory_style<ThresholdStyle>::rom(thresholds);

  // The vector's beats, for the NF - 1 row folds after the first, in which the input waits
  beat_t<ABits, ASigned, Sets * SIMD> replay[SF] DF_UNREAD;
#pragma HLS AGGREGATE variable = replay compact = bit
#pragma HLS DEPENDENCE variable = replay type = inter direction = RAW distance = SF dependent = true
  memory_style<StyleAuto>::ram(replay);
  lane_t<AccBits, true> acc[PE];
#pragma HLS ARRAY_PARTITION variable = acc type = complete
  for (unsigned pe = 0; pe < PE; ++pe) {
#pragma HLS UNROLL
    acc[pe] = 0;  // the default constructor of ap_int leaves it as it is
  }

  index_t<SF> sf = 0;
  index_t<NF> nf = 0;
  index_t<Turns * NF> out_row = 0;
  index_t<Turns * SF * NF> row = 0;
  // II = 1: only the counters and acc are carried from trip to trip, each through one adder.
  // A beat is read from replay SF trips after it was written, or later.
  for (unsigned long trip = 0; trip < Trips; ++trip) {
#pragma HLS PIPELINE II = 1
    const bool last_sf = sf == SF - 1;
    const unsigned place = SF == 1 ? 0U : static_cast<unsigned>(sf);  // one beat is a register
    beat_t<ABits, ASigned, Sets * SIMD> x;
    if (NF == 1 || nf == 0) {
      x = in.read();
      if (NF > 1) replay[place] = x;
    } else {
      x = replay[place];
    }

    const lane_t<TermBits, true> step = WStep, minimum = WMin;
    // of each set its lanes, and what its rows have in common
    beat_t<ABits, ASigned, SIMD> mine[Sets];
    lane_t<TermBits, true> offsets[Sets];
    lane_t<code_sum_bits(ABits, ASigned, SIMD, WBits), ASigned> code_sums[PE];
#pragma HLS ARRAY_PARTITION variable = mine type = complete
#pragma HLS ARRAY_PARTITION variable = code_sums type = complete
#pragma HLS ARRAY_PARTITION variable = offsets type = complete
    for (unsigned set = 0; set < Sets; ++set) {
#pragma HLS UNROLL
      for (unsigned s = 0; s < SIMD; ++s) {
#pragma HLS UNROLL
        mine[set].lane[s] = x.lane[((s / Run) * Sets + set) * Run + s % Run];
      }
      const lane_t<TermBits, true> sum = lane_sum<SIMD, ABits, ASigned>(mine[set]);
      const lane_t<TermBits, true> offset = narrow<TermBits, true>(minimum * sum);
#pragma HLS BIND_OP variable = offset op = mul impl = fabric
      offsets[set] = offset;
      code_products<Products>::template sums<SIMD, PE / Sets, ABits, ASigned, WBits>(
          mine[set], weights[row], set * (PE / Sets), code_sums);
    }
    beat_t<OutBits, OutSigned, PE> y;
    for (unsigned pe = 0; pe < PE; ++pe) {
#pragma HLS UNROLL
      const unsigned set = pe / (PE / Sets);
      const lane_t<TermBits, true> codes = code_sums[pe];
      const lane_t<TermBits, true> scaled = narrow<TermBits, true>(step * codes);
#pragma HLS BIND_OP variable = scaled op = mul impl = fabric
      const lane_t<TermBits, true> term = narrow<TermBits, true>(scaled + offsets[set]);
      const lane_t<AccBits, true> after = narrow<AccBits, true>(acc[pe] + term);
      acc[pe] = last_sf ? lane_t<AccBits, true>(0) : after;
      if (last_sf) {
        if (NumThresholds == 0) {
          y.lane[pe] = narrow<OutBits, OutSigned>(after);
        } else {
          const table_t<ThresholdBits, true>(&limits)[Columns] = thresholds[out_row][pe];
          y.lane[pe] = narrow<OutBits, OutSigned>(
              OutBias + threshold_count<AccBits, true, ThresholdBits>(after, limits));
        }
      }
    }
    if (last_sf) out.write(y);

    wraps<Turns * SF * NF>(row);
    if (wraps<SF>(sf)) {
      wraps<NF>(nf);
      wraps<Turns * NF>(out_row);
    }
  }
  DF_TRIPS(Trips);
}

// in: Vectors vectors of SF = MW / SIMD beats of SIMD activations of ABits bits. Of a grouped
// convolution Sets groups lie side by side, in runs of Run lanes that take turns, each with PE /
// Sets rows of its own; and Turns times as many come one after another, with their own weights.
// out: of each vector, NF = MH / PE beats of PE outputs of OutBits bits; lane pe of beat nf is row
// nf*PE + pe. A vector takes SF*NF trips: it is computed from the input while it arrives (row fold
// 0) and from a buffer for the row folds after that.
// weights: [(turn*NF + nf)*SF + sf][pe][s] the codes of that trip.
// thresholds: [turn*NF + nf][pe] those of row nf*PE + pe, ascending, ThresholdBits bits, two's
// complement.
// AccBits: of acc, two's complement. OutBias: output where no threshold is reached.
// WeightStyle, ThresholdStyle: of either table (memory_style.hpp). Products: activations are
// multiplied by their codes in DSP slices.
template <unsigned MW, unsigned MH, unsigned SIMD, unsigned PE, unsigned Sets, unsigned Turns,
          unsigned Run, unsigned ABits, bool ASigned, unsigned WBits, long long WStep,
          long long WMin, unsigned AccBits, unsigned NumThresholds, unsigned ThresholdBits,
          unsigned OutBits, bool OutSigned, long long OutBias,
          unsigned WeightStyle, unsigned long Vectors, bool Products = false,
          unsigned ThresholdStyle = StyleAuto>
void mvau(stream_t<ABits, ASigned, Sets * SIMD> &in, stream_t<OutBits, OutSigned, PE> &out,
          const table_t<WBits, false> (&weights)[Turns * (MW / SIMD) * (MH / PE)][PE][SIMD],
          const table_t<ThresholdBits, true> (&thresholds)[Turns * (MH / PE)][PE][NumThresholds]) {
#pragma HLS FUNCTION_INSTANTIATE variable = weights
#pragma HLS FUNCTION_INSTANTIATE variable = thresholds
  mvau_loop<MW, MH, SIMD, PE, Sets, Turns, Run, ABits, ASigned, WBits, WStep, WMin, AccBits,
            NumThresholds, ThresholdBits, OutBits, OutSigned, OutBias, WeightStyle, Vectors,
            Products, ThresholdStyle>(in, out, weights, thresholds);
}

// Without thresholds (NumThresholds = 0, ThresholdBits = 1): acc is the output.
template <unsigned MW, unsigned MH, unsigned SIMD, unsigned PE, unsigned Sets, unsigned Turns,
          unsigned Run, unsigned ABits, bool ASigned, unsigned WBits, long long WStep,
          long long WMin, unsigned AccBits, unsigned NumThresholds, unsigned ThresholdBits,
          unsigned OutBits, bool OutSigned, long long OutBias,
          unsigned WeightStyle, unsigned long Vectors, bool Products = false,
          unsigned ThresholdStyle = StyleAuto>
void mvau(stream_t<ABits, ASigned, Sets * SIMD> &in, stream_t<OutBits, OutSigned, PE> &out,
          const table_t<WBits, false> (&weights)[Turns * (MW / SIMD) * (MH / PE)][PE][SIMD]) {
#pragma HLS FUNCTION_INSTANTIATE variable = weights
  static_assert(NumThresholds == 0, "mvau: the table of thresholds is missing");
  static const table_t<1, true> unused[Turns * (MH / PE)][PE][1] = {};
  mvau_loop<MW, MH, SIMD, PE, Sets, Turns, Run, ABits, ASigned, WBits, WStep, WMin, AccBits, 0, 1,
            OutBits, OutSigned, OutBias, WeightStyle, Vectors, Products, ThresholdStyle>(in, out, weights,
                                                                          unused);
}

}  // namespace df
