-- Units, users, sessions, keys. Passwords, refresh tokens and API keys are hashes only.
create table units (
  unit_id text primary key,
  parent_id text references units,
  path text not null unique,
  level integer not null,
  name text not null,
  name_en text not null,
  kind text not null,
  tags text[] not null,
  area_code text not null,
  phone text not null,
  active boolean not null,
  version bigint not null
);
create index units_path on units (path text_pattern_ops);

create table users (
  user_id uuid primary key,
  user_name text not null unique,
  display_name text not null,
  unit_id text not null references units,
  roles text[] not null,
  active boolean not null,
  employee_number text not null,
  password_hash text not null,
  version bigint not null,
  create_time timestamptz not null
);
create index users_unit on users (unit_id);

create table sessions (
  session_id uuid primary key,
  user_id uuid not null references users,
  refresh_hash text not null,
  previous_refresh_hash text not null,
  rotate_time timestamptz not null,
  refresh_expire_time timestamptz not null,
  revoke_time timestamptz
);
create index sessions_user on sessions (user_id) where revoke_time is null;
create index sessions_revoked on sessions (revoke_time) where revoke_time is not null;

create table api_keys (
  api_key_id text primary key,
  unit_id text not null references units,
  label text not null,
  roles text[] not null,
  secret_hash text not null,
  create_time timestamptz not null,
  expire_time timestamptz,
  last_used_time timestamptz,
  revoked boolean not null
);

-- Failed sign-ins; a key is "user:…", "address:…" or "both:…" (hashed, so that addresses are not kept in the clear).
create table attempts (
  attempt_key text primary key,
  failures integer not null,
  window_start timestamptz not null
);

-- What a create with this request id made.
create table requests (
  request_id uuid primary key,
  kind text not null,
  entity_id text not null,
  create_time timestamptz not null default now()
);
