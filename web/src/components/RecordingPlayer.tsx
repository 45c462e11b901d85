// A recording is played from an address of its own that opens for a few minutes (:audioTicket), so that the browser fetches
// only what is listened to and seeks by ranges, and no lasting address plays without a sign-in.
import { Button } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { listRecordings, recordingTicket } from "@/api/endpoints";
import { Problem } from "@/api/problem";
import type { Recording } from "@/api/types";
import { serverNow } from "@/lib/clock";
import { clockSpan, exactTime } from "@/lib/format";
import { Loaded, ProblemAlert } from "./Problems";

function One({ recording }: { recording: Recording }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [broken, setBroken] = useState(false);
  const goOnAt = useRef(0);
  const id = recording.recordingId ?? "";
  const ticket = useQuery({ queryKey: ["recording-ticket", id], queryFn: () => recordingTicket(id), enabled: open, staleTime: Infinity, gcTime: 0 });
  // The ticket may run out under a listener who pauses: another one goes on where the first stopped.
  const onError = (audio: HTMLAudioElement) => {
    if (Date.parse(ticket.data?.expireTime ?? "") > serverNow()) return setBroken(true);
    goOnAt.current = audio.currentTime;
    void ticket.refetch();
  };
  const kind = recording.kind === "message" ? t("recording.message") : t("recording.call");
  return (
    <div className="recording">
      <span>
        {kind} · {exactTime(recording.startTime)} · {clockSpan((recording.durationMs ?? 0) / 1000)}
      </span>
      {ticket.data ? (
        <audio
          controls
          autoPlay
          src={ticket.data.url}
          aria-label={kind}
          onError={(e) => onError(e.currentTarget)}
          onLoadedMetadata={(e) => {
            setBroken(false);
            if (goOnAt.current > 0) e.currentTarget.currentTime = goOnAt.current;
            goOnAt.current = 0;
          }}
        />
      ) : (
        <Button size="small" loading={ticket.isFetching} onClick={() => setOpen(true)}>
          {t("recording.play")}
        </Button>
      )}
      {(ticket.isError || broken) && (
        <ProblemAlert
          error={ticket.error ?? new Problem(0, "UNREACHABLE", "")}
          onRetry={() => {
            setBroken(false);
            void ticket.refetch();
          }}
        />
      )}
    </div>
  );
}

export function Recordings({ callId, recordingId }: { callId?: string | undefined; recordingId?: string | undefined }) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ["recordings", callId, recordingId],
    queryFn: async () => {
      const ask = [callId ? { callId } : null, recordingId ? { recordingId } : null].filter((q) => q !== null);
      const found = (await Promise.all(ask.map((q) => listRecordings(q)))).flatMap((r) => r.recordings ?? []);
      return [...new Map(found.map((r) => [r.recordingId, r])).values()];
    },
    enabled: !!(callId || recordingId),
  });
  if (!callId && !recordingId) return <p className="quiet">{t("recording.none")}</p>;
  return (
    <Loaded query={query} rows={1} empty={t("recording.none")} isEmpty={(r) => r.length === 0}>
      {(list) => list.map((r) => <One key={r.recordingId} recording={r} />)}
    </Loaded>
  );
}
