// The calls of the tickets' working screens: forms, suggestions, duplicates, files, tables, clocks.
import { ask, client } from "./client";
import type { Attachment, Clock, ClockSummaryRequest, Document, Duplicates, FoundFor, Import, ListClocksRequest, MapSettings, SuggestForDraftRequest, Ticket, TicketType } from "./types";

const aborted = (signal?: AbortSignal) => (signal ? { signal } : {});
const ticketPath = (ticketId: string) => ({ params: { path: { ticketId } } });

// --- the form of a type, and what is known while it is filled in
export const getProcess = (type: TicketType) => ask(client.GET("/v1/processes/{type}", { params: { path: { type } } }));
export const suggestForDraft = (body: SuggestForDraftRequest, signal?: AbortSignal) => ask(client.POST("/v1/tickets:suggestForDraft", { body, ...aborted(signal) }));
export const findDuplicates = (body: FoundFor, signal?: AbortSignal): Promise<Duplicates> => ask(client.POST("/v1/tickets:findDuplicates", { body, ...aborted(signal) }));
export const listScripts = (type: TicketType, categoryId: string) => ask(client.GET("/v1/scripts", { params: { query: { type, ...(categoryId ? { categoryId } : {}) } } }));

// --- what the map is drawn with
export const getMapSettings = (): Promise<MapSettings> => ask(client.GET("/v1/mapSettings"));

// --- many tickets by their ids
export async function batchGetTickets(ids: string[], signal?: AbortSignal): Promise<Ticket[]> {
  if (ids.length === 0) return [];
  return (await ask(client.GET("/v1/tickets:batchGet", { params: { query: { ticketIds: ids } }, ...aborted(signal) }))).tickets ?? [];
}

export const verifyHistory = (id: string) => ask(client.GET("/v1/tickets/{ticketId}:verifyHistory", ticketPath(id)));

// --- attachments
export const listAttachments = async (id: string): Promise<Attachment[]> => (await ask(client.GET("/v1/tickets/{ticketId}/attachments", ticketPath(id)))).attachments ?? [];
export const deleteAttachment = (id: string) => ask(client.DELETE("/v1/attachments/{attachmentId}", { params: { path: { attachmentId: id } } }));
export const releaseAttachment = (id: string, reason: string): Promise<Attachment> =>
  ask(client.POST("/v1/attachments/{attachmentId}:release", { params: { path: { attachmentId: id } }, body: { reason } }));

// --- documents
export const listDocumentTemplates = () => ask(client.GET("/v1/documentTemplates"));
export const listDocuments = async (id: string): Promise<Document[]> => (await ask(client.GET("/v1/tickets/{ticketId}/documents", ticketPath(id)))).documents ?? [];
export const previewDocument = (id: string, templateId: string, fields: Record<string, string>) =>
  ask(client.POST("/v1/tickets/{ticketId}/documents:preview", { ...ticketPath(id), body: { templateId, fields } }));
export const createDocument = (id: string, templateId: string, fields: Record<string, string>, requestId: string): Promise<Document> =>
  ask(client.POST("/v1/tickets/{ticketId}/documents", { ...ticketPath(id), body: { templateId, fields, requestId } }));

// --- tables
export const getImport = (id: string): Promise<Import> => ask(client.GET("/v1/ticketImports/{importId}", { params: { path: { importId: id } } }));
export const listImports = async (): Promise<Import[]> => (await ask(client.GET("/v1/ticketImports", { params: { query: { pageSize: 20 } } }))).imports ?? [];

// --- clocks
export const listClocks = (query: ListClocksRequest, signal?: AbortSignal): Promise<{ clocks?: Clock[]; nextPageToken?: string }> =>
  ask(client.GET("/v1/slaClocks", { params: { query }, ...aborted(signal) }));
export const summariseClocks = (query: ClockSummaryRequest, signal?: AbortSignal) => ask(client.GET("/v1/slaClocks:summarise", { params: { query }, ...aborted(signal) }));
