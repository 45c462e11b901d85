import type { Int64, Timestamp } from "./scalars";

// A flow.
export interface Flow {
  flowId?: string; // e.g. "main"
  name?: string; // for people
  version?: number; // of the definition below; 0 is the draft
  publishedVersion?: number; // what new calls follow; 0: none
  definitionJson?: string; // the flow as JSON (services/ivr/README.md), up to 256 KB
  etag?: string; // of the draft
  publishTime?: Timestamp; // of the published version
}

// A fault found in a flow.
export interface FlowFault {
  step?: string; // where; empty: the flow
  reason?: string; // stable, e.g. "UNKNOWN_STEP"
  message?: string; // a sentence
}

// What ListFlows answers.
export interface ListFlowsResponse {
  flows?: Flow[]; // without definitions
}

// What GetFlow takes.
export interface GetFlowRequest {
  flowId?: string; // which
  version?: number; // 0: the draft
}

// What PutFlow takes.
export interface PutFlowRequest {
  flow?: Flow; // with its etag when it exists
}

// What CheckFlow takes.
export interface CheckFlowRequest {
  flowId?: string; // which
}

// What CheckFlow answers.
export interface CheckFlowResponse {
  faults?: FlowFault[]; // empty: may be published
}

// What PublishFlow takes.
export interface PublishFlowRequest {
  flowId?: string; // which
  etag?: string; // of the draft
}

// What GetPollResults takes.
export interface GetPollResultsRequest {
  pollId?: string; // as in the flow
}

// What GetPollResults answers.
export interface GetPollResultsResponse {
  counts?: PollCount[]; // per question and key
}

// Answers counted.
export interface PollCount {
  questionId?: string; // as in the flow
  answer?: string; // key
  count?: Int64; // callers
}
