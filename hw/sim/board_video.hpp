// The source of a board's video stream: beats as the host queues them, with pauses as the bus has.
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <vector>

#include "board_axi.hpp"

struct VideoBeat {
    bool user, last;
    std::vector<uint8_t> data;
};

// A board without a video stream has none of its ports: Top is not looked into.
template <class Top>
struct NoVideo {
    explicit NoVideo(Top&, World&) {}
    void reset() {}
    void sample() {}
    void drive() {}
    bool push(VideoBeat&&) { return false; }
    void clear(bool) {}
    uint64_t sent = 0, left = 0;
};

#ifdef VIDEO_BYTES
template <class Top>
class Video {
public:
    explicit Video(Top& top, World& world) : top_(top), world_(world) {}

    uint64_t sent = 0, left = 0;

    // Behind those that are queued already.
    bool push(VideoBeat&& beat) {
        if (beat.data.size() != VIDEO_BYTES) return false;
        queue_.push_back(std::move(beat));
        left = queue_.size();
        return true;
    }
    // Forget what is queued, but for a beat that the sink has seen. again: repeat what comes next.
    void clear(bool again) {
        while (queue_.size() > (shown_ ? 1 : 0)) queue_.pop_back();
        again_ = again;
        left = once_ = queue_.size();
    }
    // The reset line ends what is shown; the source begins it anew.
    void reset() {
        shown_ = false;
        top_.s_axis_video_tvalid = 0;
    }
    // Before the edge.
    void sample() {
        if (!shown_ || !top_.s_axis_video_tready) return;
        shown_ = false;
        ++sent;
        if (again_ && !once_) queue_.push_back(std::move(queue_.front()));
        if (once_) --once_;
        queue_.pop_front();
        left = queue_.size();
    }
    // After the edge.
    void drive() {
        if (!shown_ && !queue_.empty() && !world_.hit()) {
            const VideoBeat& beat = queue_.front();
            memcpy(&top_.s_axis_video_tdata, beat.data.data(), VIDEO_BYTES);
            top_.s_axis_video_tuser = beat.user;
            top_.s_axis_video_tlast = beat.last;
            shown_ = true;
        }
        top_.s_axis_video_tvalid = shown_;
        if (!shown_) memset(&top_.s_axis_video_tdata, 0x5A, VIDEO_BYTES);
    }

private:
    Top& top_;
    World& world_;
    std::deque<VideoBeat> queue_;
    // Beats in front that are not repeated
    uint64_t once_ = 0;
    bool shown_ = false, again_ = false;
};
#else
template <class Top>
using Video = NoVideo<Top>;
#endif
