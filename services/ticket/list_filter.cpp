#include "services/ticket/list_filter.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/text.h"
#include "services/ticket/convert.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/rights.h"
#include "services/ticket/domain/validate.h"
#include "services/ticket/domain/words.h"

namespace hotline::ticket {
namespace {

constexpr size_t kMinPhoneQuery = 3;
constexpr size_t kMaxNumberQuery = 20;
constexpr char kNoLimit[] = "never";  // in page tokens: a ticket without a due time

template <class Enums>
absl::Status ReadEnums(const Enums& in, int count, std::string_view field, std::vector<int64_t>& out) {
  for (const auto value : in) {
    if (value <= 0 || value >= count) return domain::BadFilter(field, "must be known values");
    out.push_back(value);
  }
  return absl::OkStatus();
}

bool IsDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The unit at the end of a path: "/city/water/" -> "water".
std::string LastUnit(std::string_view path) {
  const std::vector<std::string> parts = absl::StrSplit(absl::string_view(path.data(), path.size()), '/', absl::SkipEmpty());
  return parts.empty() ? "" : parts.back();
}

// Orders and what their page tokens hold beside the ticket's id: its time in the order, none for the orders by registration.
struct Order {
  std::string_view name;
  TicketOrder order;
  absl::Time domain::Ticket::* time;
};
constexpr Order kOrders[] = {{"create_time desc", TicketOrder::kNewest, nullptr}, {"create_time", TicketOrder::kOldest, nullptr},
                             {"due_time", TicketOrder::kDueTime, &domain::Ticket::due_time}, {"update_time desc", TicketOrder::kUpdated, &domain::Ticket::update_time}};

const Order& OrderOf(TicketOrder order) {
  return *std::find_if(std::begin(kOrders), std::end(kOrders), [&](const Order& one) { return one.order == order; });
}

void AddWithChildren(const std::map<std::string, Category>& all, const std::string& id, std::set<std::string>& found) {
  if (!found.insert(id).second) return;
  for (const auto& [child, category] : all) {
    if (category.parent_id == id) AddWithChildren(all, child, found);
  }
}

absl::Status ReadSearch(const v1::ListTicketsRequest& request, const domain::Actor& actor, Store& store, TicketFilter& filter) {
  const std::string query(base::Trim(request.query()));
  if (query.empty()) return absl::OkStatus();
  if (!base::CheckText("query", query, 1, domain::kMaxQuery).ok()) return domain::BadFilter("query", "must be text of at most 100 characters");
  if (IsDigits(query) && query.size() >= kMinPhoneQuery && query.size() <= kMaxNumberQuery) {
    filter.digits = query;
    // Whoever may not see who called must not find out by asking for a number either (TKT-28).
    if (domain::IsCityWide(actor)) filter.phone_hash = store.PhoneHash(query);
    return absl::OkStatus();
  }
  filter.words = domain::QueryWords(query);
  filter.terms = domain::QueryTerms(query);
  return absl::OkStatus();
}

absl::Status ReadMarks(const v1::ListTicketsRequest& request, TicketFilter& filter) {
  if (request.rating_state() < 0 || request.rating_state() >= domain::kRatingStates) return domain::BadFilter("rating_state", "must be a known value");
  if (request.repeat_mark() < 0 || request.repeat_mark() >= domain::kRepeatMarks) return domain::BadFilter("repeat_mark", "must be a known value");
  if (!request.group_id().empty() && !base::IsValidId(request.group_id())) return domain::BadFilter("group_id", "must be a ticket's id");
  filter.leader_instructed = request.leader_instructed();
  filter.supervised = request.supervised();
  filter.extension_asked = request.extension_asked();
  filter.rating_state = static_cast<domain::RatingState>(request.rating_state());
  filter.repeat_mark = static_cast<domain::RepeatMark>(request.repeat_mark());
  filter.group_id = request.group_id();
  return absl::OkStatus();
}

absl::Status ReadCaller(const v1::ListTicketsRequest& request, const domain::Actor& actor, Store& store, TicketFilter& filter) {
  const auto read = [&](std::string_view field, const std::string& text, std::string (Store::*hash)(const std::string&), std::string& out) -> absl::Status {
    if (text.empty()) return absl::OkStatus();
    // Whoever may not see who called must not find out by asking either (TKT-28).
    if (!domain::IsCityWide(actor)) return domain::CallerSearchNotAllowed(field);
    out = base::CheckText(field, text, 1, domain::kMaxName).ok() ? (store.*hash)(text) : "";
    return out.empty() ? domain::BadFilter(field, "must be a whole phone number or name of at most 100 characters") : absl::OkStatus();
  };
  HOTLINE_RETURN_IF_ERROR(read("caller_phone", request.caller_phone(), &Store::PhoneHash, filter.caller_phone_hash));
  return read("caller_name", request.caller_name(), &Store::NameHash, filter.caller_name_hash);
}

}  // namespace

std::string PositionOf(const domain::Ticket& ticket, TicketOrder order) {
  const auto time = OrderOf(order).time;
  if (time == nullptr) return ticket.id;
  const bool never = ticket.*time == absl::InfiniteFuture() || (order == TicketOrder::kDueTime && ticket.close_time != absl::InfinitePast());
  return never ? absl::StrCat(kNoLimit, "/", ticket.id) : absl::StrCat(absl::ToUnixMicros(ticket.*time), "/", ticket.id);
}

absl::Status ReadPosition(const std::string& after, TicketFilter& filter) {
  if (after.empty()) return absl::OkStatus();
  std::string id = after;
  if (OrderOf(filter.order).time != nullptr) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(after, absl::MaxSplits('/', 1));
    int64_t micros = 0;
    if (parts.first != kNoLimit && !absl::SimpleAtoi(parts.first, &micros)) return domain::BadPageToken();
    filter.after_time = parts.first == kNoLimit ? absl::InfiniteFuture() : absl::FromUnixMicros(micros);
    id = parts.second;
  }
  if (!base::IsValidId(id)) return domain::BadPageToken();
  filter.after_id = id;
  return absl::OkStatus();
}

void ContinueAfter(const domain::Ticket& ticket, TicketFilter& filter) {
  // By its own token, so that both ways cannot differ.
  (void)ReadPosition(PositionOf(ticket, filter.order), filter);
}

bool SeesTickets(const TicketFilter& filter, const domain::Actor& actor) {
  return domain::IsCityWide(actor) || (!filter.visible_to.empty() && domain::ReadsUnitsTickets(actor));
}

absl::StatusOr<TicketFilter> FilterOf(const v1::ListTicketsRequest& request, const domain::Actor& actor, Store& store, CategoryTree& categories) {
  TicketFilter filter;
  HOTLINE_RETURN_IF_ERROR(ReadEnums(request.states(), domain::kStates, "states", filter.states));
  HOTLINE_RETURN_IF_ERROR(ReadEnums(request.types(), domain::kTypes, "types", filter.types));
  HOTLINE_RETURN_IF_ERROR(ReadEnums(request.channels(), domain::kChannels, "channels", filter.channels));
  domain::Violations bad;
  domain::CheckCode(bad, "unit_id", request.unit_id(), false);
  domain::CheckCode(bad, "category_id", request.category_id(), false);
  domain::CheckCode(bad, "area_code", request.area_code(), false);
  domain::CheckCode(bad, "created_by", request.created_by(), false);
  if (!bad.empty()) return domain::BadFilter(bad[0].field, bad[0].description);
  filter.unit_id = request.unit_id();
  filter.area_code = request.area_code();
  filter.created_by = request.created_by();
  if (!request.category_id().empty()) {
    HOTLINE_ASSIGN_OR_RETURN(const auto all, categories.All());
    if (!all->contains(request.category_id())) return domain::BadFilter("category_id", "must name a category");
    std::set<std::string> found;
    AddWithChildren(*all, request.category_id(), found);
    filter.categories.assign(found.begin(), found.end());
  }
  HOTLINE_RETURN_IF_ERROR(ReadSearch(request, actor, store, filter));
  HOTLINE_RETURN_IF_ERROR(ReadCaller(request, actor, store, filter));
  if (request.has_create_time_from()) filter.create_from = FromProto(request.create_time_from());
  if (request.has_create_time_to()) filter.create_to = FromProto(request.create_time_to());
  if (filter.create_from && filter.create_to && *filter.create_from >= *filter.create_to)
    return domain::BadFilter("create_time_to", "must be after create_time_from");
  if (request.light() < 0 || request.light() >= domain::kLights) return domain::BadFilter("light", "must be a known value");
  if (request.urgency() < 0 || request.urgency() >= domain::kUrgencies) return domain::BadFilter("urgency", "must be a known value");
  if (request.light() != 0) filter.light = static_cast<domain::Light>(request.light());
  if (request.urgency() != 0) filter.urgency = static_cast<domain::Urgency>(request.urgency());
  HOTLINE_RETURN_IF_ERROR(ReadMarks(request, filter));
  const auto order = std::find_if(std::begin(kOrders), std::end(kOrders), [&](const Order& one) { return one.name == request.order_by(); });
  if (order != std::end(kOrders)) filter.order = order->order;
  else if (!request.order_by().empty()) return domain::BadFilter("order_by", "must be \"create_time desc\", \"create_time\", \"due_time\" or \"update_time desc\"");
  if (!domain::IsCityWide(actor)) filter.visible_to = LastUnit(actor.unit_path);
  return filter;
}

}  // namespace hotline::ticket
