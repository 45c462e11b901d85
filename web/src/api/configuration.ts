// The REST calls of the configuration screens, and the messages they carry.
import { ask, client } from "./client";
import type { components, operations } from "./schema";
import type { TicketType } from "./types";

type Schemas = components["schemas"];
type Query<Name extends keyof operations> = NonNullable<operations[Name]["parameters"]["query"]>;

export type CatalogueChange = Schemas["ticket.v1.CatalogueChange"];
export type CatalogueEntry = Schemas["ticket.v1.CatalogueEntry"];
export type CatalogueFinding = Schemas["ticket.v1.CatalogueFinding"];
export type CatalogueVersion = Schemas["ticket.v1.CatalogueVersion"];
export type Category = Schemas["ticket.v1.Category"];
export type Script = Schemas["ticket.v1.Script"];
export type ScriptStep = Schemas["ticket.v1.ScriptStep"];
export type SuggestForDraftRequest = Schemas["ticket.v1.SuggestForDraftRequest"];
export type FormField = Schemas["ticket.v1.FormField"];
export type FormFieldKind = Schemas["ticket.v1.FormFieldKind"];
export type Process = Schemas["ticket.v1.Process"];
export type Ban = Schemas["ticket.v1.Ban"];
export type CallerAuditEntry = Schemas["ticket.v1.CallerAuditEntry"];
export type RepeatRule = Schemas["ticket.v1.RepeatRule"];
export type DocumentTemplate = Schemas["ticket.v1.DocumentTemplate"];
export type PreviewDocumentRequest = Schemas["ticket.v1.PreviewDocumentRequest"];
export type Calendar = Schemas["sla_timer.v1.Calendar"];
export type CalendarDay = Schemas["sla_timer.v1.CalendarDay"];
export type Limit = Schemas["sla_timer.v1.Limit"];
export type LimitKind = Schemas["sla_timer.v1.LimitKind"];
export type LimitUnit = Schemas["sla_timer.v1.LimitUnit"];
export type Policy = Schemas["sla_timer.v1.Policy"];
export type Preview = Schemas["sla_timer.v1.Preview"];
export type Rule = Schemas["sla_timer.v1.Rule"];
export type Rung = Schemas["sla_timer.v1.Rung"];
export type Shift = Schemas["sla_timer.v1.Shift"];
export type Step = Schemas["sla_timer.v1.Step"];
export type Trigger = Schemas["sla_timer.v1.Trigger"];

const VERSIONS = { pageSize: 200 };

// --- the dispatch catalogue, categories, scripts
export type WhichCatalogue = "draft" | "current" | number;
export const listEntries = (which: WhichCatalogue) =>
  ask(client.GET("/v1/catalogueEntries", { params: { query: which === "draft" ? {} : which === "current" ? { current: true } : { version: String(which) } } }));
export const putEntry = (entry: CatalogueEntry) =>
  ask(client.PUT("/v1/catalogueEntries/{entry.entryId}", { params: { path: { "entry.entryId": entry.entryId ?? "" } }, body: entry }));
export const deleteEntry = (entryId: string, etag: string) =>
  ask(client.DELETE("/v1/catalogueEntries/{entryId}", { params: { path: { entryId }, query: { etag } } }));
export const checkCatalogue = () => ask(client.GET("/v1/catalogueEntries:check"));
export const publishCatalogue = (etag: string, note: string) => ask(client.POST("/v1/catalogueVersions", { body: { etag, note } }));
export const listCatalogueVersions = () => ask(client.GET("/v1/catalogueVersions", { params: { query: VERSIONS } }));
// 0 is the draft as `to`, and an empty catalogue as `from`.
export const getCatalogueDiff = (from: number, to: number) =>
  ask(client.GET("/v1/catalogueVersions:diff", { params: { query: { fromVersion: String(from), toVersion: String(to) } } }));
export const suggestForDraft = (body: SuggestForDraftRequest) => ask(client.POST("/v1/tickets:suggestForDraft", { body }));
export const putCategory = (category: Category) =>
  ask(client.PUT("/v1/categories/{category.categoryId}", { params: { path: { "category.categoryId": category.categoryId ?? "" } }, body: category }));
export const listScripts = () => ask(client.GET("/v1/scripts"));
export const putScript = (script: Script) =>
  ask(client.PUT("/v1/scripts/{script.scriptId}", { params: { path: { "script.scriptId": script.scriptId ?? "" } }, body: script }));
export const deleteScript = (scriptId: string, etag: string) =>
  ask(client.DELETE("/v1/scripts/{scriptId}", { params: { path: { scriptId }, query: { etag } } }));

// --- forms and steps
export const listProcesses = () => ask(client.GET("/v1/processes"));
export const getProcess = (type: TicketType, query: Query<"ProcessService.GetProcess">) =>
  ask(client.GET("/v1/processes/{type}", { params: { path: { type }, query } }));
export const listProcessVersions = (type: TicketType) =>
  ask(client.GET("/v1/processes/{type}/versions", { params: { path: { type }, query: VERSIONS } }));
export const putProcess = (process: Process) =>
  ask(client.PUT("/v1/processes/{process.type}", { params: { path: { "process.type": process.type ?? "TICKET_TYPE_UNSPECIFIED" } }, body: process }));
export const publishProcess = (type: TicketType, etag: string, note: string) =>
  ask(client.POST("/v1/processes/{type}:publish", { params: { path: { type } }, body: { etag, note } }));

// --- time limits
export const listPolicies = () => ask(client.GET("/v1/slaPolicies"));
export const getPolicy = (policyId: string, version: number) =>
  ask(client.GET("/v1/slaPolicies/{policyId}", { params: { path: { policyId }, query: { version: String(version) } } }));
export const putPolicy = (policy: Policy, applyToOpen: boolean) =>
  ask(client.PUT("/v1/slaPolicies/{policy.policyId}", { params: { path: { "policy.policyId": policy.policyId ?? "" }, query: { applyToOpen } }, body: policy }));
export const previewPolicy = (policy: Policy) => ask(client.POST("/v1/slaPolicies:preview", { body: { policy } }));
export const getCalendar = (version = 0) => ask(client.GET("/v1/workingCalendar", { params: { query: version ? { version: String(version) } : {} } }));
export const importDays = (days: CalendarDay[], etag: string) => ask(client.POST("/v1/workingCalendar:importDays", { body: { days, etag } }));
export const previewDays = (days: CalendarDay[]) => ask(client.POST("/v1/workingCalendar:previewDays", { body: { days } }));

// --- document templates
export const listTemplates = () => ask(client.GET("/v1/documentTemplates"));
export const listTemplateVersions = (templateId: string, pageToken: string) =>
  ask(client.GET("/v1/documentTemplates/{templateId}/versions", { params: { path: { templateId }, query: { pageSize: 50, ...(pageToken ? { pageToken } : {}) } } }));
export const putTemplate = (templateId: string, body: string, etag: string) =>
  ask(client.PUT("/v1/documentTemplates/{templateId}", { params: { path: { templateId } }, body: { body, etag } }));
export const previewDocument = (ticketId: string, body: PreviewDocumentRequest) =>
  ask(client.POST("/v1/tickets/{ticketId}/documents:preview", { params: { path: { ticketId } }, body }));

// --- repeats and bans
export const getRepeatRule = () => ask(client.GET("/v1/repeatRule"));
export const putRepeatRule = (rule: RepeatRule) => ask(client.PUT("/v1/repeatRule", { body: rule }));
export const listBans = (query: Query<"CallerRecordService.ListBans">) => ask(client.GET("/v1/callerBans", { params: { query } }));
export const putBan = (ticketId: string, untilTime: string, reason: string) => ask(client.POST("/v1/callerBans", { body: { ticketId, untilTime, reason } }));
export const liftBan = (banId: string, reason: string) =>
  ask(client.POST("/v1/callerBans/{banId}:lift", { params: { path: { banId } }, body: { reason } }));
export const listCallerAudit = (query: Query<"CallerRecordService.ListCallerAudit">) => ask(client.GET("/v1/callerAudit", { params: { query } }));
