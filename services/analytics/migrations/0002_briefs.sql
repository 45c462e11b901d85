-- Opinion summaries as they were made (TKT-20). A PDF of some tens of kilobytes and no personal data: it lies in the row.
create table briefs (
  brief_id    uuid        primary key,
  request_id  text        unique,           -- null: none
  period      smallint    not null,         -- 1 week, 2 month
  first_day   date        not null,
  last_day    date        not null,
  year        integer     not null,
  issue       integer     not null,
  title       text        not null,
  pages       integer     not null,
  sha256      text        not null,
  pdf         bytea       not null,
  created_by  text        not null,
  created_at  timestamptz not null,
  unique (period, year, issue)
);
