// One page of a list of tickets, whatever the filter and however many tickets there are. Made for one use on one thread;
// pool, filter and loader outlive it.
//
// The keys of the filter (domain/search_keys.h) propose tickets, slice of time by slice of time in the order of the list; the
// conditions of the filter decide about each; the first page that is full ends the search. How long the next slice is follows
// from how many the slices before proposed: the work of a page is about the same for rare and for frequent keys.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "libs/postgres/pool.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/search_keys.h"
#include "services/ticket/store.h"

namespace hotline::ticket {

class TicketSearch {
 public:
  using Loader = std::function<absl::StatusOr<domain::Ticket>(const postgres::Row&)>;
  TicketSearch(postgres::Pool& pool, Loader load, const TicketFilter& filter, const domain::SearchLimits& limits);

  absl::StatusOr<std::vector<domain::Ticket>> Run();

 private:
  // Conditions with their parameters, put together to one WHERE. Which conditions are there shapes the plan, so the text is
  // built of fixed parts; values are always bound.
  class Conditions {
   public:
    std::string Bind(postgres::Param value);
    void Add(std::string condition) { conditions_.push_back(std::move(condition)); }
    std::string Where() const;
    const postgres::Params& params() const { return params_; }

   private:
    postgres::Params params_;
    std::vector<std::string> conditions_;
  };
  // What the next slice is chosen by.
  struct Progress {
    domain::Slice slice = domain::Slice::kDay;
    double days = 0;
    double proposed = 0;
  };

  bool newest_first() const { return filter_.order == TicketOrder::kNewest; }
  int missing() const { return limit_ - static_cast<int>(found_.size()); }
  void CollectKeys();
  // All conditions of the filter but the place in the list.
  Conditions Decisive() const;
  void AddText(Conditions& where) const;
  // The ticket of that number, or of that phone; also by the word.
  std::string Digits(Conditions& where) const;
  void AddDigits(Conditions& where) const;
  // What belongs to the part of the list that is read.
  void AddPart(Conditions& where) const;
  void AddCaller(Conditions& where) const;
  void AddMarks(Conditions& where) const;
  std::string KeyCondition(Conditions& where, const std::string& column, const std::vector<int64_t>& also = {}) const;

  absl::Status ById();
  absl::Status ByDueTime();
  absl::Status ByUpdate();
  // Along the index of the order, so many tickets further, of those that the units asked for see (`fitting`) or of all; false at its end.
  absl::StatusOr<bool> Walk(int tickets, bool fitting);
  // After a first stretch, as far as the page is likely to be filled; false at the end.
  absl::StatusOr<bool> WalkOn();
  // Those of the tickets that have the keys asked for, if that leaves few.
  absl::StatusOr<std::vector<std::string>> WithKeys(std::vector<std::string> ids) const;
  // The units whose tickets are asked for, where the order's index tells them.
  std::vector<std::string> Scopes() const;
  bool scoped() const { return filter_.order == TicketOrder::kDueTime && !Scopes().empty(); }
  // Walks a little, then sorts what the keys propose if that is little, then walks on.
  absl::Status WalkOrSort(const std::vector<int64_t>& also);
  // Tickets that one of the short indexes of `tickets` finds: by number, caller, light; sorted as they are found.
  absl::Status Directly();
  absl::Status BySlices();
  absl::Status ReadEdges();
  absl::StatusOr<std::vector<std::string>> Proposed(domain::Slice slice, absl::Time time);
  // Few enough tickets to be sorted that have the keys, of any time; nothing if there are more.
  absl::StatusOr<std::optional<std::vector<std::string>>> ProposedAtAll(std::vector<int64_t> also);
  absl::Status Decide(const std::vector<std::string>& proposed);
  std::string OrderClause() const;
  void ChooseSlice(Progress& progress, absl::Duration searched, size_t proposed) const;
  // Adds what the conditions find, in this order.
  absl::Status Load(Conditions& where, const std::string& order, int limit);
  absl::Status CheckTime() const;

  postgres::Pool& pool_;
  const Loader load_;
  const TicketFilter& filter_;
  const domain::SearchLimits limits_;
  int limit_;
  const absl::Time started_ = absl::Now();
  std::vector<int64_t> all_;                // keys that must be there
  std::vector<std::vector<int64_t>> any_;   // of each of these, one
  bool without_limit_ = false;              // only tickets without a limit that runs
  absl::Time walked_, from_time_;           // of place_ and from_, in orders by a time
  size_t fitting_ = 0;  // tickets of the last walk that the units asked for see
  std::string from_;                        // where the stretch that is walked began
  std::string place_;                       // the last id that was looked at; the search goes on after it
  absl::Time low_, high_;                   // the times of ids that are left, from inclusive to exclusive
  std::vector<domain::Ticket> found_;
};

}  // namespace hotline::ticket
