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

// A stream with its vectors: beats of whole bytes, at least one frame and only whole frames.
template <typename Stream>
struct Vectors {
  Bytes bytes;
  typename Stream::port_t port{"port"};

  bool read(const std::string &folder) {
    const char *name = Stream::file();
    if ((folder.empty() || !read_file(folder + "/" + name, bytes)) && !read_file(name, bytes)) {
      std::fprintf(stderr, "%s: cannot be read\n", name);
      return false;
    }
    const std::size_t frame = Stream::beats * Stream::bytes;
    if (bytes.empty() || bytes.size() % frame != 0) {
      std::fprintf(stderr, "%s: %zu bytes are no whole frames of %zu\n", name, bytes.size(), frame);
      return false;
    }
    return true;
  }

  std::size_t frames() const { return bytes.size() / (Stream::beats * Stream::bytes); }

  const unsigned char *beat(std::size_t index) const { return &bytes[index * Stream::bytes]; }

  void feed(std::size_t frame) {
    for (std::size_t i = 0; i < Stream::beats; ++i) {
      df::word_t<Stream::bytes> word = df::zero_word<Stream::bytes>();
      const unsigned char *from = beat(frame * Stream::beats + i);
      for (unsigned index = 0; index < Stream::bytes; ++index) {
        df::set_lane<8, Stream::bytes>(word, index, from[index]);
      }
      port.write(word);
    }
  }

  Bytes next() {
    const df::word_t<Stream::bytes> word = port.read();
    Bytes found(Stream::bytes);
    for (unsigned index = 0; index < Stream::bytes; ++index) {
      found[index] = static_cast<unsigned char>(df::get_lane<8, Stream::bytes>(word, index));
    }
    return found;
  }

  // Whether every beat came out, and equal; a line on stderr says which one did not
  bool is_equal() {
    const std::size_t beats = frames() * Stream::beats;
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < beats; ++i) {
      if (port.empty()) {
        std::fprintf(stderr, "%s: %zu of %zu beats came out\n", bench::name, i, beats);
        return false;
      }
      const Bytes found = next();
      if (std::equal(found.begin(), found.end(), beat(i))) continue;
      if (wrong++ == 0) {
        std::fprintf(stderr, "%s: frame %zu, beat %zu differs (%s)\n", bench::name,
                     i / Stream::beats, i % Stream::beats, Stream::file());
        print("expected", beat(i));
        print("found   ", found.data());
      }
    }
    if (wrong != 0) {
      std::fprintf(stderr, "%s: %zu of %zu beats differ\n", bench::name, wrong, beats);
    }
    return wrong == 0;
  }

  static void print(const char *what, const unsigned char *bytes) {
    std::fprintf(stderr, "  %s 0x", what);
    for (unsigned index = Stream::bytes; index-- > 0;) std::fprintf(stderr, "%02x", bytes[index]);
    std::fprintf(stderr, "\n");
  }
};

}  // namespace

int main(int argc, char **argv) {
  const std::string folder = argc > 1 ? argv[1] : "";
#define DECLARED(stream) Vectors<bench::stream> stream;
  BENCH_INPUTS(DECLARED)
  BENCH_OUTPUTS(DECLARED)
#define READ(stream) if (!stream.read(folder)) return 2;
  BENCH_INPUTS(READ)
  BENCH_OUTPUTS(READ)
  const std::size_t frames = in0.frames();
#define COUNTED(stream) \
  if (stream.frames() != frames) { \
    std::fprintf(stderr, "%s: %zu frames, but %zu in %s\n", bench::name, frames, \
                 stream.frames(), bench::stream::file()); \
    return 2; \
  }
  BENCH_INPUTS(COUNTED)
  BENCH_OUTPUTS(COUNTED)
  for (std::size_t frame = 0; frame < frames; ++frame) {
#define FED(stream) stream.feed(frame);
    BENCH_INPUTS(FED)
    BENCH_CALL();
  }
  std::size_t beats = 0;
#define COMPARED(stream) \
  if (!stream.is_equal()) return 1; \
  beats += frames * bench::stream::beats;
  BENCH_OUTPUTS(COMPARED)
#define EMPTY(stream) \
  if (!stream.port.empty()) { \
    std::fprintf(stderr, "%s: beats of %s were left\n", bench::name, bench::stream::file()); \
    return 1; \
  }
  BENCH_INPUTS(EMPTY)
#define ENDED(stream) \
  if (!stream.port.empty()) { \
    std::fprintf(stderr, "%s: more beats came out\n", bench::name); \
    return 1; \
  }
  BENCH_OUTPUTS(ENDED)
  std::printf("%s: %zu frames, %zu beats, all equal\n", bench::name, frames, beats);
  return 0;
}
