// One function per call of the REST API that the screens make: the only place that names paths.
import { uuid } from "@/lib/format";
import { ask, client } from "./client";
import type * as t from "./types";

const ticketPath = (ticketId: string) => ({ params: { path: { ticketId: ticketId } } });
const articlePath = (articleId: string) => ({ params: { path: { articleId: articleId } } });

// --- the caller's own account, units, users
export const getMe = () => ask(client.GET("/v1/me"));
export const changePassword = (body: t.ChangePasswordRequest) => ask(client.POST("/v1/me:changePassword", { body }));

export async function listAllUnits(): Promise<t.Unit[]> {
  const units: t.Unit[] = [];
  let pageToken = "";
  do {
    const page = await ask(client.GET("/v1/units", { params: { query: { pageSize: 1000, ...(pageToken ? { pageToken } : {}) } } }));
    units.push(...(page.units ?? []));
    pageToken = page.nextPageToken ?? "";
  } while (pageToken);
  return units;
}
export const createUnit = (unit: t.Unit) =>
  ask(client.POST("/v1/units", { params: { query: { requestId: uuid() } }, body: unit }));
export const updateUnit = (unit: t.Unit) =>
  ask(client.PATCH("/v1/units/{unit.unitId}", { params: { path: { "unit.unitId": unit.unitId ?? "" } }, body: unit }));
export const listUsers = (query: t.ListUsersRequest) => ask(client.GET("/v1/users", { params: { query } }));
export const createUser = (body: t.CreateUserRequest) => ask(client.POST("/v1/users", { body }));
export const updateUser = (user: t.User) =>
  ask(client.PATCH("/v1/users/{user.userId}", { params: { path: { "user.userId": user.userId ?? "" } }, body: user }));
export const listApiKeys = () => ask(client.GET("/v1/apiKeys", { params: { query: { pageSize: 500 } } }));
export const createApiKey = (apiKey: t.ApiKey) => ask(client.POST("/v1/apiKeys", { body: { apiKey, requestId: uuid() } }));
export const revokeApiKey = (id: string) =>
  ask(client.POST("/v1/apiKeys/{apiKeyId}:revoke", { params: { path: { apiKeyId: id } }, body: {} }));

// --- tickets
export const createTicket = (body: t.CreateTicketRequest) => ask(client.POST("/v1/tickets", { body }));
export const getTicket = (id: string) => ask(client.GET("/v1/tickets/{ticketId}", ticketPath(id)));
export const listTickets = (query: t.ListTicketsRequest, signal?: AbortSignal) =>
  ask(client.GET("/v1/tickets", { params: { query }, ...(signal ? { signal } : {}) }));

export async function listHistory(id: string): Promise<t.HistoryEntry[]> {
  const entries: t.HistoryEntry[] = [];
  let pageToken = "";
  do {
    const query = { pageSize: 500, ...(pageToken ? { pageToken } : {}) };
    const page = await ask(client.GET("/v1/tickets/{ticketId}/history", { params: { path: { ticketId: id }, query } }));
    entries.push(...(page.entries ?? []));
    pageToken = page.nextPageToken ?? "";
  } while (pageToken);
  return entries;
}
export const listNotices = (id: string) =>
  ask(client.GET("/v1/tickets/{ticketId}/notices", { params: { path: { ticketId: id }, query: { pageSize: 200 } } }));
export const suggestUnits = (id: string) => ask(client.GET("/v1/tickets/{ticketId}:suggestUnits", ticketPath(id)));
// Every command on a ticket answers with the ticket as it is after it.
export const ticketCommand = <C extends keyof t.TicketCommands & string>(id: string, command: C, body: t.TicketCommands[C]) =>
  ask(client.POST(`/v1/tickets/{ticketId}:${command}` as "/v1/tickets/{ticketId}:defer", { ...ticketPath(id), body: body as t.TicketCommands["defer"] }));
export const amendTicket = (id: string, body: t.AmendTicketRequest) => ticketCommand(id, "amend", body);
export const dispatchTicket = (id: string, body: t.DispatchTicketRequest) => ticketCommand(id, "dispatch", body);
export const signTicket = (id: string, body: t.SignTicketRequest) => ticketCommand(id, "sign", body);
export const replyTicket = (id: string, body: t.ReplyTicketRequest) => ticketCommand(id, "reply", body);
export const recordCallback = (id: string, body: t.RecordCallbackRequest) => ticketCommand(id, "recordCallback", body);
export const revealCaller = (id: string, reason: string) =>
  ask(client.POST("/v1/tickets/{ticketId}:revealCaller", { ...ticketPath(id), body: { reason } }));
export const getCallerHistory = (phone: string) =>
  ask(client.GET("/v1/callers/{phone}/history", { params: { path: { phone }, query: { pageSize: 20 } } }));
export const listCategories = () => ask(client.GET("/v1/categories"));
export const listLines = () => ask(client.GET("/v1/lines"));

// --- agents
export const listAgents = () => ask(client.GET("/v1/agents", { params: { query: { pageSize: 5000 } } }));
export const getMyAgent = () => ask(client.GET("/v1/agents/{agentId}", { params: { path: { agentId: "me" } } }));
export const agentSignIn = () => ask(client.POST("/v1/agents/me:signIn", { body: {} }));
export const agentSignOut = () => ask(client.POST("/v1/agents/me:signOut", { body: {} }));
export const setMyState = (body: t.SetMyStateRequest) => ask(client.POST("/v1/agents/me:setState", { body }));
export const forceState = (agentId: string, body: t.ForceStateRequest) =>
  ask(client.POST("/v1/agents/{agentId}:forceState", { params: { path: { agentId: agentId } }, body }));

// --- calls and queues
export const listRecordings = (query: t.ListRecordingsRequest) => ask(client.GET("/v1/recordings", { params: { query } }));
export const recordingTicket = (id: string) =>
  ask(client.POST("/v1/recordings/{recordingId}:audioTicket", { params: { path: { recordingId: id } } }));
export const listActiveCalls = () => ask(client.GET("/v1/activeCalls", { params: { query: { pageSize: 500 } } }));
export const listTrunks = () => ask(client.GET("/v1/trunks"));
export const listQueues = () => ask(client.GET("/v1/queues"));
export const putQueue = (queue: t.Queue) =>
  ask(client.PUT("/v1/queues/{queue.queueId}", { params: { path: { "queue.queueId": queue.queueId ?? "" } }, body: queue }));

// --- knowledge
export const searchArticles = (query: t.SearchArticlesRequest, signal?: AbortSignal) =>
  ask(client.GET("/v1/articles:search", { params: { query }, ...(signal ? { signal } : {}) }));
export const suggestArticles = (body: t.SuggestArticlesRequest, signal?: AbortSignal) =>
  ask(client.POST("/v1/articles:suggest", { body, ...(signal ? { signal } : {}) }));
export const getArticle = (id: string, version?: number) =>
  ask(client.GET("/v1/articles/{articleId}", { params: { path: { articleId: id }, query: version ? { version } : {} } }));
export const listArticles = (query: t.ListArticlesRequest) => ask(client.GET("/v1/articles", { params: { query } }));
export const createArticle = (article: t.Article) =>
  ask(client.POST("/v1/articles", { body: { article, requestId: uuid() } }));
export const updateArticle = (article: t.Article) =>
  ask(
    client.PATCH("/v1/articles/{article.articleId}", {
      params: { path: { "article.articleId": article.articleId ?? "" } },
      body: article,
    }),
  );
export const submitArticle = (id: string, etag: string) =>
  ask(client.POST("/v1/articles/{articleId}:submit", { ...articlePath(id), body: { etag } }));
export const reviewArticle = (id: string, body: t.ReviewArticleRequest) =>
  ask(client.POST("/v1/articles/{articleId}:review", { ...articlePath(id), body }));
export const retireArticle = (id: string, body: t.RetireArticleRequest) =>
  ask(client.POST("/v1/articles/{articleId}:retire", { ...articlePath(id), body }));

// --- flows
export const listFlows = () => ask(client.GET("/v1/flows"));
export const getFlow = (id: string, version?: number) =>
  ask(client.GET("/v1/flows/{flowId}", { params: { path: { flowId: id }, query: version ? { version } : {} } }));
export const putFlow = (flow: t.Flow) =>
  ask(client.PUT("/v1/flows/{flow.flowId}", { params: { path: { "flow.flowId": flow.flowId ?? "" } }, body: flow }));
export const checkFlow = (id: string) =>
  ask(client.POST("/v1/flows/{flowId}:check", { params: { path: { flowId: id } }, body: {} }));
export const publishFlow = (id: string, etag: string) =>
  ask(client.POST("/v1/flows/{flowId}:publish", { params: { path: { flowId: id } }, body: { etag } }));

// --- figures
export const queryFigures = (query: t.QueryFiguresRequest) => ask(client.GET("/v1/figures", { params: { query } }));
export const listMeasures = () => ask(client.GET("/v1/measures"));
export const getWallboard = () => ask(client.GET("/v1/wallboard"));
