// Files on their way to a ticket: one after the other, each with its progress, and what was refused stays with its reason.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { asProblem, type Problem } from "@/api/problem";
import type { Attachment } from "@/api/types";
import { upload } from "@/api/upload";
import { uuid } from "@/lib/format";
import { type FileFault, faultOfFile, mediaTypeOf, uploadPath } from "./files";

export interface Sending {
  id: string;
  name: string;
  size: number;
  sent: number;
  fault?: FileFault;
  problem?: Problem;
}

export function useUploads(ticketId: string, already: number, onDone?: (made: Attachment) => void) {
  const queries = useQueryClient();
  const [list, setList] = useState<Sending[]>([]);
  const turn = useRef<Promise<void>>(Promise.resolve());
  const stop = useRef(new Map<string, AbortController>());
  const note = useCallback((id: string, part: Partial<Sending>) => setList((now) => now.map((one) => (one.id === id ? { ...one, ...part } : one))), []);
  const drop = useCallback((id: string) => {
    stop.current.get(id)?.abort();
    setList((now) => now.filter((one) => one.id !== id));
  }, []);

  const sendOne = async (id: string, file: File, fromCaller: boolean) => {
    const control = stop.current.get(id);
    if (!control || control.signal.aborted) return;
    try {
      const path = uploadPath(ticketId, file.name, fromCaller, id);
      const made = await upload<Attachment>(path, file, mediaTypeOf(file.name) ?? "", { onProgress: (sent) => note(id, { sent }), signal: control.signal });
      await queries.invalidateQueries({ queryKey: ["ticket", ticketId, "attachments"] });
      onDone?.(made);
      drop(id);
    } catch (error) {
      if (!control.signal.aborted) note(id, { problem: asProblem(error) });
    } finally {
      stop.current.delete(id);
    }
  };
  const add = (files: File[], fromCaller = false) => {
    const rows = files.map((file, i) => ({ file, row: { id: uuid(), name: file.name, size: file.size, sent: 0, ...faultPart(file, already + i) } }));
    setList((now) => [...now, ...rows.map(({ row }) => row)]);
    for (const { file, row } of rows) {
      if (row.fault) continue;
      stop.current.set(row.id, new AbortController());
      turn.current = turn.current.then(() => sendOne(row.id, file, fromCaller));
    }
  };
  return { list, add, drop, busy: list.some((one) => !one.fault && !one.problem) };
}

function faultPart(file: File, already: number): { fault?: FileFault } {
  const fault = faultOfFile(file, already);
  return fault ? { fault } : {};
}
