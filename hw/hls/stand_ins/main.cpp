// C++ simulation of one generated top level. Usage: program FOLDER [NODE,NODE,...]
//
// For each line on standard input, one frame: reads its beats from FOLDER/<port>.in, writes the
// outputs' beats to FOLDER/<port>.out (packed bytes, as hw/sim/beats.py packs them), appends what
// the named nodes wrote to FOLDER/<node>.bin (a built-in integer a lane), and prints one line of
// JSON. At the end of the input it prints what the nodes did in all frames, and ends with 0.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <vector>

#include <unistd.h>

#include "ports.hpp"

// One frame of beats from a file, each of whole bytes.
template <typename Port>
static void load_words(const std::string &path, std::size_t beats, Port &port) {
  constexpr std::size_t bytes = sizeof(decltype(port.read()));
  std::vector<unsigned char> raw(beats * bytes);
  std::FILE *file = std::fopen(path.c_str(), "rb");
  const bool whole = file && std::fread(raw.data(), 1, raw.size(), file) == raw.size();
  if (file) std::fclose(file);
  if (!whole) df::cppsim::fail(path + ": cannot be read");
  for (std::size_t beat = 0; beat < beats; ++beat) {
    decltype(port.read()) word;
    std::copy_n(&raw[beat * bytes], bytes, word.byte);
    port.write(word);
  }
}

// All beats that are in a port to a file.
template <typename Port>
static void store_words(const std::string &path, Port &port) {
  std::vector<unsigned char> raw;
  while (!port.empty()) {
    const auto word = port.read();
    raw.insert(raw.end(), word.byte, word.byte + sizeof word.byte);
  }
  std::FILE *file = std::fopen(path.c_str(), "wb");
  const bool whole = file && std::fwrite(raw.data(), 1, raw.size(), file) == raw.size();
  const bool closed = file && std::fclose(file) == 0;
  if (!whole || !closed) df::cppsim::fail(path + ": cannot be written");
}

#include "ports.inc"

// Say in which node the program crashed, and crash.
static void on_crash(int number) {
  if (const char *node = hls::running()) {
    for (const char *part : {"node ", node, ": crashed\n"}) {
      if (write(2, part, std::strlen(part)) < 0) break;
    }
  }
  std::signal(number, SIG_DFL);
  std::raise(number);
}

int main(int argc, char **argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s FOLDER [NODE,NODE,...]\n", argv[0]);
    return 2;
  }
  for (const int number : {SIGSEGV, SIGFPE, SIGILL, SIGBUS, SIGABRT}) {
    std::signal(number, on_crash);
  }
  const std::string folder = argv[1];
  df::cppsim::State &state = df::cppsim::state();
  if (argc > 2) {
    state.record_folder = folder;
    std::string names = argv[2];
    for (char *name = std::strtok(&names[0], ","); name; name = std::strtok(nullptr, ",")) {
      state.record_names.push_back(name);
    }
  }
  Ports ports;
  std::string line;
  while (std::getline(std::cin, line)) {
    load_frame(ports, folder);
    state.record_seconds = state.record_cpu_seconds = 0;
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t cpu_start = std::clock();
    run_frame(ports);
    const double cpu_seconds = df::cppsim::cpu_seconds_since(cpu_start);
    const double seconds = df::cppsim::seconds_since(start);
    store_frame(ports, folder);
    std::printf("{\"seconds\": %.6f, \"cpu_seconds\": %.6f}\n", seconds - state.record_seconds,
                cpu_seconds - state.record_cpu_seconds);
    std::fflush(stdout);
  }
  std::printf("{\"nodes\": [");
  const char *comma = "";
  for (const df::cppsim::Node &node : state.nodes) {
    std::printf("%s{\"name\": \"%s\", \"trips\": %llu, \"beats\": %llu, \"highest_fill\": %llu, "
                "\"seconds\": %.6f}",
                comma, node.name.c_str(), node.trips, node.beats, node.highest_fill, node.seconds);
    comma = ", ";
  }
  std::printf("]}\n");
  return std::fflush(stdout) == 0 ? 0 : 1;
}
