// The camera path's HLS C++ at the sizes of the RTL's benches. Usage: program FILE FILE
//
// The first file has jobs, all numbers of 64 bits: the unit, its settings, the count of what goes in
// and that; the second one gets of each job the count of what came out, and that.
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "box_write.hpp"
#include "decode_boxes.hpp"
#include "frame_read.hpp"
#include "head_tables.hpp"
#include "letterbox.hpp"
#include "pixel_format.hpp"
#include "suppress_boxes.hpp"

using Numbers = std::vector<long long>;

template <typename Beat>
static void fill(hls::stream<Beat> &in, const Numbers &data) {
  for (std::size_t next = 0; next < data.size();) {
    auto beat = Beat();
    for (auto &lane : beat.lane) lane = data[next++];
    in.write(beat);
  }
}

template <typename Beat>
static Numbers drained(hls::stream<Beat> &out) {
  Numbers found;
  while (!out.empty()) {
    const Beat beat = out.read();
    for (const auto &lane : beat.lane) found.push_back(static_cast<long long>(lane));
  }
  return found;
}

template <typename Beat>
static void end(const hls::stream<Beat> &in) {
  if (!in.empty()) df::cppsim::fail("beats were left");
}

// settings: format; data: bytes of beats
template <unsigned Lanes>
static Numbers format(const Numbers &settings, const Numbers &data) {
  df::stream_t<8, false, 3 * Lanes> in("in"), out("out");
  fill(in, data);
  df::pixel_format<Lanes>(static_cast<unsigned>(settings[0]), data.size() / (3 * Lanes), in, out);
  end(in);
  return drained(out);
}

// settings: format, first byte, stride, width, height; data: words of memory
template <unsigned Lanes>
static Numbers frame(const Numbers &settings, const Numbers &data) {
  constexpr unsigned Most = 40;
  std::vector<std::uint64_t> memory(data.begin(), data.end());
  df::stream_t<64, false, 1> words("words");
  df::stream_t<8, false, 3 * Lanes> bytes("bytes"), out("out");
  const unsigned kind = static_cast<unsigned>(settings[0]);
  const unsigned width = static_cast<unsigned>(settings[3]);
  const unsigned height = static_cast<unsigned>(settings[4]);
  const unsigned first = static_cast<unsigned>(settings[1]), stride = static_cast<unsigned>(settings[2]);
  df::frame_words<Most>(memory.data(), first, stride, height, width * df::pixel_bytes(kind), words);
  df::line_beats<Lanes, Most>(kind, width, height, words, bytes);
  end(words);
  df::pixel_format<Lanes>(kind, bytes.size(), bytes, out);
  return drained(out);
}

// settings: width, height; data: pixels of beats
template <unsigned Lanes, unsigned Channels, unsigned Bits, unsigned Most, unsigned Size,
          unsigned Level, unsigned Depth>
static Numbers boxed(const Numbers &settings, const Numbers &data) {
  df::stream_t<Bits, false, Lanes * Channels> in("in");
  df::stream_t<Bits, false, Channels> out("out");
  fill(in, data);
  const unsigned width = static_cast<unsigned>(settings[0]);
  const unsigned height = static_cast<unsigned>(settings[1]);
  df::letterbox<Lanes, Channels, Bits, Most, Size, Level, Depth>(
      width, height, df::letterbox_place<Most, Size>(width, height), in, out);
  end(in);
  return drained(out);
}

static Numbers boxes_of(df::boxes_t &out) {
  Numbers found;
  while (!out.empty()) {
    const df::Box box = out.read();
    if (box.end) {
      found.insert(found.end(), {1, 0, 0, 0, 0, 0, 0});
      continue;
    }
    found.insert(found.end(), {0, static_cast<long long>(box.score), static_cast<long long>(box.place)});
    for (const auto &corner : box.corner) found.push_back(static_cast<long long>(corner));
  }
  return found;
}

// data: 7 numbers a box: end, score, place, corners
static void fill_boxes(df::boxes_t &in, const Numbers &data) {
  for (std::size_t at = 0; at < data.size(); at += 7) {
    df::Box box = df::end_box();
    box.end = data[at] != 0;
    box.score = data[at + 1];
    box.place = data[at + 2];
    for (unsigned i = 0; i < 4; ++i) box.corner[i] = data[at + 3 + i];
    in.write(box);
  }
}

// settings: least; data: integers of a frame
static Numbers decode(const Numbers &settings, const Numbers &data) {
  df::stream_t<12, true, 1> in("in");
  df::boxes_t out("out");
  fill(in, data);
  df::decode_boxes<12, true, 3, 4, 2, 512>(static_cast<unsigned>(settings[0]), in, out, head_factors,
                                           head_offsets, head_sigmoid, head_power);
  end(in);
  return boxes_of(out);
}

// settings: overlap, most; data: candidates of a frame and its end
template <unsigned Most>
static Numbers suppress(const Numbers &settings, const Numbers &data) {
  df::boxes_t in("in"), out("out");
  fill_boxes(in, data);
  df::suppress_boxes<Most>(static_cast<unsigned>(settings[0]), static_cast<unsigned>(settings[1]), in,
                           out);
  end(in);
  return boxes_of(out);
}

// settings: number, width, height; data: boxes and the end
static Numbers write(const Numbers &settings, const Numbers &data) {
  df::boxes_t in("in");
  fill_boxes(in, data);
  std::vector<std::uint32_t> records(4 * 17, 0xDEADBEEF);
  df::box_write<16>(static_cast<unsigned>(settings[0]), static_cast<unsigned>(settings[1]),
                    static_cast<unsigned>(settings[2]), in, records.data());
  end(in);
  return Numbers(records.begin(), records.end());
}

using Unit = Numbers (*)(const Numbers &, const Numbers &);
static const struct {
  Unit run;
  unsigned settings;
} Units[] = {{format<2>, 1}, {format<4>, 1}, {frame<2>, 5}, {frame<4>, 5},
             {boxed<2, 3, 8, 40, 16, 128, 8>, 2}, {boxed<1, 1, 8, 9, 24, 128, 2>, 2},
             {boxed<4, 1, 6, 31, 7, 9, 3>, 2}, {decode, 1}, {suppress<16>, 2}, {suppress<5>, 2},
             {write, 3}};

int main(int, char **argv) {
  std::FILE *jobs = std::fopen(argv[1], "rb"), *results = std::fopen(argv[2], "wb");
  if (!jobs || !results) return 2;
  const auto take = [&](std::size_t count) {
    Numbers numbers(count);
    if (std::fread(numbers.data(), 8, count, jobs) != count) std::exit(2);
    return numbers;
  };
  long long unit = 0;
  while (std::fread(&unit, 8, 1, jobs) == 1) {
    const Numbers settings = take(Units[unit].settings);
    const Numbers data = take(static_cast<std::size_t>(take(1)[0]));
    const Numbers found = Units[unit].run(settings, data);
    const long long count = static_cast<long long>(found.size());
    std::fwrite(&count, 8, 1, results);
    std::fwrite(found.data(), 8, found.size(), results);
  }
  return std::fclose(results);
}
