#include "services/ivr/prompts.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "libs/base/digest.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/json_reader.h"
#include "libs/base/log.h"
#include "libs/base/text.h"

extern char** environ;

namespace hotline::ivr {
namespace {

namespace fs = std::filesystem;

absl::Status SpeechFailed(std::string_view what) { return base::Unavailable("SPEECH_FAILED", std::string(what)); }

// Runs a program without a shell; its output is dropped.
absl::Status RunProgram(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  const int error = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return SpeechFailed("cannot start " + arguments[0]);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? absl::OkStatus() : SpeechFailed(arguments[0] + " failed");
}

// Numbers as Mandarin says them: 12 is 十二, not 一二.
std::string NumberText(int number) {
  static const char* const digits[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
  if (number < 10) return digits[number];
  const std::string tens = number < 20 ? "十" : std::string(digits[number / 10]) + "十";
  return number % 10 == 0 ? tens : tens + digits[number % 10];
}

std::map<std::string, std::string> DigitTexts() {
  // 一 of a number read digit by digit is yao on the telephone.
  std::map<std::string, std::string> texts;
  static const char* const spoken[] = {"零", "腰", "二", "三", "四", "五", "六", "七", "八", "九"};
  for (int i = 0; i < 10; ++i) texts["digit." + std::to_string(i)] = spoken[i];
  for (int i = 0; i <= kMaxNumberPrompt; ++i) texts["number." + std::to_string(i)] = NumberText(i);
  return texts;
}

}  // namespace

absl::Status PromptLibrary::Synthesize(const std::string& text, const std::string& file) const {
  const std::string stem = file + "." + base::RandomHex(4);
  const std::string text_file = stem + ".txt", raw = stem + ".raw.wav", done = stem + ".wav";
  {
    std::ofstream out(text_file);
    out << text;
    if (!out.flush()) return base::ResourceExhausted("DISK_FULL", "cannot write a prompt's text");
  }
  absl::Status status = RunProgram({"espeak-ng", "-v", config_.voice, "-s", std::to_string(config_.words_per_minute), "-w", raw, "-f", text_file});
  if (status.ok()) {
    status = RunProgram({"sox", raw, "-r", "8000", "-c", "1", "-b", "16", "-e", "signed-integer", done, "gain", "-n", "-6", "pad", "0", "0.15"});
  }
  std::error_code error;
  if (status.ok()) fs::rename(done, file, error);
  for (const std::string& name : {text_file, raw, done}) fs::remove(name, error);
  return status;
}

absl::Status PromptLibrary::Provision() {
  std::error_code error;
  fs::create_directories(config_.cache_dir, error);
  HOTLINE_ASSIGN_OR_RETURN(const std::string json, base::ReadFile(config_.texts_file, 1 << 20));
  HOTLINE_ASSIGN_OR_RETURN(base::JsonReader root, base::JsonReader::Parse(json));
  std::map<std::string, std::string> texts = DigitTexts();
  for (const auto& [name, text] : root.StringMap("prompts")) texts[name] = text;
  HOTLINE_RETURN_IF_ERROR(root.Finish());
  if (texts.size() > kMaxPrompts) return base::FailedPrecondition("TOO_MANY_PROMPTS", "at most 2000 prompts");
  int made = 0;
  std::map<std::string, std::string> files;
  for (const auto& [name, text] : texts) {
    const std::string own = config_.recordings_dir.empty() ? "" : config_.recordings_dir + "/" + name + ".wav";
    if (!own.empty() && fs::exists(own, error)) {
      files[name] = own;
      continue;
    }
    // A changed text or voice makes another file.
    const std::string key = base::Sha256Hex(config_.voice + "\n" + std::to_string(config_.words_per_minute) + "\n" + text).substr(0, 16);
    const std::string file = config_.cache_dir + "/" + name + "-" + key + ".wav";
    if (!fs::exists(file, error)) {
      HOTLINE_RETURN_IF_ERROR(Synthesize(text, file));
      ++made;
    }
    files[name] = file;
  }
  base::log::Info("prompts ready", {{"prompts", files.size()}, {"made", made}});
  std::lock_guard lock(mutex_);
  files_ = std::move(files);
  return absl::OkStatus();
}

std::vector<std::string> PromptLibrary::Names() const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, file] : files_) names.push_back(name);
  return names;
}

std::string PromptLibrary::FileOf(const std::string& prompt_id) const {
  if (prompt_id.starts_with("tts:")) {
    const std::string key = prompt_id.substr(4);
    const bool hex = key.size() == 64 && key.find_first_not_of("0123456789abcdef") == std::string::npos;
    return hex ? config_.cache_dir + "/tts-" + key + ".wav" : "";
  }
  std::lock_guard lock(mutex_);
  const auto found = files_.find(prompt_id);
  return found == files_.end() ? "" : found->second;
}

absl::StatusOr<Prompt> PromptLibrary::Get(std::string_view prompt_id) const {
  const std::string file = FileOf(std::string(prompt_id));
  if (file.empty()) return base::NotFound("prompt", prompt_id);
  auto wav = base::ReadFile(file, kMaxPromptBytes);
  if (!wav.ok()) return base::NotFound("prompt", prompt_id);
  std::string digest = base::Sha256Hex(*wav);
  return Prompt{*std::move(wav), std::move(digest)};
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> PromptLibrary::Digests() const {
  std::vector<std::pair<std::string, std::string>> digests;
  for (const std::string& name : Names()) {
    HOTLINE_ASSIGN_OR_RETURN(const Prompt prompt, Get(name));
    digests.emplace_back(name, prompt.digest);
  }
  return digests;
}

absl::StatusOr<std::string> PromptLibrary::Speak(std::string_view text) {
  std::string spoken(text);
  if (base::CodePoints(spoken) > kMaxSpokenCharacters) spoken = base::TruncateUtf8(spoken, kMaxSpokenCharacters * 3);
  const std::string id = "tts:" + base::Sha256Hex(config_.voice + "\n" + spoken);
  const std::string file = FileOf(id);
  std::error_code error;
  if (fs::exists(file, error)) {
    fs::last_write_time(file, fs::file_time_type::clock::now(), error);
    return id;
  }
  HOTLINE_RETURN_IF_ERROR(Synthesize(spoken, file));
  std::vector<std::pair<fs::file_time_type, fs::path>> kept;
  for (const fs::directory_entry& entry : fs::directory_iterator(config_.cache_dir, error)) {
    if (entry.path().filename().string().starts_with("tts-")) kept.emplace_back(entry.last_write_time(error), entry.path());
  }
  if (kept.size() > kMaxSpokenKept) {
    std::sort(kept.begin(), kept.end());
    for (size_t i = 0; i + kMaxSpokenKept < kept.size(); ++i) fs::remove(kept[i].second, error);
  }
  return id;
}

}  // namespace hotline::ivr
