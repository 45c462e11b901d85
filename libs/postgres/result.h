// Rows of one answered statement.
//
// A Result owns what libpq returned; a Row points into its Result and must not outlive it. Immutable, hence safe to read
// from several threads.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "libs/postgres/value.h"

struct pg_result;

namespace hotline::postgres {

class Result;

class Row {
 public:
  // Reads a column as int32_t, int64_t, double, bool, std::string, Bytes, absl::Time, absl::CivilDay,
  // std::vector<std::string>, std::vector<int64_t>, or std::optional of these where the column may be null.
  // uuid, json, numeric and enums are read as std::string. Throws ColumnError.
  template <class T>
  T Get(std::string_view column) const {
    if constexpr (internal::IsOptional<T>::value) {
      const std::optional<std::string_view> text = Text(column);
      if (!text) return std::nullopt;
      return internal::Parse<typename T::value_type>(*text);
    } else {
      return internal::Parse<T>(NotNull(column));
    }
  }
  bool IsNull(std::string_view column) const { return !Text(column); }

 private:
  friend class Result;
  Row(const Result* result, int row) : result_(result), row_(row) {}
  std::optional<std::string_view> Text(std::string_view column) const;
  std::string_view NotNull(std::string_view column) const;

  const Result* result_;
  int row_;
};

class Result {
 public:
  // Takes ownership; null stands for an answer without rows.
  explicit Result(pg_result* result);

  size_t size() const { return rows_; }
  bool empty() const { return rows_ == 0; }
  Row operator[](size_t index) const { return Row(this, static_cast<int>(index)); }
  // Rows inserted, updated or deleted; for SELECT, rows returned.
  int64_t affected() const;
  // What the server calls what it did: "COMMIT", "INSERT 0 1".
  std::string_view tag() const;

  class Iterator {
   public:
    Iterator(const Result* result, size_t index) : result_(result), index_(index) {}
    Row operator*() const { return (*result_)[index_]; }
    Iterator& operator++() { ++index_; return *this; }
    bool operator==(const Iterator& other) const = default;
   private:
    const Result* result_;
    size_t index_;
  };
  Iterator begin() const { return Iterator(this, 0); }
  Iterator end() const { return Iterator(this, rows_); }

 private:
  friend class Row;
  struct Clear { void operator()(pg_result* result) const; };
  std::unique_ptr<pg_result, Clear> result_;
  size_t rows_ = 0;
  std::vector<std::string_view> columns_;
};

}  // namespace hotline::postgres
