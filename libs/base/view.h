// Debian builds Abseil for C++14, where absl::string_view is a type of its own: what its functions are given goes through here.
#pragma once

#include <absl/strings/string_view.h>

#include <string_view>

namespace hotline::base {

inline absl::string_view Sv(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace hotline::base
