#include "services/ticket/domain/errors.h"

#include <absl/strings/str_cat.h>

#include "libs/base/error.h"

namespace hotline::ticket::domain {
namespace {
absl::string_view Sv(std::string_view text) { return {text.data(), text.size()}; }
}  // namespace

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

absl::Status CallerUnreadable(std::string_view ticket_id) {
  return base::Error(absl::StatusCode::kInternal, "CALLER_UNREADABLE", "the caller's data cannot be opened", {},
                     {{"ticket_id", std::string(ticket_id)}});
}

absl::Status CallUnknownNow() {
  return base::Unavailable("TELEPHONY_UNAVAILABLE", "telephony does not answer who left the message");
}

}  // namespace hotline::ticket::domain
