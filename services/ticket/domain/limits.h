// Every bound of the ticket service in one place: lengths in characters, counts, and windows of time.
// Constants only.
#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>

namespace hotline::ticket::domain {

inline constexpr size_t kMaxTitle = 100;
inline constexpr size_t kMaxContent = 5000;
inline constexpr size_t kMaxAnswer = 5000;
inline constexpr size_t kMaxNote = 1000;
inline constexpr size_t kMaxName = 100;
inline constexpr size_t kMaxAddress = 200;
inline constexpr size_t kMaxPhoneDigits = 20;
inline constexpr size_t kMaxTags = 20;
inline constexpr size_t kMaxTag = 30;
inline constexpr size_t kMaxCode = 64;          // category, unit, area, line, article and call ids
inline constexpr size_t kMaxRequestId = 64;
inline constexpr size_t kMaxCoUnits = 10;
inline constexpr size_t kMinRevealReason = 2;
inline constexpr size_t kMaxRevealReason = 200;
inline constexpr size_t kMaxQuery = 100;
inline constexpr size_t kMaxQueryTerms = 10;
inline constexpr size_t kMaxCategoryName = 50;
inline constexpr size_t kMaxScript = 5000;
inline constexpr size_t kMaxCategories = 2000;
inline constexpr size_t kMaxLines = 500;

inline constexpr size_t kMaxLinks = 50;
inline constexpr size_t kMaxEvidence = 20;
inline constexpr size_t kMaxAddressees = 6;
inline constexpr size_t kMaxExtraFields = 50;
inline constexpr size_t kMaxExtraValue = 1000;
inline constexpr int kMaxReopen = 3;            // times a closed matter is taken up again
// Remarks and attempts are refused beyond this, steps never: a ticket cannot be talked full.
inline constexpr int64_t kMaxFreeHistoryEntries = 2000;

inline constexpr int kDefaultTicketPage = 50;
inline constexpr int kMaxTicketPage = 200;
inline constexpr int kDefaultHistoryPage = 200;
inline constexpr int kMaxHistoryPage = 500;
inline constexpr int kDefaultNoticePage = 50;
inline constexpr int kMaxNoticePage = 200;
inline constexpr int kDefaultCallerPage = 10;
inline constexpr int kMaxCallerPage = 50;
inline constexpr int kBansTold = 10;            // with the look-up of a caller
inline constexpr size_t kListContent = 200;     // characters of content in lists

// What a search looks at before it decides how to go on; it ends with SEARCH_TOO_BROAD after this long.
struct SearchLimits {
  int slice = 800;      // tickets that a slice of time should propose
  int most = 4000;      // of one slice read at once
  int walk = 2000;      // tickets along an order's own index, before and between other means
  int sorted = 8000;    // proposed tickets that are sorted at once, in orders other than by registration
};
inline constexpr absl::Duration kMaxSearchTime = absl::Seconds(5);

// Imports and exports (TKT-18); what a file may hold stands in spreadsheet.h.
inline constexpr int kImportBatch = 500;          // rows in one transaction
inline constexpr size_t kImportPiece = 1 << 20;   // bytes of a file kept together
inline constexpr int64_t kMaxRunningImports = 20;
inline constexpr absl::Duration kImportKeep = absl::Hours(24 * 90);
inline constexpr size_t kMaxSheetName = 200;    // characters of an imported file's name
inline constexpr int64_t kMaxExportRows = 50'000;
inline constexpr size_t kMaxSheetPiece = 256 << 10;
inline constexpr int kDefaultImportPage = 20;
inline constexpr int kMaxImportPage = 100;

// A day's numbers up to the first have six digits, those after it a 9 and seven digits more: read as texts they stay in order.
inline constexpr int64_t kMaxShortNumber = 899'999;
inline constexpr int64_t kMaxDailyNumber = 9'999'999;
// Daily numbers are taken in blocks, so that registrations do not wait for each other's commit; a restart leaves a gap.
inline constexpr int64_t kNumberBlock = 20;
inline constexpr int kMinAcceptanceDigits = 6;
inline constexpr int kMaxAcceptanceDigits = 12;
inline constexpr int kAcceptanceTries = 12;     // random numbers tried until one is free
inline constexpr absl::Duration kAcceptanceReuse = absl::Hours(24 * 731);  // unique over two years
inline constexpr size_t kPinDigits = 4;

// Wrong query PINs for one ticket, wrong tries of one phone, and of one call (phones can be forged), per window (IVR-5).
inline constexpr int kMaxTicketAttempts = 5;
inline constexpr absl::Duration kTicketAttemptWindow = absl::Hours(24);
inline constexpr int kMaxCallerAttempts = 10;
inline constexpr absl::Duration kCallerAttemptWindow = absl::Hours(1);
inline constexpr int kMaxCallAttempts = 6;
inline constexpr absl::Duration kCallAttemptWindow = absl::Hours(1);

inline constexpr size_t kMaxSuggestions = 3;
inline constexpr int kSimilarTickets = 200;     // earlier tickets looked at for a suggestion

}  // namespace hotline::ticket::domain
