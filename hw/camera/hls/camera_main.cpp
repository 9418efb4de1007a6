// C++ simulation of the whole way: a frame in memory, the network, records in memory.
// Usage: program FOLDER FIRST STRIDE WIDTH HEIGHT FORMAT LEAST OVERLAP MOST
//
// Reads FOLDER/frame.bin, memory from a multiple of 8 on. Writes what passes each boundary: the words
// of the network's ports as pixels.bin and integers.bin (packed bytes), and records.bin.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "camera_top.hpp"

static std::vector<std::uint64_t> memory_of(const std::string &path) {
  std::FILE *file = std::fopen(path.c_str(), "rb");
  if (!file) df::cppsim::fail(path + ": cannot be read");
  std::vector<std::uint64_t> memory;
  std::uint64_t chunk[4096];
  for (std::size_t got; (got = std::fread(chunk, 8, 4096, file)) > 0;) {
    memory.insert(memory.end(), chunk, chunk + got);
  }
  std::fclose(file);
  return memory;
}

static void store(const std::string &path, const void *data, std::size_t bytes) {
  std::FILE *file = std::fopen(path.c_str(), "wb");
  const bool whole = file && std::fwrite(data, 1, bytes, file) == bytes;
  const bool closed = file && std::fclose(file) == 0;
  if (!whole || !closed) df::cppsim::fail(path + ": cannot be written");
}

// The words that are in a port, which stay there.
template <typename Port>
static void store_words(const std::string &path, Port &port) {
  std::vector<unsigned char> raw;
  for (std::size_t left = port.size(); left > 0; --left) {
    const auto word = port.read();
    raw.insert(raw.end(), word.byte, word.byte + sizeof word.byte);
    port.write(word);
  }
  store(path, raw.data(), raw.size());
}

int main(int argc, char **argv) {
  if (argc != 10) return 2;
  const std::string folder = argv[1];
  unsigned number[8];
  for (int i = 0; i < 8; ++i) number[i] = static_cast<unsigned>(std::strtoul(argv[i + 2], nullptr, 10));
  const std::vector<std::uint64_t> memory = memory_of(folder + "/frame.bin");
  camera::pixels_t pixels("pixels");
  camera::integers_t integers("integers");
  std::vector<std::uint32_t> records(camera::record_words);
  camera::in(memory.data(), number[0], number[1], number[2], number[3], number[4], pixels);
  store_words(folder + "/pixels.bin", pixels);
  camera::network(pixels, integers);
  store_words(folder + "/integers.bin", integers);
  camera::out(number[5], number[6], number[7], 0, number[2], number[3], integers, records.data());
  store(folder + "/records.bin", records.data(), 4 * records.size());
  return pixels.empty() && integers.empty() ? 0 : 1;
}
