// Test bench of the camera path's two top levels, for C simulation, co-simulation and a plain C++
// compiler. camera_bench.hpp, generated beside the top level, says which of them, the vectors and
// their settings. Vectors are looked for in the folder named by the first argument, then in the
// working folder. Returns 0 only if all that comes out is equal.
#include <cstdio>
#include <string>
#include <vector>

#include "camera_bench.hpp"

using Bytes = std::vector<unsigned char>;

static bool read_file(const std::string &folder, const char *name, Bytes &bytes) {
  std::FILE *file = std::fopen((folder + "/" + name).c_str(), "rb");
  if (!file) file = std::fopen(name, "rb");
  if (!file) {
    std::fprintf(stderr, "%s: cannot be read\n", name);
    return false;
  }
  unsigned char chunk[1 << 12];
  std::size_t count;
  while ((count = std::fread(chunk, 1, sizeof chunk, file)) > 0) {
    bytes.insert(bytes.end(), chunk, chunk + count);
  }
  std::fclose(file);
  return true;
}

static int compared(const Bytes &found, const Bytes &wanted) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (i < found.size() && found[i] == wanted[i]) continue;
    std::fprintf(stderr, "%s: byte %zu of %zu differs, or is missing\n", bench::name, i,
                 wanted.size());
    return 1;
  }
  if (found.size() != wanted.size()) {
    std::fprintf(stderr, "%s: more came out than %zu bytes\n", bench::name, wanted.size());
    return 1;
  }
  std::printf("%s: %zu bytes, all equal\n", bench::name, wanted.size());
  return 0;
}

int main(int argc, char **argv) {
  const std::string folder = argc > 1 ? argv[1] : ".";
  Bytes given, wanted;
  if (!read_file(folder, bench::given, given) || !read_file(folder, bench::wanted, wanted)) return 2;
  Bytes found;
  bench::port_t port("port");
#ifdef BENCH_IN
  std::vector<std::uint64_t> memory(given.size() / 8);
  for (std::size_t i = 0; i < given.size(); ++i) {
    memory[i / 8] |= static_cast<std::uint64_t>(given[i]) << (8 * (i % 8));
  }
  bench::call(memory.data(), port);
  while (!port.empty()) {
    const df::word_t<bench::bytes> word = port.read();
    for (unsigned i = 0; i < bench::bytes; ++i) {
      found.push_back(static_cast<unsigned char>(df::get_lane<8, bench::bytes>(word, i)));
    }
  }
#else
  for (std::size_t at = 0; at < given.size(); at += bench::bytes) {
    df::word_t<bench::bytes> word = df::zero_word<bench::bytes>();
    for (unsigned i = 0; i < bench::bytes; ++i) {
      df::set_lane<8, bench::bytes>(word, i, given[at + i]);
    }
    port.write(word);
  }
  std::vector<std::uint32_t> records(bench::record_words);
  bench::call(port, records.data());
  for (const std::uint32_t word : records) {
    for (unsigned i = 0; i < 4; ++i) found.push_back(static_cast<unsigned char>(word >> (8 * i)));
  }
  if (!port.empty()) {
    std::fprintf(stderr, "%s: integers were left\n", bench::name);
    return 1;
  }
#endif
  return compared(found, wanted);
}
