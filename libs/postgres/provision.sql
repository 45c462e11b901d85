-- Makes the role and the schema of one service; run as an administrator in the suite's database, as often as you like:
--
--   psql -v ON_ERROR_STOP=1 -v role=hotline_ticket -v schema=ticket -v password="$(cat secret)" -f provision.sql hotline
--
-- Without -v password the role has none and needs peer or certificate authentication.
select format('create role %I login', :'role') where not exists (select from pg_roles where rolname = :'role') \gexec
select format('create schema %I authorization %I', :'schema', :'role')
 where not exists (select from pg_namespace where nspname = :'schema') \gexec
select format('alter role %I in database %I set search_path = %I', :'role', current_database(), :'schema') \gexec
select format('revoke all on schema %I from public', :'schema') \gexec
revoke create on schema public from public;
\if :{?password}
select format('alter role %I password %L', :'role', :'password') \gexec
\endif
