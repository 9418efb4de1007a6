// A join: the sum of two streams, lane by lane, each times a constant.
#pragma once

#include "types.hpp"

namespace df {

// in0, in1: Beats beats; out: Factor0 * in0 + Factor1 * in1, of OutBits bits. One a clock.
template <unsigned Lanes, unsigned In0Bits, bool In0Signed, unsigned In1Bits, bool In1Signed,
          long Factor0, long Factor1, unsigned OutBits, bool OutSigned, unsigned long Beats>
void add_streams(stream_t<In0Bits, In0Signed, Lanes> &in0,
                 stream_t<In1Bits, In1Signed, Lanes> &in1,
                 stream_t<OutBits, OutSigned, Lanes> &out) {
  for (unsigned long beat = 0; beat < Beats; ++beat) {
#pragma HLS PIPELINE II = 1
    const beat_t<In0Bits, In0Signed, Lanes> x = in0.read();
    const beat_t<In1Bits, In1Signed, Lanes> y = in1.read();
    beat_t<OutBits, OutSigned, Lanes> sum;
    for (unsigned lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
      const long long first = Factor0 * static_cast<long long>(x.lane[lane]);
      const long long second = Factor1 * static_cast<long long>(y.lane[lane]);
      sum.lane[lane] = narrow<OutBits, OutSigned>(first + second);
    }
    out.write(sum);
  }
  DF_TRIPS(Beats);
}

}  // namespace df
