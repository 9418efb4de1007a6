// The number of the greatest of every Labels neighbouring elements; of equal ones the first.
#pragma once

#include "types.hpp"

namespace df {

// in: Beats beats of Lanes elements of InBits bits; out: after every Labels / Lanes beats one number
// of OutBits bits. One beat a clock; the greatest so far goes from trip to trip.
template <unsigned Lanes, unsigned Labels, unsigned InBits, bool IsSigned, unsigned OutBits,
          unsigned long Beats>
void label_select(stream_t<InBits, IsSigned, Lanes> &in, stream_t<OutBits, false, 1> &out) {
  static_assert(Lanes >= 1 && Labels % Lanes == 0, "label_select: Lanes must divide Labels");
  constexpr unsigned Steps = Labels / Lanes;
  static_assert(Beats % Steps == 0, "label_select: the frame must hold whole vectors");
  lane_t<InBits, IsSigned> value = 0;
  lane_t<OutBits, false> best = 0;
  index_t<Steps> step = 0;
  for (unsigned long beat = 0; beat < Beats; ++beat) {
#pragma HLS PIPELINE II = 1
    const beat_t<InBits, IsSigned, Lanes> x = in.read();
    lane_t<InBits, IsSigned> greatest = x.lane[0];
    unsigned lane = 0;
    for (unsigned i = 1; i < Lanes; ++i) {
#pragma HLS UNROLL
      if (x.lane[i] > greatest) {
        greatest = x.lane[i];
        lane = i;
      }
    }
    const bool better = step == 0 || greatest > value;
    const long long number = static_cast<long long>(step) * Lanes + lane;
    if (better) {
      value = greatest;
      best = narrow<OutBits, false>(number);
    }
    const bool last = step == Steps - 1;
    if (last) {
      beat_t<OutBits, false, 1> y;
      y.lane[0] = best;
      out.write(y);
    }
    step = last ? index_t<Steps>(0) : index_t<Steps>(step + 1);
  }
  DF_TRIPS(Beats);
}

}  // namespace df
