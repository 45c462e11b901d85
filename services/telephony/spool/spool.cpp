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
#include <absl/strings/str_split.h>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/json_reader.h"
#include "libs/base/log.h"

namespace hotline::telephony {
namespace {

namespace fs = std::filesystem;

constexpr char kFactSuffix[] = ".fact";
constexpr char kOpenSuffix[] = ".json";
constexpr char kNewSuffix[] = ".new";
constexpr char kMagic[] = "hotline-fact-2";

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
bool Replace(const std::string& path, const std::string& temporary, std::string_view text, bool sync) {
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
  return absl::StrCat(kMagic, " ", fact.kind, " ", fact.id, " ", Digest(fact.json), " ", fact.json.size(), "\n", fact.json, "\n");
}

FactsRead ReadFacts(std::string_view text) {
  FactsRead read;
  while (!text.empty()) {
    const size_t line = text.find('\n');
    const std::vector<std::string> words = absl::StrSplit(absl::string_view(text.data(), std::min(line, text.size())), ' ');
    size_t size = 0;
    const bool framed = line != std::string_view::npos && words.size() == 5 && words[0] == kMagic && absl::SimpleAtoi(words[4], &size) &&
                        size < text.size() - line - 1 && text[line + 1 + size] == '\n';
    if (!framed) {  // what comes after it cannot be found
      read.whole = false;
      break;
    }
    Fact fact{words[2], words[1], std::string(text.substr(line + 1, size))};
    const bool good = base::IsValidId(fact.id) && words[3] == Digest(fact.json);
    read.whole = read.whole && good;
    read.facts.push_back(good ? std::optional(std::move(fact)) : std::nullopt);
    text.remove_prefix(line + 1 + size + 1);
  }
  return read;
}

absl::StatusOr<std::unique_ptr<Spool>> Spool::Open(const std::string& directory, Pace pace) {
  std::unique_ptr<Spool> spool(new Spool(directory, pace));
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
  std::map<uint64_t, std::string> files;
  for (const auto& item : fs::directory_iterator(directory_ + "/facts", error)) {
    uint64_t first = 0;
    if (item.path().extension() == kFactSuffix && absl::SimpleAtoi(item.path().stem().string(), &first)) files[first] = item.path().string();
  }
  for (const auto& [first, path] : files) LoadFile(first, path);
  for (const auto& item : fs::directory_iterator(directory_ + "/open", error)) {
    if (item.path().extension() == kOpenSuffix) on_disk_.insert(item.path().stem().string());
  }
  unsaved_from_ = next_;
  return absl::OkStatus();
}

void Spool::LoadFile(uint64_t first, const std::string& path) {
  const auto file = std::make_shared<File>();
  file->path = path;
  FactsRead read = ReadWhole(*file);
  for (size_t i = 0; i < read.facts.size(); ++i) {
    if (!read.facts[i]) continue;
    Entry& entry = entries_[first + i];
    entry.file = file;
    entry.index = i;
    if (cached_ < kMaxCached) {
      entry.fact = std::move(read.facts[i]);
      ++cached_;
    }
    ++file->left;
  }
  next_ = std::max(next_, first + std::max<size_t>(read.facts.size(), 1));  // its name is never given again
  if (file->left == 0) ::unlink(path.c_str());
}

// What a file holds; one that is not whole, or cannot be read, is put aside as well. If that fails it stays where it is:
// counted as having one more fact left, it is neither removed nor used again.
FactsRead Spool::ReadWhole(File& file) {
  const std::string aside = directory_ + "/aside/" + fs::path(file.path).filename().string();
  const auto text = base::ReadFile(file.path, kMaxFileBytes + kMaxWriteBytes + 2 * kMaxFactBytes);
  if (!text.ok()) {
    base::log::Error("a file of the spool cannot be read and is put aside", {{"file", fs::path(file.path).filename().string()}, {"error", text.status()}});
    ++stats_.moved_aside;
    if (::link(file.path.c_str(), aside.c_str()) != 0) ++file.left;
    return {};
  }
  FactsRead read = ReadFacts(*text);
  if (read.whole) return read;
  if (!Replace(aside, aside + kNewSuffix, *text, true)) ++file.left;
  ++stats_.moved_aside;
  // The end of what a process wrote when it died was promised to nobody, and looks the same.
  base::log::Error("a file of the spool is damaged and was copied aside; what is whole in it is used", {{"file", fs::path(aside).filename().string()}});
  return read;
}

Spool::~Spool() { Stop(); }

void Spool::Stop() {
  {
    std::lock_guard lock(mutex_);
    if (stop_) return;
    stop_ = true;
  }
  to_write_.notify_all();
  to_apply_.notify_all();
  if (worker_.joinable()) worker_.join();
  if (writer_.joinable()) writer_.join();
  CloseFile();
}

void Spool::StartWorker(Apply apply) {
  apply_ = std::move(apply);
  worker_ = std::thread([this] { Work(); });
}

void Spool::Put(const std::string& kind, std::string json) {
  std::lock_guard lock(mutex_);
  if (unsaved_ >= kMaxUnsaved) {
    ++stats_.lost;
    base::log::Error("a fact is lost: the spool's disk is full and so is its memory", {{"kind", kind}});
    return;
  }
  entries_[next_++].fact = Fact{base::NewId(), kind, std::move(json)};
  ++unsaved_;
  if (!writing_) to_write_.notify_one();  // else the writer looks again by itself
}

void Spool::SaveOpenCall(const std::string& call_id, MakeRecord make) {
  std::lock_guard lock(mutex_);
  open_[call_id] = std::move(make);
  if (open_due_ != absl::InfiniteFuture()) return;
  open_due_ = absl::Now() + kOpenCallDelay;
  if (!writing_) to_write_.notify_one();
}

void Spool::RemoveOpenCall(const std::string& call_id) {
  std::lock_guard lock(mutex_);
  if (!on_disk_.contains(call_id)) {
    open_.erase(call_id);
    return;
  }
  open_[call_id] = nullptr;
  if (open_due_ != absl::InfiniteFuture()) return;
  open_due_ = absl::Now() + kOpenCallDelay;
  if (!writing_) to_write_.notify_one();
}

std::vector<Spool::OpenCall> Spool::OpenCalls() {
  std::vector<OpenCall> calls;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(directory_ + "/open", error)) {
    if (file.path().extension() != kOpenSuffix) continue;
    auto text = base::ReadFile(file.path().string(), kMaxFactBytes);
    if (!text.ok()) continue;
    const auto age = fs::file_time_type::clock::now() - file.last_write_time(error);
    calls.push_back({file.path().stem().string(), *std::move(text), absl::Now() - absl::FromChrono(std::chrono::duration_cast<std::chrono::milliseconds>(age))});
  }
  return calls;
}

bool Spool::Flush(absl::Duration patience) {
  std::unique_lock lock(mutex_);
  flushing_ = true;
  to_write_.notify_one();
  return idle_.wait_for(lock, absl::ToChronoMilliseconds(patience), [this] { return unsaved_ == 0 && open_.empty() && !writing_; });
}

Spool::Stats Spool::stats() const {
  std::lock_guard lock(mutex_);
  Stats stats = stats_;
  stats.waiting = entries_.size();
  stats.unsaved = unsaved_;
  return stats;
}

// ---- to disk

// False when there is nothing left to do and there never will be.
bool Spool::WaitForWork(std::unique_lock<std::mutex>& lock) {
  const auto due = [this] { return stop_ || flushing_ || absl::Now() >= open_due_; };
  while (unsaved_ == 0 && !due()) {
    if (open_due_ == absl::InfiniteFuture()) to_write_.wait(lock);
    else to_write_.wait_for(lock, absl::ToChronoMilliseconds(open_due_ - absl::Now()) + std::chrono::milliseconds(1));
  }
  return unsaved_ > 0 || !open_.empty() || !stop_;
}

void Spool::Write() {
  std::unique_lock lock(mutex_);
  for (absl::Time last; WaitForWork(lock); last = absl::Now()) {
    writing_ = true;
    const absl::Duration early = last + kWritePace - absl::Now();
    if (early > absl::ZeroDuration()) to_write_.wait_for(lock, absl::ToChronoMicroseconds(early), [this] { return stop_ || flushing_; });
    // A call's record may be removed only when its last fact is on disk: all facts that were put before are written first.
    OpenWishes wishes;
    if (stop_ || flushing_ || absl::Now() >= open_due_) {
      wishes.swap(open_);
      open_due_ = absl::InfiniteFuture();
      for (const auto& [call_id, make] : wishes) {
        if (make) on_disk_.insert(call_id);
        else on_disk_.erase(call_id);
      }
    }
    const uint64_t until = next_;
    while (unsaved_from_ < until) {
      lock.unlock();
      const bool saved = SaveFacts();
      lock.lock();
      if (saved) continue;
      if (stats_.write_failures++ % 60 == 0) base::log::Error("the spool cannot write; it goes on trying", {{"errno", errno}});
      disk_fails_ = true;
      to_apply_.notify_all();
      if (stop_) return;  // the disk is full: what is in memory is gone with the process
      to_write_.wait_for(lock, absl::ToChronoMilliseconds(absl::Seconds(1)), [this] { return stop_; });
    }
    lock.unlock();
    SaveOpenCalls(wishes);
    lock.lock();
    disk_fails_ = false;
    writing_ = false;
    flushing_ = flushing_ && !open_.empty();
    to_apply_.notify_all();
    idle_.notify_all();
  }
}

// Puts what is not on disk at the end of the present file; true as well if there is nothing.
bool Spool::SaveFacts() {
  std::vector<uint64_t> sequences;
  std::string text;
  {
    std::lock_guard lock(mutex_);
    for (auto it = entries_.lower_bound(unsaved_from_); it != entries_.end() && text.size() < kMaxWriteBytes; ++it) {
      sequences.push_back(it->first);
      text += WriteFact(*it->second.fact);
    }
    if (sequences.empty()) {
      unsaved_from_ = next_;
      return true;
    }
  }
  if (!OpenFile(sequences[0]) || !WriteAll(fd_, text) || ::fdatasync(fd_) != 0) {
    // What was written of it must not stand before what is written next.
    if (fd_ >= 0) (void)!::ftruncate(fd_, static_cast<off_t>(file_->bytes));
    return false;
  }
  std::lock_guard lock(mutex_);
  file_->bytes += text.size();
  unsaved_from_ = sequences.back() + 1;
  for (const uint64_t sequence : sequences) {
    const size_t index = file_->count++;
    const auto it = entries_.find(sequence);
    if (it == entries_.end()) continue;  // the database had it first
    it->second.file = file_;
    it->second.index = index;
    ++file_->left;
    --unsaved_;
    if (++cached_ > kMaxCached) {
      it->second.fact.reset();
      --cached_;
    }
  }
  return true;
}

// Makes the file ready into which the fact `next` and those after it go. One whose facts are all applied is used again:
// making and removing files costs more than writing into them.
bool Spool::OpenFile(uint64_t next) {
  if (fd_ >= 0) {
    std::lock_guard lock(mutex_);
    if (file_->left == 0 && file_->bytes > kReuseBytes && ::ftruncate(fd_, 0) == 0) file_->bytes = file_->count = 0;
    if (file_->bytes <= kMaxFileBytes) return true;
  }
  CloseFile();
  const auto file = std::make_shared<File>();
  file->path = absl::StrFormat("%s/facts/%020d%s", directory_, next, kFactSuffix);
  file->in_use = true;
  const int fd = ::open(file->path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  SyncDirectory(directory_ + "/facts");
  fd_ = fd;
  file_ = file;
  return true;
}

void Spool::CloseFile() {
  if (fd_ < 0) return;
  ::close(std::exchange(fd_, -1));
  std::lock_guard lock(mutex_);
  file_->in_use = false;
  if (file_->left == 0) ::unlink(file_->path.c_str());
  file_.reset();
}

void Spool::SaveOpenCalls(const OpenWishes& wishes) {
  for (const auto& [call_id, make] : wishes) {
    const std::string path = directory_ + "/open/" + call_id + kOpenSuffix;
    // One that fails may succeed later; nothing depends on it.
    if (make) (void)Replace(path, path + kNewSuffix, make(), false);
    else ::unlink(path.c_str());
  }
}

// ---- to the database

// The first facts that may be handed over, in order: those on disk or, while it fails, all.
std::vector<uint64_t> Spool::NextForWorker() const {
  std::vector<uint64_t> sequences;
  const size_t most = one_by_one_ > 0 ? 1 : kMaxFactsInTransaction;
  for (auto it = entries_.begin(); it != entries_.end() && sequences.size() < most; ++it) {
    if (!it->second.file && !disk_fails_) break;
    sequences.push_back(it->first);
  }
  return sequences;
}

// Fills in those facts of the file that are not in memory. What cannot be read is out of the way then.
void Spool::ReadBack(const std::shared_ptr<File>& file) {
  std::lock_guard lock(mutex_);
  FactsRead read = ReadWhole(*file);
  for (auto it = entries_.begin(); it != entries_.end() && it->second.file; ) {
    const auto entry = it++;
    if (entry->second.file != file || entry->second.fact) continue;
    const size_t index = entry->second.index;
    if (index < read.facts.size() && read.facts[index]) {
      entry->second.fact = std::move(read.facts[index]);
      ++cached_;
    } else {
      ++stats_.lost;
      Forget(entry);
    }
  }
}

absl::Status Spool::Hand(const std::vector<uint64_t>& sequences) {
  std::vector<Fact> facts;
  for (const uint64_t sequence : sequences) {
    std::unique_lock lock(mutex_);
    auto it = entries_.find(sequence);
    if (it == entries_.end()) continue;
    if (!it->second.fact) {
      const std::shared_ptr<File> file = it->second.file;
      lock.unlock();
      ReadBack(file);
      lock.lock();
      it = entries_.find(sequence);
      if (it == entries_.end()) continue;
    }
    facts.push_back(*it->second.fact);
  }
  return facts.empty() ? absl::OkStatus() : apply_(facts);
}

void Spool::Forget(Entries::iterator entry) {
  Entry& e = entry->second;
  if (!e.file) --unsaved_;
  else if (e.fact) --cached_;
  if (e.file && --e.file->left == 0 && !e.file->in_use) ::unlink(e.file->path.c_str());
  entries_.erase(entry);
}

void Spool::MoveAside(uint64_t sequence) {
  const auto it = entries_.find(sequence);
  if (it == entries_.end() || !it->second.file) return;  // not before it is on disk
  const std::string aside = absl::StrFormat("%s/aside/%020d%s", directory_, sequence, kFactSuffix);
  if (!Replace(aside, aside + kNewSuffix, WriteFact(*it->second.fact), true)) return;
  base::log::Error("a fact of the spool was moved aside", {{"file", fs::path(aside).filename().string()}});
  ++stats_.moved_aside;
  Forget(it);
}

void Spool::Work() {
  absl::Duration pause = pace_.min;
  absl::Time last;
  std::unique_lock lock(mutex_);
  for (;;) {
    to_apply_.wait(lock, [this] { return stop_ || !NextForWorker().empty(); });
    const absl::Duration early = last + kTransactionPace - absl::Now();
    if (early > absl::ZeroDuration()) {
      to_apply_.wait_for(lock, absl::ToChronoMicroseconds(early), [this] { return stop_ || one_by_one_ > 0 || NextForWorker().size() == kMaxFactsInTransaction; });
    }
    if (stop_) return;
    last = absl::Now();
    const std::vector<uint64_t> sequences = NextForWorker();
    lock.unlock();
    const absl::Status status = Hand(sequences);
    lock.lock();
    if (status.ok()) {
      for (const uint64_t sequence : sequences) {
        if (const auto it = entries_.find(sequence); it != entries_.end()) {
          ++stats_.applied;
          Forget(it);
        }
      }
      one_by_one_ -= std::min(one_by_one_, sequences.size());
      pause = pace_.min;
      idle_.notify_all();
      continue;
    }
    bool at_once = false;
    if (!IsPatient(status)) {
      at_once = sequences.size() > 1;
      if (at_once) one_by_one_ = sequences.size();
      else at_once = Refused(sequences[0], status);
    }
    if (at_once) continue;
    to_apply_.wait_for(lock, absl::ToChronoMilliseconds(pause), [this] { return stop_; });
    pause = std::min(pause * 2, pace_.max);
  }
}

// Whether a fact that the database refuses by itself is out of the way.
bool Spool::Refused(uint64_t sequence, const absl::Status& status) {
  const auto it = entries_.find(sequence);
  if (it == entries_.end()) return true;
  base::log::Error("the database refuses a fact of the spool", {{"fact", it->second.fact->id}, {"kind", it->second.fact->kind}, {"error", status}});
  if (++it->second.refusals < kMaxRefusals) return false;
  MoveAside(sequence);
  return !entries_.contains(sequence);
}

}  // namespace hotline::telephony
