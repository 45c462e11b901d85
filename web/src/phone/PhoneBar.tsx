// The phone: number, timer, quality and the call's keys.
import { AudioMutedOutlined, AudioOutlined, PauseOutlined, PhoneFilled, PlayCircleOutlined, StarOutlined } from "@ant-design/icons";
import { Button, Input, Popover } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { keysOf, useKeys } from "@/app/shortcuts";
import { Kbd } from "@/components/Field";
import { serverNow } from "@/lib/clock";
import { clockSpan } from "@/lib/format";
import { useStore } from "@/lib/store";
import * as line from "./phone";
import { can, dialNumber, type PhoneState } from "./state";
import { useTick } from "@/lib/useTick";

export function usePhoneError(): (error: { reason?: string; message?: string }) => string {
  const { t, i18n } = useTranslation();
  return (error) =>
    error.reason && i18n.exists(`reason.${error.reason}`) ? (t(`reason.${error.reason}` as never) as string) : t("phone.refused");
}

function Dialler() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [number, setNumber] = useState("");
  const good = dialNumber(number) !== "";
  const go = () => {
    if (good && line.dial(number)) {
      setOpen(false);
      setNumber("");
    }
  };
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      destroyOnHidden
      content={
        <div className="dialler">
          <Input
            autoFocus
            value={number}
            onChange={(e) => setNumber(e.target.value)}
            onPressEnter={go}
            inputMode="tel"
            aria-label={t("phone.number")}
            placeholder={t("phone.number")}
            status={number && !good ? "error" : ""}
          />
          <Button type="primary" disabled={!good} onClick={go}>
            {t("phone.dial")}
          </Button>
        </div>
      }
    >
      <Button size="small" icon={<PhoneFilled />}>
        {t("phone.dial")}
      </Button>
    </Popover>
  );
}

function Keypad() {
  const { t } = useTranslation();
  return (
    <Popover
      trigger="click"
      content={
        <div className="keypad">
          {"123456789*0#".split("").map((digit) => (
            <Button key={digit} onClick={() => line.sendDigit(digit)}>
              {digit}
            </Button>
          ))}
        </div>
      }
    >
      <Button size="small" aria-label={t("phone.keypad")}>
        ⠿ {t("phone.keypad")}
      </Button>
    </Popover>
  );
}

function Timer({ state }: { state: PhoneState }) {
  useTick();
  const from = state.call?.answerTime ?? state.call?.startTime;
  return <span className="timer">{from ? clockSpan((serverNow() - Date.parse(from)) / 1000) : ""}</span>;
}

function CallButtons({ state }: { state: PhoneState }) {
  const { t } = useTranslation();
  const may = can(state);
  return (
    <>
      {may.answer && (
        <Button size="small" type="primary" className="answer" icon={<PhoneFilled />} onClick={line.answer} aria-keyshortcuts="F2">
          {t("phone.answer")} <Kbd keys="F2" />
        </Button>
      )}
      {(may.hold || may.resume) && (
        <Button
          size="small"
          icon={may.hold ? <PauseOutlined /> : <PlayCircleOutlined />}
          onClick={line.toggleHold}
          aria-keyshortcuts="F8"
        >
          {may.hold ? t("phone.hold") : t("phone.resume")} <Kbd keys="F8" />
        </Button>
      )}
      {may.mute && (
        <Button
          size="small"
          icon={state.call?.muted ? <AudioMutedOutlined /> : <AudioOutlined />}
          aria-pressed={!!state.call?.muted}
          onClick={line.toggleMute}
          aria-keyshortcuts="F9"
        >
          {state.call?.muted ? t("phone.unmute") : t("phone.mute")} <Kbd keys="F9" />
        </Button>
      )}
      {may.toRating && (
        <Button size="small" icon={<StarOutlined />} onClick={line.toRating} aria-keyshortcuts="F10">
          {t("phone.toRating")} <Kbd keys="F10" />
        </Button>
      )}
      {may.digits && <Keypad />}
      {(may.hangUp || may.reject) && (
        <Button size="small" danger type={may.hangUp ? "primary" : "default"} onClick={line.hangUpOrReject} aria-keyshortcuts="F4">
          {may.reject ? t("phone.reject") : t("phone.hangUp")} <Kbd keys="F4" />
        </Button>
      )}
    </>
  );
}

export function PhoneBar() {
  const { t } = useTranslation();
  const state = useStore(line.phone);
  const errorText = usePhoneError();
  useKeys({
    [keysOf("answer")]: line.answer,
    [keysOf("hangUp")]: line.hangUpOrReject,
    [keysOf("hold")]: line.toggleHold,
    [keysOf("mute")]: line.toggleMute,
    [keysOf("toRating")]: line.toRating,
  });
  useTitle(state);
  if (state.line === "off") return null;
  const { call, lastCall } = state;
  return (
    <div className={`phone-bar ${call?.phase === "PHASE_RINGING" ? "ringing" : ""}`} role="group" aria-label={t("phone.group")}>
      {call ? (
        <span className="phone-call" role="status">
          <b>{t(`enum.phase.${call.phase ?? "PHASE_UNSPECIFIED"}`)}</b>
          <span className="number">{call.remoteNumber || t("phone.unknownNumber")}</span>
          <Timer state={state} />
          {call.phase === "PHASE_TALKING" && state.quality !== "unknown" && (
            <span className={`quality quality-${state.quality}`}>{t(`phone.quality.${state.quality}`)}</span>
          )}
        </span>
      ) : (
        <span className="phone-call quiet" role="status">
          {state.line === "up" ? (state.mediaConnected ? t("phone.idle") : t("phone.connecting")) : t(`phone.line.${state.line}`)}
          {lastCall?.endReason && state.line === "up" && (
            <span> · {t("phone.ended", { reason: t([`phone.end.${lastCall.endReason}`, "phone.end.other"] as never) as string })}</span>
          )}
        </span>
      )}
      <CallButtons state={state} />
      {can(state).dial && <Dialler />}
      {state.error && (
        <span className="phone-error" role="alert">
          {errorText(state.error)}
          <Button size="small" type="text" onClick={line.clearPhoneError}>
            {t("common.close")}
          </Button>
        </span>
      )}
    </div>
  );
}

// A ringing call shows in the tab's title, for agents who look elsewhere.
function useTitle(state: PhoneState): void {
  const { t } = useTranslation();
  const ringing = state.line === "up" && state.call?.phase === "PHASE_RINGING";
  const number = state.call?.remoteNumber ?? "";
  useEffect(() => {
    if (!ringing) return undefined;
    const before = document.title;
    document.title = `☎ ${t("enum.phase.PHASE_RINGING")} ${number}`;
    return () => {
      document.title = before;
    };
  }, [ringing, number, t]);
}
