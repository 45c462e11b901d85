// Recording to disk. A Recording gathers 20 ms frames on a media thread and hands whole chunks to the RecordingWriter,
// one I/O thread for the process, through a queue bounded in bytes. The header on disk is renewed with every chunk, so
// that a file whose process was killed is playable up to the last chunk, and RepairRecordings completes it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <absl/status/status.h>

#include "services/telephony/media/g711.h"
#include "services/telephony/media/limits.h"
#include "services/telephony/media/prefetch.h"
#include "services/telephony/media/types.h"

namespace hotline::telephony::media {

struct RecordingOptions {
  std::string path;            // Final name; written as path + ".part". Its directory must exist.
  bool stereo = true;          // true: left what the leg says, right what it hears. false: only what the leg says.
  int max_ms = kMaxRecordingMs;
  int silence_ms = 0;          // Ends after so long without speech from the leg; 0 never.
  double silence_rms = 200;    // Below this a frame of the leg counts as silent (linear 16-bit scale).
};

enum class RecordingEnd : uint8_t { kStopped, kMaxLength, kSilence, kLegClosed, kFailed };

struct RecordingResult {
  std::string path;
  RecordingEnd end = RecordingEnd::kStopped;
  absl::Status status;         // Not OK with kFailed: DISK_FULL or RECORDING_FILE_ERROR; a partial file may remain.
  int64_t duration_ms = 0;
  int64_t dropped_ms = 0;      // Replaced by silence because the writer could not keep up.
  double left_rms = 0;
  double right_rms = 0;
};

// One open file. Made by the media thread, then touched by the writer thread only, except `failed`.
struct RecordingFile {
  std::string path;
  int channels = 2;
  std::atomic<bool> failed{false};
  absl::Status error;          // Written before `failed` is set.
  int fd = -1;
  uint64_t bytes = 0;
  int64_t synced_at_ms = 0;
};
using RecordingFilePtr = std::shared_ptr<RecordingFile>;

// Thread-safe. Done callbacks run on the writer thread.
class RecordingWriter {
 public:
  using Done = std::function<void(absl::Status)>;
  RecordingWriter();
  ~RecordingWriter();  // Writes what is queued, then ends.
  RecordingWriter(const RecordingWriter&) = delete;
  RecordingWriter& operator=(const RecordingWriter&) = delete;

  void Open(RecordingFilePtr file);
  // False when the queue is full: the chunk is not kept, and the file gets silence in its place.
  bool Append(RecordingFilePtr file, uint64_t offset, std::vector<uint8_t> chunk);
  void Close(RecordingFilePtr file, uint64_t total_bytes, Done done);

 private:
  static constexpr int64_t kSyncMs = 15'000;  // A power cut loses at most this; a killed process loses one chunk.
  enum class Kind { kOpen, kData, kClose };
  struct Job {
    Kind kind;
    RecordingFilePtr file;
    uint64_t offset = 0;
    std::vector<uint8_t> chunk;
    Done done;
  };
  void Push(Job job);
  void Run();
  void Handle(Job& job);
  bool Write(RecordingFile& file, uint64_t offset, const uint8_t* data, size_t bytes);
  bool FillTo(RecordingFile& file, uint64_t offset);
  bool Header(RecordingFile& file);
  void Fail(RecordingFile& file, int error_number);
  void Finish(Job& job);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> queue_;
  size_t queued_bytes_ = 0;
  bool stop_ = false;
  std::thread thread_;
};

// The media thread's half. Not thread-safe; may move with its leg.
class Recording {
 public:
  Recording(RecordingId id, RecordingOptions options, RecordingWriter& writer);
  RecordingId id() const { return id_; }
  // One tick, both sides in A-law. The reason when the recording has come to its end by itself.
  std::optional<RecordingEnd> Add(const uint8_t* left, const uint8_t* right);
  // See prefetch.h: where the next frame is written.
  void PrefetchTail() const { Prefetch(chunk_.data() + chunk_.size(), size_t{2} * kFrameSamples); }
  // Flushes and completes the file; `done` runs on the writer thread.
  void Finish(RecordingEnd end, std::function<void(RecordingResult)> done);

 private:
  static constexpr size_t kChunkFrames = 100;  // 2 s
  static constexpr int64_t kFailureCheckMs = 200;
  void Flush();

  RecordingId id_;
  RecordingOptions options_;
  RecordingWriter& writer_;
  RecordingFilePtr file_;
  std::vector<uint8_t> chunk_;
  uint64_t flushed_ = 0;
  int64_t recorded_ms_ = 0;
  int64_t dropped_ms_ = 0;
  int silent_ms_ = 0;
  LevelMeter left_, right_;
};

}  // namespace hotline::telephony::media
