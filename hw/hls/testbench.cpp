// Test bench of any generated top level, for C simulation, co-simulation and a plain C++ compiler.
//
// bench.hpp, generated beside the top level, names the vectors and says their sizes. Feeds the
// frames' beats, compares every beat that comes out, and returns 0 only if all are equal. Vectors
// are raw beats, each of whole bytes, least significant first; they are looked for in the folder
// named by the first argument, then in the working folder (where Vitis HLS copies them).
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "bench.hpp"

namespace {

using Bytes = std::vector<unsigned char>;

bool read_file(const std::string &path, Bytes &bytes) {
  std::FILE *file = std::fopen(path.c_str(), "rb");
  if (!file) return false;
  unsigned char chunk[1 << 16];
  std::size_t count;
  while ((count = std::fread(chunk, 1, sizeof chunk, file)) > 0) {
    bytes.insert(bytes.end(), chunk, chunk + count);
  }
  const bool good = std::ferror(file) == 0;
  std::fclose(file);
  return good;
}

// The vectors of one stream: beats of `width` bytes, at least one frame and only whole frames.
bool read_vectors(const std::string &folder, const char *name, std::size_t frame, Bytes &bytes) {
  if ((folder.empty() || !read_file(folder + "/" + name, bytes)) && !read_file(name, bytes)) {
    std::fprintf(stderr, "%s: cannot be read\n", name);
    return false;
  }
  if (bytes.empty() || bytes.size() % frame != 0) {
    std::fprintf(stderr, "%s: %zu bytes are no whole frames of %zu\n", name, bytes.size(), frame);
    return false;
  }
  return true;
}

using InWord = df::word_t<bench::in_bytes>;
using OutWord = df::word_t<bench::out_bytes>;

InWord in_word(const unsigned char *bytes) {
  InWord word = df::zero_word<bench::in_bytes>();
  for (unsigned index = 0; index < bench::in_bytes; ++index) {
    df::set_lane<8, bench::in_bytes>(word, index, bytes[index]);
  }
  return word;
}

Bytes out_bytes(const OutWord &word) {
  Bytes bytes(bench::out_bytes);
  for (unsigned index = 0; index < bench::out_bytes; ++index) {
    bytes[index] = static_cast<unsigned char>(df::get_lane<8, bench::out_bytes>(word, index));
  }
  return bytes;
}

void print(const char *what, const unsigned char *bytes) {
  std::fprintf(stderr, "  %s 0x", what);
  for (unsigned index = bench::out_bytes; index-- > 0;) std::fprintf(stderr, "%02x", bytes[index]);
  std::fprintf(stderr, "\n");
}

}  // namespace

int main(int argc, char **argv) {
  const std::string folder = argc > 1 ? argv[1] : "";
  Bytes given, expected;
  const std::size_t in_frame = bench::in_beats * bench::in_bytes;
  const std::size_t out_frame = bench::out_beats * bench::out_bytes;
  if (!read_vectors(folder, bench::in_file, in_frame, given)) return 2;
  if (!read_vectors(folder, bench::out_file, out_frame, expected)) return 2;
  const std::size_t frames = given.size() / in_frame;
  if (expected.size() / out_frame != frames) {
    std::fprintf(stderr, "%s: %zu frames, but %zu of results\n", bench::name, frames,
                 expected.size() / out_frame);
    return 2;
  }
  bench::in_port in("in");
  bench::out_port out("out");
  for (std::size_t frame = 0; frame < frames; ++frame) {
    for (std::size_t beat = 0; beat < bench::in_beats; ++beat) {
      in.write(in_word(&given[frame * in_frame + beat * bench::in_bytes]));
    }
    bench::call(in, out);
  }
  std::size_t wrong = 0;
  for (std::size_t beat = 0; beat < frames * bench::out_beats; ++beat) {
    if (out.empty()) {
      std::fprintf(stderr, "%s: %zu of %zu beats came out\n", bench::name, beat,
                   frames * bench::out_beats);
      return 1;
    }
    const Bytes found = out_bytes(out.read());
    const unsigned char *right = &expected[beat * bench::out_bytes];
    if (std::equal(found.begin(), found.end(), right)) continue;
    if (wrong++ == 0) {
      std::fprintf(stderr, "%s: frame %zu, beat %zu differs\n", bench::name,
                   beat / bench::out_beats, beat % bench::out_beats);
      print("expected", right);
      print("found   ", found.data());
    }
  }
  if (wrong != 0) {
    std::fprintf(stderr, "%s: %zu of %zu beats differ\n", bench::name, wrong,
                 frames * bench::out_beats);
    return 1;
  }
  if (!out.empty() || !in.empty()) {
    std::fprintf(stderr, "%s: %s\n", bench::name,
                 out.empty() ? "beats of the input were left" : "more beats came out");
    return 1;
  }
  std::printf("%s: %zu frames, %zu beats, all equal\n", bench::name, frames,
              frames * bench::out_beats);
  return 0;
}
