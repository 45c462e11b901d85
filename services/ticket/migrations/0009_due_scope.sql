-- A unit's tickets by due time are found along the order's index alone: who sees a ticket stands in it. A ticket's scope changes with its
-- unit only, which other indexes follow anyhow.
DROP INDEX tickets_due;
CREATE INDEX tickets_due ON tickets (due_time, ticket_id) INCLUDE (scope) WHERE close_time IS NULL AND due_time < 'infinity';
