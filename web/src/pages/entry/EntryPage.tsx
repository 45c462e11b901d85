// The entry desk: automatic recordings are listened to and written down; letters, e-mails and fax become tickets (TKT-23).
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { amendTicket, createTicket } from "@/api/endpoints";
import type { Channel, CreateTicketResponse, Ticket } from "@/api/types";
import { keysOf, useJumps, useKeys } from "@/app/shortcuts";
import { Field, Kbd } from "@/components/Field";
import { NothingHere, ProblemAlert, useFaultText } from "@/components/Problems";
import { Recordings } from "@/components/RecordingPlayer";
import { RelTime, TimeLeft } from "@/components/Status";
import { type ServerFaults, serverFaultsOf, TicketFields, useFieldFault } from "@/components/TicketFields";
import { extraOf, processFaults, useProcess } from "@/lib/process";
import { emptySlot, isDirty, useTicketDraft } from "@/lib/ticketForm";
import { useTicketList } from "@/lib/tickets";
import { checkTicket, type Faults, toRequest } from "@/lib/validate";
import { SavedDialog } from "../desk/SavedDialog";
import { amendment, formOf } from "./amendment";

const CHANNELS: Channel[] = ["CHANNEL_LETTER", "CHANNEL_EMAIL", "CHANNEL_SMS", "CHANNEL_WEB", "CHANNEL_VISIT", "CHANNEL_TRANSFER", "CHANNEL_LEADER", "CHANNEL_PHONE"];

function ChannelField({ channel, onChange }: { channel: Channel; onChange: (channel: Channel) => void }) {
  const { t } = useTranslation();
  return (
    <Field label={t("ticket.channel")}>
      {(control) => (
        <Select<Channel>
          id={control.id}
          value={channel}
          onChange={onChange}
          options={CHANNELS.map((value) => ({ value, label: t(`enum.channel.${value}`) }))}
          style={{ width: 200 }}
        />
      )}
    </Field>
  );
}

function EntryForm({ ticket, onDone }: { ticket: Ticket | null; onDone: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const faultText = useFaultText();
  const base = ticket ? formOf(ticket) : { channel: "CHANNEL_LETTER" as Channel };
  const { slot, change, reset } = useTicketDraft(`entry.${ticket?.ticketId ?? "new"}`, base);
  const [faults, setFaults] = useState<Faults>({});
  const [serverFaults, setServerFaults] = useState<ServerFaults>({});
  const [saved, setSaved] = useState<CreateTicketResponse | null>(null);
  const fault = useFieldFault(faults, serverFaults);
  const process = useProcess(slot.form.type);
  const save = useMutation({
    mutationFn: async (): Promise<CreateTicketResponse | null> => {
      if (!ticket) return createTicket(toRequest(slot.form, "register", slot, extraOf(slot.form, process)));
      await amendTicket(ticket.ticketId ?? "", amendment(ticket, slot.form, extraOf(slot.form, process), t("entry.note")));
      return null;
    },
    onSuccess: (made) => {
      reset(emptySlot({}, { channel: slot.form.channel }));
      void queries.invalidateQueries({ queryKey: ["tickets"] });
      if (made) setSaved(made);
      else {
        message.success(t("entry.amended"));
        onDone();
      }
    },
    onError: (error) => setServerFaults(serverFaultsOf(error, faultText)),
  });
  const submit = () => {
    if (save.isPending || saved) return;
    const found = { ...(ticket ? {} : processFaults(slot.form, process)), ...checkTicket(slot.form, "register") };
    setFaults(found);
    setServerFaults({});
    if (Object.keys(found).length === 0) save.mutate();
  };
  useKeys({ [keysOf("save")]: submit });
  useJumps(!saved);
  return (
    <form className="column ticket-form" onSubmit={(e) => e.preventDefault()} aria-label={t("entry.form")}>
      <h2>{ticket ? t("entry.writeDown") : t("entry.newTicket")}</h2>
      {ticket && <Recordings callId={ticket.callId} recordingId={ticket.recordingId} />}
      {!ticket && (
        <ChannelField channel={slot.form.channel} onChange={(channel) => change({ channel })} />
      )}
      {save.isError && <ProblemAlert error={save.error} />}
      <TicketFields form={slot.form} change={change} fault={fault} amending={!!ticket} />
      <div className="form-actions">
        <Button type="primary" onClick={submit} loading={save.isPending}>
          {t("common.save")} <Kbd keys="Ctrl+Enter" />
        </Button>
        {!ticket && (
          <Button danger type="text" disabled={!isDirty(slot)} onClick={() => reset(emptySlot({}, { channel: slot.form.channel }))}>
            {t("desk.clear")}
          </Button>
        )}
      </div>
      {saved && <SavedDialog saved={saved} onClose={() => setSaved(null)} />}
    </form>
  );
}

export default function EntryPage() {
  const { t } = useTranslation();
  const list = useTicketList({ states: ["TICKET_STATE_TRANSCRIBE"], orderBy: "due_time" });
  const [chosen, setChosen] = useState<string>("");
  const ticket = list.tickets?.find((one) => one.ticketId === chosen) ?? null;
  useEffect(() => {
    if (chosen && list.tickets && !ticket) setChosen("");
  }, [chosen, list.tickets, ticket]);
  return (
    <div className="entry">
      <h1 className="hidden">{t("nav.entry")}</h1>
      <aside className="column" aria-label={t("entry.waiting")}>
        <Button block type={chosen ? "default" : "primary"} onClick={() => setChosen("")}>
          {t("entry.newTicket")}
        </Button>
        <h2>{t("entry.waiting")}</h2>
        {list.query.isError && <ProblemAlert error={list.query.error} onRetry={() => void list.query.refetch()} />}
        {list.tickets?.length === 0 && <NothingHere text={t("entry.empty")} />}
        <ul className="pick-list">
          {list.tickets?.map((one) => (
            <li key={one.ticketId}>
              <button type="button" aria-pressed={one.ticketId === chosen} onClick={() => setChosen(one.ticketId ?? "")}>
                <b>{one.title}</b>
                <span className="quiet">
                  {t(`enum.channel.${one.channel ?? "CHANNEL_UNSPECIFIED"}`)} · <RelTime time={one.createTime} />
                </span>
                <TimeLeft ticket={one} />
              </button>
            </li>
          ))}
        </ul>
      </aside>
      <EntryForm key={chosen || "new"} ticket={ticket} onDone={() => setChosen("")} />
    </div>
  );
}
