// Between the proto and the domain. Pure functions; what a reader may not see is left out by the caller (rights.h).
#pragma once

#include <absl/time/time.h>
#include <google/protobuf/timestamp.pb.h>

#include "hotline/ticket/v1/ticket.pb.h"
#include "hotline/ticket/v1/ticket_service.pb.h"
#include "libs/rpc/principal.h"
#include "services/ticket/store.h"

namespace hotline::ticket {

google::protobuf::Timestamp ToProto(absl::Time time);
absl::Time FromProto(const google::protobuf::Timestamp& time);

domain::Actor ToActor(const rpc::Principal& principal);
// What a client sent of a new ticket: ids, state, times and limits are ignored.
domain::Ticket DraftFromProto(const v1::Ticket& ticket);
// As `reader` may see it. With `in_list`, content is shortened.
v1::Ticket ToProto(const domain::Ticket& ticket, const domain::Actor& reader, bool in_list = false);
v1::Caller ToProto(const domain::Caller& caller);
v1::HistoryEntry ToProto(const HistoryEntry& entry);
v1::Notice ToProto(const Notice& notice);
v1::Category ToProto(const Category& category);
Category FromProto(const v1::Category& category);
v1::Line ToProto(const Line& line);
Line FromProto(const v1::Line& line);

}  // namespace hotline::ticket
