import type { Timestamp } from "./scalars";

// Where a version stands.
export type ArticleState =
  | "ARTICLE_STATE_UNSPECIFIED" // in requests: any the caller may see
  | "ARTICLE_STATE_DRAFT" // 草稿
  | "ARTICLE_STATE_SUBMITTED" // 待审
  | "ARTICLE_STATE_PUBLISHED" // 已发布
  | "ARTICLE_STATE_RETIRED"; // 已停用

// An article at one version.
export interface Article {
  articleId?: string; // UUIDv7, or the importer's stable id
  version?: number; // 1, 2, …
  state?: ArticleState; // of this version
  unitId?: string; // who answers for it
  categoryId?: string; // ticket's category tree
  kind?: string; // policy, procedure, duty, contact, guide, question
  title?: string; // 1 to 200 characters
  body?: string; // Markdown, 1 to 50000 characters
  answer?: string; // what an agent says, up to 2000 characters
  keywords?: string[]; // up to 30
  public?: boolean; // may be shown to citizens and the robot (KB-4)
  effectiveTime?: Timestamp; // not found before
  expireTime?: Timestamp; // not found after; unset: never
  authorId?: string; // of this version
  reviewerId?: string; // of this version
  updateTime?: Timestamp; // of this version
  etag?: string; // changes with every update
}

// What SearchArticles takes.
export interface SearchArticlesRequest {
  query?: string; // 1 to 100 characters
  unitId?: string; // only this unit's subtree
  categoryId?: string; // only this category's subtree
  pageSize?: number; // 1 to 50, 0 means 10
}

// An article found.
export interface ArticleHit {
  articleId?: string; // which
  title?: string; // with the found words between U+0001 and U+0002, for marking
  excerpt?: string; // around the first found word, marked likewise, up to 200 characters
  answer?: string; // what an agent says
  unitId?: string; // who answers for it
  categoryId?: string; // of the article
  score?: number; // higher is better
  expireTime?: Timestamp; // to warn of
}

// What SearchArticles and SuggestArticles answer.
export interface SearchArticlesResponse {
  hits?: ArticleHit[]; // best first
  words?: string[]; // what was searched for, after segmentation
}

// What SuggestArticles takes.
export interface SuggestArticlesRequest {
  text?: string; // title and content typed so far, up to 5000 characters
  categoryId?: string; // chosen so far
  pageSize?: number; // 1 to 20, 0 means 5
}

// What GetArticle takes.
export interface GetArticleRequest {
  articleId?: string; // which
  version?: number; // 0: the published one, or the newest for editors
}

// What ListArticles takes.
export interface ListArticlesRequest {
  unitId?: string; // this unit's subtree
  categoryId?: string; // this category's subtree
  state?: ArticleState; // newest version's state
  pageSize?: number; // 1 to 200, 0 means 50
  pageToken?: string; // of the previous answer
}

// What ListArticles answers.
export interface ListArticlesResponse {
  articles?: Article[]; // without bodies, by title
  nextPageToken?: string; // empty at the end
}

// What CreateArticle takes.
export interface CreateArticleRequest {
  article?: Article; // unit, title, body
  requestId?: string; // a UUID that makes a repetition harmless
}

// What UpdateArticle takes.
export interface UpdateArticleRequest {
  article?: Article; // with its etag
}

// What SubmitArticle takes.
export interface SubmitArticleRequest {
  articleId?: string; // which
  etag?: string; // as read
}

// What ReviewArticle takes.
export interface ReviewArticleRequest {
  articleId?: string; // which
  etag?: string; // as read
  accepted?: boolean; // false: back to draft
  note?: string; // why; required when not accepted
}

// What RetireArticle takes.
export interface RetireArticleRequest {
  articleId?: string; // which
  etag?: string; // as read
  reason?: string; // 1 to 200 characters
}
