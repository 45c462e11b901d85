// The bounds of what a city configures: the dispatch catalogue, forms and steps, scripts, and the rules about repeats.
// Constants only.
#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>

namespace hotline::ticket::domain {

inline constexpr size_t kMaxEntries = 5000;         // of the dispatch catalogue
inline constexpr size_t kMaxFindings = 500;         // told of one check
inline constexpr int kDefaultVersionPage = 20;
inline constexpr int kMaxVersionPage = 200;

inline constexpr size_t kMaxFormFields = 50;        // of a form's own, as many as a ticket holds values
inline constexpr size_t kMaxFieldName = 50;
inline constexpr size_t kMaxFieldValue = 1000;
inline constexpr size_t kMaxChoices = 50;
inline constexpr size_t kMaxChoice = 50;
inline constexpr size_t kMaxNumberText = 20;        // characters of a number
inline constexpr int kMaxArbitrationAfter = 10;
inline constexpr int kMostRework = 5;
inline constexpr int kMaxReopenDays = 365;
inline constexpr size_t kMaxProcessesInMemory = 1000;  // versions of all types; the oldest are read again

inline constexpr size_t kMaxScripts = 2000;
inline constexpr size_t kMaxScriptSteps = 30;
inline constexpr size_t kMaxScriptText = 500;

inline constexpr int kDefaultAlikeDays = 30;
inline constexpr int kMaxAlikeDays = 365;
inline constexpr size_t kMaxAlike = 10;             // candidates told
inline constexpr int kAlikePerSource = 200;         // tickets compared of each way to find some
inline constexpr size_t kComparedContent = 200;     // characters of a content that are compared
inline constexpr size_t kFewestTitleWords = 3;      // pairs of characters a title needs to be searched by itself

inline constexpr int kMinRepeats = 2;
inline constexpr int kMaxRepeats = 100;
inline constexpr int kMaxRepeatDays = 730;
inline constexpr int kRepeatsTold = 20;             // tickets named with a finding
inline constexpr absl::Duration kLongestBan = absl::Hours(24 * 366);

inline constexpr int kDefaultAuditPage = 50;
inline constexpr int kMaxAuditPage = 500;
inline constexpr size_t kMaxShownInMemory = 20'000; // looks of the present hour known to be written down

}  // namespace hotline::ticket::domain
