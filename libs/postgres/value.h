// Values going into and coming out of SQL.
//
// Parameters travel in text form. Numbers, booleans, times, dates and bytes declare their type; strings and string arrays
// take the type their place in the statement asks for (text, uuid, jsonb, an enum...), so ids and JSON are bound as plain
// strings. Where a place says nothing, cast in SQL: `$1::text`. Values own their bytes; not thread-safe, like std::string.
#pragma once

#include <absl/status/status.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <concepts>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace hotline::postgres {

// Raw bytes for a bytea column; a plain string would be taken for text.
struct Bytes {
  std::string value;
  friend bool operator==(const Bytes&, const Bytes&) = default;
};

// A column that is not in the result, a null read as a plain value, or text that is not of the asked type: mistakes in our
// SQL, not in the data, hence exceptions. RunTransaction turns them into INTERNAL with reason DATABASE_QUERY_FAILED.
class ColumnError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

// One bound parameter.
class Param {
 public:
  Param(std::nullopt_t) {}                                                             // NOLINT: implicit by design
  Param(const char* text) : value_(std::string(text)) {}                               // NOLINT
  Param(std::string text) : value_(std::move(text)) {}                                 // NOLINT
  Param(std::string_view text) : value_(std::string(text)) {}                          // NOLINT
  Param(bool value) : type_(kBool), value_(std::string(value ? "t" : "f")) {}          // NOLINT
  template <class T>
    requires(std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>)
  Param(T value) : type_(kInt8), value_(std::to_string(value)) {}                      // NOLINT
  Param(double value);                                                                 // NOLINT
  Param(absl::Time value);                                                             // NOLINT: infinite times become 'infinity'
  Param(absl::CivilDay value);                                                         // NOLINT
  Param(Bytes value) : type_(kBytea), binary_(true), value_(std::move(value.value)) {} // NOLINT
  Param(const std::vector<std::string>& values);                                       // NOLINT
  Param(const std::vector<int64_t>& values);                                           // NOLINT
  // A null keeps the type its value would have had.
  template <class T>
  Param(const std::optional<T>& value) : Param(value ? Param(*value) : Null<T>()) {}   // NOLINT

  unsigned type() const { return type_; }
  bool binary() const { return binary_; }
  bool null() const { return !value_; }
  // Text is terminated by a zero byte, which libpq needs.
  const std::string& value() const { return *value_; }

 private:
  static constexpr unsigned kBool = 16, kBytea = 17, kInt8 = 20;

  template <class T>
  static Param Null() {
    Param param = [] {
      if constexpr (std::same_as<T, std::string> || std::same_as<T, std::string_view>) return Param(std::string());
      else return Param(T{});
    }();
    param.value_.reset();
    return param;
  }

  unsigned type_ = 0;  // An OID; 0 lets the server infer it.
  bool binary_ = false;
  std::optional<std::string> value_;
};

using Params = std::vector<Param>;

namespace internal {
// Text of the server to a value; throws ColumnError.
template <class T>
T Parse(std::string_view text) = delete;
template <> std::string Parse<std::string>(std::string_view text);
template <> int64_t Parse<int64_t>(std::string_view text);
template <> int32_t Parse<int32_t>(std::string_view text);
template <> double Parse<double>(std::string_view text);
template <> bool Parse<bool>(std::string_view text);
template <> Bytes Parse<Bytes>(std::string_view text);
template <> absl::Time Parse<absl::Time>(std::string_view text);
template <> absl::CivilDay Parse<absl::CivilDay>(std::string_view text);
template <> std::vector<std::string> Parse<std::vector<std::string>>(std::string_view text);
template <> std::vector<int64_t> Parse<std::vector<int64_t>>(std::string_view text);

template <class T> struct IsOptional : std::false_type {};
template <class T> struct IsOptional<std::optional<T>> : std::true_type {};
}  // namespace internal
}  // namespace hotline::postgres
