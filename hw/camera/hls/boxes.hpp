// Boxes in integers, as they go from candidates to records in memory.
#pragma once

#include "types.hpp"

namespace df {

// A box, or behind each frame's the end, of which nothing else counts.
struct Box {
  bool end;
  lane_t<16, false> score;      // 65536 would be 1
  lane_t<20, false> place;      // by row, column, anchor
  lane_t<16, true> corner[4];   // left, top, right, bottom in 1/16 pixels of the square
};

using boxes_t = hls::stream<Box>;

// What stands for a frame's end.
inline Box end_box() {
#pragma HLS INLINE
  Box box;
  box.end = true;
  box.score = 0;
  box.place = 0;
  for (unsigned i = 0; i < 4; ++i) {
#pragma HLS UNROLL
    box.corner[i] = 0;
  }
  return box;
}

}  // namespace df
