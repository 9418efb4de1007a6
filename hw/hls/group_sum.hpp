// Sum of every Group neighbouring channels, as duplicated weights need it: where D groups of input
// channels share weights, conv(X, W) = conv(X_1 + ... + X_D, W_b).
#pragma once

#include "types.hpp"

namespace df {

constexpr unsigned group_sum_lanes(unsigned lanes, unsigned group) {
  return lanes < group ? 1 : lanes / group;
}

// in: Beats beats of Lanes channels of InBits bits; out: sums of OutBits bits.
// Lanes is a multiple of Group (Lanes / Group sums leave with every beat), or divides it (one sum
// leaves after Group / Lanes beats). One beat a clock.
template <unsigned Lanes, unsigned Group, unsigned InBits, unsigned OutBits, bool IsSigned,
          unsigned long Beats>
void group_sum(stream_t<InBits, IsSigned, Lanes> &in,
               stream_t<OutBits, IsSigned, group_sum_lanes(Lanes, Group)> &out) {
  static_assert(Lanes % Group == 0 || Group % Lanes == 0,
                "group_sum: Lanes must be a multiple or a divisor of Group");
  constexpr unsigned Steps = Lanes < Group ? Group / Lanes : 1;  // beats a sum
  constexpr unsigned Terms = Lanes < Group ? Lanes : Group;      // lanes a sum and beat
  static_assert(Beats % Steps == 0, "group_sum: the frame must hold whole groups");
  lane_t<OutBits, IsSigned> sum = 0;
  index_t<Steps> step = 0;
  for (unsigned long beat = 0; beat < Beats; ++beat) {
#pragma HLS PIPELINE II = 1
    const beat_t<InBits, IsSigned, Lanes> x = in.read();
    beat_t<OutBits, IsSigned, group_sum_lanes(Lanes, Group)> y;
    for (unsigned group = 0; group < group_sum_lanes(Lanes, Group); ++group) {
#pragma HLS UNROLL
      long long total = step == 0 ? 0 : static_cast<long long>(sum);
      for (unsigned term = 0; term < Terms; ++term) {
#pragma HLS UNROLL
        total += static_cast<long long>(x.lane[group * Terms + term]);
      }
      y.lane[group] = narrow<OutBits, IsSigned>(total);
    }
    sum = y.lane[0];
    const bool last = step == Steps - 1;
    if (last) out.write(y);
    step = last ? index_t<Steps>(0) : index_t<Steps>(step + 1);
  }
  DF_TRIPS(Beats);
}

}  // namespace df
