// hls::stream for simulation with a plain C++ compiler: unbounded, and it tells what happened to it.
//
// Written for this project; Vitis HLS has its own. A read from an empty stream ends the program
// with the stream's name, for in hardware it would wait forever.
#pragma once

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace hls {

// Name of the node that runs, for what ends the program; nullptr where it is not known.
inline const char *&running() {
  static const char *name = nullptr;
  return name;
}

template <typename T, int Depth = 0>
class stream {
 public:
  stream() = default;
  explicit stream(const char *name) : name_(name) {}
  stream(const stream &) = delete;
  stream &operator=(const stream &) = delete;

  void write(const T &value) {
    beats_.push_back(value);
    ++written_;
    if (size() > highest_) highest_ = size();
  }

  T read() {
    if (empty()) read_while_empty();
    const T value = beats_[head_++];
    if (head_ == beats_.size()) {
      beats_.clear();
      head_ = 0;
    }
    return value;
  }

  void read(T &value) { value = read(); }
  bool read_nb(T &value) {
    const bool some = !empty();
    if (some) value = read();
    return some;
  }
  bool write_nb(const T &value) {
    write(value);
    return true;
  }
  void operator<<(const T &value) { write(value); }
  void operator>>(T &value) { value = read(); }

  bool empty() const { return head_ == beats_.size(); }
  bool full() const { return false; }
  std::size_t size() const { return beats_.size() - head_; }

  // --- what the simulation asks
  const std::string &name() const { return name_; }
  std::size_t written() const { return written_; }      // beats, since the beginning
  std::size_t highest_fill() const { return highest_; }  // beats
  const T *data() const { return beats_.data() + head_; }  // size() beats not yet read

 private:
  [[noreturn]] __attribute__((noinline, cold)) void read_while_empty() const {
    const char *node = running();
    std::fprintf(stderr, "stream %s: read while empty, after %zu beats%s%s\n", name_.c_str(),
                 written_, node ? ", by node " : "", node ? node : "");
    std::exit(3);
  }

  std::string name_ = "?";
  std::vector<T> beats_;
  std::size_t head_ = 0, written_ = 0, highest_ = 0;
};

}  // namespace hls
