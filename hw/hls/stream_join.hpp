// A join: one beat of each of several streams, side by side, is a beat of the output.
#pragma once

#include "types.hpp"

namespace df {

template <typename Any>
struct lane_count;
template <typename Lane, unsigned Lanes>
struct lane_count<Beat<Lane, Lanes>> {
  static constexpr unsigned value = Lanes;
};

// The next beat of a stream in the lanes of beat from First on, those of the others behind it.
template <unsigned First, unsigned OutBits, bool OutSigned, typename Out, typename In>
void place_lanes(Out &beat, In &in) {
#pragma HLS INLINE
  const auto x = in.read();
  constexpr unsigned Count = lane_count<decltype(in.read())>::value;
  for (unsigned lane = 0; lane < Count; ++lane) {
#pragma HLS UNROLL
    beat.lane[First + lane] = narrow<OutBits, OutSigned>(x.lane[lane]);
  }
}
template <unsigned First, unsigned OutBits, bool OutSigned, typename Out, typename In,
          typename... Rest>
void place_lanes(Out &beat, In &in, Rest &...rest) {
#pragma HLS INLINE
  constexpr unsigned Count = lane_count<decltype(in.read())>::value;
  place_lanes<First, OutBits, OutSigned>(beat, in);
  place_lanes<First + Count, OutBits, OutSigned>(beat, rest...);
}

// ins: Beats beats each; out: as many, of Lanes lanes, those of all inputs together. One a clock.
template <unsigned Lanes, unsigned OutBits, bool OutSigned, unsigned long Beats, typename... Ins>
void stream_join(stream_t<OutBits, OutSigned, Lanes> &out, Ins &...ins) {
  static_assert(sizeof...(Ins) >= 2, "stream_join: two inputs at least");
  for (unsigned long beat = 0; beat < Beats; ++beat) {
#pragma HLS PIPELINE II = 1
    beat_t<OutBits, OutSigned, Lanes> result;
    place_lanes<0, OutBits, OutSigned>(result, ins...);
    out.write(result);
  }
  DF_TRIPS(Beats);
}

}  // namespace df
