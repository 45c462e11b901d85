// After saving: the acceptance number and the query PIN, big, because the agent reads them out; then where it goes.
import { useMutation, useQuery } from "@tanstack/react-query";
import { Button, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router-dom";
import { dispatchTicket, suggestUnits } from "@/api/endpoints";
import type { CreateTicketResponse, UnitSuggestion } from "@/api/types";
import { Loaded, ProblemAlert } from "@/components/Problems";
import { sourceOf, useReason } from "@/components/Reason";
import { StateTag } from "@/components/Status";
import { useUnitName } from "@/lib/catalogue";

export function SavedDialog({ saved, onClose }: { saved: CreateTicketResponse; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const unitName = useUnitName();
  const reason = useReason();
  const [ticket, setTicket] = useState(saved.ticket ?? {});
  const id = ticket.ticketId ?? "";
  const open = ticket.state === "TICKET_STATE_ACCEPTED";
  const suggestions = useQuery({ queryKey: ["ticket", id, "units"], queryFn: () => suggestUnits(id), enabled: open });
  const send = useMutation({
    mutationFn: (one: UnitSuggestion) => dispatchTicket(id, { etag: ticket.etag ?? "", unitId: one.unitId ?? "", source: sourceOf(one) }),
    onSuccess: setTicket,
  });
  return (
    <Modal
      open
      title={t("saved.title")}
      onCancel={onClose}
      maskClosable={false}
      width={560}
      footer={[
        <Button key="open" onClick={() => navigate(`/tickets/${id}`)}>
          {t("saved.openTicket")}
        </Button>,
        <Button key="next" type="primary" autoFocus onClick={onClose}>
          {t("saved.next")}
        </Button>,
      ]}
    >
      <dl className="big-numbers">
        <div>
          <dt>{t("saved.acceptanceNumber")}</dt>
          <dd data-testid="acceptance-number">{(ticket.acceptanceNumber ?? "").replace(/(\d{4})(?=\d)/g, "$1 ")}</dd>
        </div>
        <div>
          <dt>{t("saved.pin")}</dt>
          <dd data-testid="query-pin">{saved.queryPin}</dd>
        </div>
      </dl>
      <p>
        <StateTag state={ticket.state} /> <span className="mono">{ticket.number}</span>
        {ticket.unitId ? ` · ${unitName(ticket.unitId)}` : ""}
      </p>
      {open && (
        <section aria-label={t("desk.proposals")}>
          <h3>{t("saved.whereTo")}</h3>
          {send.isError && <ProblemAlert error={send.error} />}
          <Loaded query={suggestions} rows={2} empty={t("saved.noSuggestion")} isEmpty={(s) => !s.suggestions?.length}>
            {(s) =>
              (s.suggestions ?? []).map((one) => (
                <div key={one.unitId} className="suggestion">
                  <Button loading={send.isPending && send.variables === one} onClick={() => send.mutate(one)}>
                    {t("saved.dispatchTo", { unit: unitName(one.unitId) })}
                  </Button>
                  <span className="quiet">{reason(one.rule, one.reason)}</span>
                </div>
              ))
            }
          </Loaded>
        </section>
      )}
    </Modal>
  );
}
