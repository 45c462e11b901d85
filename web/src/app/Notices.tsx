// Ticket and limit events of this user's tickets since the page was opened, newest first.
import { BellOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Popover } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { NothingHere } from "@/components/Problems";
import { RelTime } from "@/components/Status";
import { useTicketEvents } from "@/desk/hooks";
import type { DeskEvent } from "@/desk/socket";

const KEEP = 50;

export const eventName = (type: string | undefined): string => (type ?? "").split(".").pop() ?? "";

export function Notices() {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const [events, setEvents] = useState<DeskEvent[]>([]);
  const [unseen, setUnseen] = useState(0);
  useTicketEvents((event) => {
    if (event.subject) {
      void queries.invalidateQueries({ queryKey: ["ticket", event.subject] });
      void queries.invalidateQueries({ queryKey: ["tickets"], refetchType: "active" });
    }
    if (!i18n.exists(`event.${eventName(event.type)}`)) return; // an event that is not for people
    setEvents((known) => (known.some((e) => e.id === event.id) ? known : [event, ...known].slice(0, KEEP)));
    setUnseen((n) => n + 1);
  });
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      title={t("notices.title")}
      onOpenChange={(open) => open && setUnseen(0)}
      content={
        <div className="notices">
          {events.length === 0 && <NothingHere text={t("notices.empty")} />}
          {events.map((e) => (
            <Link key={e.id} to={`/tickets/${e.subject}`}>
              {t(`event.${eventName(e.type)}` as never) as string} <span className="quiet"><RelTime time={e.time} /></span>
            </Link>
          ))}
        </div>
      }
    >
      <Button size="small" type="text" icon={<BellOutlined />} aria-label={t("notices.open", { count: unseen })}>
        {unseen > 0 && <span className="badge">{Math.min(unseen, 99)}</span>}
      </Button>
    </Popover>
  );
}
