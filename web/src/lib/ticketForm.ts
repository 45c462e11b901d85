// Where a TicketForm is kept while it is typed: one draft per call and user, saved as it changes.
import { useCallback, useEffect, useState } from "react";
import { session } from "@/api/session";
import { draftKey, dropDraft, readDraft, writeDraft } from "./drafts";
import { uuid } from "./format";
import { useStore } from "./store";
import { EMPTY_TICKET, type TicketForm } from "./validate";

export interface Slot {
  form: TicketForm;
  callId: string;
  line: string;
  requestId: string; // chosen with the draft, so that a repeated save makes no second ticket
}

export const emptySlot = (part: Partial<Slot> = {}, form: Partial<TicketForm> = {}): Slot => ({
  callId: "",
  line: "",
  requestId: uuid(),
  ...part,
  form: { ...EMPTY_TICKET, ...form },
});

// A draft of an earlier release lacks fields that came later.
export const wholeSlot = (kept: Slot | undefined): Slot | undefined => kept && { ...kept, form: { ...EMPTY_TICKET, ...kept.form } };

const WRITE_MS = 300;

export function isDirty(slot: Slot): boolean {
  return !!(slot.form.title.trim() || slot.form.content.trim() || slot.form.answer.trim() || slot.form.place.trim() || slot.form.longitude);
}

export function useTicketDraft(name: string, base: Partial<TicketForm>) {
  const userId = useStore(session)?.user.userId ?? "";
  const key = draftKey(userId, name);
  const [slot, setSlot] = useState<Slot>(() => wholeSlot(readDraft<Slot>(key)) ?? emptySlot({}, base));
  useEffect(() => {
    const timer = setTimeout(() => (isDirty(slot) ? writeDraft(key, slot) : dropDraft(key)), WRITE_MS);
    return () => clearTimeout(timer);
  }, [key, slot]);
  // The last keys before a reload count too.
  useEffect(() => {
    const keep = () => {
      if (isDirty(slot)) writeDraft(key, slot);
    };
    window.addEventListener("pagehide", keep);
    return () => window.removeEventListener("pagehide", keep);
  }, [key, slot]);
  const change = useCallback(
    (part: Partial<TicketForm>) => setSlot((now) => ({ ...now, form: { ...now.form, ...part } })),
    [],
  );
  const reset = useCallback(
    (next: Slot) => {
      dropDraft(key);
      setSlot(next);
    },
    [key],
  );
  return { slot, setSlot, change, reset };
}
