// The numbers of the K greatest (or least) of every Labels neighbouring elements, in their order; of
// equal ones those that come first.
#pragma once

#include "types.hpp"

namespace df {

// in: Beats beats of Lanes elements of InBits bits; out: after every Labels / Lanes beats K numbers
// of OutBits bits. One beat a clock; the K so far go from trip to trip.
template <unsigned Lanes, unsigned Labels, unsigned K, unsigned InBits, bool IsSigned, bool Least,
          unsigned OutBits, unsigned long Beats>
void top_labels(stream_t<InBits, IsSigned, Lanes> &in, stream_t<OutBits, false, K> &out) {
  static_assert(Lanes >= 1 && Labels % Lanes == 0, "top_labels: Lanes must divide Labels");
  static_assert(K >= 1 && K <= Labels, "top_labels: K must be 1 to Labels");
  constexpr unsigned Steps = Labels / Lanes;
  static_assert(Beats % Steps == 0, "top_labels: the frame must hold whole vectors");
  lane_t<InBits, IsSigned> values[K] DF_UNREAD;
  lane_t<OutBits, false> numbers[K] DF_UNREAD;
#pragma HLS ARRAY_PARTITION variable = values type = complete
#pragma HLS ARRAY_PARTITION variable = numbers type = complete
  index_t<Steps> step = 0;
  for (unsigned long beat = 0; beat < Beats; ++beat) {
#pragma HLS PIPELINE II = 1
    const beat_t<InBits, IsSigned, Lanes> x = in.read();
    for (unsigned i = 0; i < Lanes; ++i) {
#pragma HLS UNROLL
      const lane_t<InBits, IsSigned> value = x.lane[i];
      const unsigned long number = static_cast<unsigned long>(step) * Lanes + i;
      // the last place first: each place takes the one before it where that is moved on
      for (unsigned j = K; j-- > 0;) {
#pragma HLS UNROLL
        const bool better = number <= j || (Least ? value < values[j] : value > values[j]);
        const unsigned before = j == 0 ? 0 : j - 1;
        const bool moved = j > 0 && (number <= before || (Least ? value < values[before]
                                                                : value > values[before]));
        if (moved) {
          values[j] = values[before];
          numbers[j] = numbers[before];
        } else if (better) {
          values[j] = value;
          numbers[j] = narrow<OutBits, false>(number);
        }
      }
    }
    if (wraps<Steps>(step)) {
      beat_t<OutBits, false, K> y;
      for (unsigned j = 0; j < K; ++j) {
#pragma HLS UNROLL
        y.lane[j] = numbers[j];
      }
      out.write(y);
    }
  }
  DF_TRIPS(Beats);
}

}  // namespace df
