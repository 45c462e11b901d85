// A recording: its bytes are fetched with the token and played from memory, so that seeking works at once and no address
// that plays without a sign-in exists.
import { Button } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { fetchBlob } from "@/api/client";
import { listRecordings, recordingAudioPath } from "@/api/endpoints";
import type { Recording } from "@/api/types";
import { clockSpan, exactTime } from "@/lib/format";
import { Loaded, ProblemAlert } from "./Problems";

function One({ recording }: { recording: Recording }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [url, setUrl] = useState("");
  const id = recording.recordingId ?? "";
  const audio = useQuery({
    queryKey: ["recording-audio", id],
    queryFn: ({ signal }) => fetchBlob(recordingAudioPath(id), "audio/wav", signal),
    enabled: open,
    staleTime: Infinity,
    gcTime: 60_000,
  });
  useEffect(() => {
    if (!audio.data) return undefined;
    const made = URL.createObjectURL(audio.data);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [audio.data]);
  const kind = recording.kind === "message" ? t("recording.message") : t("recording.call");
  return (
    <div className="recording">
      <span>
        {kind} · {exactTime(recording.startTime)} · {clockSpan((recording.durationMs ?? 0) / 1000)}
      </span>
      {url ? (
        <audio controls autoPlay src={url} aria-label={kind} />
      ) : (
        <Button size="small" loading={audio.isFetching} onClick={() => setOpen(true)}>
          {t("recording.play")}
        </Button>
      )}
      {audio.isError && <ProblemAlert error={audio.error} onRetry={() => void audio.refetch()} />}
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
