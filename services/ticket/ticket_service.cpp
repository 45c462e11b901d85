// Registering and reading tickets.
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "hotline/ticket/v1/ticket_service.grpc.pb.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/page.h"
#include "libs/base/text.h"
#include "services/ticket/convert.h"
#include "services/ticket/domain/decide.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/rights.h"
#include "services/ticket/domain/suggest.h"
#include "services/ticket/domain/validate.h"
#include "services/ticket/domain/words.h"
#include "services/ticket/service.h"

namespace hotline::ticket {
namespace {

constexpr std::string_view kRecordingPrefix = "recording:";
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

absl::Status CheckRequestId(const std::string& request_id, bool service) {
  if (request_id.empty() || base::IsValidId(request_id)) return absl::OkStatus();
  const bool recording = service && request_id.starts_with(kRecordingPrefix) && request_id.size() > kRecordingPrefix.size() &&
                         request_id.size() <= domain::kMaxRequestId;
  return recording ? absl::OkStatus() : base::InvalidField("request_id", "BAD_FORMAT", "must be a UUID in lower case");
}

absl::StatusOr<std::shared_ptr<const CategoryTree::Categories>> CategoryTree::All() {
  std::lock_guard lock(mutex_);
  const absl::Time now = clock_.Now();
  if (now - read_at_ < kCategoryAge && now >= read_at_) return categories_;
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<Category> read, store_.Categories());
  const auto categories = std::make_shared<Categories>();
  for (const Category& category : read) (*categories)[category.id] = category;
  categories_ = categories;  // whoever still reads the old ones keeps them
  read_at_ = now;
  return categories_;
}

void CategoryTree::Forget() {
  std::lock_guard lock(mutex_);
  read_at_ = absl::InfinitePast();
}

TicketService::TicketService(rpc::Node& node, rpc::Pool& pool, Store& store, UnitLookup units, CategoryTree& categories, ProcessSource& processes,
                             int acceptance_digits)
    : PlainService(node, pool, v1::TicketService::service_full_name()), clock_(node.clock()), store_(store), units_(std::move(units)),
      categories_(categories), processes_(processes), acceptance_digits_(acceptance_digits) {
  Handle("CreateTicket", &TicketService::CreateTicket);
  Handle("GetTicket", &TicketService::GetTicket);
  Handle("ListTickets", &TicketService::ListTickets);
  Handle("ListHistory", &TicketService::ListHistory);
  Handle("AmendTicket", &TicketService::AmendTicket);
  Handle("SuggestUnits", &TicketService::SuggestUnits);
  Handle("DispatchTicket", &TicketService::DispatchTicket);
  Handle("SignTicket", &TicketService::SignTicket);
  Handle("RequestReturn", &TicketService::RequestReturn);
  Handle("DecideReturn", &TicketService::DecideReturn);
  Handle("ReplyTicket", &TicketService::ReplyTicket);
  Handle("ReviewReply", &TicketService::ReviewReply);
  Handle("RecordCallback", &TicketService::RecordCallback);
  Handle("ArchiveTicket", &TicketService::ArchiveTicket);
  Handle("RefuseTicket", &TicketService::RefuseTicket);
  Handle("AddRemark", &TicketService::AddRemark);
  Handle("RevealCaller", &TicketService::RevealCaller);
  Handle("GetCallerHistory", &TicketService::GetCallerHistory);
  Handle("QueryTicket", &TicketService::QueryTicket);
  Handle("RecordCallRating", &TicketService::RecordCallRating);
  Handle("ListNotices", &TicketService::ListNotices);
  HandleLife();
}

Request TicketService::MakeRequest(const rpc::Context& context, std::string rpc, std::string request_id) const {
  return {ToActor(context.principal()), clock_.Now(), context.Traceparent(), std::move(rpc), std::move(request_id)};
}

absl::StatusOr<domain::Ticket> TicketService::Visible(const domain::Actor& actor, const std::string& reference) {
  HOTLINE_ASSIGN_OR_RETURN(const std::string id, store_.Resolve(reference));
  HOTLINE_ASSIGN_OR_RETURN(domain::Ticket ticket, store_.Get(id));
  if (!domain::MaySee(actor, ticket)) return domain::WrongUnit(ticket.id);
  return ticket;
}

absl::Status TicketService::CheckCategory(const std::string& category_id, std::string_view field) {
  if (category_id.empty()) return absl::OkStatus();
  HOTLINE_ASSIGN_OR_RETURN(const auto all, categories_.All());
  return all->contains(category_id) ? absl::OkStatus() : domain::CategoryNotFound(field);
}

absl::Status TicketService::CreateTicket(rpc::Context& context, const v1::CreateTicketRequest& request, v1::CreateTicketResponse& response) {
  const Request by = MakeRequest(context, "CreateTicket", request.request_id());
  domain::Create create{DraftFromProto(request.ticket()), request.answer(), request.article_id()};
  create.answer_later = request.answer_later();
  if (!request.dispatch_unit_id().empty()) create.dispatch.emplace().lead.id = request.dispatch_unit_id();
  HOTLINE_RETURN_IF_ERROR(CheckRequestId(request.request_id(), by.actor.service));
  if (by.actor.service) {
    create.draft.caller.phone = domain::PresentedNumber(create.draft.caller.phone);
    create.draft.line = domain::PresentedNumber(create.draft.line);
  }
  // Before numbers are given out.
  HOTLINE_RETURN_IF_ERROR(domain::ToStatus(domain::Check(create)));
  HOTLINE_RETURN_IF_ERROR(CheckCategory(create.draft.category_id, "ticket.category_id"));
  HOTLINE_ASSIGN_OR_RETURN(const domain::Process process, processes_.Current(create.draft.type));
  if (create.dispatch) {
    HOTLINE_ASSIGN_OR_RETURN(create.dispatch, ResolveUnits(context, *create.dispatch, "dispatch_"));
  }
  HOTLINE_ASSIGN_OR_RETURN(const Registered made, store_.Create(by, [&](const Numbers& numbers) {
    create.draft.id = numbers.ticket_id;
    create.draft.number = numbers.number;
    create.draft.acceptance_number = numbers.acceptance_number;
    return domain::Decide(nullptr, create, by.actor, by.now, process);
  }));
  // A repetition comes from whoever asked first; a service may meet a message that the event has made already.
  if (made.repeated && !by.actor.service && made.creator_id != by.actor.id) return domain::RequestIdReused();
  *response.mutable_ticket() = ToProto(made.ticket, by.actor);
  response.set_query_pin(store_.PinOf(made.ticket));
  return absl::OkStatus();
}

absl::Status TicketService::GetTicket(rpc::Context& context, const v1::GetTicketRequest& request, v1::Ticket& response) {
  const domain::Actor actor = ToActor(context.principal());
  HOTLINE_ASSIGN_OR_RETURN(const domain::Ticket ticket, Visible(actor, request.ticket_id()));
  response = ToProto(ticket, actor);
  return absl::OkStatus();
}

absl::StatusOr<TicketFilter> TicketService::FilterOf(const v1::ListTicketsRequest& request, const domain::Actor& actor) {
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
    HOTLINE_ASSIGN_OR_RETURN(const auto all, categories_.All());
    if (!all->contains(request.category_id())) return domain::BadFilter("category_id", "must name a category");
    std::set<std::string> found;
    AddWithChildren(*all, request.category_id(), found);
    filter.categories.assign(found.begin(), found.end());
  }
  HOTLINE_RETURN_IF_ERROR(ReadSearch(request, actor, store_, filter));
  HOTLINE_RETURN_IF_ERROR(ReadCaller(request, actor, store_, filter));
  if (request.has_create_time_from()) filter.create_from = FromProto(request.create_time_from());
  if (request.has_create_time_to()) filter.create_to = FromProto(request.create_time_to());
  if (filter.create_from && filter.create_to && *filter.create_from >= *filter.create_to)
    return domain::BadFilter("create_time_to", "must be after create_time_from");
  if (request.light() < 0 || request.light() >= domain::kLights) return domain::BadFilter("light", "must be a known value");
  if (request.urgency() < 0 || request.urgency() >= domain::kUrgencies) return domain::BadFilter("urgency", "must be a known value");
  if (request.light() != 0) filter.light = static_cast<domain::Light>(request.light());
  if (request.urgency() != 0) filter.urgency = static_cast<domain::Urgency>(request.urgency());
  const auto order = std::find_if(std::begin(kOrders), std::end(kOrders), [&](const Order& one) { return one.name == request.order_by(); });
  if (order != std::end(kOrders)) filter.order = order->order;
  else if (!request.order_by().empty()) return domain::BadFilter("order_by", "must be \"create_time desc\", \"create_time\", \"due_time\" or \"update_time desc\"");
  if (!domain::IsCityWide(actor)) filter.visible_to = LastUnit(actor.unit_path);
  return filter;
}

absl::Status TicketService::ListTickets(rpc::Context& context, const v1::ListTicketsRequest& request, v1::ListTicketsResponse& response) {
  const domain::Actor actor = ToActor(context.principal());
  HOTLINE_ASSIGN_OR_RETURN(TicketFilter filter, FilterOf(request, actor));
  v1::ListTicketsRequest bound = request;
  bound.clear_page_size();
  bound.clear_page_token();
  const base::PageQuery query("tickets", {bound.SerializeAsString(), filter.visible_to});
  HOTLINE_ASSIGN_OR_RETURN(const base::Page page, query.Read(request.page_size(), request.page_token(), domain::kDefaultTicketPage, domain::kMaxTicketPage));
  HOTLINE_RETURN_IF_ERROR(ReadPosition(page.after, filter));
  // Without a role of the centre, a user of no unit or with no role in its tickets sees nothing.
  if (!domain::IsCityWide(actor) && (filter.visible_to.empty() || !domain::ReadsUnitsTickets(actor))) return absl::OkStatus();
  filter.limit = page.size + 1;
  HOTLINE_ASSIGN_OR_RETURN(std::vector<domain::Ticket> tickets, store_.List(filter));
  if (tickets.size() > static_cast<size_t>(page.size)) {
    tickets.pop_back();
    response.set_next_page_token(query.Token(PositionOf(tickets.back(), filter.order)));
  }
  for (const domain::Ticket& ticket : tickets) *response.add_tickets() = ToProto(ticket, actor, /*in_list=*/true);
  return absl::OkStatus();
}

absl::Status TicketService::ListHistory(rpc::Context& context, const v1::ListHistoryRequest& request, v1::ListHistoryResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(const domain::Ticket ticket, Visible(ToActor(context.principal()), request.ticket_id()));
  const base::PageQuery query("history", {ticket.id});
  HOTLINE_ASSIGN_OR_RETURN(const base::Page page, query.Read(request.page_size(), request.page_token(), domain::kDefaultHistoryPage, domain::kMaxHistoryPage));
  int64_t after = 0;
  if (!page.after.empty() && !absl::SimpleAtoi(page.after, &after)) return domain::BadPageToken();
  HOTLINE_ASSIGN_OR_RETURN(std::vector<HistoryEntry> entries, store_.History(ticket.id, after, page.size + 1));
  if (entries.size() > static_cast<size_t>(page.size)) {
    entries.pop_back();
    response.set_next_page_token(query.Token(absl::StrCat(entries.back().sequence)));
  }
  for (const HistoryEntry& entry : entries) *response.add_entries() = ToProto(entry);
  return absl::OkStatus();
}

absl::Status TicketService::ListNotices(rpc::Context& context, const v1::ListNoticesRequest& request, v1::ListNoticesResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(const domain::Ticket ticket, Visible(ToActor(context.principal()), request.ticket_id()));
  const base::PageQuery query("notices", {ticket.id});
  HOTLINE_ASSIGN_OR_RETURN(const base::Page page, query.Read(request.page_size(), request.page_token(), domain::kDefaultNoticePage, domain::kMaxNoticePage));
  if (!page.after.empty() && !base::IsValidId(page.after)) return domain::BadPageToken();
  HOTLINE_ASSIGN_OR_RETURN(std::vector<Notice> notices, store_.Notices(ticket.id, page.after, page.size + 1));
  if (notices.size() > static_cast<size_t>(page.size)) {
    notices.pop_back();
    response.set_next_page_token(query.Token(notices.back().notice_id));
  }
  for (const Notice& notice : notices) *response.add_notices() = ToProto(notice);
  return absl::OkStatus();
}

absl::Status TicketService::SuggestUnits(rpc::Context& context, const v1::SuggestUnitsRequest& request, v1::SuggestUnitsResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(const domain::Ticket ticket, Visible(ToActor(context.principal()), request.ticket_id()));
  HOTLINE_ASSIGN_OR_RETURN(const auto categories, categories_.All());
  domain::SuggestionInput input;
  input.area_code = ticket.area_code;
  std::set<std::string> tags(ticket.tags.begin(), ticket.tags.end());
  auto category = categories->find(ticket.category_id);
  if (category != categories->end()) {
    input.category_name = category->second.name;
    tags.insert(category->second.tags.begin(), category->second.tags.end());
  }
  // The nearest category upwards that names a unit; bounded by the size of the tree.
  for (size_t i = 0; category != categories->end() && i <= categories->size() && input.default_unit_id.empty(); ++i) {
    input.default_unit_id = category->second.default_unit_id;
    category = categories->find(category->second.parent_id);
  }
  input.tags.assign(tags.begin(), tags.end());
  HOTLINE_ASSIGN_OR_RETURN(input.earlier, store_.EarlierUnits(ticket.category_id, ticket.area_code));
  std::vector<std::string> ids;
  for (const auto& [unit, count] : input.earlier) ids.push_back(unit);
  if (!input.default_unit_id.empty()) ids.push_back(input.default_unit_id);
  HOTLINE_ASSIGN_OR_RETURN(input.units, store_.UnitsFor(ids, input.area_code, input.tags));
  for (const domain::Suggestion& suggestion : domain::Suggest(input)) {
    v1::UnitSuggestion& out = *response.add_suggestions();
    out.set_unit_id(suggestion.unit_id);
    out.set_rule(suggestion.rule);
    out.set_reason(suggestion.reason);
    out.set_score(suggestion.score);
  }
  return absl::OkStatus();
}

}  // namespace hotline::ticket
