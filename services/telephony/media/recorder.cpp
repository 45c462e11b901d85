#include "services/telephony/media/recorder.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>

#include "services/telephony/media/errors.h"
#include "services/telephony/media/wav.h"

namespace hotline::telephony::media {
namespace {

int64_t SteadyMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

RecordingWriter::RecordingWriter()
    : thread_([this] {
        pthread_setname_np(pthread_self(), "recorder");
        Run();
      }) {}

RecordingWriter::~RecordingWriter() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void RecordingWriter::Push(Job job) {
  {
    std::lock_guard lock(mutex_);
    queued_bytes_ += job.chunk.size();
    queue_.push_back(std::move(job));
  }
  wake_.notify_one();
}

void RecordingWriter::Open(RecordingFilePtr file) { Push({Kind::kOpen, std::move(file), 0, {}, {}}); }

bool RecordingWriter::Append(RecordingFilePtr file, uint64_t offset, std::vector<uint8_t> chunk) {
  {
    std::lock_guard lock(mutex_);
    if (queued_bytes_ + chunk.size() > kMaxRecorderQueueBytes) return false;
  }
  Push({Kind::kData, std::move(file), offset, std::move(chunk), {}});
  return true;
}

void RecordingWriter::Close(RecordingFilePtr file, uint64_t total_bytes, Done done) {
  Push({Kind::kClose, std::move(file), total_bytes, {}, std::move(done)});
}

void RecordingWriter::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stop_ || !queue_.empty(); });
    if (queue_.empty()) return;
    Job job = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    Handle(job);
    lock.lock();
    queued_bytes_ -= job.chunk.size();
  }
}

void RecordingWriter::Fail(RecordingFile& file, int error_number) {
  if (file.failed.load(std::memory_order_relaxed)) return;
  file.error = RecordingFileError(error_number);
  file.failed.store(true, std::memory_order_release);
}

bool RecordingWriter::Write(RecordingFile& file, uint64_t offset, const uint8_t* data, size_t bytes) {
  while (bytes > 0) {
    const ssize_t n = ::pwrite(file.fd, data, bytes, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      Fail(file, n < 0 ? errno : EIO);
      return false;
    }
    data += n;
    offset += static_cast<uint64_t>(n);
    bytes -= static_cast<size_t>(n);
  }
  return true;
}

bool RecordingWriter::Header(RecordingFile& file) {
  uint8_t header[kAlawHeaderBytes];
  WriteAlawHeader(header, file.channels, file.bytes);
  return Write(file, 0, header, sizeof header);
}

bool RecordingWriter::FillTo(RecordingFile& file, uint64_t offset) {
  static const auto silence = [] {
    std::array<uint8_t, 16384> bytes;
    bytes.fill(kAlawSilence);
    return bytes;
  }();
  while (file.bytes < offset) {
    const size_t n = static_cast<size_t>(std::min<uint64_t>(silence.size(), offset - file.bytes));
    if (!Write(file, kAlawHeaderBytes + file.bytes, silence.data(), n)) return false;
    file.bytes += n;
  }
  return true;
}

void RecordingWriter::Handle(Job& job) {
  RecordingFile& file = *job.file;
  if (job.kind == Kind::kOpen) {
    file.fd = ::open((file.path + kPartialSuffix).c_str(), O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0640);
    if (file.fd < 0) return Fail(file, errno);
    file.synced_at_ms = SteadyMs();
    Header(file);
    return;
  }
  if (job.kind == Kind::kClose) return Finish(job);
  if (file.fd < 0 || file.failed.load(std::memory_order_relaxed)) return;
  if (!FillTo(file, job.offset)) return;
  if (!Write(file, kAlawHeaderBytes + job.offset, job.chunk.data(), job.chunk.size())) return;
  file.bytes = job.offset + job.chunk.size();
  if (!Header(file)) return;
  if (SteadyMs() - file.synced_at_ms >= kSyncMs) {
    if (::fdatasync(file.fd) != 0) return Fail(file, errno);
    file.synced_at_ms = SteadyMs();
  }
}

void RecordingWriter::Finish(Job& job) {
  RecordingFile& file = *job.file;
  const std::string partial = file.path + kPartialSuffix;
  if (file.fd >= 0) {
    const bool complete = !file.failed.load(std::memory_order_relaxed) && FillTo(file, job.offset) && Header(file);
    if (complete && ::fdatasync(file.fd) != 0) Fail(file, errno);
    if (::close(file.fd) != 0) Fail(file, errno);
    file.fd = -1;
    // A failed recording is renamed as well: what was written before the disk was full is playable and evidence.
    if (!complete) (void)RepairRecording(partial);
    else if (::rename(partial.c_str(), file.path.c_str()) != 0) Fail(file, errno);
  }
  if (job.done) job.done(file.failed.load(std::memory_order_relaxed) ? file.error : absl::OkStatus());
}

Recording::Recording(RecordingId id, RecordingOptions options, RecordingWriter& writer)
    : id_(id), options_(std::move(options)), writer_(writer), file_(std::make_shared<RecordingFile>()) {
  file_->path = options_.path;
  file_->channels = options_.stereo ? 2 : 1;
  writer_.Open(file_);
}

void Recording::Flush() {
  if (chunk_.empty()) return;
  const size_t bytes = chunk_.size();
  if (!writer_.Append(file_, flushed_, std::move(chunk_))) {
    dropped_ms_ += static_cast<int64_t>(bytes) / file_->channels / (kSampleRate / 1000);
  }
  chunk_.clear();
  flushed_ += bytes;
}

std::optional<RecordingEnd> Recording::Add(const uint8_t* left, const uint8_t* right) {
  // Now and then only: the file is the writer's, and far from this thread's cache.
  if (recorded_ms_ % kFailureCheckMs == 0 && file_->failed.load(std::memory_order_acquire)) return RecordingEnd::kFailed;
  if (chunk_.capacity() == 0) chunk_.reserve(kChunkFrames * kFrameSamples * static_cast<size_t>(file_->channels));
  const double left_energy = EnergyOfG711(Law::kAlaw, left, kFrameSamples);
  left_.Add(left_energy, kFrameSamples);
  if (options_.stereo) {
    right_.Add(EnergyOfG711(Law::kAlaw, right, kFrameSamples), kFrameSamples);
    std::array<uint8_t, size_t{2} * kFrameSamples> both;
    for (size_t i = 0; i < kFrameSamples; ++i) {
      both[2 * i] = left[i];
      both[2 * i + 1] = right[i];
    }
    chunk_.insert(chunk_.end(), both.begin(), both.end());
  } else {
    chunk_.insert(chunk_.end(), left, left + kFrameSamples);
  }
  recorded_ms_ += kFrameMs;
  if (chunk_.size() >= kChunkFrames * kFrameSamples * static_cast<size_t>(file_->channels)) Flush();
  const bool quiet = left_energy < options_.silence_rms * options_.silence_rms * kFrameSamples;
  silent_ms_ = quiet ? silent_ms_ + kFrameMs : 0;
  if (recorded_ms_ >= std::min(options_.max_ms, kMaxRecordingMs)) return RecordingEnd::kMaxLength;
  if (options_.silence_ms > 0 && silent_ms_ >= options_.silence_ms) return RecordingEnd::kSilence;
  return std::nullopt;
}

void Recording::Finish(RecordingEnd end, std::function<void(RecordingResult)> done) {
  Flush();
  RecordingResult result;
  result.path = options_.path;
  result.end = end;
  result.duration_ms = recorded_ms_;
  result.dropped_ms = dropped_ms_;
  result.left_rms = left_.Rms();
  result.right_rms = right_.Rms();
  writer_.Close(file_, flushed_, [result, done = std::move(done)](absl::Status status) mutable {
    if (!status.ok()) {
      result.end = RecordingEnd::kFailed;
      result.status = std::move(status);
    }
    if (done) done(std::move(result));
  });
}

}  // namespace hotline::telephony::media
