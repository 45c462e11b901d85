#include "services/telephony/loop/loop.h"

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <future>
#include <system_error>

#include "services/telephony/loop/quiet.h"
#include "services/telephony/loop/timer_heap.h"

extern "C" {
#include <re/re.h>
}

namespace hotline::telephony {

Loop::Loop(std::string name) : name_(std::move(name)) {
  event_fd_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (event_fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  std::promise<int> ready;
  auto started = ready.get_future();
  thread_ = std::thread([this, &ready] { ThreadMain([&ready](int error) { ready.set_value(error); }); });
  if (const int error = started.get(); error != 0) {
    thread_.join();
    close(event_fd_);
    throw std::system_error(error, std::generic_category(), "telephony loop " + name_);
  }
}

Loop::~Loop() {
  Stop();
  close(event_fd_);
}

bool Loop::Post(Command command) {
  {
    const std::lock_guard lock(mutex_);
    if (!accepting_ || queue_.size() >= kMaxQueuedCommands) return false;
    queue_.push_back(std::move(command));
    if (queue_.size() > 1) return true;  // the loop has been woken for the first and takes all
  }
  // The counter saturates only after 2^64 posts without a read; a failed write means it is already readable.
  const std::uint64_t one = 1;
  (void)!write(event_fd_, &one, sizeof one);
  return true;
}

bool Loop::Run(const Command& command) {
  if (OnThread()) {
    command();
    return true;
  }
  std::promise<void> done;
  auto finished = done.get_future();
  if (!Post([&] {
        command();
        done.set_value();
      })) {
    return false;
  }
  finished.wait();
  return true;
}

void Loop::Stop() {
  if (!thread_.joinable()) return;
  // The stop must get through even when the queue is full, so it is not a counted command.
  {
    const std::lock_guard lock(mutex_);
    if (accepting_) queue_.push_back([this] { stop_requested_ = true; });
    accepting_ = false;
  }
  const std::uint64_t one = 1;
  (void)!write(event_fd_, &one, sizeof one);
  thread_.join();
}

std::size_t Loop::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

std::uint64_t Loop::UnloggedComplaints() { return LibreLinesLeftOut(); }

void Loop::ThreadMain(const std::function<void(int error)>& ready) {
  pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
  const int error = SetUp();
  ready(error);
  if (error == 0) {
    re_main(nullptr);
    RunQueued();
    fd_close(event_fd_);
  }
  ReleaseTimers();
  re_thread_close();
}

int Loop::SetUp() {
  if (const int error = re_thread_init(); error != 0) return error;
  // The order matters: setting the poll method first would fix the table at 1,024 descriptors without a word.
  if (const int error = fd_setsize(kMaxDescriptors); error != 0) return error;
  if (const int error = poll_method_set(METHOD_EPOLL); error != 0) return error;
  return fd_listen(event_fd_, FD_READ, &Loop::OnEvent, this);
}

void Loop::OnEvent(int, void* arg) {
  auto* loop = static_cast<Loop*>(arg);
  std::uint64_t count = 0;
  (void)!read(loop->event_fd_, &count, sizeof count);
  loop->RunQueued();
  if (loop->stop_requested_) re_cancel();
}

void Loop::RunQueued() {
  std::deque<Command> commands;
  {
    const std::lock_guard lock(mutex_);
    commands.swap(queue_);
  }
  for (auto& command : commands) command();
}

}  // namespace hotline::telephony
