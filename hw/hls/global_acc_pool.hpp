// Sums of each channel over all pixels of an image.
#pragma once

#include "memory_style.hpp"
#include "types.hpp"

namespace df {

// in: Pixels pixels of Folds beats; out: Folds beats of sums.
// One input beat a clock: a sum is added to again only a pixel later; those of one beat a pixel
// are in a register, with one addition from trip to trip.
template <unsigned Lanes, unsigned InBits, bool IsSigned, unsigned OutBits, unsigned Folds,
          unsigned Pixels, unsigned RamStyle>
void global_acc_pool(stream_t<InBits, IsSigned, Lanes> &in, stream_t<OutBits, IsSigned, Lanes> &out) {
  static_assert(Lanes >= 1 && Folds >= 1 && Pixels >= 1, "global_acc_pool: no size may be 0");
  constexpr unsigned long Trips = 1UL * Pixels * Folds;
  beat_t<OutBits, IsSigned, Lanes> sums[Folds] DF_UNREAD;
#pragma HLS AGGREGATE variable = sums compact = bit
#pragma HLS DEPENDENCE variable = sums type = inter direction = RAW distance = Folds true
  memory_style<RamStyle>::ram(sums);
  index_t<Folds> fold = 0;
  index_t<Pixels> pixel = 0;
  for (unsigned long trip = 0; trip < Trips; ++trip) {
#pragma HLS PIPELINE II = 1
    const beat_t<InBits, IsSigned, Lanes> x = in.read();
    const beat_t<OutBits, IsSigned, Lanes> before = sums[fold];
    beat_t<OutBits, IsSigned, Lanes> y;
    for (unsigned lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
      const long long sum = pixel == 0 ? 0 : static_cast<long long>(before.lane[lane]);
      y.lane[lane] = narrow<OutBits, IsSigned>(sum + static_cast<long long>(x.lane[lane]));
    }
    sums[fold] = y;
    if (pixel == Pixels - 1) out.write(y);
    if (wraps<Folds>(fold)) wraps<Pixels>(pixel);
  }
  DF_TRIPS(Trips);
}

}  // namespace df
