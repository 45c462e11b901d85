// What screens take from the desk socket.
import { useEffect, useRef, useState } from "react";
import type { Agent, QueueFigure, Wallboard } from "@/api/types";
import { num } from "@/lib/format";
import { desk, type DeskEvent, type ServerFrame, type Topic } from "./socket";

export function useDesk(topic: Topic | null, handler: (frame: ServerFrame) => void): void {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => {
    const stopListening = desk.listen((frame) => latest.current(frame));
    const unsubscribe = topic ? desk.subscribe(topic) : undefined;
    return () => {
      stopListening();
      unsubscribe?.();
    };
  }, [topic]);
}

// Later versions replace earlier ones; a frame that was overtaken changes nothing.
export function mergeAgents(known: Map<string, Agent>, frame: { agents?: Agent[]; snapshot?: boolean }): Map<string, Agent> {
  const next = frame.snapshot ? new Map<string, Agent>() : new Map(known);
  for (const agent of frame.agents ?? []) {
    const id = agent.agentId ?? "";
    const old = known.get(id);
    if (!frame.snapshot && old && num(old.version) > num(agent.version)) continue;
    next.set(id, agent);
  }
  return next;
}

export function useAgents(): Map<string, Agent> | null {
  const [agents, setAgents] = useState<Map<string, Agent> | null>(null);
  useDesk("agents", (frame) => {
    if (frame.type === "agents") setAgents((known) => mergeAgents(known ?? new Map(), frame));
  });
  return agents;
}

export function useQueueFigures(): QueueFigure[] | null {
  const [figures, setFigures] = useState<QueueFigure[] | null>(null);
  useDesk("queues", (frame) => {
    if (frame.type === "queues") setFigures(frame.figures ?? []);
  });
  return figures;
}

export function useWallboard(): Wallboard | null {
  const [board, setBoard] = useState<Wallboard | null>(null);
  useDesk("wallboard", (frame) => {
    if (frame.type === "wallboard") setBoard(frame.wallboard);
  });
  return board;
}

export function useTicketEvents(handler: (event: DeskEvent) => void): void {
  useDesk("tickets", (frame) => {
    if (frame.type === "event") handler(frame.event);
  });
}
