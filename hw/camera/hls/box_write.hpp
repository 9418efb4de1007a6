// Boxes as records in memory: docs/registers-camera.md has their layout.
#pragma once

#include "boxes.hpp"
#include "types.hpp"

namespace df {

// in: boxes, then the end. records: 4 words of 32 bits each; the header of the frame (number, boxes,
// width and height), written last, then a record a box. At most Most boxes. A word a clock.
template <unsigned Most>
void box_write(unsigned number, unsigned width, unsigned height, boxes_t &in,
               std::uint32_t *records) {
  index_t<Most + 1UL> count = 0;
  for (Box box = in.read(); !box.end; box = in.read()) {
    std::uint32_t words[4];
#pragma HLS ARRAY_PARTITION variable = words type = complete
    for (unsigned i = 0; i < 2; ++i) {
#pragma HLS UNROLL
      words[i] = (static_cast<std::uint32_t>(static_cast<long>(box.corner[2 * i])) & 0xFFFFU) |
                 static_cast<std::uint32_t>(static_cast<long>(box.corner[2 * i + 1])) << 16;
    }
    words[2] = static_cast<std::uint32_t>(box.place);
    words[3] = static_cast<std::uint32_t>(box.score);
    count = to_index<Most + 1UL>(count + 1UL);
    for (unsigned i = 0; i < 4; ++i) {
#pragma HLS PIPELINE II = 1
      records[4 * static_cast<unsigned>(count) + i] = words[i];
    }
  }
  const std::uint32_t header[4] = {number, static_cast<std::uint32_t>(count),
                                   width | height << 16, 0};
  for (unsigned i = 0; i < 4; ++i) {
#pragma HLS PIPELINE II = 1
    records[i] = header[i];
  }
}

}  // namespace df
