-- Imported files in pieces: a file of a gigabyte is never whole in memory. Each piece is sealed with its place; they go when the
-- import is over, and those of an upload that broke off after an hour.
CREATE TABLE import_pieces (
  import_id   uuid NOT NULL,
  number      integer NOT NULL,
  sealed      bytea NOT NULL,
  create_time timestamptz NOT NULL,
  PRIMARY KEY (import_id, number)
);
UPDATE imports SET state = 'failed', error = 'SHEET_UNREADABLE: kept by an older version; send the file again' WHERE state = 'running';
ALTER TABLE imports
  DROP COLUMN sealed_file,
  ADD COLUMN pieces integer NOT NULL DEFAULT 0,
  ADD COLUMN encoding smallint NOT NULL DEFAULT 1;  -- of CSV: 1 UTF-8, 2 GB 18030

-- What an export is for (PLT-5).
ALTER TABLE export_audit ADD COLUMN reason text NOT NULL DEFAULT '';

-- Lists by what a ticket is marked with: few tickets have these keys, so each finds its list at once.
UPDATE ticket_search s SET keys = ARRAY(SELECT DISTINCT k FROM unnest(s.keys || ARRAY(SELECT search_key(word) FROM unnest(ARRAY[
    CASE WHEN t.leader_instructed THEN '@l:' END, CASE WHEN t.supervised THEN '@v:' END, CASE WHEN t.extension_asked THEN '@e:' END,
    '@k:' || nullif(t.group_id, ''), '@r:' || nullif(t.more ->> 'rating_state', '0'), '@p:' || nullif(t.more ->> 'repeat_mark', '0')]) AS word
    WHERE word IS NOT NULL)) AS k ORDER BY 1)
  FROM tickets t WHERE t.ticket_id = s.ticket_id AND (t.leader_instructed OR t.supervised OR t.extension_asked OR t.group_id <> ''
    OR t.more ? 'rating_state' OR t.more ? 'repeat_mark');
