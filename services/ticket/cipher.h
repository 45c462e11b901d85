// What keeps personal data unread: a data key per ticket, wrapped by the master key; keyed hashes of phones, names and PINs.
// All keys are derived from the one master key by purpose. Immutable and thread-safe.
#pragma once

#include <absl/status/statusor.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace hotline::ticket {

// The personal part of a ticket, kept encrypted.
struct Personal {
  std::string name;
  std::string phone;
  std::string work_unit;
  std::string address;
  std::string place;
  std::string party_complained_of;
  std::string parties_concerned;
  friend bool operator==(const Personal&, const Personal&) = default;
};

class Cipher {
 public:
  // 64 hexadecimal digits; INVALID_ARGUMENT otherwise.
  static absl::StatusOr<Cipher> FromHex(std::string_view hex);

  struct Sealed {
    std::string wrapped_key;
    std::string sealed;
  };
  // With a fresh data key (XChaCha20-Poly1305, bound to the ticket id).
  Sealed Seal(std::string_view ticket_id, const Personal& personal) const;
  // With the data key there is. INTERNAL CALLER_UNREADABLE if key or text were tampered with or belong to another ticket.
  absl::StatusOr<std::string> Reseal(std::string_view ticket_id, std::string_view wrapped_key, const Personal& personal) const;
  absl::StatusOr<Personal> Open(std::string_view ticket_id, std::string_view wrapped_key, std::string_view sealed) const;

  // The key of one file of the ticket, derived from the ticket's data key: destroying that destroys the files. `purpose` keeps
  // keys of different things with the same id apart.
  absl::StatusOr<std::array<uint8_t, 32>> DerivedKey(std::string_view ticket_id, std::string_view wrapped_key, std::string_view purpose) const;
  // A short text of the ticket, e.g. a file's name, sealed with the key of this purpose.
  absl::StatusOr<std::string> SealText(std::string_view ticket_id, std::string_view wrapped_key, std::string_view purpose, std::string_view text) const;
  absl::StatusOr<std::string> OpenText(std::string_view ticket_id, std::string_view wrapped_key, std::string_view purpose, std::string_view sealed) const;
  // Anything that is no ticket's, bound to an id; goes with the row it lies in.
  std::string SealBlob(std::string_view id, std::string_view bytes) const;
  absl::StatusOr<std::string> OpenBlob(std::string_view id, std::string_view sealed) const;

  // Of the phone's normal form, for look-ups; empty for an empty phone.
  std::string PhoneHash(std::string_view phone) const;
  // Of a name without blanks, for look-ups; empty for an empty name.
  std::string NameHash(std::string_view name) const;
  // The ticket's query PIN: derived, so that a repeated registration tells the same one; kept only as a keyed hash.
  std::string Pin(std::string_view ticket_id) const;
  std::string PinHash(std::string_view ticket_id, std::string_view pin) const;

 private:
  using Key = std::array<uint8_t, 32>;
  Cipher() = default;
  Key wrap_{}, phone_{}, pin_{}, name_{}, blob_{};
};

// Compares without telling by its time where two texts differ.
bool SameSecret(std::string_view a, std::string_view b);

}  // namespace hotline::ticket
