#include "services/knowledge_base/postgres_store.h"

#include <absl/strings/str_cat.h>

#include "hotline/events/v1/directory.pb.h"
#include "libs/postgres/outbox.h"
#include "libs/postgres/transaction.h"
#include "services/knowledge_base/domain/errors.h"
#include "services/knowledge_base/domain/limits.h"
#include "services/knowledge_base/events.h"

namespace hotline::knowledge_base {
namespace {

// Titles are compared by their beginning, so that a page token stays short.
constexpr int kSortCharacters = 60;
constexpr char kVersionColumns[] =
    "v.article_id, v.version, v.state, v.unit_id, v.category_id, v.kind, v.title, v.body, v.answer, v.keywords,"
    " v.open_to_public, v.effective_time, v.expire_time, v.author_id, v.contributors, v.reviewer_id, v.note, v.update_time";

Content ReadContent(const postgres::Row& row) {
  return {.unit_id = row.Get<std::string>("unit_id"),
          .category_id = row.Get<std::string>("category_id"),
          .kind = row.Get<std::string>("kind"),
          .title = row.Get<std::string>("title"),
          .body = row.Get<std::string>("body"),
          .answer = row.Get<std::string>("answer"),
          .keywords = row.Get<std::vector<std::string>>("keywords"),
          .open_to_public = row.Get<bool>("open_to_public"),
          .effective_time = row.Get<std::optional<absl::Time>>("effective_time"),
          .expire_time = row.Get<std::optional<absl::Time>>("expire_time")};
}

Version ReadVersion(const postgres::Row& row) {
  Version version;
  version.number = row.Get<int32_t>("version");
  version.state = StateOf(row.Get<std::string>("state")).value();
  version.content = ReadContent(row);
  version.author_id = row.Get<std::string>("author_id");
  version.contributors = row.Get<std::vector<std::string>>("contributors");
  version.reviewer_id = row.Get<std::string>("reviewer_id");
  version.note = row.Get<std::string>("note");
  version.update_time = row.Get<absl::Time>("update_time");
  return version;
}

Article ReadArticle(const postgres::Row& row) {
  return {.article_id = row.Get<std::string>("article_id"),
          .revision = row.Get<int64_t>("revision"),
          .published = row.Get<int32_t>("published"),
          .newest = ReadVersion(row)};
}

const std::string& SelectArticle() {
  static const std::string sql = absl::StrCat("select a.revision, a.published, a.import_digest, ", kVersionColumns,
                                              " from articles a join versions v on v.article_id = a.article_id"
                                              " and v.version = a.newest where a.article_id = $1");
  return sql;
}

// The newest version as it is now; what stands in the older ones stays, but for the state of the one that is replaced.
absl::Status WriteVersion(postgres::Transaction& tx, const Change& change) {
  const Article& article = change.after;
  const Version& version = article.newest;
  const Content& content = version.content;
  if (change.retires != 0) {
    HOTLINE_RETURN_IF_ERROR(tx.Execute("update versions set state = 'retired', update_time = $3 where article_id = $1 and version = $2",
                                       {article.article_id, change.retires, version.update_time})
                                .status());
  }
  HOTLINE_RETURN_IF_ERROR(
      tx.Execute("insert into versions (article_id, version, state, unit_id, category_id, kind, title, body, answer, keywords,"
                 " open_to_public, effective_time, expire_time, author_id, contributors, reviewer_id, note, update_time)"
                 " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"
                 " on conflict (article_id, version) do update set state = excluded.state, unit_id = excluded.unit_id,"
                 " category_id = excluded.category_id, kind = excluded.kind, title = excluded.title, body = excluded.body,"
                 " answer = excluded.answer, keywords = excluded.keywords, open_to_public = excluded.open_to_public,"
                 " effective_time = excluded.effective_time, expire_time = excluded.expire_time, author_id = excluded.author_id,"
                 " contributors = excluded.contributors, reviewer_id = excluded.reviewer_id, note = excluded.note,"
                 " update_time = excluded.update_time",
                 {article.article_id, version.number, StateName(version.state), content.unit_id, content.category_id,
                  content.kind, content.title, content.body, content.answer, content.keywords, content.open_to_public,
                  content.effective_time, content.expire_time, version.author_id, version.contributors,
                  version.reviewer_id, version.note, version.update_time})
          .status());
  HOTLINE_RETURN_IF_ERROR(
      tx.Execute("insert into history (article_id, revision, version, action, actor_id, note, create_time)"
                 " values ($1, $2, $3, $4, $5, $6, $7)",
                 {article.article_id, article.revision, version.number, ActionName(change.action), change.actor_id,
                  version.note, version.update_time})
          .status());
  if (const std::optional<events::Event> event = EventOf(change)) return postgres::Outbox::Append(tx, *event);
  return absl::OkStatus();
}

absl::Status Insert(postgres::Transaction& tx, const Change& change, std::string_view digest) {
  const Article& article = change.after;
  HOTLINE_ASSIGN_OR_RETURN(const int64_t inserted,
                           tx.Execute("insert into articles (article_id, revision, newest, published, author_id, import_digest)"
                                      " values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
                                      {article.article_id, article.revision, article.newest.number, article.published,
                                       change.actor_id, digest}));
  if (inserted == 0) return ArticleExists(article.article_id);
  return WriteVersion(tx, change);
}

absl::Status Update(postgres::Transaction& tx, const Change& change) {
  const Article& article = change.after;
  HOTLINE_ASSIGN_OR_RETURN(const int64_t changed,
                           tx.Execute("update articles set revision = $2, newest = $3, published = $4,"
                                      " change_xid = pg_current_xact_id() where article_id = $1 and revision = $2 - 1",
                                      {article.article_id, article.revision, article.newest.number, article.published}));
  if (changed == 0) return ArticleEtagMismatch(article.article_id);
  return WriteVersion(tx, change);
}

absl::Status RequireRoom(postgres::Transaction& tx, size_t more) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result result, tx.Query("select count(*)::bigint as n from articles"));
  if (result[0].Get<int64_t>("n") + static_cast<int64_t>(more) > kMaxArticles) return ArticlesFull();
  return absl::OkStatus();
}

absl::StatusOr<Imported> FindImported(postgres::Transaction& tx, const std::string& id) {
  Imported found;
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result result, tx.Query(SelectArticle() + " for update of a", {id}));
  if (result.empty()) return found;
  found.article = ReadArticle(result[0]);
  found.digest = result[0].Get<std::string>("import_digest");
  if (found.article->published == 0) return found;
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result published,
                           tx.Query(absl::StrCat("select ", kVersionColumns, " from versions v where article_id = $1 and version = $2"),
                                    {id, found.article->published}));
  if (!published.empty()) found.published = ReadContent(published[0]);
  return found;
}

}  // namespace

absl::StatusOr<Article> PostgresStore::Create(const Change& change, std::string_view request_id) {
  const auto create = [&](postgres::Transaction& tx) -> absl::StatusOr<Article> {
    if (!request_id.empty()) {
      HOTLINE_ASSIGN_OR_RETURN(const int64_t claimed,
                               tx.Execute("insert into requests (request_id, article_id) values ($1, $2) on conflict do nothing",
                                          {request_id, change.after.article_id}));
      if (claimed == 0) {
        HOTLINE_ASSIGN_OR_RETURN(
            const postgres::Result made,
            tx.Query(absl::StrCat("select a.revision, a.published, ", kVersionColumns, " from requests r join articles a"
                                  " on a.article_id = r.article_id and a.author_id = $2 join versions v on v.article_id ="
                                  " a.article_id and v.version = a.newest where r.request_id = $1"),
                     {request_id, change.actor_id}));
        if (made.empty()) return RequestIdReused();
        return ReadArticle(made[0]);
      }
    }
    HOTLINE_RETURN_IF_ERROR(RequireRoom(tx, 1));
    HOTLINE_RETURN_IF_ERROR(Insert(tx, change, ""));
    return change.after;
  };
  return postgres::RunTransaction(pool_, create, {.idempotent = !request_id.empty()});
}

absl::Status PostgresStore::Save(const Change& change) {
  return postgres::RunTransaction(pool_, [&](postgres::Transaction& tx) { return Update(tx, change); });
}

absl::StatusOr<int> PostgresStore::Import(const std::vector<std::string>& ids, const DecideImport& decide) {
  const auto import = [&](postgres::Transaction& tx) -> absl::StatusOr<int> {
    HOTLINE_RETURN_IF_ERROR(tx.Lock("import"));  // Two imports at once would lock the same rows in different order.
    int written = 0;
    int added = 0;
    for (size_t i = 0; i < ids.size(); ++i) {
      HOTLINE_ASSIGN_OR_RETURN(const Imported found, FindImported(tx, ids[i]));
      HOTLINE_ASSIGN_OR_RETURN(const std::optional<Change> change, decide(i, found));
      if (!change) continue;
      const std::string digest = ImportDigest(change->after.newest.content);
      if (!found.article) {
        ++added;
        HOTLINE_RETURN_IF_ERROR(Insert(tx, *change, digest));
      } else {
        HOTLINE_RETURN_IF_ERROR(Update(tx, *change));
        HOTLINE_RETURN_IF_ERROR(tx.Execute("update articles set import_digest = $2 where article_id = $1", {ids[i], digest}).status());
      }
      ++written;
    }
    if (added > 0) HOTLINE_RETURN_IF_ERROR(RequireRoom(tx, 0));
    return written;
  };
  return postgres::RunTransaction(pool_, import, {.idempotent = true});
}

absl::StatusOr<Article> PostgresStore::Get(std::string_view article_id) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result result, pool_.Read(SelectArticle(), {article_id}));
  if (result.empty()) return ArticleNotFound(article_id);
  return ReadArticle(result[0]);
}

absl::StatusOr<Version> PostgresStore::GetVersion(std::string_view article_id, int number) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result result,
                           pool_.Read(absl::StrCat("select ", kVersionColumns, " from versions v where article_id = $1 and version = $2"),
                                      {article_id, number}));
  if (result.empty()) return ArticleNotFound(article_id);
  return ReadVersion(result[0]);
}

absl::StatusOr<std::vector<Listed>> PostgresStore::List(const ArticleFilter& filter) {
  const Viewer& viewer = filter.viewer;
  // Whoever may edit an article sees its newest version, everybody else the published one while it is in force.
  static const std::string sql = absl::StrCat(
      "select a.revision, a.published, left(v.title, ", kSortCharacters, ") as sort_title,"
      " v.article_id, v.version, v.state, v.unit_id, v.category_id, v.kind, v.title, '' as body, v.answer, v.keywords,"
      " v.open_to_public, v.effective_time, v.expire_time, v.author_id, v.contributors, v.reviewer_id, v.note, v.update_time"
      " from articles a join versions n on n.article_id = a.article_id and n.version = a.newest"
      " left join units nu on nu.unit_id = n.unit_id"
      " cross join lateral (select $1::bool and ($2::bool or n.unit_id = $3::text or"
      "   (length($4::text) >= 2 and coalesce(starts_with(nu.path, $4::text), false))) as mine) m"
      " join versions v on v.article_id = a.article_id and v.version = case when m.mine then a.newest else a.published end"
      " left join units u on u.unit_id = v.unit_id"
      " where (m.mine or ((v.effective_time is null or v.effective_time <= $5) and (v.expire_time is null or v.expire_time > $5)))"
      " and (m.mine or v.open_to_public or not $6::bool)"
      " and ($7::text = '' or v.unit_id = $7::text or coalesce(starts_with(u.path, (select path from units where unit_id = $7::text)), false))"
      " and ($8::text = '' or v.category_id = $8::text or starts_with(v.category_id, $8::text || '.'))"
      " and ($9::text = '' or v.state = $9::text)"
      " and ($11::text = '' or (left(v.title, ", kSortCharacters, ") collate \"C\", v.article_id collate \"C\") > ($10::text collate \"C\", $11::text collate \"C\"))"
      " order by left(v.title, ", kSortCharacters, ") collate \"C\", v.article_id collate \"C\" limit $12");
  HOTLINE_ASSIGN_OR_RETURN(
      const postgres::Result result,
      pool_.Read(sql, {viewer.edits, viewer.everywhere, viewer.unit_id, viewer.unit_path, filter.now, viewer.public_only,
                       filter.unit_id, filter.category_id, filter.state ? StateName(*filter.state) : std::string_view(),
                       filter.after_title, filter.after_id, filter.limit}));
  std::vector<Listed> listed;
  for (const postgres::Row row : result) listed.push_back({ReadArticle(row), row.Get<std::string>("sort_title")});
  return listed;
}

absl::StatusOr<Changes> PostgresStore::ChangesSince(std::string_view mark) {
  const auto read = [&](postgres::Transaction& tx) -> absl::StatusOr<Changes> {
    Changes changes;
    // Transactions from this one on may still be open: they are asked for again next time.
    HOTLINE_ASSIGN_OR_RETURN(const postgres::Result snapshot, tx.Query("select pg_snapshot_xmin(pg_current_snapshot())::text as mark"));
    changes.mark = snapshot[0].Get<std::string>("mark");
    const std::string since = mark.empty() ? "0" : std::string(mark);
    HOTLINE_ASSIGN_OR_RETURN(const postgres::Result articles,
                             tx.Query("select article_id, published from articles where change_xid >= $1::text::xid8", {since}));
    for (const postgres::Row row : articles) changes.articles[row.Get<std::string>("article_id")] = row.Get<int32_t>("published");
    HOTLINE_ASSIGN_OR_RETURN(const postgres::Result units,
                             tx.Query("select unit_id, path from units where change_xid >= $1::text::xid8", {since}));
    for (const postgres::Row row : units) changes.units[row.Get<std::string>("unit_id")] = row.Get<std::string>("path");
    return changes;
  };
  return postgres::RunTransaction(pool_, read, {.isolation = postgres::Isolation::kRepeatableRead, .read_only = true});
}

absl::StatusOr<std::vector<PublishedArticle>> PostgresStore::LoadPublished(const std::vector<std::string>& ids) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result result,
                           pool_.Read(absl::StrCat("select ", kVersionColumns, " from articles a join versions v on v.article_id ="
                                                   " a.article_id and v.version = a.published where a.article_id = any($1)"),
                                      {ids}));
  std::vector<PublishedArticle> articles;
  for (const postgres::Row row : result) {
    articles.push_back({row.Get<std::string>("article_id"), row.Get<int32_t>("version"), ReadContent(row)});
  }
  return articles;
}

absl::Status PostgresStore::AddMisses(const std::vector<Miss>& misses) {
  return postgres::RunTransaction(pool_, [&](postgres::Transaction& tx) -> absl::Status {
    for (const Miss& miss : misses) {
      HOTLINE_RETURN_IF_ERROR(
          tx.Execute("insert into search_misses (text_digest, search_text, times, first_time, last_time)"
                     " values (encode(sha256(convert_to($1, 'UTF8')), 'hex'), $1::text, $2, $3, $3)"
                     " on conflict (text_digest) do update set times = search_misses.times + excluded.times, last_time = excluded.last_time",
                     {miss.text, miss.times, miss.last_time})
              .status());
    }
    return tx.Execute("delete from search_misses where text_digest in"
                      " (select text_digest from search_misses order by times desc, last_time desc offset $1)",
                      {kMaxMisses})
        .status();
  });
}

absl::StatusOr<std::vector<Miss>> PostgresStore::ListMisses(int limit) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result result,
                           pool_.Read("select search_text, times, last_time from search_misses order by times desc, last_time desc limit $1", {limit}));
  std::vector<Miss> misses;
  for (const postgres::Row row : result) {
    misses.push_back({row.Get<std::string>("search_text"), row.Get<int64_t>("times"), row.Get<absl::Time>("last_time")});
  }
  return misses;
}

events::Handlers PostgresStore::UnitEvents() {
  events::Handlers handlers;
  handlers.On<hotline::events::v1::UnitChanged>(
      [](postgres::Transaction& tx, const events::Event&, const hotline::events::v1::UnitChanged& unit) {
        return tx.Execute("insert into units (unit_id, path) values ($1, $2) on conflict (unit_id) do update"
                          " set path = excluded.path, change_xid = pg_current_xact_id()",
                          {unit.unit_id(), unit.path()})
            .status();
      });
  return handlers;
}

}  // namespace hotline::knowledge_base
