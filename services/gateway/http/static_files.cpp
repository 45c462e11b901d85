#include "services/gateway/http/static_files.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <sodium.h>

#include <filesystem>

#include "libs/base/error.h"
#include "libs/base/json_reader.h"
#include "services/gateway/domain/url.h"

namespace hotline::gateway {
namespace {

namespace fs = std::filesystem;

constexpr char kIndex[] = "/index.html";
constexpr char kHashedAssets[] = "/assets/";  // their names change with their content
constexpr size_t kEtagBytes = 16;

std::string EtagOf(const std::string& content) {
  uint8_t digest[kEtagBytes];
  crypto_generichash(digest, sizeof digest, reinterpret_cast<const uint8_t*>(content.data()), content.size(), nullptr, 0);
  return absl::StrCat("\"", absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), sizeof digest)), "\"");
}

bool LooksLikePage(std::string_view path) {
  const std::string_view last = path.substr(path.rfind('/') + 1);
  return last.find('.') == std::string_view::npos && !path.starts_with("/v1/") && !path.starts_with(kHashedAssets);
}

}  // namespace

std::string ContentTypeOf(std::string_view path) {
  static const std::map<std::string_view, const char*> types = {
      {"html", "text/html; charset=utf-8"},  {"js", "text/javascript; charset=utf-8"}, {"mjs", "text/javascript; charset=utf-8"},
      {"css", "text/css; charset=utf-8"},    {"json", "application/json"},             {"svg", "image/svg+xml"},
      {"png", "image/png"},                  {"jpg", "image/jpeg"},                    {"ico", "image/x-icon"},
      {"woff", "font/woff"},                 {"woff2", "font/woff2"},                  {"ttf", "font/ttf"},
      {"txt", "text/plain; charset=utf-8"},  {"map", "application/json"},              {"webmanifest", "application/manifest+json"},
      {"wav", "audio/wav"},                  {"mp3", "audio/mpeg"},                    {"wasm", "application/wasm"}};
  const auto found = types.find(path.substr(path.rfind('.') + 1));
  return found == types.end() ? "application/octet-stream" : found->second;
}

absl::StatusOr<StaticFiles> StaticFiles::Load(const std::string& directory) {
  StaticFiles files;
  std::error_code error;
  size_t bytes = 0;
  std::map<std::string, std::string> compressed;
  for (auto it = fs::recursive_directory_iterator(directory, error); !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    std::error_code kind;
    if (it->is_symlink(kind) || !it->is_regular_file(kind)) continue;
    const std::string path = "/" + fs::path(it->path()).lexically_relative(directory).generic_string();
    HOTLINE_ASSIGN_OR_RETURN(std::string content, base::ReadFile(it->path().string(), kMaxStaticFileBytes));
    bytes += content.size();
    if (files.files_.size() + compressed.size() >= kMaxStaticFiles || bytes > kMaxStaticBytes) {
      return base::FailedPrecondition("WEB_DIR_TOO_LARGE", "there is too much in " + directory);
    }
    if (path.ends_with(".gz")) {
      compressed.emplace(path.substr(0, path.size() - 3), std::move(content));
    } else {
      files.Add(path, std::move(content));
    }
  }
  if (error) return base::FailedPrecondition("WEB_DIR_UNREADABLE", "cannot read the pages in " + directory);
  for (auto& [path, content] : compressed) {
    const auto file = files.files_.find(path);
    if (file != files.files_.end()) file->second.compressed = std::make_shared<const std::string>(std::move(content));
  }
  return files;
}

void StaticFiles::Add(const std::string& path, std::string content) {
  File file;
  file.etag = EtagOf(content);
  file.type = ContentTypeOf(path);
  file.content = std::make_shared<const std::string>(std::move(content));
  files_[path] = std::move(file);
}

const StaticFiles::File* StaticFiles::Find(std::string_view path) const {
  const auto found = files_.find(path == "/" ? std::string_view(kIndex) : path);
  return found == files_.end() ? nullptr : &found->second;
}

std::optional<Response> StaticFiles::Serve(const Request& request) const {
  const auto path = PercentDecode(request.path, false);
  if (!path || path->empty()) return std::nullopt;
  const File* file = Find(*path);
  if (file == nullptr && LooksLikePage(*path)) file = Find(kIndex);
  if (file == nullptr) return std::nullopt;
  Response response;
  response.route = "static";
  response.Set("ETag", file->etag);
  response.Set("Cache-Control", path->starts_with(kHashedAssets) ? "public, max-age=31536000, immutable" : "no-cache");
  if (file->compressed != nullptr) response.Set("Vary", "Accept-Encoding");
  if (request.Header("if-none-match").find(file->etag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  response.Set("Content-Type", file->type);
  response.shared_body = file->content;
  if (file->compressed != nullptr && request.Header("accept-encoding").find("gzip") != std::string_view::npos) {
    response.Set("Content-Encoding", "gzip");
    response.shared_body = file->compressed;
  }
  return response;
}

}  // namespace hotline::gateway
