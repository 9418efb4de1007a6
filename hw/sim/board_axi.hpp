// Bus models of the simulated board: memory, AXI slaves with random latency, an AXI-Lite master.
//
// Each model looks at its ports before a rising edge (sample) and drives them after it (drive).
// Ports are given as references to Verilator's, whatever their width.
#pragma once

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <deque>
#include <random>
#include <string>
#include <vector>

enum Resp : uint32_t { OKAY = 0, SLVERR = 2, DECERR = 3, NO_ANSWER = 0xFF };

// Breaches of the protocol, the first few in words.
struct Violations {
    uint64_t count = 0;
    std::string text;
    void add(uint64_t clock, const char* port, const char* what, uint64_t address) {
        if (count++ >= 8) return;
        char line[160];
        snprintf(line, sizeof line, "clock %" PRIu64 ": %s: %s (address 0x%" PRIx64 ")\n", clock,
                 port, what, address);
        text += line;
    }
};

// What the models share: the clock, the dice, and how unkind the bus is.
struct World {
    uint64_t clock = 0;
    std::mt19937_64 dice;
    double stall = 0;          // probability that a channel pauses in a clock
    uint64_t latency = 8;      // least clocks from a request to its answer
    uint64_t jitter = 0;       // further clocks at most
    uint64_t burst_beats = 256;  // longest burst allowed (16: AXI3)
    Violations violations;
    bool hit() { return stall > 0 && std::uniform_real_distribution<>(0, 1)(dice) < stall; }
    uint64_t due() { return clock + latency + (jitter ? dice() % (jitter + 1) : 0); }
};

// Memory at [base, base + size); elsewhere nobody answers (DECERR). A range may be faulty.
struct Memory {
    uint64_t base = 0;
    std::vector<uint8_t> bytes;
    uint64_t fault_base = 0, fault_size = 0;
    Resp fault = SLVERR;
    bool holds(uint64_t address, uint64_t size) const {
        return address >= base && size <= bytes.size() && address - base <= bytes.size() - size;
    }
    Resp respond(uint64_t address, uint64_t size) const {
        if (fault_size && address < fault_base + fault_size && fault_base < address + size)
            return fault;
        return holds(address, size) ? OKAY : DECERR;
    }
    uint8_t* at(uint64_t address) { return &bytes[address - base]; }
};

struct Burst {
    uint64_t address, beats, id, due;
    Resp resp;
    uint64_t done;  // beats that have passed
};

// The signals of an address channel as its master drives them.
struct Request {
    bool valid;
    uint64_t address, len, size, kind, id;
};

// Slave's side of an address channel: takes requests at random clocks, and checks them.
class AddressChannel {
public:
    AddressChannel(const char* name, World& world, const Memory& memory, uint64_t word)
        : name_(name), world_(world), memory_(memory), word_(word) {}

    // Before the edge: true if a request is taken, and the burst that it asks for.
    bool sample(const Request& now, Burst& burst) {
        if (held_ && (!now.valid || now.address != before_.address || now.len != before_.len))
            refuse("request changed before ready", before_.address);
        held_ = now.valid && !ready_;
        before_ = now;
        if (!now.valid || !ready_) return false;
        const uint64_t beats = now.len + 1, bytes = beats * word_;
        if (now.kind != 1) refuse("burst is not INCR", now.address);
        if ((uint64_t{1} << now.size) != word_) refuse("beats narrower than the bus", now.address);
        if (now.address % word_) refuse("address not aligned to the bus word", now.address);
        if ((now.address & 4095) + bytes > 4096) refuse("crosses a 4 KB boundary", now.address);
        if (beats > world_.burst_beats) refuse("burst too long", now.address);
        burst = {now.address, beats, now.id, world_.due(), memory_.respond(now.address, bytes), 0};
        return true;
    }
    // After the edge: ready for the next clock.
    bool drive(bool room) { return ready_ = room && !world_.hit(); }
    void reset() { held_ = ready_ = false; }

private:
    void refuse(const char* what, uint64_t address) {
        world_.violations.add(world_.clock, name_, what, address);
    }

    const char* name_;
    World& world_;
    const Memory& memory_;
    uint64_t word_;
    bool ready_ = false, held_ = false;
    Request before_{};
};

// AXI-Lite master: one access at a time, run by calling `tick` until it is finished.
template <class Top>
struct Lite {
    Top& top;
    enum State { IDLE, ASK, ANSWER } state = IDLE;
    bool writing = false, address_left = false, data_left = false;
    uint32_t value = 0;
    Resp resp = OKAY;

    void read(uint32_t address) {
        writing = false;
        top.s_axi_control_araddr = address;
        address_left = true, data_left = false, state = ASK;
    }
    void write(uint32_t address, uint32_t data) {
        writing = true;
        top.s_axi_control_awaddr = address;
        top.s_axi_control_wdata = data;
        top.s_axi_control_wstrb = 0xF;
        address_left = data_left = true, state = ASK;
    }
    void drive() {
        top.s_axi_control_arvalid = state == ASK && !writing && address_left;
        top.s_axi_control_awvalid = state == ASK && writing && address_left;
        top.s_axi_control_wvalid = state == ASK && writing && data_left;
        top.s_axi_control_rready = state != IDLE && !writing;
        top.s_axi_control_bready = state != IDLE && writing;
    }
    void sample() {
        if (state == IDLE) return;
        if (top.s_axi_control_arvalid && top.s_axi_control_arready) address_left = false;
        if (top.s_axi_control_awvalid && top.s_axi_control_awready) address_left = false;
        if (top.s_axi_control_wvalid && top.s_axi_control_wready) data_left = false;
        if (!address_left && !data_left) state = ANSWER;
        if (!writing && top.s_axi_control_rvalid) {
            value = top.s_axi_control_rdata;
            resp = static_cast<Resp>(top.s_axi_control_rresp);
            state = IDLE;
        }
        if (writing && top.s_axi_control_bvalid) {
            resp = static_cast<Resp>(top.s_axi_control_bresp);
            state = IDLE;
        }
    }
    void give_up() { state = IDLE, resp = NO_ANSWER; }
};
