import type { Timestamp } from "./scalars";

// How the next agent is chosen (ACD-2).
export type Strategy =
  | "STRATEGY_UNSPECIFIED" // taken as longest idle
  | "STRATEGY_LONGEST_IDLE" // ready for the longest time
  | "STRATEGY_SKILL_LEVEL" // best at the asked skills, then longest idle
  | "STRATEGY_LEAST_OCCUPIED" // smallest share of the last hour in calls
  | "STRATEGY_ROUND_ROBIN"; // in turn

// A queue.
export interface Queue {
  queueId?: string; // e.g. "general": 2 to 64 characters of a-z, 0-9, '-', '_'
  name?: string; // Chinese
  nameEn?: string; // English
  queueGroup?: string; // empty means "city"
  requiredSkills?: string[]; // an agent needs all of them
  minimumLevel?: number; // of each required skill, 1 to 10; 0 means 1
  strategy?: Strategy; // ACD-2
  priority?: number; // of its contacts among queues sharing agents; higher first, 0 to 100
  ringSeconds?: number; // before no answer, 5 to 60; 0 means 15
  capacity?: number; // waiting contacts at most; 0 means 1000
  targetSeconds?: number; // answered within, for ACD-7; 0 means 15 (STD-1)
  etag?: string; // changes with every update
  rings?: Ring[]; // Waits after which an agent with a lower level, or one skill less, is taken too (expanding rings, ACD-2).
}

// An expansion of the set of agents after a wait.
export interface Ring {
  afterSeconds?: number; // wait of the contact
  minimumLevel?: number; // from then on
}

// How an offer can end.
export type OfferResultResult =
  | "RESULT_UNSPECIFIED" // refused
  | "RESULT_ANSWERED" // the agent has the call; the contact leaves the queue
  | "RESULT_NO_ANSWER" // rang out: back first in line (ACD-4)
  | "RESULT_REJECTED" // refused by the agent: back first in line
  | "RESULT_FAILED"; // the line could not be rung: back first in line

// What ListQueues answers.
export interface ListQueuesResponse {
  queues?: Queue[]; // by id
  figures?: QueueFigure[]; // in the same order
}

// What PutQueue takes.
export interface PutQueueRequest {
  queue?: Queue; // whole; with its etag when it exists
}

// Live figures of all queues.
export interface QueueFigures {
  figures?: QueueFigure[]; // by queue id
  time?: Timestamp; // of the figures
}

// Live figures of one queue.
export interface QueueFigure {
  queueId?: string; // which
  waiting?: number; // contacts now
  longestWaitSeconds?: number; // of those waiting
  agentsReady?: number; // able to serve it
  agentsBusy?: number; // able, but reserved, talking or in wrap-up
  agentsNotReady?: number; // able, but not ready
}
