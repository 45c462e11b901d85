// Ctrl+K: a ticket by number, phone or words, an article, a unit.
import { useQuery } from "@tanstack/react-query";
import { Input, type InputRef, Modal } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router-dom";
import { listTickets, searchArticles } from "@/api/endpoints";
import { Marked } from "@/components/Markdown";
import { ProblemAlert } from "@/components/Problems";
import { StateTag } from "@/components/Status";
import { useNamed, useUnits } from "@/lib/catalogue";
import { useDebounced } from "@/lib/debounce";

interface Found {
  key: string;
  group: "tickets" | "articles" | "units";
  to: string;
  body: React.ReactNode;
}

function useFound(words: string): { found: Found[]; busy: boolean; error: unknown } {
  const named = useNamed();
  const units = useUnits();
  const enabled = words.length >= 2;
  const tickets = useQuery({
    queryKey: ["search", "tickets", words],
    queryFn: ({ signal }) => listTickets({ query: words, pageSize: 6 }, signal),
    enabled,
  });
  const articles = useQuery({
    queryKey: ["search", "articles", words],
    queryFn: ({ signal }) => searchArticles({ query: words, pageSize: 5 }, signal),
    enabled,
  });
  const found = useMemo(() => {
    if (!enabled) return [];
    const lower = words.toLowerCase();
    return [
      ...(tickets.data?.tickets ?? []).map((ticket): Found => ({
        key: `t${ticket.ticketId}`,
        group: "tickets",
        to: `/tickets/${ticket.ticketId}`,
        body: (
          <>
            <span className="mono">{ticket.number}</span> {ticket.title} <StateTag state={ticket.state} />
          </>
        ),
      })),
      ...(articles.data?.hits ?? []).map((hit): Found => ({
        key: `a${hit.articleId}`,
        group: "articles",
        to: `/knowledge/${hit.articleId}`,
        body: <Marked text={hit.title ?? ""} />,
      })),
      ...(units.data ?? [])
        .filter((u) => [u.name, u.nameEn, u.unitId].join(" ").toLowerCase().includes(lower))
        .slice(0, 5)
        .map((u): Found => ({
          key: `u${u.unitId}`,
          group: "units",
          to: `/tickets?unit=${encodeURIComponent(u.unitId ?? "")}`,
          body: (
            <>
              {named(u)} <span className="quiet">{u.phone}</span>
            </>
          ),
        })),
    ];
  }, [enabled, words, tickets.data, articles.data, units.data, named]);
  return { found, busy: tickets.isFetching || articles.isFetching, error: tickets.error ?? articles.error };
}

export function Search({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const input = useRef<InputRef>(null);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const words = useDebounced(text.trim(), 200);
  const { found, busy, error } = useFound(words);
  useEffect(() => setAt(0), [words]);
  const go = (item: Found | undefined) => {
    if (!item) return;
    onClose();
    navigate(item.to);
  };
  return (
    <Modal
      open={open}
      onCancel={onClose}
      footer={null}
      title={t("search.title")}
      destroyOnHidden
      width={640}
      afterOpenChange={(now) => now && input.current?.focus()}
    >
      <Input
        ref={input}
        value={text}
        allowClear
        onChange={(e) => setText(e.target.value)}
        placeholder={t("search.placeholder")}
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls="search-found"
        aria-activedescendant={found[at] ? `search-${at}` : undefined}
        aria-label={t("search.title")}
        onKeyDown={(e) => {
          if (e.nativeEvent.isComposing) return;
          if (e.key === "ArrowDown") setAt((n) => Math.min(found.length - 1, n + 1));
          else if (e.key === "ArrowUp") setAt((n) => Math.max(0, n - 1));
          else if (e.key === "Enter") go(found[at]);
          else return;
          e.preventDefault();
        }}
      />
      {error ? <ProblemAlert error={error} /> : null}
      <div id="search-found" role="listbox" aria-label={t("search.found")} className="search-found" aria-busy={busy}>
        {found.map((item, i) => (
          <div key={item.key} id={`search-${i}`} role="option" aria-selected={i === at} onMouseEnter={() => setAt(i)} onClick={() => go(item)}>
            <span className="quiet group">{t(`search.group.${item.group}`)}</span>
            {item.body}
          </div>
        ))}
      </div>
      {words.length >= 2 && !busy && !error && found.length === 0 && <p className="quiet">{t("common.nothingFound")}</p>}
    </Modal>
  );
}
