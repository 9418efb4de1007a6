// Resize down the columns of a picture, for any two heights: weighted sums of lines.
#pragma once

#include "memory_style.hpp"
#include "resize_steps.hpp"
#include "types.hpp"

namespace df {

// Bits of a sum of weights along an axis of at most MaxOld elements that becomes one of at most Size:
// the largest is twice the old size times the ratio and a quarter going down, twice the new size
// going up.
constexpr unsigned resize_total_bits(unsigned long MaxOld, unsigned long Size) {
  return counter_bits((MaxOld > Size ? 2 * MaxOld * MaxOld / Size + MaxOld / 2 : 2 * Size) + 1);
}

constexpr unsigned larger_of(unsigned a, unsigned b) { return a > b ? a : b; }

// in: `old_lines` lines of `beats` beats of Lanes pixels; out: `new_lines` lines of as many beats of
// sums of weight * pixel; totals: of each of them the sum of its weights, not later than its first
// beat. A step is a pass over the line that is held, at a beat a clock, and two trips more: so an
// address of its memory comes up again three trips later or more.
template <unsigned Lanes, unsigned Channels, unsigned Bits, unsigned MaxOld, unsigned MaxNew,
          unsigned TotalBits>
void resize_rows(unsigned beats, unsigned old_lines, unsigned new_lines,
                 stream_t<Bits, false, Lanes * Channels> &in,
                 stream_t<TotalBits, false, 1> &totals,
                 stream_t<Bits + TotalBits, false, Lanes * Channels> &out) {
  constexpr unsigned Elements = Lanes * Channels, SumBits = Bits + TotalBits;
  constexpr unsigned MaxBeats = (MaxOld + Lanes - 1) / Lanes;
  using sum_t = lane_t<SumBits, false>;
  // sums of both neighbours (going down), or their pixels (going up)
  Beat<sum_t, 2 * Elements> line[MaxBeats] DF_UNREAD;
#pragma HLS AGGREGATE variable = line compact = bit
#pragma HLS DEPENDENCE variable = line type = inter direction = RAW distance = 3 true
  memory_style<StyleBlock>::ram(line);

  ResizeSteps<larger_of(MaxOld, MaxNew), TotalBits> step;
  step.start(old_lines, new_lines);
  const unsigned long trips =
      1UL * (old_lines > new_lines ? old_lines : new_lines) * (beats + 2UL);
  index_t<MaxBeats + 2UL> beat = 0;
  for (unsigned long trip = 0; trip < trips; ++trip) {
#pragma HLS PIPELINE II = 1
    if (beat < beats) {
      beat_t<Bits, false, Elements> x = {};
      if (step.takes()) x = in.read();
      const Beat<sum_t, 2 * Elements> held = line[beat];
      Beat<sum_t, 2 * Elements> written;
      beat_t<SumBits, false, Elements> y;
      const bool moves = step.advances();
      for (unsigned i = 0; i < Elements; ++i) {
#pragma HLS UNROLL
        const lane_t<Bits, false> pixel = x.lane[i];
        // going up: in front of the first and behind the last the neighbours' pixels repeat
        const lane_t<Bits, false> high_held = static_cast<lane_t<Bits, false>>(held.lane[2 * i + 1]);
        const lane_t<Bits, false> low_held = static_cast<lane_t<Bits, false>>(held.lane[2 * i]);
        const lane_t<Bits, false> low_pixel = step.first ? pixel : step.shift ? high_held : low_held;
        const lane_t<Bits, false> high_pixel = step.takes() ? pixel : high_held;
        const unsigned long low_product =
            static_cast<unsigned long>(step.low_weight()) *
            static_cast<unsigned long>(step.down ? pixel : low_pixel);
        const unsigned long high_product =
            static_cast<unsigned long>(step.phase) *
            static_cast<unsigned long>(step.down ? pixel : high_pixel);
        const unsigned long before_low =
            step.low_fresh ? 0UL : static_cast<unsigned long>(held.lane[2 * i]);
        const unsigned long before_high =
            step.high_fresh ? 0UL : static_cast<unsigned long>(held.lane[2 * i + 1]);
        const sum_t low =
            narrow<SumBits, false>(low_product + (step.down ? before_low : high_product));
        const sum_t high = narrow<SumBits, false>(step.down ? high_product + before_high : 0UL);
        y.lane[i] = low;
        written.lane[2 * i] = !step.down ? sum_t(low_pixel) : moves ? high : low;
        written.lane[2 * i + 1] = step.down ? high : sum_t(high_pixel);
      }
      line[beat] = written;
      if (step.gives()) {
        if (beat == 0) {
          beat_t<TotalBits, false, 1> total;
          total.lane[0] = step.total();
          totals.write(total);
        }
        out.write(y);
      }
    }
    const bool ended = beat == beats + 1;
    if (ended) step.next();
    beat = ended ? index_t<MaxBeats + 2UL>(0) : to_index<MaxBeats + 2UL>(beat + 1UL);
  }
  DF_TRIPS(trips);
}

}  // namespace df
