-- Blocks of signed chain heads that lie outside the database (TKT-16): which there are, and where the next one begins. The
-- heads themselves are in the files alone; a file that is gone is missed here, a row that is gone is missed there.
CREATE TABLE history_blocks (
  block       bigint PRIMARY KEY,      -- 1, 2, ...
  time        timestamptz NOT NULL,
  digest      text NOT NULL,           -- SHA-256 of the file
  sequence    bigint NOT NULL,         -- of the outbox: changes up to here are signed
  next_ticket uuid,                    -- the first pass over all tickets goes on after this one; null: it is over
  tickets     integer NOT NULL
);
CREATE TRIGGER history_blocks_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON history_blocks FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON history_blocks FROM CURRENT_USER;
