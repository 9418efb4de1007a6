// What the harness knows of a stream while it runs, what drives it and takes from it, and its files.
#pragma once

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

enum Kind { INPUT, OUTPUT, INTERNAL };

static constexpr size_t kBuffer = 1 << 16;

struct Stream {
    // touched every clock
    const uint8_t* valid;
    const uint8_t* ready;
    const uint8_t* data;
    uint32_t bytes;
    bool held = false;
    uint64_t count = 0, expected = 0, stalled = 0, starved = 0;
    std::vector<uint8_t> kept;
    // touched at transfers
    Kind kind;
    uint64_t frame_beats, position = 0, violations = 0, first_violation = 0;
    uint64_t before = 0, later_beats = 0;  // beats before a load; of a frame behind it
    const char* violation = "";
    std::vector<uint64_t> first, last;
    FILE* file = nullptr;
    std::vector<uint8_t> buffer;

    void flush() {
        if (file && !buffer.empty() && fwrite(buffer.data(), buffer.size(), 1, file) != 1) {
            perror("writing a stream");
            exit(1);
        }
        buffer.clear();
    }
    void violate(const char* what, uint64_t clock) {
        if (!violations++) {
            first_violation = clock;
            violation = what;
        }
    }
};

struct Random {
    uint64_t state;
    uint64_t threshold;  // of 2^32
    Random(uint64_t seed, uint64_t salt, double probability)
        : state((seed + 1) * 0x9E3779B97F4A7C15ull ^ (salt + 1) * 0xD1B54A32D192ED03ull),
          threshold(static_cast<uint64_t>(probability * 4294967296.0)) {
        if (!state) state = 1;
        for (int i = 0; i < 8; ++i) hit();
    }
    bool hit() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return (state >> 32) < threshold;
    }
};

struct Driver {  // of an input stream
    Stream* stream;
    uint8_t *valid, *data;
    std::vector<uint8_t> beats;
    uint64_t next = 0, total;
    Random idle;
    bool taken = false;
};

struct Sink {  // of an output stream
    uint8_t* ready;
    Random stall;
};

static std::vector<uint8_t> read_file(const std::string& path) {
    FILE* file = fopen(path.c_str(), "rb");
    if (!file) {
        perror(path.c_str());
        exit(1);
    }
    fseek(file, 0, SEEK_END);
    std::vector<uint8_t> bytes(ftell(file));
    rewind(file);
    if (!bytes.empty() && fread(bytes.data(), bytes.size(), 1, file) != 1) {
        perror(path.c_str());
        exit(1);
    }
    fclose(file);
    return bytes;
}

static void write_numbers(FILE* file, const char* key, const std::vector<uint64_t>& numbers) {
    fprintf(file, ", \"%s\": [", key);
    for (size_t i = 0; i < numbers.size(); ++i)
        fprintf(file, "%s%" PRIu64, i ? ", " : "", numbers[i]);
    fprintf(file, "]");
}
