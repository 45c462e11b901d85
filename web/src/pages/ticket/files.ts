// What may be attached to a ticket, judged before it is sent: the service judges again, by the content too.
export const MAX_BYTES = 20 * 1024 * 1024;
export const MAX_FILES = 50;
export const MAX_EVIDENCE = 20;

// By extension, because browsers name types differently.
const TYPES: Record<string, string> = {
  jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png", webp: "image/webp", gif: "image/gif", pdf: "application/pdf", mp3: "audio/mpeg", wav: "audio/wav", m4a: "audio/mp4", mp4: "video/mp4", txt: "text/plain",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};
export const ACCEPTED = Object.keys(TYPES).map((ext) => `.${ext}`).join(",");

export type FileFault = "type" | "size" | "empty" | "count";

export const extensionOf = (name: string): string => (/\.([^.]+)$/.exec(name)?.[1] ?? "").toLowerCase();
export const mediaTypeOf = (name: string): string | undefined => TYPES[extensionOf(name)];

export function faultOfFile(file: { name: string; size: number }, already: number): FileFault | undefined {
  if (!mediaTypeOf(file.name)) return "type";
  if (file.size === 0) return "empty";
  if (file.size > MAX_BYTES) return "size";
  if (already >= MAX_FILES) return "count";
  return undefined;
}

export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

export function uploadPath(ticketId: string, fileName: string, fromCaller: boolean, requestId: string): string {
  const query = new URLSearchParams({ fileName, requestId, ...(fromCaller ? { fromCaller: "true" } : {}) });
  return `/v1/tickets/${encodeURIComponent(ticketId)}/attachments?${query}`;
}
