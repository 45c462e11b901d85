#include "libs/events/redis.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <sys/socket.h>

#include "libs/base/error.h"
#include "libs/base/log.h"

namespace hotline::events {
namespace {

constexpr char kEventField[] = "event";

// hiredis writes with write(2): a peer that is gone would end the process by SIGPIPE. A handler somebody set is left alone.
void IgnoreBrokenPipes() {
  struct sigaction current {};
  if (sigaction(SIGPIPE, nullptr, &current) == 0 && current.sa_handler == SIG_DFL) signal(SIGPIPE, SIG_IGN);
}

redisContext* Open(const std::string& address) {
  const timeval timeout = absl::ToTimeval(kRedisConnectTimeout);
  if (address.starts_with("unix:")) return redisConnectUnixWithTimeout(address.c_str() + 5, timeout);
  const size_t colon = address.rfind(':');
  int port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port)) return nullptr;
  return redisConnectWithTimeout(address.substr(0, colon).c_str(), port, timeout);
}

std::string_view Text(const redisReply* reply) { return {reply->str, static_cast<size_t>(reply->len)}; }

// "17-0" to 17; 0 for anything else.
int64_t SequenceOf(std::string_view id) {
  int64_t sequence = 0;
  const size_t dash = id.find('-');
  if (dash == std::string_view::npos || !absl::SimpleAtoi(absl::string_view(id.data(), dash), &sequence)) return 0;
  return sequence;
}

absl::Status Unavailable(std::string_view message) { return base::Unavailable("REDIS_UNAVAILABLE", message); }

// Redis refused a command: out of memory, read only while failing over, no permission.
absl::Status Refused(const redisReply* reply) {
  base::log::Warn("Redis refused a command", {{"detail", Text(reply)}});
  return Unavailable("Redis refused a command");
}

void CollectEntries(const redisReply* stream, std::vector<StreamEntry>& entries) {
  if (stream->type != REDIS_REPLY_ARRAY || stream->elements != 2) return;
  const redisReply* list = stream->element[1];
  for (size_t i = 0; i < list->elements; ++i) {
    const redisReply* item = list->element[i];
    if (item->type != REDIS_REPLY_ARRAY || item->elements != 2) continue;
    StreamEntry& entry = entries.emplace_back();
    entry.stream = Text(stream->element[0]);
    entry.id = Text(item->element[0]);
    const redisReply* fields = item->element[1];
    for (size_t f = 0; f + 1 < fields->elements; f += 2) {
      if (Text(fields->element[f]) == kEventField) entry.event = std::string(Text(fields->element[f + 1]));
    }
  }
}

}  // namespace

void Redis::FreeReply::operator()(redisReply* reply) const { freeReplyObject(reply); }

Redis::Redis(RedisOptions options) : options_(std::move(options)) { IgnoreBrokenPipes(); }
Redis::~Redis() { Close(); }

void Redis::Close() {
  const std::lock_guard lock(mutex_);
  if (context_ != nullptr) redisFree(std::exchange(context_, nullptr));
}

void Redis::Interrupt() {
  const std::lock_guard lock(mutex_);
  if (context_ != nullptr) shutdown(context_->fd, SHUT_RDWR);
}

absl::Status Redis::Fail(std::string_view what) {
  Close();
  return Unavailable(what);
}

absl::Status Redis::Connect() {
  if (context_ != nullptr) return absl::OkStatus();
  redisContext* context = Open(options_.address);
  if (context == nullptr || context->err != 0) {
    if (context != nullptr) redisFree(context);
    return Unavailable("Redis cannot be reached");
  }
  redisSetTimeout(context, absl::ToTimeval(kRedisCommandTimeout));
  {
    const std::lock_guard lock(mutex_);
    context_ = context;
  }
  if (options_.password.empty()) return absl::OkStatus();
  std::vector<std::string_view> auth = {"AUTH"};
  if (!options_.user.empty()) auth.push_back(options_.user);
  auth.push_back(options_.password);
  const absl::StatusOr<Reply> reply = Command(auth);
  if (!reply.ok()) return reply.status();
  return (*reply)->type == REDIS_REPLY_ERROR ? Fail("Redis refused the sign-in") : absl::OkStatus();
}

absl::Status Redis::Append(const std::vector<std::string_view>& arguments) {
  if (context_ == nullptr) return Unavailable("not connected to Redis");
  std::vector<const char*> pointers;
  std::vector<size_t> lengths;
  for (const std::string_view argument : arguments) {
    pointers.push_back(argument.data());
    lengths.push_back(argument.size());
  }
  const int done = redisAppendCommandArgv(context_, static_cast<int>(arguments.size()), pointers.data(), lengths.data());
  return done == REDIS_OK ? absl::OkStatus() : Fail("a command to Redis could not be queued");
}

absl::StatusOr<Redis::Reply> Redis::Receive() {
  if (context_ == nullptr) return Unavailable("not connected to Redis");
  void* reply = nullptr;
  if (redisGetReply(context_, &reply) != REDIS_OK) return Fail("the connection to Redis was lost");
  return Reply(static_cast<redisReply*>(reply));
}

absl::StatusOr<Redis::Reply> Redis::Command(const std::vector<std::string_view>& arguments) {
  HOTLINE_RETURN_IF_ERROR(Append(arguments));
  return Receive();
}

absl::Status Redis::AddWithSequence(std::string_view stream, const std::vector<Addition>& additions, int64_t max_length) {
  const std::string length = absl::StrCat(max_length);
  for (const Addition& addition : additions) {
    const std::string id = absl::StrCat(addition.sequence, "-0");
    HOTLINE_RETURN_IF_ERROR(Append({"XADD", stream, "MAXLEN", "~", length, id, kEventField, addition.event}));
  }
  absl::Status status;
  for (size_t i = 0; i < additions.size(); ++i) {  // Every answer is read, or the next command would get them.
    const absl::StatusOr<Reply> reply = Receive();
    if (!reply.ok()) return reply.status();
    const bool failed = (*reply)->type == REDIS_REPLY_ERROR;
    if (failed && Text(reply->get()).find("equal or smaller") == std::string_view::npos) status.Update(Refused(reply->get()));
  }
  return status;
}

absl::Status Redis::Add(std::string_view stream, const std::vector<std::pair<std::string, std::string>>& fields,
                        int64_t max_length) {
  const std::string length = absl::StrCat(max_length);
  std::vector<std::string_view> arguments = {"XADD", stream, "MAXLEN", "~", length, "*"};
  for (const auto& [name, value] : fields) arguments.insert(arguments.end(), {name, value});
  const absl::StatusOr<Reply> reply = Command(arguments);
  if (!reply.ok()) return reply.status();
  return (*reply)->type == REDIS_REPLY_ERROR ? Refused(reply->get()) : absl::OkStatus();
}

absl::StatusOr<std::vector<StreamEntry>> Redis::Read(const std::vector<Position>& positions, int count, absl::Duration block) {
  const std::string count_text = absl::StrCat(count);
  const std::string block_text = absl::StrCat(absl::ToInt64Milliseconds(block));
  std::vector<std::string_view> arguments = {"XREAD", "COUNT", count_text, "BLOCK", block_text, "STREAMS"};
  for (const Position& position : positions) arguments.push_back(position.stream);
  for (const Position& position : positions) arguments.push_back(position.after);
  if (context_ != nullptr) redisSetTimeout(context_, absl::ToTimeval(block + kRedisCommandTimeout));
  const absl::StatusOr<Reply> reply = Command(arguments);
  if (!reply.ok()) return reply.status();
  std::vector<StreamEntry> entries;
  if ((*reply)->type == REDIS_REPLY_NIL) return entries;
  if ((*reply)->type != REDIS_REPLY_ARRAY) return Refused(reply->get());
  for (size_t i = 0; i < (*reply)->elements; ++i) CollectEntries((*reply)->element[i], entries);
  return entries;
}

absl::StatusOr<StreamInfo> Redis::Info(std::string_view stream) {
  const absl::StatusOr<Reply> reply = Command({"XINFO", "STREAM", stream});
  if (!reply.ok()) return reply.status();
  StreamInfo info;
  if ((*reply)->type == REDIS_REPLY_ERROR) {
    return Text(reply->get()).find("no such key") != std::string_view::npos ? absl::StatusOr<StreamInfo>(info)
                                                                             : Refused(reply->get());
  }
  for (size_t i = 0; i + 1 < (*reply)->elements; i += 2) {
    const redisReply* value = (*reply)->element[i + 1];
    const std::string_view name = Text((*reply)->element[i]);
    if (name == "last-generated-id") info.last_sequence = SequenceOf(Text(value));
    if (name == "first-entry" && value->type == REDIS_REPLY_ARRAY && value->elements == 2) {
      info.first_sequence = SequenceOf(Text(value->element[0]));
    }
  }
  return info;
}

absl::Status Redis::Ping() {
  const absl::StatusOr<Reply> reply = Command({"PING"});
  if (!reply.ok()) return reply.status();
  return (*reply)->type == REDIS_REPLY_STATUS ? absl::OkStatus() : Refused(reply->get());
}

}  // namespace hotline::events
