// How long it takes until others hear of a ticket: from the answer to CreateTicket (the row is committed) to its event at
// a follower of the stream. And the baseline: from XADD to XREADGROUP, with nothing else between two connections to the
// same Redis. Usage: bench_outbox --address ADDRESS --key JWK --token FILE --body FILE --redis ADDRESS --redis-user NAME
// --redis-password FILE --count N --per-second N. Prints one JSON line.
#include <hiredis/hiredis.h>

#include <condition_variable>
#include <iostream>
#include <unordered_map>

#include <google/protobuf/util/json_util.h>

#include "hotline/events/v1/ticket.pb.h"
#include "hotline/ticket/v1/ticket_service.grpc.pb.h"
#include "libs/base/id.h"
#include "libs/events/tail.h"
#include "libs/rpc/client.h"
#include "tests/bench/figures.h"

namespace {

using namespace hotline;         // NOLINT: a program of one file
using bench::Clock;
using Tickets = rpc::Client<ticket::v1::TicketService>;

constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr char kStream[] = "hotline.events.gateway";  // the user's own stream, which nobody else writes
constexpr char kGroup[] = "bench";

events::RedisOptions RedisOf(const bench::Arguments& arguments) {
  return {arguments.Text("redis"), arguments.Text("redis-user"), arguments.File("redis-password")};
}

// When each ticket was answered and when its event came, whichever is first.
class Journal {
 public:
  void Answered(const std::string& id) { Note(id, Clock::now(), answered_); }
  void Heard(const std::string& id) { Note(id, Clock::now(), heard_); }
  // An event that comes before the answer took no time.
  std::vector<double> Milliseconds(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, absl::ToChronoMilliseconds(kPatience), [&] {
      return std::count_if(answered_.begin(), answered_.end(), [&](const auto& item) { return heard_.contains(item.first); }) == static_cast<long>(count);
    });
    std::vector<double> out;
    for (const auto& [id, time] : answered_) {
      if (const auto it = heard_.find(id); it != heard_.end()) {
        out.push_back(std::max(0.0, std::chrono::duration<double, std::milli>(it->second - time).count()));
      }
    }
    return out;
  }

 private:
  using Times = std::unordered_map<std::string, Clock::time_point>;
  void Note(const std::string& id, Clock::time_point time, Times& times) {
    const std::lock_guard lock(mutex_);
    times.emplace(id, time);
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  Times answered_, heard_;
};

// Registers tickets at an even pace; the number of those that were accepted.
size_t Register(const bench::Arguments& arguments, Journal& journal) {
  ticket::v1::CreateTicketRequest request;
  if (!google::protobuf::util::JsonStringToMessage(arguments.File("body"), &request).ok()) return 0;
  auto key = rpc::SigningKey::Load(arguments.Text("key"));
  if (!key.ok()) return 0;
  const Tickets tickets({"ticket", rpc::Connect(arguments.Text("address")),
                         std::make_shared<rpc::ServiceTokenSource>(*std::move(key), base::SystemClock::Get())});
  const std::string token = arguments.File("token");
  const auto pace = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1.0 / arguments.Int("per-second", 50)));
  size_t accepted = 0;
  boost::asio::io_context io{1};
  boost::asio::steady_timer pacer(io);
  const auto begin = Clock::now();
  for (int i = 0; i < arguments.Int("count", 500); ++i) {
    pacer.expires_at(begin + i * pace);
    pacer.wait();
    request.set_request_id(base::NewId());
    rpc::Context context;
    context.ActFor(token);
    const auto answer = rpc::SyncCall(tickets, context, &Tickets::Blocking::CreateTicket, request);
    if (!answer.ok()) {
      std::cerr << answer.status() << "\n";
      continue;
    }
    journal.Answered(answer->ticket().ticket_id());
    ++accepted;
  }
  return accepted;
}

class Connection {
 public:
  explicit Connection(const events::RedisOptions& options) : context_(redisConnectUnix(options.address.substr(5).c_str())) {
    if (context_ == nullptr || context_->err != 0) throw std::runtime_error("cannot connect to Redis");
    Run({"AUTH", options.user, options.password});
  }
  ~Connection() { redisFree(context_); }
  // True unless Redis refuses.
  bool Run(const std::vector<std::string>& words) {
    std::vector<const char*> texts;
    std::vector<size_t> sizes;
    for (const std::string& word : words) {
      texts.push_back(word.data());
      sizes.push_back(word.size());
    }
    auto* reply = static_cast<redisReply*>(redisCommandArgv(context_, static_cast<int>(words.size()), texts.data(), sizes.data()));
    const bool good = reply != nullptr && reply->type != REDIS_REPLY_ERROR;
    freeReplyObject(reply);
    return good;
  }

 private:
  redisContext* context_;
};

// From before XADD to after XREADGROUP of the same entry, one after the other.
std::vector<double> PlainStream(const events::RedisOptions& options, int count) {
  Connection writer(options), reader(options);
  (void)reader.Run({"XGROUP", "CREATE", kStream, kGroup, "$", "MKSTREAM"});
  std::mutex mutex;
  std::condition_variable changed;
  int sent = 0, got = 0;
  std::vector<Clock::time_point> began(static_cast<size_t>(count)), ended(static_cast<size_t>(count));
  std::thread thread([&] {
    for (int i = 0; i < count; ++i) {
      if (!reader.Run({"XREADGROUP", "GROUP", kGroup, "one", "COUNT", "1", "BLOCK", "5000", "STREAMS", kStream, ">"})) return;
      const std::lock_guard lock(mutex);
      ended[static_cast<size_t>(i)] = Clock::now();
      ++got;
      changed.notify_all();
    }
  });
  std::vector<double> out;
  const std::string event(600, 'x');
  for (; sent < count; ++sent) {
    began[static_cast<size_t>(sent)] = Clock::now();
    if (!writer.Run({"XADD", kStream, "*", "event", event})) break;
    std::unique_lock lock(mutex);
    if (!changed.wait_for(lock, absl::ToChronoMilliseconds(kPatience), [&] { return got > sent; })) break;
    out.push_back(std::chrono::duration<double, std::milli>(ended[static_cast<size_t>(sent)] - began[static_cast<size_t>(sent)]).count());
  }
  thread.join();
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  base::log::Init("bench_outbox", base::log::Level::kError);
  const bench::Arguments arguments(argc, argv);
  const int count = arguments.Int("count", 500);
  std::vector<double> plain = PlainStream(RedisOf(arguments), count);
  Journal journal;
  events::TailOptions options;
  options.sources = {"ticket"};
  options.redis = RedisOf(arguments);
  options.on_event = [&journal](const events::Event& event) {
    if (events::Is<hotline::events::v1::TicketCreated>(event)) journal.Heard(event.subject());
  };
  events::Tail tail(std::move(options));
  tail.Start();
  const absl::Time give_up = absl::Now() + kPatience;
  while (!tail.stats().connected && absl::Now() < give_up) std::this_thread::yield();
  const size_t accepted = Register(arguments, journal);
  std::vector<double> heard = journal.Milliseconds(accepted);
  tail.Stop();
  const nlohmann::json line = {{"accepted", accepted},
                               {"asked", count},
                               {"heard", heard.size()},
                               {"p50_ms", bench::Percentile(heard, 0.5)},
                               {"p99_ms", bench::Percentile(heard, 0.99)},
                               {"plain", plain.size()},
                               {"plain_p50_ms", bench::Percentile(plain, 0.5)},
                               {"plain_p99_ms", bench::Percentile(plain, 0.99)}};
  std::cout << line.dump() << "\n";
  return accepted == static_cast<size_t>(count) && heard.size() == accepted ? 0 : 1;
}
