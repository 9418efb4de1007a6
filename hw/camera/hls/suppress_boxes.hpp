// The best candidates of a frame, and of those that overlap only the best: what
// camera_path/suppress.py says.
#pragma once

#include "boxes.hpp"
#include "memory_style.hpp"
#include "types.hpp"

namespace df {

// Whether a box is better than another: by its score, of equal ones by its place.
inline bool is_better(const Box &one, const Box &other) {
#pragma HLS INLINE
  return one.score > other.score || (one.score == other.score && one.place < other.place);
}

// Area of a box, or of what two boxes have in common (0 or more a side).
inline unsigned long box_area(long left, long top, long right, long bottom) {
#pragma HLS INLINE
  const unsigned long width = right > left ? static_cast<unsigned long>(right - left) : 0UL;
  const unsigned long height = bottom > top ? static_cast<unsigned long>(bottom - top) : 0UL;
  return width * height;
}

// Whether intersection over union of two boxes is above overlap / 2 ** 16: no division.
inline bool overlap_too_much(const Box &one, const Box &other, unsigned overlap) {
#pragma HLS INLINE
  long a[4], b[4];
#pragma HLS ARRAY_PARTITION variable = a type = complete
#pragma HLS ARRAY_PARTITION variable = b type = complete
  for (unsigned i = 0; i < 4; ++i) {
#pragma HLS UNROLL
    a[i] = static_cast<long>(one.corner[i]);
    b[i] = static_cast<long>(other.corner[i]);
  }
  const lane_t<32, false> common = narrow<32, false>(
      box_area(a[0] > b[0] ? a[0] : b[0], a[1] > b[1] ? a[1] : b[1], a[2] < b[2] ? a[2] : b[2],
               a[3] < b[3] ? a[3] : b[3]));
  const lane_t<33, false> both = narrow<33, false>(box_area(a[0], a[1], a[2], a[3]) +
                                                   box_area(b[0], b[1], b[2], b[3]) -
                                                   static_cast<unsigned long>(common));
  const lane_t<50, false> limit =
      narrow<50, false>(static_cast<unsigned long>(both) * static_cast<unsigned long>(overlap));
  return static_cast<unsigned long>(common) << 16 > static_cast<unsigned long>(limit);
}

// in: candidates, then the end. Up to Most of the best are kept. out: boxes, best first, `most` at
// most, then the end.
//
// Candidates come apart (a box has six integers), so that the loop over them is no pipeline. Each
// box that goes out is compared with all that are left, one a clock: what stays goes back to the
// place that it came from or to an earlier one, which has been read in the same pass.
template <unsigned Most>
void suppress_boxes(unsigned overlap, unsigned most, boxes_t &in, boxes_t &out) {
  static_assert(Most >= 2, "suppress_boxes: Most must be at least 2");
  Box kept[Most] DF_UNREAD;
#pragma HLS AGGREGATE variable = kept compact = bit
  memory_style<StyleDistributed>::ram(kept);
  index_t<Most + 1UL> count = 0;
  index_t<Most> worst = 0;
  Box worst_box = end_box();
  unsigned long trips = 0;
  for (Box box = in.read(); !box.end; box = in.read()) {
    const bool full = count == Most;
    if (!full || is_better(box, worst_box)) {
      kept[full ? static_cast<unsigned>(worst) : static_cast<unsigned>(count)] = box;
      if (!full) count = to_index<Most + 1UL>(count + 1UL);
      if (count == Most) {
        for (unsigned place = 0; place < Most; ++place) {
#pragma HLS PIPELINE II = 1
          const Box one = kept[place];
          if (place == 0 || is_better(worst_box, one)) {
            worst_box = one;
            worst = to_index<Most>(place);
          }
        }
        trips += Most;
      }
    }
  }
  Box best = end_box();  // what went out last; at the beginning nothing did
  index_t<Most> best_place = 0;
  unsigned given = 0;
  bool first = true, going = true;
  while (going) {
    index_t<Most + 1UL> left = 0;
    index_t<Most> next_place = 0;
    Box next = end_box();
    for (unsigned place = 0; place < count; ++place) {
#pragma HLS PIPELINE II = 1
#pragma HLS DEPENDENCE variable = kept type = inter direction = RAW false
      const Box one = kept[place];
      if (first || (best_place != place && !overlap_too_much(one, best, overlap))) {
        kept[left] = one;
        if (left == 0 || is_better(one, next)) {
          next = one;
          next_place = to_index<Most>(left);
        }
        left = to_index<Most + 1UL>(left + 1UL);
      }
    }
    trips += static_cast<unsigned long>(count);
    going = left != 0 && given != most;
    if (going) {
      out.write(next);
      ++given;
    }
    best = next;
    best_place = next_place;
    count = left;
    first = false;
  }
  out.write(end_box());
  DF_TRIPS(trips);
  (void)trips;
}

}  // namespace df
