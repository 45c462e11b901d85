// An article's life (KB-1, KB-2): draft -> submitted -> published -> retired, version by version. At most one version is
// published and at most one, the newest, is being worked on. Pure functions over plain values: each command looks at the
// article as it is and answers what it becomes, or why not.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::knowledge_base {

enum class State { kDraft, kSubmitted, kPublished, kRetired };
std::string_view StateName(State state);  // "draft"
std::optional<State> StateOf(std::string_view name);

// What an editor writes.
struct Content {
  std::string unit_id;
  std::string category_id;
  std::string kind;
  std::string title;
  std::string body;
  std::string answer;
  std::vector<std::string> keywords;
  bool open_to_public = false;
  std::optional<absl::Time> effective_time;
  std::optional<absl::Time> expire_time;
  friend bool operator==(const Content&, const Content&) = default;
};

struct Version {
  int number = 1;
  State state = State::kDraft;
  Content content;
  std::string author_id;                  // who changed the content last
  std::vector<std::string> contributors;  // all who did; none of them may review it
  std::string reviewer_id;
  std::string note;  // why it was sent back or retired
  absl::Time update_time;
};

struct Article {
  std::string article_id;
  int64_t revision = 1;  // changes with every update of any version
  int published = 0;     // number of the published version; 0: none
  Version newest;
};

enum class Action { kCreate, kEdit, kSubmit, kAccept, kReject, kRetire, kImport };
std::string_view ActionName(Action action);

// What a command does. `after.newest` is written as a whole; versions below it keep their text for ever.
struct Change {
  Article after;
  Action action = Action::kCreate;
  std::string actor_id;
  int retires = 0;  // number of an older version that is published no longer; 0: none
  bool publishes = false;
  bool takes_out = false;  // nothing of the article is published any more, and something was
};

// Errors name the field and the rule. `prefix` e.g. "article." or "articles[3].".
absl::Status CheckContent(std::string_view prefix, const Content& content);
absl::Status CheckArticleId(std::string_view field, std::string_view article_id);

Change Create(std::string article_id, Content content, std::string_view actor_id, absl::Time now);
absl::StatusOr<Change> Edit(Article article, Content content, std::string_view actor_id, absl::Time now);
absl::StatusOr<Change> Submit(Article article, std::string_view actor_id, absl::Time now);
absl::StatusOr<Change> Review(Article article, bool accepted, std::string_view note, std::string_view actor_id, absl::Time now);
absl::StatusOr<Change> Retire(Article article, std::string_view reason, std::string_view actor_id, absl::Time now);

// What an import finds under an id.
struct Imported {
  std::optional<Article> article;
  std::optional<Content> published;  // content of the published version
  std::string digest;                // ImportDigest of what was imported last; empty: never
};
// Nothing when it is there already.
absl::StatusOr<std::optional<Change>> Import(std::string article_id, const Imported& found, Content content,
                                             std::string_view actor_id, absl::Time now);
// Equal for equal contents; a fingerprint, not a signature.
std::string ImportDigest(const Content& content);

// Whether readers find it at that time.
bool InForce(const Content& content, absl::Time now);

// Who asks, as far as articles care.
struct Viewer {
  std::string user_id;
  bool edits = false;        // editor, reviewer or administrator
  bool everywhere = false;   // not bound to a subtree of units
  bool public_only = false;  // acts for citizens (KB-4)
  std::string unit_id;
  std::string unit_path;
};
// Whether the viewer may edit, and read unpublished, what belongs to the unit. `path` is empty if it is not known: then the
// unit must be the viewer's own.
bool MayEdit(const Viewer& viewer, std::string_view unit_id, std::string_view path);

// Whether `id` is `ancestor` or below it: category ids name their way from the root, "water.outage".
bool InCategory(std::string_view id, std::string_view ancestor);

}  // namespace hotline::knowledge_base
