import type { Int64, Timestamp } from "./scalars";

// What QueryFigures takes.
export interface QueryFiguresRequest {
  fromTime?: Timestamp; // inclusive; unset: today's start in the city's zone
  toTime?: Timestamp; // exclusive; unset: now
  measures?: string[]; // e.g. calls_offered, calls_connected, answered_in_15s, tickets_created; empty: all that fit
  groupBy?: string[]; // hour, day, channel, type, category, unit, area, queue, agent; at most 3
  unitId?: string; // only this unit's subtree; officers' heads see only their own
}

// What QueryFigures answers.
export interface QueryFiguresResponse {
  rows?: FigureRow[]; // by the grouping's values
}

// One group.
export interface FigureRow {
  group?: Record<string, string>; // grouping -> value
  figures?: Record<string, number>; // measure -> value; ratios are 0 to 1; a ratio or mean of nothing is absent
}

// What the wallboard shows. "Today" is the day of the city's zone.
export interface Wallboard {
  time?: Timestamp; // of the figures
  callsOffered?: Int64; // today, inbound
  callsRequestedAgent?: Int64; // today, of these: asked for an agent
  callsConnected?: Int64; // today, of these: an agent answered
  answeredIn15s?: Int64; // today, of these: within 15 s of asking
  callsAbandoned?: Int64; // today: left while waiting
  connectRate24h?: number; // connected / asked for an agent over the last 24 h (STD-1), 0 to 1; -1 without calls
  answeredIn15sRate?: number; // of connected today; -1 without calls
  callsNow?: number; // in progress
  waitingNow?: number; // in queues; -1 while acd cannot be asked
  agentsByState?: Record<string, number>; // ready, reserved, talking, wrap_up, not_ready
  ticketsCreated?: Int64; // today
  ticketsByType?: Record<string, Int64>; // today, by TicketType in lower case without prefix
  ticketsByUnit?: Record<string, Int64>; // today's dispatched, by unit id, the 20 largest
  ticketsByArea?: Record<string, Int64>; // today, by area code
  ticketsOpen?: Int64; // now
  ticketsOverdue?: Int64; // now
  ticketsClosed?: Int64; // today
  onTimeRate?: number; // steps finished in time / finished, today; -1 without any
  solvedRate?: number; // solved / called back, today; -1 without any
  satisfiedRate?: number; // satisfied or better / rated, today; -1 without any
  callbacksRecorded?: Int64; // today
  messagesLeft?: Int64; // mailbox messages today
}

// What ListMeasures answers.
export interface ListMeasuresResponse {
  measures?: Measure[]; // figures
  groupings?: Measure[]; // groupings
}

// A measure or grouping.
export interface Measure {
  name?: string; // as used in QueryFigures
  title?: string; // Chinese
  titleEn?: string; // English
  definition?: string; // what it counts, one sentence
  ratio?: boolean; // shown as a percentage
  groupings?: string[]; // of a measure: by what it can be split
}
