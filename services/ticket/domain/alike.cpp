#include "services/ticket/domain/alike.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "services/ticket/domain/configuration_limits.h"
#include "services/ticket/domain/words.h"

namespace hotline::ticket::domain {
namespace {

constexpr double kEarthRadius = 6'371'000;  // metres
constexpr double kNear = 300;               // metres within which two places are taken for one
// What each agreement counts. Texts alone never make a full score: the same words may mean another street.
constexpr double kTitleWeight = 0.35, kContentWeight = 0.15, kCategoryWeight = 0.2, kPlaceWeight = 0.2, kAreaWeight = 0.1;
constexpr double kSamePerson = 0.3;         // beside them: the same caller seldom has two like matters at a time
constexpr double kShown = 0.45;
constexpr double kSomeText = 0.2;           // without any common words nothing is the same matter
constexpr double kSamePlaceText = 0.7;      // of two written addresses

// Pairs of characters and whole Latin words: single characters are in every text.
std::vector<std::string> Telling(std::string_view text) {
  std::vector<std::string> words = QueryWords(text);
  std::erase_if(words, [](const std::string& word) { return word.size() <= 3 && static_cast<unsigned char>(word[0]) >= 0x80; });
  return words;
}

std::string Percent(double share) { return absl::StrCat(static_cast<int>(std::lround(share * 100)), "%"); }

void AddReason(std::string& reason, std::string_view part) { absl::StrAppend(&reason, reason.empty() ? "" : ";", absl::string_view(part.data(), part.size())); }

}  // namespace

double WordOverlap(std::string_view a, std::string_view b) {
  const std::vector<std::string> one = Telling(a), other = Telling(b);
  const size_t shorter = std::min(one.size(), other.size());
  if (shorter == 0) return 0;
  std::vector<std::string> common;
  std::set_intersection(one.begin(), one.end(), other.begin(), other.end(), std::back_inserter(common));
  return static_cast<double>(common.size()) / static_cast<double>(shorter);
}

double Distance(const MatterFacts& one, const MatterFacts& other) {
  const auto known = [](const MatterFacts& facts) { return facts.longitude != 0 || facts.latitude != 0; };
  if (!known(one) || !known(other)) return -1;
  constexpr double kDegree = M_PI / 180;
  const double x = (one.longitude - other.longitude) * kDegree * std::cos((one.latitude + other.latitude) / 2 * kDegree);
  const double y = (one.latitude - other.latitude) * kDegree;
  return std::sqrt(x * x + y * y) * kEarthRadius;
}

std::optional<Likeness> Compare(const MatterFacts& one, const MatterFacts& other) {
  if (!one.ticket_id.empty() && one.ticket_id == other.ticket_id) return std::nullopt;
  Likeness likeness;
  const bool same_caller = !one.phone_hash.empty() && one.phone_hash == other.phone_hash;
  const double title = WordOverlap(one.title, other.title), content = WordOverlap(one.content, other.content);
  const bool same_category = !one.category_id.empty() && one.category_id == other.category_id;
  const bool same_area = !one.area_code.empty() && one.area_code == other.area_code;
  const double distance = Distance(one, other);
  const bool near = distance >= 0 && distance <= kNear;
  const bool same_place = WordOverlap(one.place, other.place) >= kSamePlaceText;
  if (title < kSomeText && content < kSomeText && !(same_caller && same_category)) return std::nullopt;

  likeness.kind = same_caller ? "same_caller" : "same_matter";
  likeness.score = kTitleWeight * title + kContentWeight * content + (same_category ? kCategoryWeight : 0) + (near || same_place ? kPlaceWeight : 0) +
                   (same_area ? kAreaWeight : 0) + (same_caller ? kSamePerson : 0);
  likeness.score = std::min(likeness.score, 1.0);
  if (likeness.score < kShown) return std::nullopt;
  if (same_caller) AddReason(likeness.reason, "同一来电人");
  if (same_category) AddReason(likeness.reason, "同一分类");
  if (near) AddReason(likeness.reason, absl::StrCat("相距约", static_cast<int>(std::lround(distance)), "米"));
  else if (same_place) AddReason(likeness.reason, "地点相同");
  else if (same_area) AddReason(likeness.reason, "同一区域");
  if (title >= kSomeText) AddReason(likeness.reason, absl::StrCat("标题相似", Percent(title)));
  if (content >= kSomeText) AddReason(likeness.reason, absl::StrCat("内容相似", Percent(content)));
  return likeness;
}

Violations CheckRepeatRule(const RepeatRule& rule) {
  Violations bad;
  if (rule.count < kMinRepeats || rule.count > kMaxRepeats) bad.push_back({"rule.count", "OUT_OF_RANGE", "must be from 2 to 100"});
  if (rule.days < 1 || rule.days > kMaxRepeatDays) bad.push_back({"rule.days", "OUT_OF_RANGE", "must be from 1 to 730"});
  return bad;
}

}  // namespace hotline::ticket::domain
