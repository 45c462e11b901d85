-- Articles, their versions, what was done to them; the tree of units as directory tells it; searches that found nothing.
create table articles (
  article_id text primary key,
  revision bigint not null,
  newest integer not null,
  published integer not null,
  author_id text not null,
  import_digest text not null,
  -- Which transaction changed the row last, so that replicas find what is new to them.
  change_xid xid8 not null default pg_current_xact_id()
);
create index articles_change on articles (change_xid);

-- The text of a version never changes once it is published.
create table versions (
  article_id text not null references articles,
  version integer not null,
  state text not null check (state in ('draft', 'submitted', 'published', 'retired')),
  unit_id text not null,
  category_id text not null,
  kind text not null,
  title text not null,
  body text not null,
  answer text not null,
  keywords text[] not null,
  open_to_public boolean not null,
  effective_time timestamptz,
  expire_time timestamptz,
  author_id text not null,
  contributors text[] not null,
  reviewer_id text not null,
  note text not null,
  update_time timestamptz not null,
  primary key (article_id, version)
);
create unique index versions_published on versions (article_id) where state = 'published';

create table history (
  article_id text not null references articles,
  revision bigint not null,
  version integer not null,
  action text not null,
  actor_id text not null,
  note text not null,
  create_time timestamptz not null,
  primary key (article_id, revision)
);

-- What a create with this request id made.
create table requests (
  request_id uuid primary key,
  article_id text not null,
  create_time timestamptz not null default now()
);

create table units (
  unit_id text primary key,
  path text not null,
  change_xid xid8 not null default pg_current_xact_id()
);
create index units_change on units (change_xid);

-- Searches that found nothing, for the search log; long numbers are masked before they get here.
create table search_misses (
  text_digest text primary key,
  search_text text not null,
  times bigint not null,
  first_time timestamptz not null,
  last_time timestamptz not null
);
create index search_misses_rank on search_misses (times, last_time);
