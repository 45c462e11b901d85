#include "services/ticket/domain/configuration_errors.h"

#include <absl/strings/str_cat.h>

#include "libs/base/error.h"

namespace hotline::ticket::domain {

absl::Status EntryNotFound(std::string_view entry_id) { return base::NotFound("catalogue_entry", entry_id); }

absl::Status CatalogueVersionNotFound(int64_t version) { return base::NotFound("catalogue_version", absl::StrCat(version)); }

absl::Status CatalogueHasErrors(size_t errors) {
  return base::FailedPrecondition("CATALOGUE_HAS_ERRORS", "the draft has errors, see CheckCatalogue", {{"errors", absl::StrCat(errors)}});
}

absl::Status NothingToPublish(std::string_view what) {
  return base::FailedPrecondition("NOTHING_TO_PUBLISH", "the draft is what is published already", {{"what", std::string(what)}});
}

absl::Status ProcessNotFound(std::string_view type, int64_t version) {
  return base::NotFound("process", absl::StrCat(absl::string_view(type.data(), type.size()), "/", version));
}

absl::Status ScriptNotFound(std::string_view script_id) { return base::NotFound("script", script_id); }

absl::Status BanNotFound(std::string_view ban_id) { return base::NotFound("ban", ban_id); }

absl::Status BanLifted() { return base::FailedPrecondition("BAN_LIFTED", "the ban was lifted already"); }

absl::Status RepeatNotConfirmed() {
  return base::FailedPrecondition("REPEAT_NOT_CONFIRMED", "a caller is banned only after a review has confirmed the ticket as an unreasonable repeat");
}

absl::Status CallerWithoutPhone() { return base::FailedPrecondition("CALLER_WITHOUT_PHONE", "no phone of the caller is known"); }

absl::Status ConfigurationChanged(std::string_view what) { return base::EtagMismatch(what, "draft"); }

}  // namespace hotline::ticket::domain
