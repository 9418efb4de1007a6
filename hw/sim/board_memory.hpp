// The memory's side of a board's DMAs: a slave for each read port and each write port.
//
// board_ports.h, made for a board, lists them: READERS(X) and WRITERS(X), X(n) for port gmem<n>.
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <type_traits>

#include "Vtop.h"
#include "board_axi.hpp"

constexpr uint64_t kWindow = 8;  // bursts that a slave accepts at a time

// All ports of a board are alike; gmem1 is always there.
using Id = std::remove_reference_t<decltype(Vtop::m_axi_gmem1_awid)>;
using Address = std::remove_reference_t<decltype(Vtop::m_axi_gmem1_awaddr)>;
using Data = std::remove_reference_t<decltype(Vtop::m_axi_gmem1_wdata)>;
using Strobes = std::remove_reference_t<decltype(Vtop::m_axi_gmem1_wstrb)>;
constexpr uint64_t kWord = sizeof(Data);

struct ReadSignals {
    CData &arvalid, &arready;
    Address& araddr;
    CData &arlen, &arsize, &arburst;
    Id &arid, &rid;
    Data& rdata;
    CData &rresp, &rlast, &rvalid, &rready;
};

#define READ_SIGNALS(top, n)                                                                    \
    ReadSignals {                                                                               \
        (top).m_axi_gmem##n##_arvalid, (top).m_axi_gmem##n##_arready,                           \
            (top).m_axi_gmem##n##_araddr, (top).m_axi_gmem##n##_arlen,                          \
            (top).m_axi_gmem##n##_arsize, (top).m_axi_gmem##n##_arburst,                        \
            (top).m_axi_gmem##n##_arid, (top).m_axi_gmem##n##_rid, (top).m_axi_gmem##n##_rdata, \
            (top).m_axi_gmem##n##_rresp, (top).m_axi_gmem##n##_rlast,                           \
            (top).m_axi_gmem##n##_rvalid, (top).m_axi_gmem##n##_rready                          \
    }

// Gives the bursts that are asked for, in order.
class ReadPort {
public:
    ReadPort(const std::string& name, const ReadSignals& port, World& world, Memory& memory)
        : name_(name + " AR"),
          port_(port),
          world_(world),
          memory_(memory),
          ar_(name_.c_str(), world, memory, kWord) {}
    ReadPort(const ReadPort&) = delete;

    void reset() {
        reads_.clear();
        ar_.reset();
        reading_ = false;
        port_.arready = port_.rvalid = 0;
    }

    // Before the edge.
    void sample() {
        Burst burst;
        const Request request{bool(port_.arvalid), port_.araddr,  port_.arlen,
                              port_.arsize,        port_.arburst, port_.arid};
        if (ar_.sample(request, burst)) reads_.push_back(burst);
        if (reading_ && port_.rready) {
            reading_ = false;
            Burst& head = reads_.front();
            if (++head.done == head.beats) reads_.pop_front();
        }
    }

    // After the edge.
    void drive() {
        port_.arready = ar_.drive(reads_.size() < kWindow);
        auto* data = reinterpret_cast<uint8_t*>(&port_.rdata);
        if (!reading_ && !reads_.empty() && reads_.front().due <= world_.clock && !world_.hit()) {
            const Burst& head = reads_.front();
            if (head.resp == OKAY)
                memcpy(data, memory_.at(head.address + head.done * kWord), kWord);
            else
                memset(data, 0xEE, kWord);
            port_.rid = head.id;
            port_.rresp = head.resp;
            port_.rlast = head.done + 1 == head.beats;
            reading_ = true;
        }
        port_.rvalid = reading_;
        if (!reading_) memset(data, 0x5A, kWord);
    }

private:
    std::string name_;
    ReadSignals port_;
    World& world_;
    Memory& memory_;
    AddressChannel ar_;
    std::deque<Burst> reads_;
    bool reading_ = false;
};

struct WriteSignals {
    CData &awvalid, &awready;
    Address& awaddr;
    CData &awlen, &awsize, &awburst;
    Id& awid;
    Data& wdata;
    Strobes& wstrb;
    CData &wlast, &wvalid, &wready;
    Id& bid;
    CData &bresp, &bvalid, &bready;
};

#define WRITE_SIGNALS(top, n)                                                                    \
    WriteSignals {                                                                               \
        (top).m_axi_gmem##n##_awvalid, (top).m_axi_gmem##n##_awready,                            \
            (top).m_axi_gmem##n##_awaddr, (top).m_axi_gmem##n##_awlen,                           \
            (top).m_axi_gmem##n##_awsize, (top).m_axi_gmem##n##_awburst,                         \
            (top).m_axi_gmem##n##_awid, (top).m_axi_gmem##n##_wdata,                             \
            (top).m_axi_gmem##n##_wstrb, (top).m_axi_gmem##n##_wlast,                            \
            (top).m_axi_gmem##n##_wvalid, (top).m_axi_gmem##n##_wready,                          \
            (top).m_axi_gmem##n##_bid, (top).m_axi_gmem##n##_bresp,                              \
            (top).m_axi_gmem##n##_bvalid, (top).m_axi_gmem##n##_bready                           \
    }

// Takes the bursts whose addresses it got, in order, and answers each.
class WritePort {
public:
    WritePort(const std::string& name, const WriteSignals& port, World& world, Memory& memory)
        : name_(name + " AW"),
          data_name_(name + " W"),
          port_(port),
          world_(world),
          memory_(memory),
          aw_(name_.c_str(), world, memory, kWord) {}
    WritePort(const WritePort&) = delete;

    void reset() {
        writes_.clear(), answers_.clear();
        aw_.reset();
        answering_ = held_ = false;
        port_.awready = port_.wready = port_.bvalid = 0;
    }

    // Before the edge.
    void sample() {
        Burst burst;
        const Request request{bool(port_.awvalid), port_.awaddr,  port_.awlen,
                              port_.awsize,        port_.awburst, port_.awid};
        if (aw_.sample(request, burst)) writes_.push_back(burst);
        check_data();
        if (port_.wvalid && port_.wready) {
            // ready is only given while an address stands in front
            Burst& head = writes_.front();
            if (head.resp == OKAY) store(head.address + head.done * kWord);
            ++head.done;
            if ((head.done == head.beats) != bool(port_.wlast))
                world_.violations.add(world_.clock, data_name_.c_str(),
                                      "last at another beat than the address says", head.address);
            if (head.done == head.beats) {
                head.due = world_.due();
                answers_.push_back(head);
                writes_.pop_front();
            }
        }
        if (answering_ && port_.bready) {
            answering_ = false;
            answers_.pop_front();
        }
    }

    // After the edge.
    void drive() {
        port_.awready = aw_.drive(writes_.size() < kWindow);
        port_.wready = !writes_.empty() && !world_.hit();
        if (!answering_ && !answers_.empty() && answers_.front().due <= world_.clock &&
            !world_.hit()) {
            port_.bid = answers_.front().id;
            port_.bresp = answers_.front().resp;
            answering_ = true;
        }
        port_.bvalid = answering_;
    }

private:
    void check_data() {
        const auto* data = reinterpret_cast<const uint8_t*>(&port_.wdata);
        const bool valid = port_.wvalid;
        if (held_ && (!valid || memcmp(data, before_, kWord) != 0))
            world_.violations.add(world_.clock, data_name_.c_str(), "beat changed before ready", 0);
        held_ = valid && !port_.wready;
        memcpy(before_, data, kWord);
    }

    void store(uint64_t address) {
        const auto* data = reinterpret_cast<const uint8_t*>(&port_.wdata);
        const auto* strobes = reinterpret_cast<const uint8_t*>(&port_.wstrb);
        for (uint64_t i = 0; i < kWord; ++i)
            if (strobes[i / 8] >> (i % 8) & 1) *memory_.at(address + i) = data[i];
    }

    std::string name_, data_name_;
    WriteSignals port_;
    World& world_;
    Memory& memory_;
    AddressChannel aw_;
    std::deque<Burst> writes_, answers_;
    bool answering_ = false, held_ = false;
    uint8_t before_[kWord] = {};
};
