#include "services/telephony/spool/spool.h"

#include <fcntl.h>
#include <openssl/sha.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include <absl/strings/escaping.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_format.h>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/json_reader.h"
#include "libs/base/log.h"
#include "services/telephony/domain/errors.h"

namespace hotline::telephony {
namespace {

namespace fs = std::filesystem;

constexpr char kFactSuffix[] = ".fact";
constexpr char kMagic[] = "hotline-fact-1";

std::string Digest(std::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return std::string(absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), sizeof digest)));
}

bool WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

void SyncDirectory(const std::string& directory) {
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

// The whole file or none of it.
bool Replace(const std::string& path, std::string_view text, bool sync) {
  const std::string temporary = path + ".new";
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  bool good = WriteAll(fd, text) && (!sync || ::fsync(fd) == 0);
  good = ::close(fd) == 0 && good;
  good = good && ::rename(temporary.c_str(), path.c_str()) == 0;
  if (!good) ::unlink(temporary.c_str());
  return good;
}

bool IsPatient(const absl::Status& status) {  // the database is away or busy, not at odds with the fact
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kCancelled: return true;
    default: return false;
  }
}

}  // namespace

std::string WriteFact(const Fact& fact) {
  return absl::StrCat(kMagic, " ", fact.kind, " ", fact.id, " ", Digest(fact.json), "\n", fact.json);
}

absl::StatusOr<Fact> ReadFact(const std::string& text) {
  const size_t line = text.find('\n');
  if (line == std::string::npos) return errors::SpoolUnreadable("no first line");
  Fact fact;
  fact.json = text.substr(line + 1);
  std::vector<std::string> words(1);
  for (const char c : text.substr(0, line)) {
    if (c == ' ') words.emplace_back();
    else words.back() += c;
  }
  if (words.size() != 4 || words[0] != kMagic) return errors::SpoolUnreadable("not a fact of this version");
  fact.kind = words[1];
  fact.id = words[2];
  if (!base::IsValidId(fact.id) || words[3] != Digest(fact.json)) return errors::SpoolUnreadable("the content does not fit its digest");
  return fact;
}

absl::StatusOr<std::unique_ptr<Spool>> Spool::Open(const std::string& directory) {
  std::unique_ptr<Spool> spool(new Spool(directory));
  if (absl::Status status = spool->Load(); !status.ok()) return status;
  spool->writer_ = std::thread([s = spool.get()] { s->Write(); });
  return spool;
}

absl::Status Spool::Load() {
  std::error_code error;
  for (const char* part : {"facts", "open", "aside"}) {
    fs::create_directories(fs::path(directory_) / part, error);
    if (error) return absl::FailedPreconditionError("cannot make the spool's directories");
  }
  for (const auto& file : fs::directory_iterator(directory_ + "/facts", error)) {
    uint64_t sequence = 0;
    if (file.path().extension() != kFactSuffix) {
      fs::remove(file.path(), error);  // a ".new" of a process that died while writing: its fact was not promised to anyone
      continue;
    }
    if (!absl::SimpleAtoi(file.path().stem().string(), &sequence)) continue;
    entries_[sequence].path = file.path().string();
    next_ = std::max(next_, sequence + 1);
  }
  return absl::OkStatus();
}

Spool::~Spool() { Stop(); }

void Spool::Stop() {
  {
    std::lock_guard lock(mutex_);
    if (stop_) return;
    stop_ = true;
  }
  changed_.notify_all();
  if (worker_.joinable()) worker_.join();
  if (writer_.joinable()) writer_.join();
}

void Spool::StartWorker(Apply apply) {
  apply_ = std::move(apply);
  worker_ = std::thread([this] { Work(); });
}

void Spool::Put(const std::string& kind, std::string json) {
  {
    std::lock_guard lock(mutex_);
    if (unsaved_ >= kMaxUnsaved) {
      ++stats_.lost;
      base::log::Error("a fact is lost: the spool's disk is full and so is its memory", {{"kind", kind}});
      return;
    }
    const uint64_t sequence = next_++;
    entries_[sequence].fact = Fact{base::NewId(), kind, std::move(json)};
    ++unsaved_;
    jobs_.push_back({Job::Kind::kFact, sequence, {}, {}});
  }
  changed_.notify_all();
}

void Spool::SaveOpenCall(const std::string& call_id, std::string json) {
  {
    std::lock_guard lock(mutex_);
    jobs_.push_back({Job::Kind::kSaveCall, 0, call_id, std::move(json)});
  }
  changed_.notify_all();
}

void Spool::RemoveOpenCall(const std::string& call_id) {
  {
    std::lock_guard lock(mutex_);
    jobs_.push_back({Job::Kind::kRemoveCall, 0, call_id, {}});
  }
  changed_.notify_all();
}

std::vector<Spool::OpenCall> Spool::OpenCalls() {
  std::vector<OpenCall> calls;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(directory_ + "/open", error)) {
    if (file.path().extension() != ".json") continue;
    auto text = base::ReadFile(file.path().string(), kMaxFactBytes);
    if (!text.ok()) continue;
    const auto age = fs::file_time_type::clock::now() - file.last_write_time(error);
    calls.push_back({file.path().stem().string(), *std::move(text), absl::Now() - absl::FromChrono(std::chrono::duration_cast<std::chrono::milliseconds>(age))});
  }
  return calls;
}

bool Spool::Flush(absl::Duration patience) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, absl::ToChronoMilliseconds(patience), [this] { return jobs_.empty() && !job_running_; });
}

Spool::Stats Spool::stats() const {
  std::lock_guard lock(mutex_);
  Stats stats = stats_;
  stats.waiting = entries_.size();
  stats.unsaved = unsaved_;
  return stats;
}

void Spool::Write() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stop_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    const Job job = jobs_.front();
    job_running_ = true;
    lock.unlock();
    const bool done = Do(job);
    lock.lock();
    job_running_ = false;
    if (done) {
      jobs_.pop_front();
      changed_.notify_all();
      continue;
    }
    ++stats_.write_failures;
    if (stats_.write_failures % 60 == 1) base::log::Error("the spool cannot write; it goes on trying", {{"errno", errno}});
    if (stop_) return;  // the disk is full: what is in memory is gone with the process
    changed_.wait_for(lock, absl::ToChronoMilliseconds(absl::Seconds(1)), [this] { return stop_; });
  }
}

bool Spool::Do(const Job& job) {
  const std::string open = directory_ + "/open/" + job.call_id + ".json";
  switch (job.kind) {
    case Job::Kind::kFact: return SaveFact(job.sequence);
    case Job::Kind::kSaveCall: Replace(open, job.json, false); return true;  // a later one may succeed; nothing depends on it
    case Job::Kind::kRemoveCall: ::unlink(open.c_str()); return true;
  }
  return true;
}

bool Spool::SaveFact(uint64_t sequence) {
  Fact fact;
  {
    std::lock_guard lock(mutex_);
    const auto it = entries_.find(sequence);
    if (it == entries_.end() || it->second.applied || !it->second.fact) {
      entries_.erase(sequence);
      --unsaved_;
      return true;
    }
    fact = *it->second.fact;
  }
  const std::string path = absl::StrFormat("%s/facts/%020d%s", directory_, sequence, kFactSuffix);
  if (!Replace(path, WriteFact(fact), true)) return false;
  SyncDirectory(directory_ + "/facts");
  std::lock_guard lock(mutex_);
  Entry& entry = entries_[sequence];
  --unsaved_;
  if (entry.applied) {
    ::unlink(path.c_str());
    entries_.erase(sequence);
  } else {
    entry.path = path;
    entry.fact.reset();
  }
  return true;
}

absl::StatusOr<Fact> Spool::FactOf(uint64_t sequence) {
  std::string path;
  {
    std::lock_guard lock(mutex_);
    const Entry& entry = entries_[sequence];
    if (entry.fact) return *entry.fact;
    path = entry.path;
  }
  HOTLINE_ASSIGN_OR_RETURN(const std::string text, base::ReadFile(path, kMaxFactBytes * 2));
  return ReadFact(text);
}

void Spool::Forget(uint64_t sequence) {
  std::lock_guard lock(mutex_);
  Entry& entry = entries_[sequence];
  ++stats_.applied;
  if (entry.path.empty()) {
    entry.applied = true;  // the writer has it in hand
    return;
  }
  ::unlink(entry.path.c_str());
  entries_.erase(sequence);
  changed_.notify_all();
}

void Spool::MoveAside(uint64_t sequence) {
  std::lock_guard lock(mutex_);
  Entry& entry = entries_[sequence];
  if (entry.path.empty()) return;  // not before it is on disk
  const std::string aside = directory_ + "/aside/" + fs::path(entry.path).filename().string();
  if (::rename(entry.path.c_str(), aside.c_str()) != 0) return;
  base::log::Error("a fact of the spool was moved aside", {{"file", fs::path(aside).filename().string()}});
  ++stats_.moved_aside;
  entries_.erase(sequence);
}

void Spool::Work() {
  absl::Duration pause = kRetryMin;
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto next = [this] {
      return std::find_if(entries_.begin(), entries_.end(), [](const auto& entry) { return !entry.second.applied; });
    };
    changed_.wait(lock, [&] { return stop_ || next() != entries_.end(); });
    if (stop_) return;
    const uint64_t sequence = next()->first;
    lock.unlock();
    const absl::StatusOr<Fact> fact = FactOf(sequence);
    absl::Status status = fact.status();
    if (fact.ok()) status = apply_(*fact);
    if (status.ok()) {
      Forget(sequence);
      pause = kRetryMin;
      lock.lock();
      continue;
    }
    bool hopeless = !fact.ok();
    if (fact.ok() && !IsPatient(status)) {
      base::log::Error("the database refuses a fact of the spool", {{"fact", fact->id}, {"kind", fact->kind}, {"error", status}});
      lock.lock();
      hopeless = ++entries_[sequence].refusals >= kMaxRefusals;
      lock.unlock();
    }
    if (hopeless) MoveAside(sequence);
    lock.lock();
    changed_.wait_for(lock, absl::ToChronoMilliseconds(hopeless ? kRetryMin : pause), [this] { return stop_; });
    pause = std::min(pause * 2, kRetryMax);
  }
}

}  // namespace hotline::telephony
