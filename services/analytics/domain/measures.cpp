// The registry: every measure and grouping, in the order in which screens show them.
#include "services/analytics/domain/figures.h"

namespace hotline::analytics {
namespace {

constexpr Measure kMeasures[] = {
    {"calls_offered", "呼入量", "Calls offered", "Calls that came in from citizens.", Sum::kCallsOffered},
    {"calls_requested_agent", "请求人工量", "Asked for an agent",
     "Inbound calls that entered a queue, counted once they were answered or left.", Sum::kCallsRequested},
    {"calls_connected", "接通量", "Calls connected", "Inbound calls that an agent answered.", Sum::kCallsConnected, Sum::kNone, false, true},
    {"answered_in_15s", "15秒接听量", "Answered within 15 s",
     "Inbound calls that an agent answered within the target time (15 s) of asking; exactly the target counts (STD-1).",
     Sum::kCallsAnsweredInTarget, Sum::kNone, false, true},
    {"calls_abandoned", "排队放弃量", "Calls abandoned", "Inbound calls whose caller hung up while waiting for an agent.", Sum::kCallsAbandoned},
    {"connect_rate", "接通率", "Connect rate", "Connected / asked for an agent (STD-1).", Sum::kCallsConnected, Sum::kCallsRequested, true},
    {"answered_in_15s_rate", "15秒接听率", "Answered within 15 s, share", "Answered within the target time / connected (STD-1).",
     Sum::kCallsAnsweredInTarget, Sum::kCallsConnected, true, true},
    {"abandon_rate", "放弃率", "Abandonment", "Abandoned / asked for an agent.", Sum::kCallsAbandoned, Sum::kCallsRequested, true},
    {"average_wait_seconds", "平均等待(秒)", "Average wait (s)", "Seconds from asking for an agent to the answer, over connected inbound calls.",
     Sum::kCallsWaitSeconds, Sum::kCallsConnected, false, true},
    {"talk_seconds", "通话时长(秒)", "Talk time (s)", "Seconds that inbound calls talked with agents, counted when the call is over.",
     Sum::kCallsTalkSeconds, Sum::kNone, false, true},
    {"average_talk_seconds", "平均通话(秒)", "Average talk (s)", "Seconds with agents / connected inbound calls that are over.",
     Sum::kCallsTalkSeconds, Sum::kCallsTalked, false, true},
    {"calls_outbound", "呼出量", "Outbound calls", "Calls that agents dialled.", Sum::kCallsOutbound, Sum::kNone, false, true},
    {"outbound_connect_rate", "呼出接通率", "Outbound connect rate", "Answered / dialled, of outbound calls.",
     Sum::kCallsOutboundConnected, Sum::kCallsOutbound, true, true},
    {"messages_left", "信箱留言量", "Messages left", "Messages that callers left in the mailbox.", Sum::kMailboxMessages},
    {"complaints_recorded", "自助投诉录音量", "Complaints recorded", "Automatic complaints that callers recorded in the menu.", Sum::kComplaintMessages},
    {"emergency_messages", "无应答留言量", "Emergency messages", "Messages left with the built-in announcement, when nothing else answered.",
     Sum::kEmergencyMessages},
    {"calls_rated", "通话评价量", "Calls rated", "Calls that were rated by key.", Sum::kCallsRated},
    {"call_satisfied_rate", "通话满意率", "Satisfied with the call", "Rated 1 or 2 / rated by key.", Sum::kCallsRatedSatisfied, Sum::kCallsRated, true},
    {"tickets_created", "工单受理量", "Tickets created", "Tickets registered; by unit: of the unit responsible now; by agent: who registered it.",
     Sum::kTicketsCreated},
    {"tickets_dispatched", "派单量", "Tickets dispatched", "Different tickets that were sent to a unit.", Sum::kTicketsDispatched},
    {"tickets_closed", "办结量", "Tickets closed", "Tickets closed.", Sum::kTicketsClosed},
    {"tickets_archived", "归档量", "Tickets archived", "Tickets put into the archive.", Sum::kTicketsArchived},
    {"tickets_refused", "不予受理量", "Tickets refused", "Tickets declined.", Sum::kTicketsRefused},
    {"returns_requested", "退单申请量", "Returns requested", "Times a unit asked to give a ticket back.", Sum::kReturnsRequested},
    {"reworks", "返工量", "Reworks", "Times a ticket was sent back to its unit for another handling.", Sum::kReworks},
    {"tickets_open", "在办量(当前)", "Tickets open (now)", "Tickets not closed, archived or refused now, whatever the period.", Sum::kTicketsOpen},
    {"tickets_overdue", "超期量(当前)", "Tickets overdue (now)", "Open tickets with a step past its limit now, whatever the period.", Sum::kTicketsOverdue},
    {"average_close_hours", "平均办理时长(小时)", "Average handling (h)", "Hours from registration to closing, over tickets closed.",
     Sum::kCloseHours, Sum::kTicketsClosed},
    {"steps_finished", "环节完成量", "Steps finished", "Steps with a limit that were finished.", Sum::kClocksFinished},
    {"on_time_rate", "按时率", "On time", "Steps finished within their limit / steps finished.", Sum::kClocksOnTime, Sum::kClocksFinished, true},
    {"callbacks_recorded", "回访量", "Callbacks", "Callbacks recorded, whether or not somebody answered.", Sum::kCallbacks},
    {"callbacks_reached_rate", "回访接通率", "Callbacks reached", "Somebody answered / callbacks recorded.", Sum::kCallbacksReached, Sum::kCallbacks, true},
    {"solved_rate", "解决率", "Solution rate", "Solved in the citizen's words / called back and reached.", Sum::kCallbacksSolved,
     Sum::kCallbacksReached, true},
    {"satisfied_rate", "满意率", "Satisfaction rate", "Satisfied or very satisfied / rated in the callback.", Sum::kCallbacksSatisfied,
     Sum::kCallbacksRated, true},
    {"agent_talk_seconds", "坐席通话(秒)", "Agents talking (s)", "Seconds that agents were in calls.", Sum::kTalkingSeconds},
    {"agent_wrap_up_seconds", "坐席话后整理(秒)", "Agents in wrap-up (s)", "Seconds that agents were in wrap-up.", Sum::kWrapUpSeconds},
    {"agent_ready_seconds", "坐席空闲(秒)", "Agents ready (s)", "Seconds that agents waited ready.", Sum::kReadySeconds},
    {"agent_not_ready_seconds", "坐席示忙(秒)", "Agents not ready (s)", "Seconds that agents were signed in but not ready.", Sum::kNotReadySeconds},
    {"occupancy", "坐席利用率", "Occupancy", "Reserved, talking or in wrap-up / the same and ready.", Sum::kBusySeconds, Sum::kStaffedSeconds, true},
};

constexpr GroupingInfo kGroupings[] = {
    {Grouping::kHour, "hour", "小时", "Hour", "The hour in which it happened, in the city's zone."},
    {Grouping::kDay, "day", "日期", "Day", "The day on which it happened, in the city's zone."},
    {Grouping::kChannel, "channel", "渠道", "Channel", "Where the ticket came from."},
    {Grouping::kType, "type", "诉求类型", "Type", "What the citizen wants."},
    {Grouping::kCategory, "category", "事项类别", "Category", "The ticket's node of the category tree."},
    {Grouping::kUnit, "unit", "承办单位", "Unit", "The lead unit at that step."},
    {Grouping::kArea, "area", "区域", "Area", "The administrative area where the matter happened."},
    {Grouping::kQueue, "queue", "队列", "Queue", "The last queue in which the call waited."},
    {Grouping::kAgent, "agent", "坐席", "Agent", "Who answered, dialled, registered or called back."},
};

}  // namespace

std::span<const Measure> Measures() { return kMeasures; }
std::span<const GroupingInfo> Groupings() { return kGroupings; }

Source SourceOf(Sum sum) {
  if (sum <= Sum::kCallsOutboundConnected) return Source::kCalls;
  if (sum == Sum::kTicketsCreated) return Source::kTickets;
  if (sum <= Sum::kTicketsOverdue) return Source::kOpen;
  if (sum <= Sum::kCallbacksSatisfied) return Source::kSteps;
  if (sum <= Sum::kClocksOnTime) return Source::kClocks;
  if (sum <= Sum::kCallsRatedSatisfied) return Source::kRatings;
  if (sum <= Sum::kEmergencyMessages) return Source::kMessages;
  return Source::kAgentTime;
}

}  // namespace hotline::analytics
