#include "services/ticket/history_audit.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <iostream>
#include <unordered_set>

#include "libs/base/error.h"
#include "libs/hosting/storage.h"

namespace hotline::ticket {
namespace {

constexpr int kBlocksAtOnce = 1000;

class Audit {
 public:
  Audit(PostgresStore& store, HistoryHeadsStore& heads, const HeadsDirectory& directory, std::ostream& out, std::ostream& progress)
      : store_(store), heads_(heads), directory_(directory), out_(out), progress_(progress) {}

  absl::StatusOr<AuditResult> Run() {
    HOTLINE_RETURN_IF_ERROR(Histories());
    HOTLINE_RETURN_IF_ERROR(Blocks());
    return result_;
  }

 private:
  absl::Status Histories() {
    std::string last;
    for (bool end = false; !end;) {
      HOTLINE_ASSIGN_OR_RETURN(const PostgresStore::Checked checked, store_.CheckHistories(last, [&](const HistoryReport& report) { Tell(report, ""); }));
      result_.tickets += checked.tickets;
      result_.entries += checked.entries;
      last = checked.last;
      end = checked.end;
      Progress();
    }
    return absl::OkStatus();
  }

  // Those that the database knows, and those on disk beyond them.
  absl::Status Blocks() {
    std::string previous = "-";
    int64_t number = 0;
    for (bool more = true; more;) {
      HOTLINE_ASSIGN_OR_RETURN(const std::vector<HistoryHeadsStore::Known> known, heads_.Blocks(number, kBlocksAtOnce));
      more = known.size() == static_cast<size_t>(kBlocksAtOnce);
      for (const HistoryHeadsStore::Known& block : known) {
        for (++number; number < block.number; ++number) HOTLINE_RETURN_IF_ERROR(Block(number, "", previous));
        HOTLINE_RETURN_IF_ERROR(Block(number, block.digest, previous));
      }
    }
    for (++number; directory_.ReadBlock(number).status().code() != absl::StatusCode::kNotFound; ++number) {
      HOTLINE_RETURN_IF_ERROR(Block(number, "", previous));
    }
    return absl::OkStatus();
  }

  absl::Status Block(int64_t number, const std::string& known, std::string& previous) {
    ++result_.blocks;
    const absl::StatusOr<HeadsDirectory::Read> read = directory_.ReadBlock(number);
    if (!read.ok()) {
      if (!absl::IsNotFound(read.status()) && !absl::IsDataLoss(read.status())) return read.status();
      Fault(absl::StrCat("block ", number, ": ", absl::IsNotFound(read.status()) ? "the file is missing" : std::string(read.status().message())));
      previous.clear();
      return absl::OkStatus();
    }
    if (known.empty()) Fault(absl::StrCat("block ", number, ": the database does not know it; was it restored from an older backup?"));
    else if (known != read->digest) Fault(absl::StrCat("block ", number, ": not the one that the database knows"));
    if (!previous.empty() && read->block.previous != previous) Fault(absl::StrCat("block ", number, ": does not follow from the one before"));
    previous = read->digest;
    result_.signed_until = read->block.time;
    for (size_t from = 0; from < read->block.heads.size(); from += kHeadsCheckedAtOnce) {
      const auto begin = read->block.heads.begin() + static_cast<std::ptrdiff_t>(from);
      const auto end = begin + static_cast<std::ptrdiff_t>(std::min<size_t>(kHeadsCheckedAtOnce, read->block.heads.size() - from));
      HOTLINE_ASSIGN_OR_RETURN(const auto reports, heads_.Check({begin, end}));
      result_.heads += end - begin;
      for (const HistoryReport& report : reports) {
        if (told_.size() >= kToldOnce) told_.clear();
        if (told_.insert(absl::StrCat(report.ticket_id, report.faults[0].kind, report.faults[0].last)).second) Tell(report, absl::StrCat(" (signed in block ", number, ")"));
      }
      Progress();
    }
    return absl::OkStatus();
  }

  void Tell(const HistoryReport& report, const std::string& more) {
    for (const HistoryFault& fault : report.faults) {
      const std::string entries = fault.first == fault.last ? absl::StrCat("entry ", fault.first) : absl::StrCat("entries ", fault.first, " to ", fault.last);
      Fault(absl::StrCat("ticket ", report.ticket_id, ": ", entries, " ", fault.kind, more));
    }
    if (report.more) Fault(absl::StrCat("ticket ", report.ticket_id, ": and more"));
  }

  void Fault(const std::string& line) {
    ++result_.faults;
    out_ << line << std::endl;  // seen at once, and by whoever reads along
  }

  void Progress() {
    const absl::Time now = absl::Now();
    if (now - shown_ < kProgressPace) return;
    shown_ = now;
    progress_ << result_.tickets << " tickets, " << result_.entries << " entries, " << result_.heads << " signed heads checked; " << result_.faults << " faults" << std::endl;
  }

  PostgresStore& store_;
  HistoryHeadsStore& heads_;
  const HeadsDirectory& directory_;
  std::ostream& out_;
  std::ostream& progress_;
  AuditResult result_;
  absl::Time shown_ = absl::Now();
  std::unordered_set<std::string> told_;
};

}  // namespace

absl::StatusOr<AuditResult> AuditHistories(PostgresStore& store, HistoryHeadsStore& heads, const HeadsDirectory& directory, std::ostream& out, std::ostream& progress) {
  return Audit(store, heads, directory, out, progress).Run();
}

absl::StatusOr<int> VerifyHistories(const Config& config) {
  HOTLINE_ASSIGN_OR_RETURN(const Cipher cipher, Cipher::FromHex(config.master_key));
  HOTLINE_ASSIGN_OR_RETURN(const HeadsDirectory directory, HeadsDirectory::OpenToRead(config.history_heads_dir, config.history_key));
  postgres::Pool pool({.connection = hosting::ConnectionFor("ticket", *config.common.postgres), .max_connections = 1});
  PostgresStore store(pool, cipher, {config.time_zone, config.acceptance_digits});
  HistoryHeadsStore heads(pool);
  HOTLINE_ASSIGN_OR_RETURN(const AuditResult result, AuditHistories(store, heads, directory, std::cout, std::cerr));
  std::cout << result.tickets << " tickets with " << result.entries << " entries, " << result.blocks << " blocks with " << result.heads << " signed heads";
  if (result.blocks > 0) std::cout << ", the last of " << absl::FormatTime(absl::RFC3339_sec, result.signed_until, config.time_zone);
  std::cout << ": " << (result.faults == 0 ? "intact" : absl::StrCat(result.faults, " faults")) << std::endl;
  return result.faults == 0 ? 0 : kFaultsFound;
}

}  // namespace hotline::ticket
