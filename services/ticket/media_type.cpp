#include "services/ticket/media_type.h"

#include <magic.h>

#include <mutex>

#include "libs/base/error.h"

namespace hotline::ticket {
namespace {

struct CloseMagic {
  void operator()(magic_t magic) const { magic_close(magic); }
};
using Magic = std::unique_ptr<std::remove_pointer_t<magic_t>, CloseMagic>;

class LibMagic final : public MediaTypes {
 public:
  explicit LibMagic(Magic magic) : magic_(std::move(magic)) {}
  std::string Recognise(std::string_view beginning) override {
    const std::lock_guard lock(mutex_);  // a handle keeps its answer in itself
    const char* type = magic_buffer(magic_.get(), beginning.data(), beginning.size());
    return type == nullptr ? "application/octet-stream" : type;
  }

 private:
  std::mutex mutex_;
  const Magic magic_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<MediaTypes>> MediaTypes::Load() {
  // What lies in an archive is none of its business, and nothing is unpacked.
  Magic magic(magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR | MAGIC_NO_CHECK_CDF | MAGIC_NO_CHECK_ELF));
  if (magic == nullptr || magic_load(magic.get(), nullptr) != 0) return base::Internal("MAGIC_UNAVAILABLE", "libmagic cannot load its data");
  return std::make_shared<LibMagic>(std::move(magic));
}

}  // namespace hotline::ticket
