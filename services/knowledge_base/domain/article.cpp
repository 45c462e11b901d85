#include "services/knowledge_base/domain/article.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "libs/base/text.h"
#include "services/knowledge_base/domain/errors.h"
#include "services/knowledge_base/domain/limits.h"

namespace hotline::knowledge_base {
namespace {

constexpr std::array<std::string_view, 4> kStates = {"draft", "submitted", "published", "retired"};
constexpr std::array<std::string_view, 7> kActions = {"create", "edit", "submit", "accept", "reject", "retire", "import"};
constexpr std::array<std::string_view, 6> kKinds = {"policy", "procedure", "duty", "contact", "guide", "question"};

std::string Path(std::string_view prefix, std::string_view field) { return std::string(prefix) + std::string(field); }

bool IsIdCharacter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_'; }

absl::Status CheckId(std::string_view field, std::string_view id, size_t most) {
  if (id.empty()) return base::InvalidField(field, "REQUIRED", "an id");
  if (id.size() > most) return base::InvalidField(field, "TOO_LONG", absl::StrCat("at most ", most, " characters"));
  if (!std::all_of(id.begin(), id.end(), IsIdCharacter)) {
    return base::InvalidField(field, "BAD_FORMAT", "lower-case letters, digits, '-', '.' and '_'");
  }
  return absl::OkStatus();
}

void AddContributor(Version& version, std::string_view actor_id) {
  if (std::find(version.contributors.begin(), version.contributors.end(), actor_id) == version.contributors.end()) {
    version.contributors.emplace_back(actor_id);
  }
}

// The change that all commands share: the revision, the time, who did it.
Change Changed(Article article, Action action, std::string_view actor_id, absl::Time now) {
  Change change;
  change.after = std::move(article);
  ++change.after.revision;
  change.after.newest.update_time = now;
  change.action = action;
  change.actor_id = std::string(actor_id);
  return change;
}

Version NewVersion(int number, State state, Content content, std::string_view actor_id, absl::Time now) {
  Version version;
  version.number = number;
  version.state = state;
  version.content = std::move(content);
  version.author_id = std::string(actor_id);
  version.contributors = {version.author_id};
  version.update_time = now;
  return version;
}

// Makes the newest version the published one.
void Publish(Change& change) {
  Article& article = change.after;
  if (article.published != article.newest.number) change.retires = article.published;
  article.published = article.newest.number;
  article.newest.state = State::kPublished;
  change.publishes = true;
}

}  // namespace

std::string_view StateName(State state) { return kStates[static_cast<size_t>(state)]; }

std::optional<State> StateOf(std::string_view name) {
  const auto* found = std::find(kStates.begin(), kStates.end(), name);
  if (found == kStates.end()) return std::nullopt;
  return static_cast<State>(found - kStates.begin());
}

std::string_view ActionName(Action action) { return kActions[static_cast<size_t>(action)]; }

absl::Status CheckArticleId(std::string_view field, std::string_view article_id) {
  return CheckId(field, article_id, kMaxArticleId);
}

absl::Status CheckContent(std::string_view prefix, const Content& content) {
  HOTLINE_RETURN_IF_ERROR(CheckId(Path(prefix, "unit_id"), content.unit_id, kMaxUnitId));
  if (!content.category_id.empty()) {
    HOTLINE_RETURN_IF_ERROR(CheckId(Path(prefix, "category_id"), content.category_id, kMaxCategoryId));
  }
  if (std::find(kKinds.begin(), kKinds.end(), content.kind) == kKinds.end()) {
    return base::InvalidField(Path(prefix, "kind"), content.kind.empty() ? "REQUIRED" : "UNKNOWN_VALUE",
                              "policy, procedure, duty, contact, guide or question");
  }
  HOTLINE_RETURN_IF_ERROR(base::CheckText(Path(prefix, "title"), content.title, 1, kMaxTitle));
  if (content.title.find('\n') != std::string::npos) {
    return base::InvalidField(Path(prefix, "title"), "CONTROL_CHARACTER", "one line");
  }
  HOTLINE_RETURN_IF_ERROR(base::CheckText(Path(prefix, "body"), content.body, 1, kMaxBody));
  HOTLINE_RETURN_IF_ERROR(base::CheckText(Path(prefix, "answer"), content.answer, 0, kMaxAnswer));
  if (content.keywords.size() > kMaxKeywords) {
    return base::InvalidField(Path(prefix, "keywords"), "TOO_MANY", absl::StrCat("at most ", kMaxKeywords));
  }
  std::set<std::string_view> seen;
  for (size_t i = 0; i < content.keywords.size(); ++i) {
    const std::string field = absl::StrCat(std::string(prefix), "keywords[", i, "]");
    HOTLINE_RETURN_IF_ERROR(base::CheckText(field, content.keywords[i], 1, kMaxKeyword));
    if (!seen.insert(content.keywords[i]).second) return base::InvalidField(field, "DUPLICATE", "each keyword once");
  }
  if (content.expire_time && content.effective_time && *content.expire_time <= *content.effective_time) {
    return base::InvalidField(Path(prefix, "expire_time"), "OUT_OF_RANGE", "after effective_time");
  }
  return absl::OkStatus();
}

Change Create(std::string article_id, Content content, std::string_view actor_id, absl::Time now) {
  Article article;
  article.article_id = std::move(article_id);
  article.revision = 0;
  article.newest = NewVersion(1, State::kDraft, std::move(content), actor_id, now);
  return Changed(std::move(article), Action::kCreate, actor_id, now);
}

absl::StatusOr<Change> Edit(Article article, Content content, std::string_view actor_id, absl::Time now) {
  Version& newest = article.newest;
  switch (newest.state) {
    case State::kSubmitted:
      return WrongState(StateName(newest.state), "update");
    case State::kDraft:
      newest.content = std::move(content);
      newest.author_id = std::string(actor_id);
      AddContributor(newest, actor_id);
      if (newest.contributors.size() > kMaxContributors) return TooManyContributors(article.article_id);
      break;
    case State::kPublished:
    case State::kRetired:
      if (newest.number >= kMaxVersions) return TooManyVersions(article.article_id);
      newest = NewVersion(newest.number + 1, State::kDraft, std::move(content), actor_id, now);
      break;
  }
  return Changed(std::move(article), Action::kEdit, actor_id, now);
}

absl::StatusOr<Change> Submit(Article article, std::string_view actor_id, absl::Time now) {
  if (article.newest.state != State::kDraft) return WrongState(StateName(article.newest.state), "submit");
  article.newest.state = State::kSubmitted;
  article.newest.note.clear();
  return Changed(std::move(article), Action::kSubmit, actor_id, now);
}

absl::StatusOr<Change> Review(Article article, bool accepted, std::string_view note, std::string_view actor_id, absl::Time now) {
  Version& newest = article.newest;
  if (newest.state != State::kSubmitted) return WrongState(StateName(newest.state), "review");
  if (std::find(newest.contributors.begin(), newest.contributors.end(), actor_id) != newest.contributors.end()) return OwnArticle();
  HOTLINE_RETURN_IF_ERROR(base::CheckText("note", note, accepted ? 0 : 1, kMaxNote));
  newest.note = std::string(note);
  newest.reviewer_id = std::string(actor_id);
  if (!accepted) {
    newest.state = State::kDraft;
    return Changed(std::move(article), Action::kReject, actor_id, now);
  }
  if (newest.content.expire_time && *newest.content.expire_time <= now) return AlreadyExpired();
  Change change = Changed(std::move(article), Action::kAccept, actor_id, now);
  Publish(change);
  return change;
}

absl::StatusOr<Change> Retire(Article article, std::string_view reason, std::string_view actor_id, absl::Time now) {
  if (article.newest.state == State::kRetired) return WrongState(StateName(article.newest.state), "retire");
  HOTLINE_RETURN_IF_ERROR(base::CheckText("reason", reason, 1, kMaxRetireReason));
  Change change = Changed(std::move(article), Action::kRetire, actor_id, now);
  Article& after = change.after;
  change.takes_out = after.published != 0;
  if (after.published != after.newest.number) change.retires = after.published;
  after.published = 0;
  after.newest.state = State::kRetired;
  after.newest.note = std::string(reason);
  return change;
}

absl::StatusOr<std::optional<Change>> Import(std::string article_id, const Imported& found, Content content,
                                             std::string_view actor_id, absl::Time now) {
  if (!found.article) {
    Change change = Create(std::move(article_id), std::move(content), actor_id, now);
    change.action = Action::kImport;
    Publish(change);
    return change;
  }
  // An editor's later changes stay when the same stock is loaded again.
  if (found.digest == ImportDigest(content) || found.published == content) return std::nullopt;
  Article article = *found.article;
  if (article.newest.state == State::kDraft || article.newest.state == State::kSubmitted) return DraftOpen(article_id);
  if (article.newest.number >= kMaxVersions) return TooManyVersions(article_id);
  article.newest = NewVersion(article.newest.number + 1, State::kPublished, std::move(content), actor_id, now);
  Change change = Changed(std::move(article), Action::kImport, actor_id, now);
  Publish(change);
  return change;
}

std::string ImportDigest(const Content& content) {
  // FNV-1a over the fields, each with its length before it, so that no two contents spell the same bytes.
  uint64_t hash = 14695981039346656037ULL;
  const auto add = [&hash](std::string_view text) {
    for (const char c : std::to_string(text.size()) + ":" + std::string(text)) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    }
  };
  for (const std::string* text : {&content.unit_id, &content.category_id, &content.kind, &content.title, &content.body, &content.answer}) add(*text);
  add(std::to_string(content.keywords.size()));
  for (const std::string& keyword : content.keywords) add(keyword);
  add(content.open_to_public ? "public" : "internal");
  for (const auto& time : {content.effective_time, content.expire_time}) add(time ? std::to_string(absl::ToUnixMicros(*time)) : "");
  return absl::StrCat(absl::Hex(hash, absl::kZeroPad16));
}

bool InForce(const Content& content, absl::Time now) {
  return (!content.effective_time || *content.effective_time <= now) && (!content.expire_time || now < *content.expire_time);
}

bool MayEdit(const Viewer& viewer, std::string_view unit_id, std::string_view path) {
  if (!viewer.edits) return false;
  if (viewer.everywhere || (!viewer.unit_id.empty() && unit_id == viewer.unit_id)) return true;
  return viewer.unit_path.size() >= 2 && path.starts_with(viewer.unit_path);
}

bool InCategory(std::string_view id, std::string_view ancestor) {
  return id.starts_with(ancestor) && (id.size() == ancestor.size() || id[ancestor.size()] == '.');
}

}  // namespace hotline::knowledge_base
