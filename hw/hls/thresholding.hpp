// Thresholds of a stream: out = OutBias + number of the channel's thresholds <= in.
#pragma once

#include "memory_style.hpp"
#include "threshold_count.hpp"
#include "types.hpp"

namespace df {

constexpr unsigned long thresholding_trips(unsigned channels, unsigned lanes,
                                           unsigned long pixels) {
  return pixels * (channels / lanes);
}

// in: Pixels pixels of Channels / Lanes beats of Lanes values of InBits bits; lane l of beat f of a
// pixel is channel f*Lanes + l. out: as many beats of OutBits bits.
// thresholds: [f][l] those of channel f*Lanes + l, ascending, ThresholdBits bits, two's complement.
// RamStyle: of the table of thresholds (memory_style.hpp). One beat a clock.
template <unsigned Lanes, unsigned InBits, bool InSigned, unsigned OutBits, bool OutSigned,
          long long OutBias, unsigned Channels, unsigned NumThresholds, unsigned ThresholdBits,
          unsigned RamStyle, unsigned long Pixels>
void thresholding(
    stream_t<InBits, InSigned, Lanes> &in, stream_t<OutBits, OutSigned, Lanes> &out,
    const table_t<ThresholdBits, true> (&thresholds)[Channels / Lanes][Lanes][NumThresholds]) {
#pragma HLS FUNCTION_INSTANTIATE variable = thresholds
// A row (the thresholds of all lanes) is one word, so that one read a clock is enough
#pragma HLS ARRAY_RESHAPE variable = thresholds type = complete dim = 2
#pragma HLS ARRAY_RESHAPE variable = thresholds type = complete dim = 3
  static_assert(Channels % Lanes == 0, "thresholding: Lanes must divide Channels");
  memory_style<RamStyle>::rom(thresholds);
  constexpr unsigned Folds = Channels / Lanes;  // beats a pixel
  constexpr unsigned long Trips = thresholding_trips(Channels, Lanes, Pixels);
  // II = 1: nothing but the counter is carried from beat to beat
  index_t<Folds> fold = 0;
  for (unsigned long beat = 0; beat < Trips; ++beat) {
#pragma HLS PIPELINE II = 1
    const beat_t<InBits, InSigned, Lanes> x = in.read();
    beat_t<OutBits, OutSigned, Lanes> y;
    for (unsigned lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
      y.lane[lane] = narrow<OutBits, OutSigned>(
          OutBias + threshold_count<InBits, InSigned, ThresholdBits, NumThresholds>(
                        x.lane[lane], thresholds[fold][lane]));
    }
    out.write(y);
    wraps<Folds>(fold);
  }
  DF_TRIPS(Trips);
}

}  // namespace df
