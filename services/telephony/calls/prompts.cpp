#include "services/telephony/calls/prompts.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "libs/base/json_reader.h"
#include "libs/base/log.h"
#include "services/telephony/calls/music.h"
#include "services/telephony/calls/sha256.h"
#include "services/telephony/domain/limits.h"

namespace hotline::telephony {
namespace {

constexpr char kRecordingPrefix[] = "recording:";

// Ids of prompts are words of ivr's; what else comes is no file's name.
bool IsPromptId(std::string_view id) {
  return !id.empty() && id.size() <= kMaxPromptId && id.front() != '.' &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' || c == ':';
         });
}

media::PromptPtr FileOr(const std::string& path, media::PromptPtr otherwise) {
  auto prompt = media::PromptFromFile(path);
  if (prompt.ok()) return *std::move(prompt);
  base::log::Warn("a built-in announcement is missing; a tone takes its place", {{"file", std::filesystem::path(path).filename().string()}});
  return otherwise;
}

absl::Status WriteFile(const std::string& path, const std::string& bytes) {
  const std::string temporary = path + ".new";
  {
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!out.flush()) return absl::ResourceExhaustedError("cannot write a prompt");
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0) return absl::ResourceExhaustedError("cannot keep a prompt");
  return absl::OkStatus();
}

}  // namespace

PromptBook::PromptBook(rpc::Node& node, rpc::Pool& pool, Client client, Dirs dirs)
    : node_(node), pool_(pool), client_(std::move(client)), dirs_(std::move(dirs)) {}

std::string PromptBook::PathOf(const std::string& id) const { return dirs_.prompts + "/" + id + ".wav"; }

void PromptBook::Start() {
  std::error_code error;
  std::filesystem::create_directories(dirs_.prompts, error);
  music_ = HoldMusic();
  beep_ = media::BeepTone();
  ringback_ = media::RingbackTone();
  announcement_ = FileOr(dirs_.builtin + "/announcement.wav", media::MakeTone(660, 600, 200));
  thanks_ = FileOr(dirs_.builtin + "/thanks.wav", media::MakeTone(440, 400, 100));
  for (const auto& file : std::filesystem::directory_iterator(dirs_.prompts, error)) {
    if (file.path().extension() != ".wav") continue;
    const std::string id = file.path().stem().string();
    auto wav = base::ReadFile(file.path().string(), kMaxWavBytes);
    if (wav.ok() && store_.LoadBytes(id, *wav).ok()) digests_[id] = Sha256(*wav);
  }
  node_.tasks().Spawn(KeepFetching());
}

void PromptBook::Resolve(std::vector<std::string> ids, std::function<std::string(const std::string&)> recording, Resolved done) {
  std::vector<media::PromptPtr> items;
  for (const std::string& id : ids) {
    auto prompt = store_.Get(id);
    if (!prompt.ok()) break;
    items.push_back(*std::move(prompt));
  }
  if (items.size() == ids.size()) return done(std::move(items), {});
  node_.tasks().Spawn(ResolveAll(std::move(ids), std::move(recording), std::move(done)));
}

boost::asio::awaitable<void> PromptBook::ResolveAll(std::vector<std::string> ids, std::function<std::string(const std::string&)> recording,
                                                    Resolved done) {
  std::vector<media::PromptPtr> items;
  std::string failed;
  const absl::Time give_up = absl::Now() + kPromptPatience;
  for (const std::string& id : ids) {
    const absl::Duration left = std::max(give_up - absl::Now(), absl::Milliseconds(1));
    absl::StatusOr<media::PromptPtr> prompt = co_await rpc::WithTimeout(left, Get(id, recording));
    if (prompt.ok() && *prompt != nullptr) {
      items.push_back(*std::move(prompt));
    } else if (failed.empty()) {
      failed = id;
    }
  }
  done(std::move(items), std::move(failed));
}

boost::asio::awaitable<media::PromptPtr> PromptBook::Get(std::string id, std::function<std::string(const std::string&)> recording) {
  if (auto held = store_.Get(id); held.ok()) co_return *held;
  if (id.starts_with(kRecordingPrefix)) {
    const std::string path = recording ? recording(id.substr(sizeof kRecordingPrefix - 1)) : std::string();
    if (path.empty()) co_return nullptr;
    auto prompt = co_await pool_.Run([path] { return media::PromptFromFile(path); });
    co_return prompt.ok() ? *prompt : nullptr;
  }
  if (!IsPromptId(id)) co_return nullptr;
  const absl::Status fetched = co_await Fetch(id, digests_.contains(id));
  if (!fetched.ok()) co_return nullptr;
  auto prompt = store_.Get(id);
  co_return prompt.ok() ? *prompt : nullptr;
}

boost::asio::awaitable<absl::Status> PromptBook::Fetch(std::string id, bool keep) {
  rpc::Context context(co_await boost::asio::this_coro::executor);
  ivr::v1::GetPromptRequest request;
  request.set_prompt_id(id);
  absl::StatusOr<ivr::v1::GetPromptResponse> answer =
      co_await client_.Call(context, &Client::Api::GetPrompt, std::move(request), {.timeout = absl::Seconds(5), .idempotent = true});
  if (!answer.ok()) co_return answer.status();
  const std::string wav = answer->wav();
  if (wav.size() > kMaxWavBytes) co_return absl::InvalidArgumentError("a prompt is too large");
  auto prompt = co_await pool_.Run([&wav] { return media::PromptFromWav(reinterpret_cast<const uint8_t*>(wav.data()), wav.size()); });
  if (!prompt.ok()) co_return prompt.status();
  store_.Put(id, *std::move(prompt));
  if (!keep) co_return absl::OkStatus();
  digests_[id] = answer->digest();
  const std::string path = PathOf(id);
  absl::Status written = co_await pool_.Run([&] { return WriteFile(path, wav); });
  if (!written.ok()) base::log::Warn("a prompt is not kept on disk", {{"prompt", id}, {"error", written}});
  co_return absl::OkStatus();
}

boost::asio::awaitable<absl::Status> PromptBook::FetchAll() {
  rpc::Context context(co_await boost::asio::this_coro::executor);
  absl::StatusOr<ivr::v1::ListPromptsResponse> list =
      co_await client_.Call(context, &Client::Api::ListPrompts, ivr::v1::ListPromptsRequest(), {.timeout = absl::Seconds(5)});
  if (!list.ok()) co_return list.status();
  for (const ivr::v1::PromptInfo& info : list->prompts()) {
    const auto known = digests_.find(info.prompt_id());
    if (!IsPromptId(info.prompt_id()) || (known != digests_.end() && known->second == info.digest() && store_.Get(info.prompt_id()).ok())) continue;
    absl::Status status = co_await Fetch(info.prompt_id(), true);
    if (!status.ok()) co_return status;
  }
  co_return absl::OkStatus();
}

boost::asio::awaitable<void> PromptBook::KeepFetching() {
  bool told = false;
  for (;;) {
    const absl::Status status = co_await FetchAll();
    if (!status.ok() && !told) base::log::Warn("prompts cannot be fetched from ivr", {{"error", status}});
    told = !status.ok();
    co_await rpc::Sleep(status.ok() ? kPromptRefresh : kStreamRetryMax);
  }
}

}  // namespace hotline::telephony
