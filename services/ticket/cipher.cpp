#include "services/ticket/cipher.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>
#include <sodium.h>

#include <nlohmann/json.hpp>

#include "libs/base/error.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/numbering.h"
#include "services/ticket/domain/words.h"

namespace hotline::ticket {
namespace {

constexpr char kContext[crypto_kdf_CONTEXTBYTES + 1] = "hlticket";
constexpr size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr size_t kKeyBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;

const uint8_t* Bytes(std::string_view text) { return reinterpret_cast<const uint8_t*>(text.data()); }
uint8_t* Bytes(std::string& text) { return reinterpret_cast<uint8_t*>(text.data()); }

std::string Encrypt(const uint8_t* key, std::string_view plain, std::string_view bound_to) {
  std::string out(kNonce + plain.size() + kTag, '\0');
  randombytes_buf(out.data(), kNonce);
  crypto_aead_xchacha20poly1305_ietf_encrypt(Bytes(out) + kNonce, nullptr, Bytes(plain), plain.size(), Bytes(bound_to), bound_to.size(), nullptr,
                                             Bytes(out), key);
  return out;
}

bool Decrypt(const uint8_t* key, std::string_view sealed, std::string_view bound_to, std::string& plain) {
  if (sealed.size() < kNonce + kTag) return false;
  plain.assign(sealed.size() - kNonce - kTag, '\0');
  return crypto_aead_xchacha20poly1305_ietf_decrypt(Bytes(plain), nullptr, nullptr, Bytes(sealed) + kNonce, sealed.size() - kNonce,
                                                    Bytes(bound_to), bound_to.size(), Bytes(sealed), key) == 0;
}

std::string Hex(const uint8_t* data, size_t size) {
  std::string hex(size * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), data, size);
  hex.pop_back();
  return hex;
}

std::string Keyed(const std::array<uint8_t, 32>& key, std::string_view text, size_t bytes) {
  std::string out(bytes, '\0');
  crypto_generichash(Bytes(out), bytes, Bytes(text), text.size(), key.data(), key.size());
  return out;
}

std::string ToText(const Personal& personal) {
  const nlohmann::json json = {{"name", personal.name}, {"phone", personal.phone}, {"work_unit", personal.work_unit},
                               {"address", personal.address}, {"place", personal.place}, {"party", personal.party_complained_of},
                               {"parties", personal.parties_concerned}};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool FromText(const std::string& text, Personal& personal) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return false;
  const auto read = [&](const char* key, std::string& value) {
    if (json.contains(key) && json[key].is_string()) value = json[key].get<std::string>();
  };
  read("name", personal.name);
  read("phone", personal.phone);
  read("work_unit", personal.work_unit);
  read("address", personal.address);
  read("place", personal.place);
  read("party", personal.party_complained_of);
  read("parties", personal.parties_concerned);
  return true;
}

// The data key of a ticket, wiped when it goes out of scope.
class DataKey {
 public:
  ~DataKey() { sodium_memzero(key_.data(), key_.size()); }
  bool Unwrap(const uint8_t* master, std::string_view wrapped, std::string_view ticket_id) {
    return Decrypt(master, wrapped, ticket_id, key_) && key_.size() == kKeyBytes;
  }
  void Generate() {
    key_.assign(kKeyBytes, '\0');
    randombytes_buf(key_.data(), key_.size());
  }
  const uint8_t* get() const { return Bytes(std::string_view(key_)); }
  std::string_view text() const { return key_; }

 private:
  std::string key_;
};

}  // namespace

absl::StatusOr<Cipher> Cipher::FromHex(std::string_view hex) {
  static_assert(crypto_kdf_KEYBYTES == 32 && kKeyBytes == 32);
  Key master{};
  size_t size = 0;
  if (sodium_init() < 0) return base::Internal("NO_RANDOMNESS", "libsodium cannot start");
  if (sodium_hex2bin(master.data(), master.size(), hex.data(), hex.size(), nullptr, &size, nullptr) != 0 || size != master.size() || hex.size() != 64)
    return base::InvalidField("master_key", "BAD_FORMAT", "must be 64 hexadecimal digits");
  Cipher cipher;
  uint64_t purpose = 1;
  for (Key* key : {&cipher.wrap_, &cipher.phone_, &cipher.pin_, &cipher.name_, &cipher.blob_})
    crypto_kdf_derive_from_key(key->data(), key->size(), purpose++, kContext, master.data());
  sodium_memzero(master.data(), master.size());
  return cipher;
}

Cipher::Sealed Cipher::Seal(std::string_view ticket_id, const Personal& personal) const {
  DataKey key;
  key.Generate();
  return {Encrypt(wrap_.data(), key.text(), ticket_id), Encrypt(key.get(), ToText(personal), ticket_id)};
}

absl::StatusOr<std::string> Cipher::Reseal(std::string_view ticket_id, std::string_view wrapped_key, const Personal& personal) const {
  DataKey key;
  if (!key.Unwrap(wrap_.data(), wrapped_key, ticket_id)) return domain::CallerUnreadable(ticket_id);
  return Encrypt(key.get(), ToText(personal), ticket_id);
}

absl::StatusOr<Personal> Cipher::Open(std::string_view ticket_id, std::string_view wrapped_key, std::string_view sealed) const {
  DataKey key;
  std::string text;
  Personal personal;
  if (!key.Unwrap(wrap_.data(), wrapped_key, ticket_id) || !Decrypt(key.get(), sealed, ticket_id, text) || !FromText(text, personal))
    return domain::CallerUnreadable(ticket_id);
  return personal;
}

absl::StatusOr<std::array<uint8_t, 32>> Cipher::DerivedKey(std::string_view ticket_id, std::string_view wrapped_key, std::string_view purpose) const {
  DataKey key;
  if (!key.Unwrap(wrap_.data(), wrapped_key, ticket_id)) return domain::CallerUnreadable(ticket_id);
  std::array<uint8_t, 32> derived{};
  crypto_generichash(derived.data(), derived.size(), Bytes(purpose), purpose.size(), key.get(), kKeyBytes);
  return derived;
}

absl::StatusOr<std::string> Cipher::SealText(std::string_view ticket_id, std::string_view wrapped_key, std::string_view purpose,
                                             std::string_view text) const {
  HOTLINE_ASSIGN_OR_RETURN(auto key, DerivedKey(ticket_id, wrapped_key, purpose));
  std::string sealed = Encrypt(key.data(), text, ticket_id);
  sodium_memzero(key.data(), key.size());
  return sealed;
}

absl::StatusOr<std::string> Cipher::OpenText(std::string_view ticket_id, std::string_view wrapped_key, std::string_view purpose,
                                             std::string_view sealed) const {
  HOTLINE_ASSIGN_OR_RETURN(auto key, DerivedKey(ticket_id, wrapped_key, purpose));
  std::string text;
  const bool opened = Decrypt(key.data(), sealed, ticket_id, text);
  sodium_memzero(key.data(), key.size());
  if (!opened) return domain::CallerUnreadable(ticket_id);
  return text;
}

std::string Cipher::SealBlob(std::string_view id, std::string_view bytes) const { return Encrypt(blob_.data(), bytes, id); }

absl::StatusOr<std::string> Cipher::OpenBlob(std::string_view id, std::string_view sealed) const {
  std::string bytes;
  if (!Decrypt(blob_.data(), sealed, id, bytes)) return domain::BlobUnreadable(id);
  return bytes;
}

std::string Cipher::PhoneHash(std::string_view phone) const {
  const std::string normal = domain::NormalPhone(phone);
  if (normal.empty()) return "";
  const std::string hash = Keyed(phone_, normal, 32);
  return Hex(Bytes(std::string_view(hash)), hash.size());
}

std::string Cipher::NameHash(std::string_view name) const {
  const std::string normal = absl::StrJoin(domain::QueryTerms(name), "");
  if (normal.empty()) return "";
  const std::string hash = Keyed(name_, normal, 32);
  return Hex(Bytes(std::string_view(hash)), hash.size());
}

std::string Cipher::Pin(std::string_view ticket_id) const {
  const std::string hash = Keyed(pin_, absl::StrCat("pin:", absl::string_view(ticket_id.data(), ticket_id.size())), 16);
  uint64_t number = 0;
  for (size_t i = 0; i < 8; ++i) number = number << 8 | static_cast<uint8_t>(hash[i]);
  return absl::StrFormat("%04d", number % 10'000);
}

std::string Cipher::PinHash(std::string_view ticket_id, std::string_view pin) const {
  const std::string text = absl::StrCat("hash:", absl::string_view(ticket_id.data(), ticket_id.size()), ":", absl::string_view(pin.data(), pin.size()));
  const std::string hash = Keyed(pin_, text, 32);
  return Hex(Bytes(std::string_view(hash)), hash.size());
}

bool SameSecret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace hotline::ticket
