// A fork: every beat of a stream goes to each of several outputs, once.
#pragma once

#include "types.hpp"

namespace df {

// in: Beats beats; they go to every stream of outs, in order. One a clock.
template <unsigned Lanes, unsigned Bits, bool IsSigned, unsigned long Beats, typename... Outs>
void duplicate_streams(stream_t<Bits, IsSigned, Lanes> &in, Outs &...outs) {
  static_assert(sizeof...(Outs) >= 2, "duplicate_streams: two outputs at least");
  for (unsigned long beat = 0; beat < Beats; ++beat) {
#pragma HLS PIPELINE II = 1
    const beat_t<Bits, IsSigned, Lanes> x = in.read();
    const int written[] = {(outs.write(x), 0)...};
    static_cast<void>(written);
  }
  DF_TRIPS(Beats);
}

}  // namespace df
