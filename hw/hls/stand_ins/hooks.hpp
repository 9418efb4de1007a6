// Hooks of the C++ simulation: what each node's stream carried, loop trips, widths that overflow.
//
// Only compiled with DF_CPPSIM. A generated top level calls df::cppsim::begin before and
// df::cppsim::node after each operator; a test bench reads state().nodes and sets record_folder
// before the first frame.
#pragma once

#include <hls_stream.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

namespace df {
namespace cppsim {

struct Node {
  std::string name;
  unsigned long long trips = 0;         // loop trips, all frames
  unsigned long long beats = 0;         // beats written to the node's output stream, all frames
  unsigned long long highest_fill = 0;  // beats in that stream at once
  double seconds = 0;                   // since begin(), all frames
};

struct State {
  std::vector<Node> nodes;                // in the order of their first call
  std::string record_folder;              // empty: nothing is recorded
  std::vector<std::string> record_names;  // nodes to record; empty: all
  unsigned long long pending_trips = 0;
  double record_seconds = 0;
  double record_cpu_seconds = 0;
  std::chrono::steady_clock::time_point began;
};

inline State &state() {
  static State the_state;
  return the_state;
}

inline void add_trips(unsigned long long count) { state().pending_trips += count; }

[[noreturn]] inline void fail(const std::string &text) {
  const char *node = hls::running();
  std::fprintf(stderr, "%s%s%s\n", node ? "node " : "", node ? node : "",
               (node ? ": " + text : text).c_str());
  std::exit(4);
}

inline double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

inline double cpu_seconds_since(std::clock_t start) {
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

// End the program if value does not fit an integer of bits bits.
inline void check_width(long long value, unsigned bits, bool is_signed) {
  if (bits >= 64) return;
  const long long low = is_signed ? -(1LL << (bits - 1)) : 0;
  const long long high = is_signed ? (1LL << (bits - 1)) - 1 : (1LL << bits) - 1;
  if (value < low || value > high) {
    fail("width check: " + std::to_string(value) + " does not fit " + std::to_string(bits) +
         (is_signed ? " signed bits" : " unsigned bits"));
  }
}

inline Node &find_node(const std::string &name) {
  for (Node &node : state().nodes) {
    if (node.name == name) return node;
  }
  state().nodes.emplace_back();
  state().nodes.back().name = name;
  return state().nodes.back();
}

// Append the lanes of all beats in the stream to <record_folder>/<name>.bin, each as a
// little-endian integer of Container (int8_t to uint64_t).
template <typename Container, typename Stream>
void record(const std::string &name, const Stream &stream) {
  const std::string path = state().record_folder + "/" + name + ".bin";
  std::FILE *file = std::fopen(path.c_str(), "ab");
  if (!file) fail(path + ": cannot be written");
  std::vector<Container> lanes;
  constexpr std::size_t chunk = 1 << 16;
  const auto *beats = stream.data();
  const std::size_t count = stream.size();
  bool whole = true;
  for (std::size_t start = 0; start < count && whole; start += chunk) {
    lanes.clear();
    for (std::size_t beat = start; beat < count && beat < start + chunk; ++beat) {
      for (const auto &lane : beats[beat].lane) {
        lanes.push_back(static_cast<Container>(static_cast<long long>(lane)));
      }
    }
    whole = std::fwrite(lanes.data(), sizeof(Container), lanes.size(), file) == lanes.size();
  }
  if (std::fclose(file) != 0 || !whole) fail(path + ": cannot be written");
}

// After an operator ran for one frame and before its output is read: account for the stream `name`,
// and record it where that is asked for.
template <typename Container, typename Stream>
void wrote(const char *name, const Stream &stream) {
  Node &entry = find_node(name);
  entry.beats += stream.size();
  if (stream.highest_fill() > entry.highest_fill) entry.highest_fill = stream.highest_fill();
  const std::vector<std::string> &names = state().record_names;
  const bool wanted = names.empty() || std::find(names.begin(), names.end(), name) != names.end();
  if (!state().record_folder.empty() && wanted) {
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t cpu = std::clock();
    record<Container>(name, stream);
    state().record_seconds += seconds_since(start);
    state().record_cpu_seconds += cpu_seconds_since(cpu);
  }
}

// The same of the stream that is named as its node, with the node's loop trips.
template <typename Container, typename Stream>
void node(const char *name, const Stream &stream) {
  find_node(name).trips += state().pending_trips;
  state().pending_trips = 0;
  wrote<Container>(name, stream);
}

// Before the operator of node `name` runs. The name has to last.
inline void begin(const char *name) {
  hls::running() = name;
  state().began = std::chrono::steady_clock::now();
}

// The node that runs has to have read all of a source.
template <typename Source>
void drained(const Source &source) {
  if (!source.empty()) {
    fail("leaves " + std::to_string(source.size()) + " beats of stream " + source.name() +
         " unread");
  }
}

// The same as above, and the node has to have read all of its source.
template <typename Container, typename Source, typename Sink>
void node(const char *name, const Source &source, const Sink &sink) {
  find_node(name).seconds += seconds_since(state().began);
  drained(source);
  node<Container>(name, sink);
  hls::running() = nullptr;
}

}  // namespace cppsim
}  // namespace df
