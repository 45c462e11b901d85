// Messages as JSON (proto3's mapping): strict on the way in, lowerCamelCase with defaults left out on the way out. Pure.
#pragma once

#include <absl/status/status.h>
#include <google/protobuf/message.h>

#include <string>
#include <string_view>

namespace hotline::gateway {

inline constexpr int kMaxJsonDepth = 32;

// INVALID_ARGUMENT that names each wrong field by its path in the text, as it was written there: unknown or repeated names,
// wrong types, numbers out of range, unknown enum values. An empty text is an empty message.
absl::Status ParseJson(std::string_view text, google::protobuf::Message& message);

std::string ToJson(const google::protobuf::Message& message);

// A field by its name or its lowerCamelCase name; null if there is none.
const google::protobuf::FieldDescriptor* FindField(const google::protobuf::Descriptor& message, const std::string& name);

}  // namespace hotline::gateway
