// A simulated board: the Verilated shell with its accelerator, memory, and a processor's bus.
//
// Obeys commands on standard input, one letter with little-endian arguments, and answers on
// standard output (hw/sim/board.py is the other end):
//   R u32 address               -> u32 value, u32 response         register read
//   W u32 address, u32 value    -> u32 response                    register write
//   m u64 address, u32 size     -> the bytes                       memory, by the host
//   M u64 address, u32 size, .. -> u32 0
//   T u64 clocks, u8 any, u32 all -> u64 clock                     let clocks pass (any: at most
//                                                                  until an interrupt is up; all:
//                                                                  until all of these are)
//   F u64 address, u64 size, u32 response -> u32 0                 faulty range (size 0: none)
//   V u8 again, u32 beats, u32 bytes of one, beats x (u8 user | last << 1, bytes)
//                               -> u32 beats taken of these        queue beats of the video stream
//                                                                  (again: 0, or 1: whatever is
//                                                                  queued before goes, these again
//                                                                  and again; 2: it goes, once)
//   v                           -> u64 beats sent, u64 left        the video stream's
//   Z                           -> u32 0                           hard reset
//   S                           -> u64 clock, u32 irq, u64 violations, u32 size, text
// Accesses of the host beyond the memory are answered by ending the program.
#include <map>
#include <memory>

#include "Vtop.h"
#include "board_axi.hpp"
#include "board_memory.hpp"
#include "board_ports.h"
#include "board_video.hpp"
#include "verilated.h"
#if VM_TRACE_FST
#include "verilated_fst_c.h"
#endif

namespace {

constexpr uint64_t kLiteClocks = 4096;  // a register access that takes longer is not answered

template <class T>
T take() {
    T value{};
    if (fread(&value, sizeof value, 1, stdin) != 1) exit(0);
    return value;
}

template <class T>
void give(T value) {
    fwrite(&value, sizeof value, 1, stdout);
}

class Board {
public:
    Board(std::map<std::string, std::string>& args)
        : top_(std::make_unique<Vtop>(&context_)), lite_{*top_}, video_(*top_, world_) {
        const auto number = [&](const char* key) {
            return strtoull(args[key].c_str(), nullptr, 0);
        };
        context_.randReset(2);
        context_.randSeed(static_cast<int>(number("seed") % 0x7FFFFFFF) + 1);
        world_.dice.seed(number("seed"));
        world_.stall = atof(args["stall"].c_str());
        world_.latency = number("latency");
        world_.jitter = number("jitter");
        world_.burst_beats = number("burst");
        memory_.base = number("base");
        memory_.bytes.resize(number("size"));
        for (auto& byte : memory_.bytes) byte = static_cast<uint8_t>(world_.dice());
#if VM_TRACE_FST
        context_.traceEverOn(true);
        if (!args["waves"].empty()) {
            top_->trace(&waves_, 99);
            waves_.open(args["waves"].c_str());
            tracing_ = true;
        }
#endif
#define READER(n) readers_.emplace_back("gmem" #n, READ_SIGNALS(*top_, n), world_, memory_);
        READERS(READER)
#define WRITER(n) writers_.emplace_back("gmem" #n, WRITE_SIGNALS(*top_, n), world_, memory_);
        WRITERS(WRITER)
        hard_reset();
    }

    ~Board() {
#if VM_TRACE_FST
        if (tracing_) waves_.close();
#endif
        top_->final();
    }

    bool obey() {
        const int letter = getchar();
        switch (letter) {
            case 'R': {
                lite_.read(take<uint32_t>());
                access();
                give<uint32_t>(lite_.value);
                give<uint32_t>(lite_.resp);
                break;
            }
            case 'W': {
                const auto address = take<uint32_t>();
                lite_.write(address, take<uint32_t>());
                access();
                give<uint32_t>(lite_.resp);
                break;
            }
            case 'm':
            case 'M': {
                const auto address = take<uint64_t>();
                const auto size = take<uint32_t>();
                if (!memory_.holds(address, size)) return false;
                if (letter == 'm') {
                    fwrite(memory_.at(address), 1, size, stdout);
                } else {
                    if (fread(memory_.at(address), 1, size, stdin) != size) return false;
                    give<uint32_t>(0);
                }
                break;
            }
            case 'T': {
                const auto clocks = take<uint64_t>();
                const bool any = take<uint8_t>();
                const auto all = take<uint32_t>();
                for (uint64_t i = 0; i < clocks; ++i) {
                    const uint32_t up = top_->irq_o;
                    if ((any && up) || (all && (up & all) == all)) break;
                    tick();
                }
                give<uint64_t>(world_.clock);
                break;
            }
            case 'F':
                memory_.fault_base = take<uint64_t>();
                memory_.fault_size = take<uint64_t>();
                memory_.fault = static_cast<Resp>(take<uint32_t>());
                give<uint32_t>(0);
                break;
            case 'V': {
                if (const auto again = take<uint8_t>()) video_.clear(again == 1);
                const auto beats = take<uint32_t>(), bytes = take<uint32_t>();
                uint32_t taken = 0;
                for (uint32_t i = 0; i < beats; ++i) {
                    const auto flags = take<uint8_t>();
                    VideoBeat beat{bool(flags & 1), bool(flags & 2), std::vector<uint8_t>(bytes)};
                    if (fread(beat.data.data(), 1, bytes, stdin) != bytes) return false;
                    taken += video_.push(std::move(beat));
                }
                give<uint32_t>(taken);
                break;
            }
            case 'v':
                give<uint64_t>(video_.sent);
                give<uint64_t>(video_.left);
                break;
            case 'Z':
                hard_reset();
                give<uint32_t>(0);
                break;
            case 'S':
                give<uint64_t>(world_.clock);
                give<uint32_t>(top_->irq_o);
                give<uint64_t>(world_.violations.count);
                give<uint32_t>(world_.violations.text.size());
                fputs(world_.violations.text.c_str(), stdout);
                break;
            default:
                return false;
        }
        fflush(stdout);
        return true;
    }

private:
    void edge(uint8_t level) {
        top_->clk_i = level;
        top_->eval();
#if VM_TRACE_FST
        if (tracing_) waves_.dump(2 * world_.clock + level);
#endif
    }

    void hard_reset() {
        for (auto& port : readers_) port.reset();
        for (auto& port : writers_) port.reset();
        video_.reset();
        lite_.give_up();
        lite_.drive();
        top_->rst_ni = 0;
        for (int i = 0; i < 16; ++i) edge(0), edge(1), ++world_.clock;
        top_->rst_ni = 1;
    }

    void access() {
        const uint64_t begin = world_.clock;
        while (lite_.state != Lite<Vtop>::IDLE && world_.clock - begin < kLiteClocks) tick();
        if (lite_.state != Lite<Vtop>::IDLE) lite_.give_up();
    }

    void tick() {
        lite_.drive();
        edge(0);
        lite_.sample();
        for (auto& port : readers_) port.sample();
        for (auto& port : writers_) port.sample();
        video_.sample();
        edge(1);
        ++world_.clock;
        for (auto& port : readers_) port.drive();
        for (auto& port : writers_) port.drive();
        video_.drive();
    }

    VerilatedContext context_;
    std::unique_ptr<Vtop> top_;
#if VM_TRACE_FST
    VerilatedFstC waves_;
    bool tracing_ = false;
#endif
    World world_;
    Memory memory_;
    Lite<Vtop> lite_;
    std::deque<ReadPort> readers_;
    std::deque<WritePort> writers_;
    Video<Vtop> video_;
};

}  // namespace

int main(int argc, char** argv) {
    // base, size: the memory; seed; stall: probability of a pause on each channel; latency and
    // jitter: clocks until an answer; burst: longest burst allowed; waves: FST file
    std::map<std::string, std::string> args{
        {"base", "0x10000000"}, {"size", "0x1000000"}, {"seed", "0"},  {"stall", "0"},
        {"latency", "8"},       {"jitter", "0"},       {"burst", "16"}, {"waves", ""}};
    for (int i = 1; i < argc; ++i)
        if (const char* equals = strchr(argv[i], '='))
            args[std::string(argv[i], equals - argv[i])] = equals + 1;
    Board board(args);
    while (board.obey()) {
    }
    return 0;
}
