// Every error of the ticket service, each with a stable reason. Fields at fault are named by libs/base's InvalidField.
// Pure functions.
#pragma once

#include <absl/status/status.h>

#include <string>
#include <string_view>

#include "services/ticket/domain/ticket.h"

namespace hotline::ticket::domain {

absl::Status TicketNotFound(std::string_view ticket_id);               // NOT_FOUND TICKET_NOT_FOUND
absl::Status WrongUnit(std::string_view ticket_id);                    // PERMISSION_DENIED WRONG_UNIT
absl::Status WrongState(State state, std::string_view command);        // FAILED_PRECONDITION WRONG_STATE
absl::Status EtagMismatch(std::string_view ticket_id);                 // ABORTED ETAG_MISMATCH
absl::Status CallerProtected();                                        // PERMISSION_DENIED CALLER_PROTECTED
absl::Status UnitNotFound(std::string_view field, std::string_view unit_id);  // NOT_FOUND UNIT_NOT_FOUND
absl::Status UnitInactive(std::string_view field, std::string_view unit_id);  // FAILED_PRECONDITION UNIT_INACTIVE
absl::Status UnitOutsideSubtree(std::string_view unit_id);             // PERMISSION_DENIED UNIT_OUTSIDE_SUBTREE
absl::Status UnitsUnknownNow();                                        // UNAVAILABLE DIRECTORY_UNAVAILABLE
absl::Status CategoryNotFound(std::string_view field);                 // NOT_FOUND CATEGORY_NOT_FOUND
absl::Status CategoryCycle();                                          // INVALID_ARGUMENT INVALID_FIELD
absl::Status CatalogueFull(std::string_view kind);                     // RESOURCE_EXHAUSTED CATALOGUE_FULL
absl::Status RequestIdReused();                                        // ALREADY_EXISTS REQUEST_ID_REUSED
absl::Status TooManyAttempts();                                        // RESOURCE_EXHAUSTED TOO_MANY_ATTEMPTS
absl::Status RemarkNotAllowed();                                       // PERMISSION_DENIED REMARK_NOT_ALLOWED
absl::Status HistoryFull(std::string_view ticket_id);                  // RESOURCE_EXHAUSTED HISTORY_FULL
absl::Status NumbersExhausted();                                       // RESOURCE_EXHAUSTED NUMBERS_EXHAUSTED
absl::Status BadPageToken();                                           // INVALID_ARGUMENT BAD_PAGE_TOKEN
absl::Status BadFilter(std::string_view field, std::string_view description);  // INVALID_ARGUMENT BAD_FILTER
absl::Status SearchTooBroad();                                         // RESOURCE_EXHAUSTED SEARCH_TOO_BROAD
absl::Status CallerSearchNotAllowed(std::string_view field);           // PERMISSION_DENIED CALLER_SEARCH_NOT_ALLOWED
absl::Status CallerUnreadable(std::string_view ticket_id);             // INTERNAL CALLER_UNREADABLE: key or ciphertext is wrong
absl::Status BlobUnreadable(std::string_view id);                      // INTERNAL BLOB_UNREADABLE
absl::Status ImportNotFound(std::string_view import_id);               // NOT_FOUND IMPORT_NOT_FOUND
absl::Status TooManyImports();                                         // RESOURCE_EXHAUSTED TOO_MANY_IMPORTS
absl::Status ExportTooLarge();                                         // FAILED_PRECONDITION EXPORT_TOO_LARGE
absl::Status LimitsUnknownNow();                                       // UNAVAILABLE SLA_TIMER_UNAVAILABLE
absl::Status CallUnknownNow();                                         // UNAVAILABLE TELEPHONY_UNAVAILABLE
absl::Status NotDecider(std::string_view command);                     // PERMISSION_DENIED NOT_DECIDER
absl::Status OnlyConsultations(std::string_view command);              // FAILED_PRECONDITION ONLY_CONSULTATIONS
absl::Status OnlyComplaints();                                         // FAILED_PRECONDITION ONLY_COMPLAINTS
absl::Status ReturnBarred();                                           // FAILED_PRECONDITION RETURN_BARRED
absl::Status ReturnTooLate();                                          // FAILED_PRECONDITION RETURN_TOO_LATE
absl::Status ExtensionPending();                                       // FAILED_PRECONDITION EXTENSION_PENDING
absl::Status NoExtensionPending();                                     // FAILED_PRECONDITION NO_EXTENSION_PENDING
absl::Status ExtensionTooLate();                                       // FAILED_PRECONDITION EXTENSION_TOO_LATE
absl::Status NotApprover(std::string_view role);                       // PERMISSION_DENIED NOT_APPROVER
absl::Status CallbackBySupervision();                                  // PERMISSION_DENIED CALLBACK_BY_SUPERVISION
absl::Status RatingPending();                                          // FAILED_PRECONDITION RATING_PENDING
absl::Status ReopenTooLate();                                          // FAILED_PRECONDITION REOPEN_TOO_LATE
absl::Status AlreadyRated();                                           // FAILED_PRECONDITION ALREADY_RATED
absl::Status NothingToReview(std::string_view field);                  // FAILED_PRECONDITION NOTHING_TO_REVIEW
absl::Status NothingToChange(std::string_view field);                  // FAILED_PRECONDITION NOTHING_TO_CHANGE
absl::Status NotPublishable();                                         // FAILED_PRECONDITION NOT_PUBLISHABLE
absl::Status GroupNotOpen();                                           // FAILED_PRECONDITION GROUP_NOT_OPEN
absl::Status GroupHasMembers();                                        // FAILED_PRECONDITION GROUP_HAS_MEMBERS
absl::Status SuggestionChanged();                                      // FAILED_PRECONDITION SUGGESTION_CHANGED
absl::Status HistoryTooOld(std::string_view ticket_id);                // FAILED_PRECONDITION HISTORY_TOO_OLD
absl::Status TooManyLinks();                                           // RESOURCE_EXHAUSTED TOO_MANY_LINKS
absl::Status ExtensionNotLater();                                      // INVALID_ARGUMENT INVALID_FIELD
absl::Status ExtensionNotGrantable();                                  // INVALID_ARGUMENT INVALID_FIELD
absl::Status GroupOfItself();                                          // INVALID_ARGUMENT INVALID_FIELD

}  // namespace hotline::ticket::domain
