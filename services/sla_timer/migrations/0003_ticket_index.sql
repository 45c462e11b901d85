-- A ticket's clocks are looked up by their open and by their stopped half: every write of an open clock spares an index.
drop index clocks_of_ticket;
create index clocks_stopped_of_ticket on clocks (ticket_id) where state = 3;
