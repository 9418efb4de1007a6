// Resize along the lines of a picture, for any two widths: from sums of lines to pixels.
#pragma once

#include "resize_steps.hpp"
#include "types.hpp"

namespace df {

// sum / total to the nearest integer, halves up, of Bits bits: a subtraction a bit.
template <unsigned Bits, unsigned TotalBits>
inline lane_t<Bits, false> nearest_quotient(lane_t<Bits + TotalBits, false> sum,
                                            lane_t<TotalBits, false> total) {
#pragma HLS INLINE
  constexpr unsigned RestBits = TotalBits + 2;
  const lane_t<Bits + RestBits, false> dividend = narrow<Bits + RestBits, false>(
      2 * static_cast<unsigned long>(sum) + static_cast<unsigned long>(total));
  const lane_t<RestBits, false> divisor =
      narrow<RestBits, false>(2 * static_cast<unsigned long>(total));
  lane_t<RestBits, false> rest =
      narrow<RestBits, false>(static_cast<unsigned long>(dividend) >> Bits);
  lane_t<Bits, false> quotient = 0;
  for (unsigned bit = Bits; bit-- > 0;) {
#pragma HLS UNROLL
    const unsigned long next = 2 * static_cast<unsigned long>(rest) +
                               (static_cast<unsigned long>(dividend) >> bit & 1);
    const bool fits = next >= static_cast<unsigned long>(divisor);
    rest = narrow<RestBits, false>(fits ? next - static_cast<unsigned long>(divisor) : next);
    quotient = narrow<Bits, false>(2 * static_cast<unsigned long>(quotient) + (fits ? 1 : 0));
  }
  return quotient;
}

// totals: of each of `lines` lines the sum of its weights; in: its `old_size` pixels, each channel a
// sum of resize_rows, Lanes a beat; out: its `new_size` pixels. Where the pixels are no multiple of
// Lanes, the rest of a line's last beat is dropped.
//
// A trip is a step, or two where both together give one new pixel: of Lanes >= 2 a line takes a trip
// a new pixel, or half a trip an old one, whatever is more. Carried from trip to trip: the steps'
// phase, two sums a channel (one addition each for each of the two steps), and Lanes + 1 pixels.
template <unsigned Lanes, unsigned Channels, unsigned Bits, unsigned MaxOld, unsigned MaxNew,
          unsigned TotalBits>
void resize_columns(unsigned old_size, unsigned new_size, unsigned lines,
                    stream_t<TotalBits, false, 1> &totals,
                    stream_t<Bits + TotalBits, false, Lanes * Channels> &in,
                    stream_t<Bits, false, Channels> &out) {
  constexpr unsigned Most = MaxOld > MaxNew ? MaxOld : MaxNew;
  constexpr unsigned InBits = Bits + TotalBits, SumBits = InBits + TotalBits;
  constexpr unsigned Room = Lanes + 1;
  using in_t = lane_t<InBits, false>;
  using sum_t = lane_t<SumBits, false>;
  using steps_t = ResizeSteps<Most, TotalBits>;
  in_t held[Room][Channels] = {};
  in_t low_pixel[Channels] = {}, high_pixel[Channels] = {};  // going up
  sum_t low_sum[Channels] = {}, high_sum[Channels] = {};     // going down
#pragma HLS ARRAY_PARTITION variable = held type = complete dim = 0
#pragma HLS ARRAY_PARTITION variable = low_pixel type = complete
#pragma HLS ARRAY_PARTITION variable = high_pixel type = complete
#pragma HLS ARRAY_PARTITION variable = low_sum type = complete
#pragma HLS ARRAY_PARTITION variable = high_sum type = complete
  index_t<Room + 1> level = 0;  // pixels that are held
  lane_t<TotalBits, false> line_total = 0;
  steps_t a;
  a.start(old_size, new_size);
  unsigned long trips = 0;
  index_t<MaxNew + 1UL> line = 0;
  while (line != lines) {
#pragma HLS PIPELINE II = 1
    steps_t b = a;
    b.next();
    const bool two =
        Lanes > 1 && a.down && !a.last() && !(a.advances() && (b.last() || b.advances()));
    const unsigned needed = two ? 2 : a.takes() ? 1 : 0;
    if (a.first) line_total = totals.read().lane[0];
    if (level < needed) {
      const beat_t<InBits, false, Lanes * Channels> x = in.read();
      for (unsigned place = 0; place < Room; ++place) {
#pragma HLS UNROLL
        for (unsigned lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
          for (unsigned c = 0; c < Channels; ++c) {
#pragma HLS UNROLL
            if (level + lane == place) held[place][c] = x.lane[lane * Channels + c];
          }
        }
      }
      level = to_index<Room + 1>(level + 1UL * Lanes);
    }
    const bool b_gives = two && b.gives();
    const lane_t<TotalBits, false> own = b_gives ? b.total() : a.total();
    const lane_t<2 * TotalBits, false> total = narrow<2 * TotalBits, false>(
        static_cast<unsigned long>(own) * static_cast<unsigned long>(line_total));
    beat_t<Bits, false, Channels> y;
    for (unsigned c = 0; c < Channels; ++c) {
#pragma HLS UNROLL
      const in_t one = held[0][c], other = held[1][c];
      const unsigned long low_weight = static_cast<unsigned long>(a.low_weight());
      const unsigned long high_weight = static_cast<unsigned long>(a.phase);
      sum_t given;
      if (a.down) {
        // step a, then step b
        const sum_t low = narrow<SumBits, false>(
            (a.first ? 0UL : static_cast<unsigned long>(low_sum[c])) +
            low_weight * static_cast<unsigned long>(one));
        const sum_t high = narrow<SumBits, false>(
            (a.first ? 0UL : static_cast<unsigned long>(high_sum[c])) +
            high_weight * static_cast<unsigned long>(one));
        const bool moves = a.advances();
        const sum_t low_mid = moves ? high : low, high_mid = moves ? sum_t(0) : high;
        const sum_t low_two = narrow<SumBits, false>(
            static_cast<unsigned long>(low_mid) +
            static_cast<unsigned long>(b.low_weight()) * static_cast<unsigned long>(other));
        const sum_t high_two = narrow<SumBits, false>(
            static_cast<unsigned long>(high_mid) +
            static_cast<unsigned long>(b.phase) * static_cast<unsigned long>(other));
        const bool moves_too = b.advances();
        given = b_gives ? low_two : low;
        low_sum[c] = !two ? low_mid : moves_too ? high_two : low_two;
        high_sum[c] = !two ? high_mid : moves_too ? sum_t(0) : high_two;
      } else {
        const in_t low = a.first ? one : a.shift ? high_pixel[c] : low_pixel[c];
        const in_t high = a.takes() ? one : high_pixel[c];
        given = narrow<SumBits, false>(low_weight * static_cast<unsigned long>(low) +
                                       high_weight * static_cast<unsigned long>(high));
        low_pixel[c] = low;
        high_pixel[c] = high;
      }
      y.lane[c] = nearest_quotient<Bits, 2 * TotalBits>(given, total);
    }
    if (b_gives || a.gives()) out.write(y);
    const bool last = two ? b.last() : a.last();
    for (unsigned place = 0; place < Room; ++place) {
#pragma HLS UNROLL
      for (unsigned c = 0; c < Channels; ++c) {
#pragma HLS UNROLL
        const unsigned from = place + needed;
        if (from < Room) held[place][c] = held[from][c];
      }
    }
    level = last ? index_t<Room + 1>(0) : to_index<Room + 1>(level - needed);
    if (last) {
      a.start(old_size, new_size);
      line = to_index<MaxNew + 1UL>(line + 1UL);
    } else {
      a = b;
      if (two) a.next();
    }
    ++trips;
  }
  DF_TRIPS(trips);
  (void)trips;
}

}  // namespace df
