// What a file is by its content, as libmagic recognises it. Thread-safe.
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>
#include <string_view>

namespace hotline::ticket {

class MediaTypes {
 public:
  // INTERNAL MAGIC_UNAVAILABLE if libmagic's data are not installed.
  static absl::StatusOr<std::shared_ptr<MediaTypes>> Load();
  virtual ~MediaTypes() = default;
  // "image/jpeg"; "application/octet-stream" for what nobody knows.
  virtual std::string Recognise(std::string_view beginning) = 0;
};

}  // namespace hotline::ticket
