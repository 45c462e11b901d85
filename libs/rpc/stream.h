// Streams as coroutines see them, and the two halves of which their reactors are made.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <deque>
#include <mutex>
#include <utility>

#include "libs/rpc/pending.h"

namespace hotline::rpc {
namespace asio = boost::asio;

inline constexpr size_t kWriteQueueMessages = 64;

// All streams: one Read and one Write may be awaited at a time, on the executor of the call.

template <class In>
class Reader {
 public:
  virtual ~Reader() = default;
  // False when the peer will send no more. Throws operation_aborted when the waiting coroutine is cancelled.
  virtual asio::awaitable<bool> Read(In& message) = 0;
};

template <class Out>
class Writer {
 public:
  virtual ~Writer() = default;
  // Returns when gRPC has room for the next message; false when the call is over and the message is lost.
  virtual asio::awaitable<bool> Write(Out message) = 0;
  // For bulk (exports, recordings): puts the message into a queue of kWriteQueueMessages that gRPC's threads drain, and
  // returns at once unless the queue is full. Several times faster than Write; false when the call is over. Messages still
  // queued when the handler ends are sent before its status. Streams of clients have no queue: there it is Write.
  virtual asio::awaitable<bool> Push(Out message) { return Write(std::move(message)); }
};

template <class In, class Out>
class Stream : public Reader<In>, public Writer<Out> {};

namespace internal {

template <class In>
class ReadHalf {
 public:
  template <class Reactor>
  asio::awaitable<bool> Read(Reactor& reactor, In& message) {
    if (ended_) co_return false;
    if (!op_.under_way()) {
      op_.Start();
      reactor.StartRead(&buffer_);
    }
    ended_ = !co_await op_.Wait();
    if (!ended_) message.Swap(&buffer_);  // the old message becomes the next buffer: its memory is used again
    co_return !ended_;
  }
  void Complete(bool ok) { op_.Complete(ok); }
  bool ended() const { return ended_; }

 private:
  PendingOp op_;
  In buffer_;  // belongs to gRPC while op_ is under way
  bool ended_ = false;
};

template <class Out>
class WriteHalf {
 public:
  template <class Reactor>
  asio::awaitable<bool> Write(Reactor& reactor, Out message) {
    // A Write that was given up, e.g. by a time-out, is still under way.
    if (op_.under_way()) broken_ = !co_await op_.Wait();
    if (broken_) co_return false;
    buffer_ = std::move(message);
    op_.Start();
    reactor.StartWrite(&buffer_);
    broken_ = !co_await op_.Wait();
    co_return !broken_;
  }
  void Complete(bool ok) { op_.Complete(ok); }
  bool in_flight() const { return op_.in_flight(); }

 private:
  PendingOp op_;
  Out buffer_;  // belongs to gRPC while op_ is under way
  bool broken_ = false;
};

// The queue behind Push. Push and idle are called on the executor of the call, OnWriteDone on gRPC's threads.
template <class Out>
class WriteQueue {
 public:
  bool idle() const {
    std::lock_guard lock(mutex_);
    return !writing_;
  }

  template <class Reactor>
  asio::awaitable<bool> Push(Reactor& reactor, Out message) {
    bool full = false;
    {
      std::lock_guard lock(mutex_);
      if (broken_) co_return false;
      if (writing_) {
        queue_.push_back(std::move(message));
      } else {
        writing_ = true;
        buffer_ = std::move(message);
        reactor.StartWrite(&buffer_);
      }
      full = queue_.size() >= kWriteQueueMessages;
      // A wait that was cancelled is still under way.
      if (full && !room_.under_way()) {
        room_.Start();
        waiting_ = true;
      }
    }
    if (full) co_await room_.Wait();
    std::lock_guard lock(mutex_);
    co_return !broken_;
  }

  // False if the write was not the queue's. Calls `wake(room)` when the queue is drained or, with true, when a waiting Push
  // has room again, which is told it by MakeRoom on the executor.
  template <class Reactor, class Wake>
  bool OnWriteDone(Reactor& reactor, bool ok, Wake wake) {
    bool room = false, drained = false;
    {
      std::lock_guard lock(mutex_);
      if (!writing_) return false;
      if (!ok) {
        broken_ = true;
        queue_.clear();
      }
      if (queue_.empty()) {
        writing_ = false;
        drained = true;
      } else {
        buffer_ = std::move(queue_.front());
        queue_.pop_front();
        reactor.StartWrite(&buffer_);
      }
      room = waiting_ && queue_.size() <= kWriteQueueMessages / 2;
      if (room) waiting_ = false;
    }
    if (room || drained) wake(room);
    return true;
  }

  void MakeRoom() { room_.Complete(true); }

 private:
  mutable std::mutex mutex_;
  std::deque<Out> queue_;
  Out buffer_;  // belongs to gRPC while writing_
  bool writing_ = false;
  bool broken_ = false;
  bool waiting_ = false;
  PendingOp room_;
};

}  // namespace internal
}  // namespace hotline::rpc
