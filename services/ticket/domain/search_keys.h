// What a ticket is found by, each as one number: the words of its title and content, the units that see it, category, area,
// type, channel, urgency, who registered it, whether it is open, what it is marked with, and the day, month and year of its id. A list is answered by
// tickets that have all keys asked for, slice of time by slice of time, newest first, until the page is full.
//
// The numbers are kept in the database (table ticket_search, one GIN index): neither the hash nor the texts behind it may
// change without a migration, which has the same hash in SQL. Two texts may share a number (32 bits), so a key only proposes
// a ticket; the filter's own conditions decide. Pure functions.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/ticket/domain/ticket.h"

namespace hotline::ticket::domain {

// FNV-1a, 32 bits, as a signed number (PostgreSQL's integer).
int64_t SearchKey(std::string_view text);

int64_t UnitKey(std::string_view unit_id);  // of a unit that sees the ticket: lead, co-handling, or above one of them
int64_t CategoryKey(std::string_view category_id);
int64_t AreaKey(std::string_view area_code);
int64_t CreatorKey(std::string_view user_id);
int64_t TypeKey(Type type);
int64_t ChannelKey(Channel channel);
int64_t UrgencyKey(Urgency urgency);
// A ticket in one of the states that end it has that state's key, every other has the key of work that goes on: the states
// in between change too often to be kept.
bool EndsTicket(State state);
int64_t StateKey(State state);
int64_t OpenKey();  // no close time
// Marks that few tickets have.
int64_t LeaderKey();
int64_t SupervisedKey();
int64_t ExtensionKey();  // asked for and not decided
int64_t RatingKey(RatingState state);
int64_t RepeatKey(RepeatMark mark);
int64_t GroupKey(std::string_view group_id);

// Stretches of time, by UTC.
enum class Slice { kDay, kMonth, kYear, kAll };
int64_t SliceKey(Slice slice, absl::Time time);  // not of kAll
absl::Time SliceStart(Slice slice, absl::Time time);
absl::Time SliceEnd(Slice slice, absl::Time time);

// Ids are UUIDv7: the time in one, in milliseconds, and the least id of a time.
absl::Time TimeOfId(std::string_view id);
std::string FirstIdAt(absl::Time time);

// All keys of a ticket, sorted, each once. `scope` are the units that see it.
std::vector<int64_t> SearchKeys(const Ticket& ticket, const std::vector<std::string>& scope);
// Whether two states of a ticket have the same keys, their scopes apart.
bool SameSearchKeys(const Ticket& before, const Ticket& after);

}  // namespace hotline::ticket::domain
