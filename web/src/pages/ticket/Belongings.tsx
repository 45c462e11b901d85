// What belongs to a ticket: files, documents, other tickets. In a chunk of its own.
import type { Ticket } from "@/api/types";
import { Attachments } from "./Attachments";
import { Documents } from "./Documents";
import { Related } from "./Related";

export function Belongings({ ticket }: { ticket: Ticket }) {
  return (
    <div className="belongings">
      <Attachments ticket={ticket} />
      <Documents ticket={ticket} />
      <Related ticket={ticket} />
    </div>
  );
}
