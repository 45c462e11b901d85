// The pages of the web client, read into memory at the start: no path from outside ever reaches the file system, and what
// is served does not change under a request. Constant after Load, thread-safe.
#pragma once

#include <absl/status/statusor.h>

#include <map>
#include <memory>
#include <string>

#include "services/gateway/http/message.h"

namespace hotline::gateway {

inline constexpr size_t kMaxStaticFiles = 2000;
inline constexpr size_t kMaxStaticFileBytes = 16 << 20;
inline constexpr size_t kMaxStaticBytes = 128 << 20;

class StaticFiles {
 public:
  // No files at all: what an installation without the web client serves.
  StaticFiles() = default;
  // Every regular file below `directory`; links are not followed. A file `x.gz` beside `x` is the same, compressed.
  static absl::StatusOr<StaticFiles> Load(const std::string& directory);

  // Answers GET and HEAD of `request`: the file, or index.html for a path that looks like a page of the application, which
  // finds its way itself. Nothing if there is neither.
  std::optional<Response> Serve(const Request& request) const;

  void Add(const std::string& path, std::string content);
  bool empty() const { return files_.empty(); }

 private:
  struct File {
    std::shared_ptr<const std::string> content;
    std::shared_ptr<const std::string> compressed;  // null if there is none
    std::string etag;
    std::string type;
  };
  const File* Find(std::string_view path) const;
  std::map<std::string, File, std::less<>> files_;  // by path, "/assets/index.js"
};

// "text/html; charset=utf-8" of "index.html"; application/octet-stream for what is not known.
std::string ContentTypeOf(std::string_view path);

}  // namespace hotline::gateway
