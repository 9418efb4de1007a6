// A part of an image: some rows, some columns of these, some beats or lanes of each pixel.
#pragma once

#include "types.hpp"

namespace df {

// Which lanes of a beat that comes in are those of one that leaves.
template <unsigned... Lane>
struct lanes_t {
  static constexpr unsigned count = sizeof...(Lane);
  static unsigned of(unsigned lane) {
    const unsigned all[] = {Lane...};
    return all[lane];
  }
};

// Whether a place is one of First, First + Step, ... up to Last.
template <unsigned First, unsigned Last, unsigned Step>
inline bool is_kept(unsigned place) {
#pragma HLS INLINE
  return place >= First && place <= Last && (place - First) % Step == 0;
}

// in: Height x Cols pixels of Folds beats; out: what is kept of them. One input beat a clock.
template <unsigned Lanes, unsigned Bits, bool IsSigned, unsigned Folds, unsigned Height,
          unsigned Cols, unsigned FirstFold, unsigned LastFold, unsigned StepFold,
          unsigned FirstRow, unsigned LastRow, unsigned StepRow, unsigned FirstCol,
          unsigned LastCol, unsigned StepCol, typename Kept>
void crop(Kept, stream_t<Bits, IsSigned, Lanes> &in, stream_t<Bits, IsSigned, Kept::count> &out) {
  static_assert(Lanes >= 1 && Folds > LastFold && Height > LastRow && Cols > LastCol,
                "crop: what is kept has to be inside");
  constexpr unsigned long Trips = 1UL * Height * Cols * Folds;
  index_t<Folds> fold = 0;
  index_t<Cols> col = 0;
  index_t<Height> row = 0;
  for (unsigned long trip = 0; trip < Trips; ++trip) {
#pragma HLS PIPELINE II = 1
    const beat_t<Bits, IsSigned, Lanes> x = in.read();
    if (is_kept<FirstFold, LastFold, StepFold>(fold) &&
        is_kept<FirstCol, LastCol, StepCol>(col) && is_kept<FirstRow, LastRow, StepRow>(row)) {
      beat_t<Bits, IsSigned, Kept::count> y;
      for (unsigned lane = 0; lane < Kept::count; ++lane) {
#pragma HLS UNROLL
        y.lane[lane] = x.lane[Kept::of(lane)];
      }
      out.write(y);
    }
    if (wraps<Folds>(fold) && wraps<Cols>(col)) wraps<Height>(row);
  }
  DF_TRIPS(Trips);
}

}  // namespace df
