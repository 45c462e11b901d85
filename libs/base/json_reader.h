// Strict reading of JSON configuration. Every value is read by name, type and range; whatever was not read is an unknown
// key and refused. Errors are collected with the full path ("postgres.pool_size") and told at once by Finish(), so that
// reading code is a plain list of assignments:
//   auto root = base::JsonReader::FromFile(path);          // StatusOr
//   config.threads = root->Int("threads", 1, 64, 8);       // 8 if absent
//   auto pg = root->Object("postgres");
//   config.conninfo = pg.String("conninfo");               // required
//   HOTLINE_RETURN_IF_ERROR(root->Finish());
// After an error a read returns the default or an empty value. Readers of one document share it; not thread-safe.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace hotline::base {

inline constexpr size_t kMaxConfigBytes = 4 << 20;
inline constexpr size_t kMaxSecretBytes = 64 << 10;

class JsonReader {
 public:
  // INVALID_ARGUMENT with reason BAD_CONFIG if it is not a JSON object, has duplicate keys or is too large.
  static absl::StatusOr<JsonReader> Parse(std::string_view text);
  static absl::StatusOr<JsonReader> FromFile(const std::string& path);

  bool Has(std::string_view key) const;
  // Where this object is in the document: "" for the root, "queues[2]".
  const std::string& path() const { return path_; }

  // Without a default the key is required. A string is not empty unless its default is.
  std::string String(std::string_view key, std::optional<std::string> otherwise = std::nullopt);
  std::string OneOf(std::string_view key, const std::vector<std::string>& allowed,
                    std::optional<std::string> otherwise = std::nullopt);
  int64_t Int(std::string_view key, int64_t min, int64_t max, std::optional<int64_t> otherwise = std::nullopt);
  double Number(std::string_view key, double min, double max, std::optional<double> otherwise = std::nullopt);
  bool Bool(std::string_view key, std::optional<bool> otherwise = std::nullopt);
  // As text with a unit: "200ms", "5s", "15m", "1h30m".
  absl::Duration Duration(std::string_view key, absl::Duration min, absl::Duration max,
                          std::optional<absl::Duration> otherwise = std::nullopt);
  // Absent means empty.
  std::vector<std::string> Strings(std::string_view key);
  std::map<std::string, std::string> StringMap(std::string_view key);
  // A nested object; absent reads as an error and an empty object. Test with Has first if it is optional.
  JsonReader Object(std::string_view key);
  // An array of objects; absent means empty.
  std::vector<JsonReader> Objects(std::string_view key);
  // An object of objects, by key; absent means empty.
  std::map<std::string, JsonReader> ObjectMap(std::string_view key);

  // A secret is never in the configuration itself: `<key>_file` names a file with it (white space at the end is not part
  // of it), or `<key>_env` an environment variable.
  std::string Secret(std::string_view key);
  std::string OptionalSecret(std::string_view key);  // empty if neither key is there

  // Records an error of the reading code's own, e.g. about two values that do not fit together.
  void Fail(std::string_view key, std::string_view rule, std::string_view description);

  // OK, or INVALID_ARGUMENT with reason BAD_CONFIG and every error of the document, unknown keys included.
  absl::Status Finish();

 private:
  struct Document;
  JsonReader(std::shared_ptr<Document> document, const nlohmann::json* node, std::string path);
  const nlohmann::json* Take(std::string_view key, bool required);
  std::string Path(std::string_view key) const;

  std::shared_ptr<Document> document_;
  const nlohmann::json* node_;  // null after an error: reads of it are silent
  std::string path_;
};

// The content of a file of at most `limit` bytes; NOT_FOUND / INVALID_ARGUMENT otherwise. Holds no more memory than the file.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t limit);

}  // namespace hotline::base
