// Files up, with progress: fetch tells nothing of what was sent, XMLHttpRequest does. And files down, by the token.
import { fetchBlob } from "./client";
import { Problem, toProblem } from "./problem";
import { freshToken, renew } from "./session";

export interface Upload {
  onProgress?: (sent: number, total: number) => void;
  signal?: AbortSignal;
}

function send(path: string, file: Blob, type: string, token: string, { onProgress, signal }: Upload): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("authorization", `Bearer ${token}`);
    request.setRequestHeader("content-type", type);
    request.responseType = "json";
    request.upload.onprogress = (event) => onProgress?.(event.loaded, event.lengthComputable ? event.total : file.size);
    request.onload = () => resolve({ status: request.status, body: request.response as unknown });
    request.onerror = () => reject(new Problem(0, "UNREACHABLE", ""));
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

// The body of the request is the file. What the service refuses is a Problem.
export async function upload<T>(path: string, file: Blob, type: string, how: Upload = {}): Promise<T> {
  const token = await freshToken();
  let answer = await send(path, file, type, token, how);
  if (answer.status === 401) answer = await send(path, file, type, await renew(token), how);
  if (answer.status < 200 || answer.status > 299) throw toProblem(answer.status, answer.body);
  return answer.body as T;
}

// Gives the browser a file under a name.
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export async function download(path: string, name: string): Promise<void> {
  saveBlob(await fetchBlob(path, "*/*"), name);
}
