#include "services/gateway/desk/hub.h"

#include <absl/strings/str_cat.h>

#include <nlohmann/json.hpp>

#include "hotline/events/v1/sla.pb.h"
#include "hotline/events/v1/ticket.pb.h"
#include "libs/base/log.h"
#include "services/gateway/rest/json.h"

namespace hotline::gateway {
namespace {

namespace pb = google::protobuf;

std::shared_ptr<const std::string> Share(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

template <class Facts>
const Facts* FactsIn(const pb::Message& message, const char* name) {
  const pb::FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->message_type() != Facts::descriptor() || field->is_repeated()) return nullptr;
  return pb::DynamicCastToGenerated<Facts>(&message.GetReflection()->GetMessage(message, field));
}

}  // namespace

std::optional<TicketEvent> ToTicketEvent(const events::Event& event) {
  const pb::Descriptor* type = pb::DescriptorPool::generated_pool()->FindMessageTypeByName(event.type());
  if (type == nullptr) return std::nullopt;
  const std::unique_ptr<pb::Message> data(pb::MessageFactory::generated_factory()->GetPrototype(type)->New());
  if (!data->ParseFromString(event.data().value())) return std::nullopt;
  TicketEvent out;
  if (const auto* ticket = FactsIn<events::v1::TicketFacts>(*data, "ticket")) {
    out.unit_id = ticket->unit_id();
    out.unit_path = ticket->unit_path();
  } else if (const auto* clock = FactsIn<events::v1::SlaClockFacts>(*data, "clock")) {
    out.unit_id = clock->unit_id();
  } else {
    return std::nullopt;
  }
  const std::string time = absl::FormatTime(absl::RFC3339_sec, absl::FromUnixSeconds(event.time().seconds()), absl::UTCTimeZone());
  nlohmann::ordered_json head{{"id", event.id()}, {"source", event.source()}, {"type", event.type()}, {"time", time}, {"subject", event.subject()}};
  std::string text = head.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  text.pop_back();
  out.frame = Share(absl::StrCat(R"({"type":"event","event":)", text, R"(,"data":)", ToJson(*data), "}}"));
  return out;
}

Hub::Hub(rpc::Node& node, asio::any_io_executor executor) : node_(node), executor_(std::move(executor)) {}

template <class Service, class Method, class Request, class Update>
asio::awaitable<void> Hub::Follow(std::string peer, Method method, Request request, void (Hub::*apply)(const Update&)) {
  const rpc::Client<Service> client(node_.peer(peer));
  bool told = false;
  for (;;) {
    rpc::Context context(executor_);
    auto stream = client.Open(context, method, request);
    Update update;
    while (co_await stream.Read(update)) {
      told = false;
      (this->*apply)(update);
    }
    const absl::Status status = co_await stream.Finish();
    if (!told) base::log::Warn("live figures are interrupted", {{"peer", peer}, {"status", status}});
    told = true;
    co_await rpc::Sleep(kFollowRetry);
  }
}

void Hub::Start(rpc::Tasks& tasks) {
  const auto& peers = node_.channels().all();
  using Agents = agent_state::v1::AgentService;
  using Queues = acd::v1::QueueService;
  using Figures = analytics::v1::FigureService;
  if (peers.contains("agent_state")) {
    tasks.Spawn(Follow<Agents>("agent_state", &rpc::Client<Agents>::Api::WatchAgents, agent_state::v1::WatchAgentsRequest(),
                               static_cast<void (Hub::*)(const agent_state::v1::AgentUpdate&)>(&Hub::Apply)));
  }
  if (peers.contains("acd")) {
    tasks.Spawn(Follow<Queues>("acd", &rpc::Client<Queues>::Api::WatchQueues, acd::v1::WatchQueuesRequest(),
                               static_cast<void (Hub::*)(const acd::v1::QueueFigures&)>(&Hub::Apply)));
  }
  if (peers.contains("analytics")) {
    tasks.Spawn(Follow<Figures>("analytics", &rpc::Client<Figures>::Api::WatchWallboard, analytics::v1::WatchWallboardRequest(),
                                static_cast<void (Hub::*)(const analytics::v1::Wallboard&)>(&Hub::Apply)));
  }
}

void Hub::Apply(const agent_state::v1::AgentUpdate& update) {
  if (update.snapshot()) agents_.clear();
  knows_agents_ = true;
  std::vector<std::string> ids;
  for (const auto& agent : update.agents()) {
    agents_[agent.agent_id()] = Share(ToJson(agent));
    ids.push_back(agent.agent_id());
  }
  for (Screen* screen : screens_) screen->OnAgents(ids, update.snapshot());
}

void Hub::Apply(const acd::v1::QueueFigures& figures) {
  std::string list;
  for (const auto& figure : figures.figures()) absl::StrAppend(&list, list.empty() ? "" : ",", ToJson(figure));
  queues_ = Share(absl::StrCat(R"({"type":"queues","figures":[)", list, "]}"));
  Tell(Topic::kQueues);
}

void Hub::Apply(const analytics::v1::Wallboard& wallboard) {
  wallboard_ = Share(absl::StrCat(R"({"type":"wallboard","wallboard":)", ToJson(wallboard), "}"));
  Tell(Topic::kWallboard);
}

void Hub::Tell(Topic topic) {
  for (Screen* screen : screens_) screen->OnChange(topic);
}

std::shared_ptr<const std::string> Hub::AgentFrame(const std::string& agent_id) const {
  const auto found = agents_.find(agent_id);
  if (found == agents_.end()) return nullptr;
  return Share(absl::StrCat(R"({"type":"agent","agent":)", *found->second, "}"));
}

std::string Hub::AgentsFrame(const std::set<std::string>& agent_ids) const {
  std::string list;
  for (const std::string& id : agent_ids) {
    const auto found = agents_.find(id);
    if (found != agents_.end()) absl::StrAppend(&list, list.empty() ? "" : ",", *found->second);
  }
  return absl::StrCat(R"({"type":"agents","agents":[)", list, R"(],"snapshot":false})");
}

std::string Hub::AllAgentsFrame() const {
  std::string list;
  for (const auto& [id, json] : agents_) absl::StrAppend(&list, list.empty() ? "" : ",", *json);
  return absl::StrCat(R"({"type":"agents","agents":[)", list, R"(],"snapshot":true})");
}

void Hub::OnEvent(const events::Event& event) {
  auto ticket = ToTicketEvent(event);
  if (!ticket) return;
  asio::post(executor_, [this, ticket = *std::move(ticket)]() mutable { Publish(std::move(ticket)); });
}

// Clocks tell the unit but not its place in the tree, which the ticket's own events have told before.
void Hub::Publish(TicketEvent event) {
  if (!event.unit_path.empty()) {
    if (unit_paths_.size() >= kMaxKnownUnits) unit_paths_.clear();
    unit_paths_[event.unit_id] = event.unit_path;
  } else if (const auto known = unit_paths_.find(event.unit_id); known != unit_paths_.end()) {
    event.unit_path = known->second;
  }
  for (Screen* screen : screens_) screen->OnTicket(event);
}

}  // namespace hotline::gateway
