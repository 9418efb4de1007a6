// The steps of a resize along one axis, for any two sizes: camera_path/resize.py has the meaning.
//
// In units of half an element of a grid that both share, the centre of old element i lies at (2i +
// 1) * new, that of new element o at (2o + 1) * old. Going down (new <= old) a step is an old
// element, which counts in the new ones `low` and `high`, at or before its centre and behind it;
// going up a step is a new element, made of the old ones `low` and `high`. Either way `phase` is how
// far the step's centre is behind that of `low`; it grows by twice the smaller size, and where it
// reaches twice the larger one, the span, the next element becomes `low`. Weights: span - phase and
// phase.
#pragma once

#include "types.hpp"

namespace df {

template <unsigned Most, unsigned TotalBits>
struct ResizeSteps {
  static constexpr unsigned WeightBits = counter_bits(2UL * Most + 1);
  using weight_t = lane_t<WeightBits, false>;
  using total_t = lane_t<TotalBits, false>;
  using size_t = index_t<Most + 1UL>;

  bool down = true, has_low = false, low_fresh = true, high_fresh = true, shift = false;
  bool first = true;
  weight_t span = 0, stride = 0, phase = 0;
  size_t steps = 0, olds = 0;  // steps behind this one; old elements that have not been taken
  total_t low_total = 0, high_total = 0;

  // Before step 0 of an axis of `old_size` elements that becomes `new_size`.
  void start(unsigned old_size, unsigned new_size) {
#pragma HLS INLINE
    down = new_size <= old_size;
    const unsigned larger = down ? old_size : new_size, smaller = down ? new_size : old_size;
    span = narrow<WeightBits, false>(2UL * larger);
    stride = narrow<WeightBits, false>(2UL * smaller);
    // behind the centre of element -1; of equal sizes the first step is at that of element 0
    has_low = old_size == new_size;
    phase = narrow<WeightBits, false>(has_low ? 0UL : 1UL * old_size + new_size);
    low_fresh = high_fresh = first = true;
    shift = false;
    steps = to_index<Most + 1UL>(larger - 1UL);
    olds = to_index<Most + 1UL>(old_size - 1UL);
    low_total = high_total = 0;
  }

  // Phase of the step behind one of this phase, and whether `high` becomes `low` there.
  weight_t behind(weight_t from, bool &advances) const {
#pragma HLS INLINE
    const unsigned long sum = static_cast<unsigned long>(from) + static_cast<unsigned long>(stride);
    const unsigned long whole = static_cast<unsigned long>(span);
    advances = sum >= whole;
    return narrow<WeightBits, false>(advances ? sum - whole : sum);
  }

  bool advances() const {
#pragma HLS INLINE
    bool found = false;
    behind(phase, found);
    return found;
  }

  bool last() const {
#pragma HLS INLINE
    return steps == 0;
  }

  // The step takes an old element; gives a new one.
  bool takes() const {
#pragma HLS INLINE
    return down || first || (shift && olds != 0);
  }
  bool gives() const {
#pragma HLS INLINE
    return !down || (has_low && (advances() || last()));
  }

  weight_t low_weight() const {
#pragma HLS INLINE
    return narrow<WeightBits, false>(static_cast<long long>(span) - static_cast<long long>(phase));
  }

  // Sum of the weights of the new element that the step gives.
  total_t total() const {
#pragma HLS INLINE
    return narrow<TotalBits, false>(down ? static_cast<unsigned long>(low_total) +
                                               static_cast<unsigned long>(low_weight())
                                         : static_cast<unsigned long>(span));
  }

  // On to the next step.
  void next() {
#pragma HLS INLINE
    const unsigned long low = static_cast<unsigned long>(low_total) +
                              static_cast<unsigned long>(low_weight());
    const unsigned long high = static_cast<unsigned long>(high_total) +
                               static_cast<unsigned long>(phase);
    bool moves = false;
    const weight_t on = behind(phase, moves);
    if (shift && olds != 0) olds = to_index<Most + 1UL>(olds - 1UL);
    if (down) {  // going up a step's weights sum to the span
      low_total = narrow<TotalBits, false>(moves ? high : low);
      high_total = narrow<TotalBits, false>(moves ? 0 : high);
    }
    phase = on;
    has_low = has_low || moves;
    low_fresh = false;
    high_fresh = moves;
    shift = moves;
    first = false;
    if (steps != 0) steps = to_index<Most + 1UL>(steps - 1UL);
  }
};

}  // namespace df
