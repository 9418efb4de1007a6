// Concatenation along channels: of each pixel the beats of the first stream, then of the next.
#pragma once

#include "types.hpp"

namespace df {

// How many beats of a pixel each stream has.
template <unsigned long... Count>
struct beats_t {
  static unsigned long of(unsigned stream) {
    const unsigned long all[] = {Count...};
    return all[stream];
  }
};

template <unsigned Lanes, unsigned OutBits, bool OutSigned, typename In>
beat_t<OutBits, OutSigned, Lanes> widened(In &in) {
#pragma HLS INLINE
  const auto x = in.read();
  beat_t<OutBits, OutSigned, Lanes> result;
  for (unsigned lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
    result.lane[lane] = narrow<OutBits, OutSigned>(x.lane[lane]);
  }
  return result;
}

// The next beat of one of several streams.
template <unsigned Lanes, unsigned OutBits, bool OutSigned, typename In>
beat_t<OutBits, OutSigned, Lanes> read_one(unsigned, In &in) {
#pragma HLS INLINE
  return widened<Lanes, OutBits, OutSigned>(in);
}
template <unsigned Lanes, unsigned OutBits, bool OutSigned, typename In, typename... Rest>
beat_t<OutBits, OutSigned, Lanes> read_one(unsigned stream, In &in, Rest &...rest) {
#pragma HLS INLINE
  if (stream == 0) return widened<Lanes, OutBits, OutSigned>(in);
  return read_one<Lanes, OutBits, OutSigned>(stream - 1, rest...);
}

// ins: Beats beats together, a pixel's of each in turn; they go to out. One a clock.
template <unsigned Lanes, unsigned OutBits, bool OutSigned, unsigned long Beats, typename Counts,
          typename... Ins>
void streaming_concat(Counts, stream_t<OutBits, OutSigned, Lanes> &out, Ins &...ins) {
  static_assert(sizeof...(Ins) >= 2, "streaming_concat: two inputs at least");
  unsigned stream = 0;
  unsigned long count = 0;
  for (unsigned long beat = 0; beat < Beats; ++beat) {
#pragma HLS PIPELINE II = 1
    out.write(read_one<Lanes, OutBits, OutSigned>(stream, ins...));
    ++count;
    if (count == Counts::of(stream)) {
      count = 0;
      stream = stream + 1 == sizeof...(Ins) ? 0 : stream + 1;
    }
  }
  DF_TRIPS(Beats);
}

}  // namespace df
