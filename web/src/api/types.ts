// The messages of the REST API and of the desk socket by the names that the screens use. All of it is generated from the
// gateway's OpenAPI document (`npm run types`); a message has every field optional, as defaults are left out.
import type { components, operations, paths } from "./schema";

type Schemas = components["schemas"];
// What a GET takes beside its path.
type Query<Name extends keyof operations> = NonNullable<operations[Name]["parameters"]["query"]>;

// How proto3 JSON carries 64-bit numbers: as strings. Read them with num(), which takes computed numbers too.
export type Int64 = string | number;

export type Role = Schemas["access.v1.Role"];

export type ApiKey = Schemas["directory.v1.ApiKey"];
export type ChangePasswordRequest = Schemas["directory.v1.ChangePasswordRequest"];
export type CreateUserRequest = Schemas["directory.v1.CreateUserRequest"];
export type ListUsersRequest = Query<"UserService.ListUsers">;
export type Tokens = Schemas["directory.v1.Tokens"];
export type Unit = Schemas["directory.v1.Unit"];
export type User = Schemas["directory.v1.User"];

export type AmendTicketRequest = Schemas["ticket.v1.AmendTicketRequest"];
export type Caller = Schemas["ticket.v1.Caller"];
export type Category = Schemas["ticket.v1.Category"];
export type Channel = Schemas["ticket.v1.Channel"];
export type CreateTicketRequest = Schemas["ticket.v1.CreateTicketRequest"];
export type CreateTicketResponse = Schemas["ticket.v1.CreateTicketResponse"];
export type DispatchTicketRequest = Schemas["ticket.v1.DispatchTicketRequest"];
export type HistoryEntry = Schemas["ticket.v1.HistoryEntry"];
export type Limit = Schemas["ticket.v1.Limit"];
export type LimitLight = Schemas["ticket.v1.LimitLight"];
export type ListTicketsRequest = Query<"TicketService.ListTickets">;
export type MapSettings = operations["Map.GetSettings"]["responses"][200]["content"]["application/json"];
export type RecordCallbackRequest = Schemas["ticket.v1.RecordCallbackRequest"];
export type ReplyTicketRequest = Schemas["ticket.v1.ReplyTicketRequest"];
export type SignTicketRequest = Schemas["ticket.v1.SignTicketRequest"];
export type Ticket = Schemas["ticket.v1.Ticket"];
export type TicketState = Schemas["ticket.v1.TicketState"];
export type TicketType = Schemas["ticket.v1.TicketType"];
export type Urgency = Schemas["ticket.v1.Urgency"];
export type UnitSuggestion = Schemas["ticket.v1.UnitSuggestion"];

export type Attachment = Schemas["ticket.v1.Attachment"];
export type Document = Schemas["ticket.v1.Document"];
export type DocumentTemplate = Schemas["ticket.v1.DocumentTemplate"];
export type Duplicate = Schemas["ticket.v1.Duplicate"];
export type Duplicates = Schemas["ticket.v1.FindDuplicatesResponse"];
export type FormField = Schemas["ticket.v1.FormField"];
export type FoundFor = Schemas["ticket.v1.FindDuplicatesRequest"];
export type Import = Schemas["ticket.v1.Import"];
export type Process = Schemas["ticket.v1.Process"];
export type SuggestForDraftRequest = Schemas["ticket.v1.SuggestForDraftRequest"];

export type Clock = Schemas["sla_timer.v1.Clock"];
export type ClockLight = Schemas["sla_timer.v1.ClockLight"];
export type ClockCount = Schemas["sla_timer.v1.ClockCount"];
export type ClockSummaryRequest = Query<"ClockService.SummariseClocks">;
export type ListClocksRequest = Query<"ClockService.ListClocks">;

type BodyOf<P> = P extends { post: { requestBody: { content: { "application/json": infer B } } } } ? B : never;
// What each command on a ticket takes, by the word after the colon of its path.
export type TicketCommands = { [P in keyof paths as P extends `/v1/tickets/{ticketId}:${infer C}` ? C : never]: BodyOf<paths[P]> };

export type Agent = Schemas["agent_state.v1.Agent"];
export type AgentState = Schemas["agent_state.v1.AgentState"];
export type ForceStateRequest = Schemas["agent_state.v1.ForceStateRequest"];
export type SetMyStateRequest = Schemas["agent_state.v1.SetMyStateRequest"];

export type Call = Schemas["telephony.v1.Call"];
export type LineCall = Schemas["telephony.v1.LineCall"];
export type LineError = Schemas["telephony.v1.LineError"];
export type LineEvent = Schemas["telephony.v1.LineEvent"];
export type LineRequest = Schemas["telephony.v1.LineRequest"];
export type LineState = Schemas["telephony.v1.LineState"];
export type ListRecordingsRequest = Query<"CallService.ListRecordings">;
export type Recording = Schemas["telephony.v1.Recording"];

export type Queue = Schemas["acd.v1.Queue"];
export type QueueFigure = Schemas["acd.v1.QueueFigure"];
export type Strategy = Schemas["acd.v1.Strategy"];

export type Article = Schemas["knowledge_base.v1.Article"];
export type ArticleHit = Schemas["knowledge_base.v1.ArticleHit"];
export type ArticleState = Schemas["knowledge_base.v1.ArticleState"];
export type ListArticlesRequest = Query<"ArticleService.ListArticles">;
export type RetireArticleRequest = Schemas["knowledge_base.v1.RetireArticleRequest"];
export type ReviewArticleRequest = Schemas["knowledge_base.v1.ReviewArticleRequest"];
export type SearchArticlesRequest = Query<"ArticleService.SearchArticles">;
export type SuggestArticlesRequest = Schemas["knowledge_base.v1.SuggestArticlesRequest"];

export type Flow = Schemas["ivr.v1.Flow"];
export type FlowFault = Schemas["ivr.v1.FlowFault"];

export type FigureRow = Schemas["analytics.v1.FigureRow"];
export type Measure = Schemas["analytics.v1.Measure"];
export type QueryFiguresRequest = Query<"FigureService.QueryFigures">;
export type Wallboard = Schemas["analytics.v1.Wallboard"];
