// Errors of what a city configures, each with a stable reason. Pure functions.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <string_view>

namespace hotline::ticket::domain {

absl::Status EntryNotFound(std::string_view entry_id);         // NOT_FOUND CATALOGUE_ENTRY_NOT_FOUND
absl::Status CatalogueVersionNotFound(int64_t version);        // NOT_FOUND CATALOGUE_VERSION_NOT_FOUND
absl::Status CatalogueHasErrors(size_t errors);                // FAILED_PRECONDITION CATALOGUE_HAS_ERRORS
absl::Status NothingToPublish(std::string_view what);          // FAILED_PRECONDITION NOTHING_TO_PUBLISH
absl::Status ProcessNotFound(std::string_view type, int64_t version);  // NOT_FOUND PROCESS_NOT_FOUND
absl::Status ScriptNotFound(std::string_view script_id);       // NOT_FOUND SCRIPT_NOT_FOUND
absl::Status BanNotFound(std::string_view ban_id);             // NOT_FOUND BAN_NOT_FOUND
absl::Status BanLifted();                                      // FAILED_PRECONDITION BAN_LIFTED
absl::Status RepeatNotConfirmed();                             // FAILED_PRECONDITION REPEAT_NOT_CONFIRMED
absl::Status CallerWithoutPhone();                             // FAILED_PRECONDITION CALLER_WITHOUT_PHONE
absl::Status ConfigurationChanged(std::string_view what);      // ABORTED ETAG_MISMATCH

}  // namespace hotline::ticket::domain
