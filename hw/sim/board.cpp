// A simulated board: the Verilated shell with its accelerator, memory, and a processor's bus.
//
// Obeys commands on standard input, one letter with little-endian arguments, and answers on
// standard output (hw/sim/board.py is the other end):
//   R u32 address               -> u32 value, u32 response         register read
//   W u32 address, u32 value    -> u32 response                    register write
//   m u64 address, u32 size     -> the bytes                       memory, by the host
//   M u64 address, u32 size, .. -> u32 0
//   T u64 clocks, u8 irq        -> u64 clock                       let clocks pass (irq: at most
//                                                                  until the interrupt rises)
//   F u64 address, u64 size, u32 response -> u32 0                 faulty range (size 0: none)
//   Z                           -> u32 0                           hard reset
//   S                           -> u64 clock, u32 irq, u64 violations, u32 size, text
// Accesses of the host beyond the memory are answered by ending the program.
#include <map>
#include <memory>

#include "Vtop.h"
#include "board_axi.hpp"
#include "verilated.h"
#if VM_TRACE_FST
#include "verilated_fst_c.h"
#endif

namespace {

constexpr uint64_t kWindow = 8;         // bursts that a slave accepts at a time
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
        : top_(std::make_unique<Vtop>(&context_)), lite_{*top_} {
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
                const bool stop = take<uint8_t>();
                for (uint64_t i = 0; i < clocks && !(stop && top_->irq_o); ++i) tick();
                give<uint64_t>(world_.clock);
                break;
            }
            case 'F':
                memory_.fault_base = take<uint64_t>();
                memory_.fault_size = take<uint64_t>();
                memory_.fault = static_cast<Resp>(take<uint32_t>());
                give<uint32_t>(0);
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
        reads_.clear(), writes_.clear(), answers_.clear();
        reading_ = answering_ = w_held_ = false;
        ar_.reset(), aw_.reset();
        top_->m_axi_gmem0_arready = top_->m_axi_gmem1_awready = 0;
        lite_.give_up();
        lite_.drive();
        top_->m_axi_gmem0_rvalid = top_->m_axi_gmem1_bvalid = top_->m_axi_gmem1_wready = 0;
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
        sample_read();
        sample_write();
        edge(1);
        ++world_.clock;
        drive_read();
        drive_write();
    }

    void sample_read() {
        Burst burst;
        const Request request{bool(top_->m_axi_gmem0_arvalid), top_->m_axi_gmem0_araddr,
                              top_->m_axi_gmem0_arlen, top_->m_axi_gmem0_arsize,
                              top_->m_axi_gmem0_arburst, top_->m_axi_gmem0_arid};
        if (ar_.sample(request, burst)) reads_.push_back(burst);
        if (reading_ && top_->m_axi_gmem0_rready) {
            reading_ = false;
            Burst& head = reads_.front();
            if (++head.done == head.beats) reads_.pop_front();
        }
    }

    void drive_read() {
        top_->m_axi_gmem0_arready = ar_.drive(reads_.size() < kWindow);
        if (!reading_ && !reads_.empty() && reads_.front().due <= world_.clock && !world_.hit()) {
            const Burst& head = reads_.front();
            auto* data = reinterpret_cast<uint8_t*>(&top_->m_axi_gmem0_rdata);
            if (head.resp == OKAY)
                memcpy(data, memory_.at(head.address + head.done * kRead), kRead);
            else
                memset(data, 0xEE, kRead);
            top_->m_axi_gmem0_rid = head.id;
            top_->m_axi_gmem0_rresp = head.resp;
            top_->m_axi_gmem0_rlast = head.done + 1 == head.beats;
            reading_ = true;
        }
        top_->m_axi_gmem0_rvalid = reading_;
        if (!reading_) memset(&top_->m_axi_gmem0_rdata, 0x5A, kRead);
    }

    void sample_write() {
        Burst burst;
        const Request request{bool(top_->m_axi_gmem1_awvalid), top_->m_axi_gmem1_awaddr,
                              top_->m_axi_gmem1_awlen, top_->m_axi_gmem1_awsize,
                              top_->m_axi_gmem1_awburst, top_->m_axi_gmem1_awid};
        if (aw_.sample(request, burst)) writes_.push_back(burst);
        check_write_data();
        if (top_->m_axi_gmem1_wvalid && top_->m_axi_gmem1_wready) {
            // ready is only given while an address stands in front
            Burst& head = writes_.front();
            if (head.resp == OKAY) store(head.address + head.done * kWrite);
            ++head.done;
            if ((head.done == head.beats) != bool(top_->m_axi_gmem1_wlast))
                world_.violations.add(world_.clock, "gmem1 W", "last at another beat than the "
                                      "address says", head.address);
            if (head.done == head.beats) {
                head.due = world_.due();
                answers_.push_back(head);
                writes_.pop_front();
            }
        }
        if (answering_ && top_->m_axi_gmem1_bready) {
            answering_ = false;
            answers_.pop_front();
        }
    }

    void check_write_data() {
        const auto* data = reinterpret_cast<const uint8_t*>(&top_->m_axi_gmem1_wdata);
        const bool valid = top_->m_axi_gmem1_wvalid;
        if (w_held_ && (!valid || memcmp(data, w_data_, kWrite) != 0))
            world_.violations.add(world_.clock, "gmem1 W", "beat changed before ready", 0);
        w_held_ = valid && !top_->m_axi_gmem1_wready;
        memcpy(w_data_, data, kWrite);
    }

    void store(uint64_t address) {
        const auto* data = reinterpret_cast<const uint8_t*>(&top_->m_axi_gmem1_wdata);
        const uint64_t strobes = top_->m_axi_gmem1_wstrb;
        for (uint64_t i = 0; i < kWrite; ++i)
            if (strobes >> i & 1) *memory_.at(address + i) = data[i];
    }

    void drive_write() {
        top_->m_axi_gmem1_awready = aw_.drive(writes_.size() < kWindow);
        top_->m_axi_gmem1_wready = !writes_.empty() && !world_.hit();
        if (!answering_ && !answers_.empty() && answers_.front().due <= world_.clock &&
            !world_.hit()) {
            top_->m_axi_gmem1_bid = answers_.front().id;
            top_->m_axi_gmem1_bresp = answers_.front().resp;
            answering_ = true;
        }
        top_->m_axi_gmem1_bvalid = answering_;
    }

    static constexpr uint64_t kRead = sizeof(Vtop::m_axi_gmem0_rdata);
    static constexpr uint64_t kWrite = sizeof(Vtop::m_axi_gmem1_wdata);

    VerilatedContext context_;
    std::unique_ptr<Vtop> top_;
#if VM_TRACE_FST
    VerilatedFstC waves_;
    bool tracing_ = false;
#endif
    World world_;
    Memory memory_;
    Lite<Vtop> lite_;
    AddressChannel ar_{"gmem0 AR", world_, memory_, kRead};
    AddressChannel aw_{"gmem1 AW", world_, memory_, kWrite};
    std::deque<Burst> reads_, writes_, answers_;
    bool reading_ = false, answering_ = false, w_held_ = false;
    uint8_t w_data_[kWrite] = {};
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
