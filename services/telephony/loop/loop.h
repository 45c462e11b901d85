// Loop: one libre event loop on a thread of its own, fed by a bounded queue of commands.
//
// Every libre object lives and dies on the loop that made it: libre's reference counts are not atomic and its calls act on
// the loop of the calling thread. Other threads hand over plain data with Post.
//
// Thread-safety: Post, Run, OnThread and Stop may be called from any thread. Commands run in the order posted.
// Ownership: the Loop owns its thread; the destructor stops and joins it. Commands still queued at the stop are run, so
// that whoever waits for one is not left waiting.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace hotline::telephony {

class Loop {
 public:
  using Command = std::function<void()>;

  // Commands waiting for a loop; beyond it the loop is so far behind that more would only add delay.
  static constexpr std::size_t kMaxQueuedCommands = 65'536;
  // libre stops at 1,024 descriptors unless told before the first is added.
  static constexpr int kMaxDescriptors = 16'384;

  // Starts the thread and returns once it polls. Throws std::system_error if the kernel gives no descriptors or thread.
  explicit Loop(std::string name);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Queues a command. False when the queue is full or the loop has stopped: the command will not run.
  [[nodiscard]] bool Post(Command command);

  // Runs a command on the loop and waits for its end; at once if called on the loop itself. False as for Post.
  bool Run(const Command& command);

  // Whether the caller is on the loop's thread.
  bool OnThread() const { return std::this_thread::get_id() == thread_.get_id(); }

  // Runs what is queued, leaves the loop and joins the thread. Safe to call twice. Not from the loop itself.
  void Stop();

  // Commands waiting now, for metrics.
  std::size_t queued() const;

  // Complaints of libre (unparsable datagrams above all) that were not logged, in the whole process, for metrics.
  static std::uint64_t UnloggedComplaints();

 private:
  void ThreadMain(const std::function<void(int error)>& ready);
  int SetUp();
  void RunQueued();
  static void OnEvent(int flags, void* arg);

  const std::string name_;
  int event_fd_ = -1;
  mutable std::mutex mutex_;
  std::deque<Command> queue_;   // guarded by mutex_
  bool accepting_ = true;       // guarded by mutex_
  bool stop_requested_ = false; // loop thread only
  std::thread thread_;
};

}  // namespace hotline::telephony
