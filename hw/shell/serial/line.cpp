// Harness of a serial top level: two UARTs in software, one at each end of its line.
//
// Commands on the standard input, each a letter and little-endian numbers:
//   W u32 n, n bytes   queue bytes for the board
//   R u64 clocks       run until a byte has come from the board, or for so many clocks
//   X                  a reset of one hundred clocks
// After R and X the answer: u64 clock, u32 n, n bytes from the board.
//
// Arguments: clocks of a bit of the host's UART; probability that a bit on the line is inverted;
// seed.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <random>
#include <vector>

#include "Vtop.h"
#include "verilated.h"

struct Noise {
    double probability;
    std::mt19937_64 engine;
    bool flip() {
        return probability > 0 && std::uniform_real_distribution<>(0, 1)(engine) < probability;
    }
};

// Bits last `period` clocks, which need not be whole: times are kept as fractions.
struct Sender {
    double period;
    std::deque<uint8_t> queue;
    uint32_t bits = 0;
    int left = 0;
    double next = 0;
    bool level = true;

    bool step(double now, Noise& noise) {
        if (left && now >= next) {
            --left;
            next += period;
            bits >>= 1;
            level = (bits & 1) != noise.flip();
        }
        if (!left && !queue.empty()) {
            bits = 0x200u | (uint32_t(queue.front()) << 1);
            queue.pop_front();
            left = 10;
            next = now + period;
            level = (bits & 1) != noise.flip();
        }
        return left ? level : true;
    }
};

struct Receiver {
    double period;
    std::vector<uint8_t> bytes;
    uint32_t bits = 0;
    int count = -1;  // -1: waits for a start bit; -2: for the end of a break
    double next = 0;

    void step(double now, bool line, Noise& noise) {
        if (count == -2) {
            if (line) count = -1;
        } else if (count == -1) {
            if (!line) {
                count = 0;
                bits = 0;
                next = now + period / 2;
            }
        } else if (now >= next) {
            line = line != noise.flip();
            next += period;
            if (count == 0 && line) {
                count = -1;
            } else if (count == 9) {
                if (line) bytes.push_back(uint8_t(bits >> 1));
                count = line ? -1 : -2;
            } else {
                bits |= uint32_t(line) << count++;
            }
        }
    }
};

template <typename T>
static T get() {
    T value;
    if (fread(&value, sizeof value, 1, stdin) != 1) exit(0);
    return value;
}

int main(int argc, char** argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: simulate CLOCKS_PER_BIT PROBABILITY SEED\n");
        return 2;
    }
    const double period = atof(argv[1]);
    Noise noise{atof(argv[2]), std::mt19937_64(strtoull(argv[3], nullptr, 10))};
    auto context = std::make_unique<VerilatedContext>();
    context->randReset(2);
    context->randSeed(1);
    auto top = std::make_unique<Vtop>(context.get());
    Sender sender{period};
    Receiver receiver{period};
    uint64_t clock = 0;

    auto tick = [&]() {
        top->clk_i = 1;
        top->eval();
        ++clock;
        top->rx_i = sender.step(double(clock), noise);
        receiver.step(double(clock), top->tx_o, noise);
        top->clk_i = 0;
        top->eval();
    };
    auto reset = [&]() {
        top->rst_ni = 0;
        for (int i = 0; i < 100; ++i) tick();
        top->rst_ni = 1;
    };
    auto answer = [&]() {
        const auto size = uint32_t(receiver.bytes.size());
        fwrite(&clock, sizeof clock, 1, stdout);
        fwrite(&size, sizeof size, 1, stdout);
        fwrite(receiver.bytes.data(), 1, size, stdout);
        fflush(stdout);
        receiver.bytes.clear();
    };
    top->clk_i = 0;
    top->rx_i = 1;
    reset();
    receiver = Receiver{period};
    for (;;) {
        const int command = getchar();
        if (command == 'W') {
            for (uint32_t left = get<uint32_t>(); left; --left) {
                sender.queue.push_back(get<uint8_t>());
            }
        } else if (command == 'R') {
            const uint64_t end = clock + get<uint64_t>();
            while (clock < end && receiver.bytes.empty()) tick();
            answer();
        } else if (command == 'X') {
            reset();
            answer();
        } else {
            return command == EOF ? 0 : 1;
        }
    }
}
