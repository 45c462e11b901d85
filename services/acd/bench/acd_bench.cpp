// Measures decisions of the queueing core: contacts enter, agents are chosen, reserved, answer, become ready again.
// Usage: acd_bench [--agents N] [--waiting N] [--seconds S]. Prints one JSON line.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <set>

#include "services/acd/domain/core.h"

namespace {

using namespace hotline::acd;  // NOLINT: a program of one file

struct Options {
  int agents = 5000;
  int waiting = 2000;
  double seconds = 3;
};

constexpr int kQueues = 40;
constexpr int kSkillKinds = 20;

Options Parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--agents") == 0) options.agents = std::atoi(argv[i + 1]);
    else if (std::strcmp(argv[i], "--waiting") == 0) options.waiting = std::atoi(argv[i + 1]);
    else if (std::strcmp(argv[i], "--seconds") == 0) options.seconds = std::atof(argv[i + 1]);
  }
  return options;
}

// A centre under load: more callers than agents, queues that share agents, rings, every strategy.
struct Centre {
  std::mt19937 random{7};
  absl::Time now = absl::FromUnixSeconds(1'750'000'000);
  uint64_t ids = 0;
  Core core{[this] { return "o" + std::to_string(++ids); }};
  std::vector<AgentView> agents;

  int Pick(int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); }

  explicit Centre(const Options& options) {
    for (int i = 0; i < kQueues; ++i) {
      Queue queue;
      queue.id = queue.name = "queue" + std::to_string(i);
      queue.required_skills = {"skill" + std::to_string(i % kSkillKinds)};
      queue.minimum_level = 3;
      queue.strategy = static_cast<Strategy>(i % 4);
      queue.priority = i % 5;
      queue.rings = {{20, 1}};
      if (!Complete(queue).ok()) std::abort();
      core.PutQueue(queue, now);
    }
    for (int i = 0; i < options.agents; ++i) {
      AgentView view;
      view.id = "agent" + std::to_string(i);
      view.version = 1;
      view.routable = view.line_up = true;
      view.activity = Activity::kReady;
      view.ready_time = now;
      for (int k = 0; k < 4; ++k) view.skills["skill" + std::to_string(Pick(kSkillKinds))] = 1 + Pick(10);
      agents.push_back(view);
      core.UpdateAgent(view, now);
    }
    for (int i = 0; i < options.waiting + options.agents; ++i) Call();
  }
  void Call() {
    Entry entry;
    entry.contact_id = "call" + std::to_string(++ids);
    entry.queue_id = "queue" + std::to_string(Pick(kQueues));
    entry.priority = Pick(3);
    (void)core.Enter(entry, now);  // a full queue refuses, as it should
  }
  void Become(AgentView& view, Activity activity) {
    ++view.version;
    view.activity = activity;
    view.ready_time = now;
    core.UpdateAgent(view, now);
  }
};

// The baseline: the longest idle of as many agents taken out of a std::set and put back, and nothing decided.
double PlainPerSecond(int agents, double seconds) {
  std::set<std::pair<int64_t, int>> idle;
  int64_t now = 0, taken = 0;
  for (int i = 0; i < agents; ++i) idle.insert({++now, i});
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::duration<double>(seconds);
  while (Clock::now() < end) {
    for (int i = 0; i < 100; ++i, ++taken) {
      const int agent = idle.begin()->second;
      idle.erase(idle.begin());
      idle.insert({++now, agent});
    }
  }
  return static_cast<double>(taken) / std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = Parse(argc, argv);
  Centre centre(options);
  std::vector<size_t> busy;
  const auto take = [&](const std::vector<Offer>& offers) {
    for (const Offer& offer : offers) {
      const size_t agent = static_cast<size_t>(std::atoi(offer.agent_id.c_str() + 5));
      centre.core.Reserved(offer.id, centre.now);
      centre.Become(centre.agents[agent], Activity::kBusy);
      centre.core.EndOffer(offer.id, Result::kAnswered, centre.now);
      busy.push_back(agent);
    }
    return static_cast<int64_t>(offers.size());
  };
  take(centre.core.Match(centre.now));
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::duration<double>(options.seconds);
  int64_t decisions = 0;
  while (Clock::now() < end) {
    for (int i = 0; i < 100; ++i) {
      // One call ends: its agent is free, somebody is chosen for it, and a new caller enters.
      centre.now += absl::Milliseconds(1);
      if (!busy.empty()) {
        const size_t at = static_cast<size_t>(centre.Pick(static_cast<int>(busy.size())));
        const size_t agent = busy[at];
        busy[at] = busy.back();
        busy.pop_back();
        centre.Become(centre.agents[agent], Activity::kReady);
      }
      centre.core.Tick(centre.now);
      decisions += take(centre.core.Match(centre.now));
      centre.Call();
    }
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  std::printf("{\"name\": \"acd_decisions\", \"agents\": %d, \"waiting\": %zu, \"decisions_per_second\": %.0f, \"microseconds\": %.2f, "
              "\"plain_per_second\": %.0f}\n",
              options.agents, centre.core.waiting(), static_cast<double>(decisions) / seconds,
              seconds * 1e6 / static_cast<double>(decisions > 0 ? decisions : 1), PlainPerSecond(options.agents, 1));
  return 0;
}
