// A join: the sum, product, maximum or minimum of two streams, lane by lane, each times a constant.
#pragma once

#include "types.hpp"

namespace df {

// What is done with two numbers: 0 their sum, 1 their product, 2 their maximum, 3 their minimum.
template <unsigned Operation>
inline long long of_two(long long first, long long second) {
  static_assert(Operation < 4, "elementwise_binary: Operation must be 0 to 3");
  switch (Operation) {
  case 0:
    return first + second;
  case 1:
    return first * second;
  case 2:
    return first < second ? second : first;
  default:
    return first < second ? first : second;
  }
}

// in0, in1: Beats beats; out: of Factor0 * in0 and Factor1 * in1, of OutBits bits. One a clock.
template <unsigned Operation, unsigned Lanes, unsigned In0Bits, bool In0Signed, unsigned In1Bits,
          bool In1Signed, long Factor0, long Factor1, unsigned OutBits, bool OutSigned,
          unsigned long Beats>
void elementwise_binary(stream_t<In0Bits, In0Signed, Lanes> &in0,
                        stream_t<In1Bits, In1Signed, Lanes> &in1,
                        stream_t<OutBits, OutSigned, Lanes> &out) {
  for (unsigned long beat = 0; beat < Beats; ++beat) {
#pragma HLS PIPELINE II = 1
    const beat_t<In0Bits, In0Signed, Lanes> x = in0.read();
    const beat_t<In1Bits, In1Signed, Lanes> y = in1.read();
    beat_t<OutBits, OutSigned, Lanes> result;
    for (unsigned lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
      const long long first = Factor0 * static_cast<long long>(x.lane[lane]);
      const long long second = Factor1 * static_cast<long long>(y.lane[lane]);
      result.lane[lane] = narrow<OutBits, OutSigned>(of_two<Operation>(first, second));
    }
    out.write(result);
  }
  DF_TRIPS(Beats);
}

}  // namespace df
