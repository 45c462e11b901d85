#include "services/ticket/domain/errors.h"

#include <absl/strings/str_cat.h>

#include "libs/base/error.h"
#include "libs/base/view.h"
#include "services/ticket/domain/limits.h"

namespace hotline::ticket::domain {
using base::Sv;

absl::Status TicketNotFound(std::string_view ticket_id) { return base::NotFound("ticket", ticket_id); }

absl::Status WrongUnit(std::string_view ticket_id) {
  return base::PermissionDenied("WRONG_UNIT", "the ticket is not with your unit", {{"ticket_id", std::string(ticket_id)}});
}

absl::Status WrongState(State state, std::string_view command) {
  return base::FailedPrecondition("WRONG_STATE", absl::StrCat("a ticket that is ", Sv(StateName(state)), " does not take the step ", Sv(command)),
                                  {{"state", std::string(StateName(state))}, {"command", std::string(command)}});
}

absl::Status EtagMismatch(std::string_view ticket_id) { return base::EtagMismatch("ticket", ticket_id); }

absl::Status CallerProtected() {
  return base::PermissionDenied("CALLER_PROTECTED", "who reported this is kept from the handling units");
}

absl::Status UnitNotFound(std::string_view field, std::string_view unit_id) {
  return base::Error(absl::StatusCode::kNotFound, "UNIT_NOT_FOUND", "there is no such unit",
                     {{std::string(field), "NOT_FOUND", "must name a unit of the directory"}},
                     {{"kind", "unit"}, {"id", std::string(unit_id)}});
}

absl::Status UnitInactive(std::string_view field, std::string_view unit_id) {
  return base::Error(absl::StatusCode::kFailedPrecondition, "UNIT_INACTIVE", "the unit takes no new tickets",
                     {{std::string(field), "INACTIVE", "must name an active unit"}}, {{"id", std::string(unit_id)}});
}

absl::Status UnitOutsideSubtree(std::string_view unit_id) {
  return base::PermissionDenied("UNIT_OUTSIDE_SUBTREE", "a unit passes tickets on only to units below itself",
                                {{"id", std::string(unit_id)}});
}

absl::Status UnitsUnknownNow() {
  return base::Unavailable("DIRECTORY_UNAVAILABLE", "the unit is not known here yet and the directory does not answer");
}

absl::Status CategoryNotFound(std::string_view field) {
  return base::Error(absl::StatusCode::kNotFound, "CATEGORY_NOT_FOUND", "there is no such category",
                     {{std::string(field), "NOT_FOUND", "must name a category of the catalogue"}});
}

absl::Status CategoryCycle() {
  return base::InvalidField("category.parent_id", "CYCLE", "must not be the category itself or one below it");
}

absl::Status CatalogueFull(std::string_view kind) {
  return base::ResourceExhausted("CATALOGUE_FULL", absl::StrCat("no more ", Sv(kind), " can be added"));
}

absl::Status RequestIdReused() {
  return base::AlreadyExists("REQUEST_ID_REUSED", "this request_id belongs to another request");
}

absl::Status TooManyAttempts() {
  return base::ResourceExhausted("TOO_MANY_ATTEMPTS", "too many tries; later again, or from the registering phone");
}

absl::Status RemarkNotAllowed() {
  return base::PermissionDenied("REMARK_NOT_ALLOWED", "your role may remark, but neither urge nor instruct");
}

absl::Status HistoryFull(std::string_view ticket_id) {
  return base::ResourceExhausted("HISTORY_FULL", "the ticket's history takes no more remarks or attempts",
                                 {{"ticket_id", std::string(ticket_id)}});
}

absl::Status NumbersExhausted() {
  return base::ResourceExhausted("NUMBERS_EXHAUSTED", "no ticket number is free");
}

absl::Status BadPageToken() {
  return base::Error(absl::StatusCode::kInvalidArgument, "BAD_PAGE_TOKEN", "the page token does not belong to this query",
                     {{"page_token", "BAD_PAGE_TOKEN", "must be the next_page_token of the same query, or empty"}});
}

absl::Status BadFilter(std::string_view field, std::string_view description) {
  return base::Error(absl::StatusCode::kInvalidArgument, "BAD_FILTER", absl::StrCat(Sv(field), ": ", Sv(description)),
                     {{std::string(field), "BAD_FILTER", std::string(description)}});
}

absl::Status SearchTooBroad() {
  return base::ResourceExhausted("SEARCH_TOO_BROAD", "too many tickets fit in part: say a shorter time, a unit, or rarer words");
}

absl::Status CallerSearchNotAllowed(std::string_view field) {
  return base::Error(absl::StatusCode::kPermissionDenied, "CALLER_SEARCH_NOT_ALLOWED", "only the centre finds tickets by who called",
                     {{std::string(field), "NOT_ALLOWED", "must be empty"}});
}

absl::Status CallerUnreadable(std::string_view ticket_id) {
  return base::Error(absl::StatusCode::kInternal, "CALLER_UNREADABLE", "the caller's data cannot be opened", {},
                     {{"ticket_id", std::string(ticket_id)}});
}

absl::Status BlobUnreadable(std::string_view id) {
  return base::Error(absl::StatusCode::kInternal, "BLOB_UNREADABLE", "what was kept sealed cannot be opened", {}, {{"id", std::string(id)}});
}

absl::Status ImportNotFound(std::string_view import_id) { return base::NotFound("import", import_id); }

absl::Status TooManyImports() { return base::ResourceExhausted("TOO_MANY_IMPORTS", "too many imports are waiting: later again"); }

absl::Status ExportTooLarge() { return base::FailedPrecondition("EXPORT_TOO_LARGE", "more tickets than a file takes: narrow the filter", {{"limit", std::to_string(kMaxExportRows)}}); }

absl::Status LimitsUnknownNow() {
  return base::Unavailable("SLA_TIMER_UNAVAILABLE", "sla_timer does not answer whether the policy allows it");
}

absl::Status CallUnknownNow() {
  return base::Unavailable("TELEPHONY_UNAVAILABLE", "telephony does not answer who left the message");
}

absl::Status NotDecider(std::string_view command) { return base::PermissionDenied("NOT_DECIDER", "the policy names another decider for this", {{"command", std::string(command)}}); }
absl::Status OnlyConsultations(std::string_view command) { return base::FailedPrecondition("ONLY_CONSULTATIONS", "only a consultation is answered by the centre", {{"command", std::string(command)}}); }
absl::Status OnlyComplaints() { return base::FailedPrecondition("ONLY_COMPLAINTS", "only complaints and disputes are mediated"); }
absl::Status ReturnBarred() { return base::FailedPrecondition("RETURN_BARRED", "arbitration has named the unit for good"); }
absl::Status ReturnTooLate() { return base::FailedPrecondition("RETURN_TOO_LATE", "the time in which it could be returned is over"); }
absl::Status ExtensionPending() { return base::FailedPrecondition("EXTENSION_PENDING", "a request for more time is waiting already"); }
absl::Status NoExtensionPending() { return base::FailedPrecondition("NO_EXTENSION_PENDING", "no request for more time is waiting"); }
absl::Status ExtensionTooLate() { return base::FailedPrecondition("EXTENSION_TOO_LATE", "more time is asked for before the limit, not after"); }
absl::Status NotApprover(std::string_view role) { return base::PermissionDenied("NOT_APPROVER", "the approval is another role's", {{"role", std::string(role)}}); }
absl::Status CallbackBySupervision() { return base::PermissionDenied("CALLBACK_BY_SUPERVISION", "a leader-instructed case is called back by the supervision centre"); }
absl::Status RatingPending() { return base::FailedPrecondition("RATING_PENDING", "a bad rating waits for its review"); }
absl::Status ReopenTooLate() { return base::FailedPrecondition("REOPEN_TOO_LATE", "the matter was closed too long ago or taken up too often; register a new ticket"); }
absl::Status AlreadyRated() { return base::FailedPrecondition("ALREADY_RATED", "a matter is rated once"); }
absl::Status NothingToReview(std::string_view field) { return base::FailedPrecondition("NOTHING_TO_REVIEW", "nothing waits for a review", {{"field", std::string(field)}}); }
absl::Status NothingToChange(std::string_view field) { return base::FailedPrecondition("NOTHING_TO_CHANGE", "it is so already", {{"field", std::string(field)}}); }
absl::Status NotPublishable() { return base::FailedPrecondition("NOT_PUBLISHABLE", "reports and matters whose caller wished confidence are not published"); }
absl::Status GroupNotOpen() { return base::FailedPrecondition("GROUP_NOT_OPEN", "the group case is closed, or follows another one itself"); }
absl::Status GroupHasMembers() { return base::FailedPrecondition("GROUP_HAS_MEMBERS", "a group case with members follows no other"); }
absl::Status SuggestionChanged() {
  return base::FailedPrecondition("SUGGESTION_CHANGED", "this suggestion is not made for the ticket any more; look at the present ones");
}

absl::Status HistoryTooOld(std::string_view ticket_id) {
  return base::FailedPrecondition("HISTORY_TOO_OLD", "the first entries do not say every field", {{"ticket_id", std::string(ticket_id)}});
}
absl::Status TooManyLinks() { return base::ResourceExhausted("TOO_MANY_LINKS", "no more tickets can be linked"); }
absl::Status ExtensionNotLater() { return base::InvalidField("due_time", "TOO_EARLY", "must be later than now and than the present limit"); }
absl::Status ExtensionNotGrantable() { return base::InvalidField("due_time", "OUT_OF_RANGE", "must be later than now and not after the date asked for"); }
absl::Status GroupOfItself() { return base::InvalidField("other_ticket_id", "NOT_ALLOWED", "must be another ticket"); }

}  // namespace hotline::ticket::domain
