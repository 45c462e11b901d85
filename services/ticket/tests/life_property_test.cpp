// Random lives of tickets: whatever is asked in whatever order, no state is left that the table does not know, every refusal
// has a name, and the history played from its start is the ticket, byte for byte (TKT-4, TKT-16).
//
// HOTLINE_SEQUENCES says how many lives (ten thousand); tests/soak takes a million.
#include <cstdlib>
#include <optional>
#include <random>
#include <set>

#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/fields.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/tests/domain_fixture.h"

// As REQUIRE, which is too slow for millions of times.
#define MUST(condition) do { if (!(condition)) FAIL(#condition); } while (false)

namespace hotline::ticket::domain {
namespace {

constexpr int kDefaultLives = 10'000;
constexpr int kCommandsInALife = 20;
constexpr char kOther[] = "0192f0c0-0000-7000-8000-000000000002";

int Lives() {
  const char* wanted = std::getenv("HOTLINE_SEQUENCES");
  return wanted == nullptr ? kDefaultLives : std::atoi(wanted);
}

class Chance {
 public:
  explicit Chance(uint32_t seed) : random_(seed) {}
  bool Coin() { return random_() % 2 == 0; }
  int Below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
  template <class T>
  const T& One(const std::vector<T>& of) { return of[random_() % of.size()]; }
  // Text as people type it, and what would break a careless list: separators, escapes, nothing.
  std::string Text() {
    static const std::vector<std::string> kTexts = {"已办", "a,b=c", "\\", "\\e", "多行\n文本", "", "\"引号\"", "ü|;", "说明"};
    return One(kTexts);
  }

 private:
  std::mt19937 random_;
};

Dispatch RandomDispatch(Chance& chance) {
  static const std::vector<Unit> kUnits = {WaterUnit(), WaterOffice(), GasUnit()};
  Dispatch to{chance.One(kUnits), {}, chance.Text()};
  if (chance.Below(4) == 0) to.co_units = {chance.Coin() ? GasUnit() : WaterOffice()};
  if (chance.Below(4) == 0) to.repeat = RepeatProposal{"三十天内三次", "repeat_rule:1"};
  return to;
}

Callback RandomCallback(Chance& chance) {
  const bool reached = chance.Coin();
  return {reached, reached && chance.Coin(), reached ? chance.One<std::string>({"satisfied", "neutral", "dissatisfied", "bad", ""}) : "", chance.Text(), ""};
}

// Degrees that sometimes lie nowhere; seventeen digits of them count.
std::optional<double> RandomDegrees(Chance& chance) {
  return chance.One<std::optional<double>>({std::nullopt, 0, -0.0, 113.65, -34.123456789012345, 1.0 / 3, 89.999999, -180, 181});
}

Amend RandomAmend(Chance& chance) {
  Amend amend{.type = chance.Below(5) == 0 ? Type::kConsultation : Type::kUnspecified, .title = chance.Coin() ? "改" : "",
              .content = chance.Coin() ? chance.Text() : "", .note = chance.Text(), .caller_name = chance.Coin() ? chance.Text() : ""};
  if (chance.Below(4) == 0) {
    amend.longitude = RandomDegrees(chance);
    amend.latitude = RandomDegrees(chance);
  }
  return amend;
}

// The `index`-th alternative of Command, with values that sometimes fit.
Command RandomCommand(Chance& chance, const Ticket& ticket, int index, absl::Time now) {
  const std::string text = chance.Text();
  const bool yes = chance.Coin();
  switch (index) {
    case 1: return RandomAmend(chance);
    case 2: return RandomDispatch(chance);
    case 3: return Refuse{chance.One<std::string>({"secret", "x"}), text, ""};
    case 4: return Defer{text};
    case 5: return Answer{text, "", yes};
    case 6: return Coordinate{text};
    case 7: return ReportUp{"", text};
    case 8: return Instruct{text};
    case 9: return HandOver{yes ? "110" : "", text};
    case 10: return UpdateHandover{chance.One<std::string>({"received", "in_process", "done", "declined", "?"}), text, text};
    case 11: return SetUrgency{static_cast<Urgency>(chance.Below(5)), text};
    case 12: return SetConfidential{yes, text};
    case 13: return Withdraw{chance.Below(8) == 0 ? text : ""};
    case 14: return Sign{};
    case 15: return RequestReturn{text, ""};
    case 16: return DecideReturn{yes, text, chance.Coin()};
    case 17: return Arbitrate{RandomDispatch(chance), yes};
    case 18: return PassUp{text};
    case 19: return Contact{yes, text};
    case 20: return ReportProgress{text, yes};
    case 21: return GiveOpinion{text};
    case 22: return Mediate{yes, text};
    case 23: return RequestExtension{yes ? now + absl::Hours(chance.Below(48) - 2) : absl::InfinitePast(), text};
    case 24: return DecideExtension{yes, chance.Coin() ? ticket.extension_due : absl::InfinitePast(), text};
    case 25: return Reply{text, text, chance.One<std::string>({"", "resolved", "explained", "?"}), yes ? std::vector<std::string>{kOther} : std::vector<std::string>{}};
    case 26: return Approve{yes, text};
    case 27: return Review{yes, text, chance.Below(5) == 0};
    case 28: return RandomCallback(chance);
    case 29: return Archive{};
    case 30: return Reopen{text};
    case 31: return RateMatter{chance.Below(7), text};
    case 32: return ReviewRating{yes, text};
    case 33: return Publish{text};
    case 34: return Unpublish{text};
    case 35: return Remark{chance.One<std::string>({"remark", "urging", "x"}), text};
    case 36: return Supervise{chance.One<std::string>({"urging_notice", "talk", "x"}), text, yes ? "clock-1" : "", {}};
    case 37: return EndSupervision{text};
    case 38: return Merge{kOther, "2", text};
    case 39: return Split{text};
    case 40: return FollowGroup{yes ? State::kCallback : State::kRefused, text, "resolved", "secret", {"water", "/city/water/"}};
    case 41: return LinkTo{kOther, chance.One<std::string>({"duplicate", "related", "x"}), text};
    case 42: return Unlink{kOther, text};
    case 43: return MarkRepeat{text};
    case 44: return ReviewRepeat{yes, text};
    case 45: return Rate{"call", "agent", chance.Below(7)};
    case 46: return Alarm{{"c", "reply", now, now, yes ? Light::kRed : Light::kYellow}};
    case 47: return CloseReturnWindow{};
    case 48: return NoteDocument{kOther, "urging_notice", text, text, yes ? "" : text};
    default: return NoteBan{kOther, yes, now, text};
  }
}

void CheckState(const Ticket& ticket, const Process& process) {
  const auto is = [&](std::initializer_list<State> states) { return std::find(states.begin(), states.end(), ticket.state) != states.end(); };
  const bool has_unit = !ticket.unit.id.empty();
  using enum State;
  if (is({kTranscribe, kAccepted, kAnswerLater, kReportedUp, kCoordination, kMerged, kHandedOver})) MUST(!(has_unit));
  if (is({kDispatched, kSigned, kReturnRequested, kArbitration, kApproval, kReplied})) MUST(has_unit);
  if (has_unit) MUST(!(ticket.responsible.id.empty()));
  MUST((ticket.close_time != absl::InfinitePast()) == IsEnded(ticket.state));
  MUST(ticket.close_reason.empty() != IsEnded(ticket.state));
  MUST((ticket.return_from != kNone) == is({kReturnRequested, kArbitration}));
  MUST((ticket.extension_due == absl::InfinitePast() || is({kSigned})));
  MUST((!ticket.group_id.empty() || !is({kMerged})));
  MUST((!ticket.handover_body.empty() || !is({kHandedOver})));
  if (is({kAnswerLater})) MUST(ticket.type == Type::kConsultation);
  if (is({kApproval})) MUST(static_cast<size_t>(ticket.approvals_given) < process.approvals.size());
  if (!process.review) MUST(!(is({kReplied})));
  MUST(ticket.rework_count <= process.max_rework);
  MUST(ticket.reopen_count <= kMaxReopen);
  if (!ticket.published.empty()) MUST(is({kClosed, kArchived}));
}

void CheckChange(const Ticket& before, const Change& change, const Command& command, const Actor& actor) {
  const Rule& rule = Rules()[command.index()];
  const Ticket& after = change.after;
  MUST(!(change.steps.empty()));
  for (size_t i = 0; i < change.steps.size(); ++i) MUST(change.steps[i].sequence == before.history_count + static_cast<int64_t>(i) + 1);
  MUST(after.history_count == before.history_count + static_cast<int64_t>(change.steps.size()));
  MUST(change.steps.back().state == after.state);
  MUST((rule.from & Bit(before.state)) != 0);
  if (rule.to == 0) MUST(after.state == before.state);
  else MUST((rule.to & Bit(after.state)) != 0);
  MUST(after.rework_count >= before.rework_count);
  MUST(after.version >= before.version);
  MUST(after.version <= before.version + 1);
  if (!actor.service) MUST(after.version == before.version + 1);
  // What it was registered as never changes under way.
  MUST(after.id == before.id);
  MUST(after.number == before.number);
  MUST(after.created_by == before.created_by);
  MUST(after.create_time == before.create_time);
}

std::vector<Process> Processes() {
  Process strict = DefaultProcess(Type::kComplaint);
  strict.approvals = {"unit_lead", "unit_head"};
  strict.return_decider = Decider::kSupervisor;
  strict.arbitration_after = 1;
  strict.max_rework = 3;
  Process loose = DefaultProcess(Type::kComplaint);
  loose.review = false;
  loose.callback = false;
  loose.extension_decider = Decider::kDispatcher;
  Process short_way = DefaultProcess(Type::kComplaint);
  short_way.review = false;
  short_way.approvals = {"unit_head"};
  std::vector<Process> all = {DefaultProcess(Type::kComplaint), strict, loose, short_way};
  for (Process& process : all) {
    for (const char* field : {"floor", "note"}) process.fields.push_back({.id = field, .name = "字段", .name_en = "Field"});
  }
  return all;
}

// One life, lived and played again.
class Life {
 public:
  Life(Chance& chance, const Process& process, std::set<State>& reached, std::set<size_t>& accepted)
      : chance_(chance), process_(process), reached_(reached), accepted_(accepted) {}

  void Live() {
    Register();
    for (int i = 1; i <= kCommandsInALife; ++i) {
      Try(RandomCommand(chance_, ticket_, Next(), At(i * 1000)), At(i * 1000));
    }
    MUST(Canonical(played_) == Canonical(ticket_));
    // What the store keeps apart reads back as it was.
    Ticket kept;
    MUST(SetFields(More(ticket_), kept).ok());
    MUST(More(kept) == More(ticket_));
  }

 private:
  int Any() { return 1 + chance_.Below(static_cast<int>(std::variant_size_v<Command>) - 1); }
  bool Takes(int index) const { return (Rules()[static_cast<size_t>(index)].from & Bit(ticket_.state)) != 0; }
  // As likely as not a command that the state takes, so that lives get somewhere; where few get, one that is taken nowhere else.
  int Next() {
    constexpr int kApprove = 26;
    constexpr int kReviewRating = 32;
    if (ticket_.state == State::kApproval && chance_.Coin()) return kApprove;
    if (ticket_.rating_state == RatingState::kToReview && chance_.Coin()) return kReviewRating;
    int index = Any();
    for (int tries = 0; tries < 20 && chance_.Below(8) != 0 && !Takes(index); ++tries) index = Any();
    return index;
  }
  void Register() {
    Create create{Draft(chance_.Coin() ? Type::kComplaint : Type::kConsultation)};
    const bool recorded = chance_.Below(4) == 0;
    if (recorded) create.draft.recording_id = "recording-1";
    create.draft.tags = {"停水", "a,b", "c=d\\"};
    create.draft.longitude = chance_.Coin() ? 116.39747 : -0.0;
    create.draft.extra = {{"floor", "3,4"}, {"note", "x=y"}};
    create.draft.links = {{kOther, "follow_up"}};
    create.answer_later = !recorded && create.draft.type == Type::kConsultation && chance_.Coin();
    if (!recorded && !create.answer_later && chance_.Below(4) == 0) create.dispatch = RandomDispatch(chance_);
    const Actor actor = recorded ? Service() : Agent();
    const absl::StatusOr<Change> made = Decide(nullptr, create, actor, At(0), process_);
    if (!made.ok()) {  // an impossible dispatch
      MUST(!(base::Reason(made.status()).empty()));
      create.dispatch.reset();
      Keep(*Decide(nullptr, create, actor, At(0), process_), actor, At(0));
      return;
    }
    Keep(*made, actor, At(0));
  }

  void Try(const Command& command, absl::Time now) {
    static const std::vector<Actor> kActors = {Agent(), Dispatcher(), Supervisor(), Officer(), OtherOfficer(), Service(), Lead(), Head(), Leader()};
    const Actor& actor = chance_.One(kActors);
    const absl::StatusOr<Change> change = Decide(&ticket_, command, actor, now, process_);
    if (!change.ok()) {
      MUST(!(base::Reason(change.status()).empty()));
      return;
    }
    CheckChange(ticket_, *change, command, actor);
    accepted_.insert(command.index());
    Keep(*change, actor, now);
  }

  void Keep(const Change& change, const Actor& actor, absl::Time now) {
    const bool first = ticket_.history_count == 0;
    ticket_ = change.after;
    if (first) played_.id = ticket_.id;
    for (const Step& step : change.steps) {
      MUST(Replay({step.sequence, now, actor.id, step.state, change.after.version, step.changes}, played_).ok());
      reached_.insert(step.state);
      if (!step.personal) continue;
      // The store opens the encrypted part of the entry; here it is the ticket's own.
      for (const Field& field : Fields()) {
        if (field.kept == Kept::kPersonal) MUST(field.set(played_, field.get(change.after)));
      }
    }
    CheckState(ticket_, process_);
  }

  Chance& chance_;
  const Process& process_;
  std::set<State>& reached_;
  std::set<size_t>& accepted_;
  Ticket ticket_;
  Ticket played_;
};

}  // namespace

TEST_CASE("TKT-4, TKT-16: random lives never leave the table, and their histories make the tickets") {
  Chance chance(20261126);
  const std::vector<Process> processes = Processes();
  std::set<State> reached;
  std::set<size_t> accepted;
  for (int life = 0; life < Lives(); ++life) Life(chance, chance.One(processes), reached, accepted).Live();
  CHECK(reached.size() == static_cast<size_t>(kStates) - 1);  // every state
  for (size_t i = 1; i < Rules().size(); ++i) {
    CAPTURE(Rules()[i].command);
    CHECK(accepted.count(i) == 1);  // and every command, done at least once
  }
}

TEST_CASE("TKT-16: lists as text come back as they were") {
  for (const std::vector<std::string>& parts : std::vector<std::vector<std::string>>{{}, {""}, {"", ""}, {"\\e"}, {"a,b", "c\\", "d"}, {",", "\\,"}, {"停水", ""}})
    CHECK(SplitParts(JoinParts(parts, ','), ',') == parts);
}

}  // namespace hotline::ticket::domain
