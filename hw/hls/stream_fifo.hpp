// A FIFO as an operator: the identity. A generated project makes its two streams one, of its depth.
#pragma once

#include "types.hpp"

namespace df {

// in, out: Beats beats. One a clock.
template <unsigned Lanes, unsigned Bits, bool IsSigned, unsigned long Beats>
void stream_fifo(stream_t<Bits, IsSigned, Lanes> &in, stream_t<Bits, IsSigned, Lanes> &out) {
  for (unsigned long beat = 0; beat < Beats; ++beat) {
#pragma HLS PIPELINE II = 1
    out.write(in.read());
  }
  DF_TRIPS(Beats);
}

}  // namespace df
