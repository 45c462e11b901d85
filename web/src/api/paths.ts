// The paths this client uses, in the shape that openapi-typescript gives them.
import type * as t from "./types";

interface Json<T> {
  content: { "application/json": T };
}
interface Answers<R> {
  responses: { 200: Json<R> };
}
type Parameters<Q, P> = { query?: Q } & ([P] extends [never] ? { path?: never } : { path: P });
interface Get<R, Q = never, P = never> extends Answers<R> {
  parameters: Parameters<Q, P>;
}
interface SendQ<B, R, Q, P = never> extends Answers<R> {
  parameters: Parameters<Q, P>;
  requestBody: Json<B>;
}
type Send<B, R, P = never> = SendQ<B, R, never, P>;
type Ticket = { ticket_id: string };
type Article = { article_id: string };
type Flow = { flow_id: string };
type Empty = Record<string, never>;

export interface paths {
  "/v1/me": { get: Get<t.User> };
  "/v1/me:changePassword": { post: Send<t.ChangePasswordRequest, Empty> };
  "/v1/units": { get: Get<t.ListUnitsResponse, t.ListUnitsRequest>; post: SendQ<t.Unit, t.Unit, { requestId?: string }> };
  "/v1/units/{unit.unit_id}": { patch: SendQ<t.Unit, t.Unit, { updateMask?: string }, { "unit.unit_id": string }> };
  "/v1/users": { get: Get<t.ListUsersResponse, t.ListUsersRequest>; post: Send<t.CreateUserRequest, t.User> };
  "/v1/users/{user.user_id}": { patch: SendQ<t.User, t.User, { updateMask?: string }, { "user.user_id": string }> };
  "/v1/apiKeys": { get: Get<t.ListApiKeysResponse, t.ListApiKeysRequest>; post: Send<t.CreateApiKeyRequest, t.CreateApiKeyResponse> };
  "/v1/apiKeys/{api_key_id}:revoke": { post: Send<Empty, t.ApiKey, { api_key_id: string }> };

  "/v1/tickets": { get: Get<t.ListTicketsResponse, t.ListTicketsRequest>; post: Send<t.CreateTicketRequest, t.CreateTicketResponse> };
  "/v1/tickets/{ticket_id}": { get: Get<t.Ticket, never, Ticket> };
  "/v1/tickets/{ticket_id}/history": { get: Get<t.ListHistoryResponse, { pageSize?: number; pageToken?: string }, Ticket> };
  "/v1/tickets/{ticket_id}/notices": { get: Get<t.ListNoticesResponse, { pageSize?: number; pageToken?: string }, Ticket> };
  "/v1/tickets/{ticket_id}:suggestUnits": { get: Get<t.SuggestUnitsResponse, never, Ticket> };
  "/v1/tickets/{ticket_id}:amend": { post: Send<t.AmendTicketRequest, t.Ticket, Ticket> };
  "/v1/tickets/{ticket_id}:dispatch": { post: Send<t.DispatchTicketRequest, t.Ticket, Ticket> };
  "/v1/tickets/{ticket_id}:sign": { post: Send<t.SignTicketRequest, t.Ticket, Ticket> };
  "/v1/tickets/{ticket_id}:requestReturn": { post: Send<t.RequestReturnRequest, t.Ticket, Ticket> };
  "/v1/tickets/{ticket_id}:decideReturn": { post: Send<t.DecideReturnRequest, t.Ticket, Ticket> };
  "/v1/tickets/{ticket_id}:reply": { post: Send<t.ReplyTicketRequest, t.Ticket, Ticket> };
  "/v1/tickets/{ticket_id}:reviewReply": { post: Send<t.ReviewReplyRequest, t.Ticket, Ticket> };
  "/v1/tickets/{ticket_id}:recordCallback": { post: Send<t.RecordCallbackRequest, t.Ticket, Ticket> };
  "/v1/tickets/{ticket_id}:archive": { post: Send<t.ArchiveTicketRequest, t.Ticket, Ticket> };
  "/v1/tickets/{ticket_id}:refuse": { post: Send<t.RefuseTicketRequest, t.Ticket, Ticket> };
  "/v1/tickets/{ticket_id}:addRemark": { post: Send<t.AddRemarkRequest, t.Ticket, Ticket> };
  "/v1/tickets/{ticket_id}:revealCaller": { post: Send<t.RevealCallerRequest, t.Caller, Ticket> };
  "/v1/callers/{phone}/history": { get: Get<t.GetCallerHistoryResponse, { pageSize?: number }, { phone: string }> };
  "/v1/categories": { get: Get<t.ListCategoriesResponse> };
  "/v1/lines": { get: Get<t.ListLinesResponse> };

  "/v1/agents": { get: Get<t.ListAgentsResponse, t.ListAgentsRequest> };
  "/v1/agents/{agent_id}": { get: Get<t.Agent, never, { agent_id: string }> };
  "/v1/agents/me:signIn": { post: Send<Empty, t.Agent> };
  "/v1/agents/me:signOut": { post: Send<Empty, t.Agent> };
  "/v1/agents/me:setState": { post: Send<t.SetMyStateRequest, t.Agent> };
  "/v1/agents/{agent_id}:forceState": { post: Send<t.ForceStateRequest, t.Agent, { agent_id: string }> };

  "/v1/recordings": { get: Get<t.ListRecordingsResponse, t.ListRecordingsRequest> };
  "/v1/activeCalls": { get: Get<t.ListActiveCallsResponse, t.ListActiveCallsRequest> };
  "/v1/trunks": { get: Get<t.ListTrunksResponse> };

  "/v1/queues": { get: Get<t.ListQueuesResponse> };
  "/v1/queues/{queue.queue_id}": { put: Send<t.Queue, t.Queue, { "queue.queue_id": string }> };

  "/v1/articles": { get: Get<t.ListArticlesResponse, t.ListArticlesRequest>; post: Send<t.CreateArticleRequest, t.Article> };
  "/v1/articles:search": { get: Get<t.SearchArticlesResponse, t.SearchArticlesRequest> };
  "/v1/articles:suggest": { post: Send<t.SuggestArticlesRequest, t.SearchArticlesResponse> };
  "/v1/articles/{article_id}": { get: Get<t.Article, { version?: number }, Article> };
  "/v1/articles/{article.article_id}": { patch: Send<t.Article, t.Article, { "article.article_id": string }> };
  "/v1/articles/{article_id}:submit": { post: Send<t.SubmitArticleRequest, t.Article, Article> };
  "/v1/articles/{article_id}:review": { post: Send<t.ReviewArticleRequest, t.Article, Article> };
  "/v1/articles/{article_id}:retire": { post: Send<t.RetireArticleRequest, t.Article, Article> };

  "/v1/flows": { get: Get<t.ListFlowsResponse> };
  "/v1/flows/{flow_id}": { get: Get<t.Flow, { version?: number }, Flow> };
  "/v1/flows/{flow.flow_id}": { put: Send<t.Flow, t.Flow, { "flow.flow_id": string }> };
  "/v1/flows/{flow_id}:check": { post: Send<Empty, t.CheckFlowResponse, Flow> };
  "/v1/flows/{flow_id}:publish": { post: Send<t.PublishFlowRequest, t.Flow, Flow> };

  "/v1/figures": { get: Get<t.QueryFiguresResponse, t.QueryFiguresRequest> };
  "/v1/measures": { get: Get<t.ListMeasuresResponse> };
  "/v1/wallboard": { get: Get<t.Wallboard> };
}
