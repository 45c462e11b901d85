#include "services/gateway/rest/routes.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <stdexcept>

#include "google/api/annotations.pb.h"
#include "services/gateway/domain/url.h"
#include "services/gateway/rest/descriptors.h"

namespace hotline::gateway {
namespace {

namespace pb = google::protobuf;

struct Pattern {
  std::string method;
  std::string text;
};

Pattern PatternOf(const google::api::HttpRule& rule) {
  switch (rule.pattern_case()) {
    case google::api::HttpRule::kGet: return {"GET", rule.get()};
    case google::api::HttpRule::kPost: return {"POST", rule.post()};
    case google::api::HttpRule::kPut: return {"PUT", rule.put()};
    case google::api::HttpRule::kPatch: return {"PATCH", rule.patch()};
    case google::api::HttpRule::kDelete: return {"DELETE", rule.delete_()};
    default: return {};
  }
}

// Whether the path leads through messages to a plain field.
bool IsFieldPath(const pb::Descriptor* message, std::string_view path) {
  const std::vector<std::string> parts = absl::StrSplit(absl::string_view(path.data(), path.size()), '.');
  for (size_t i = 0; i < parts.size(); ++i) {
    const pb::FieldDescriptor* field = message == nullptr ? nullptr : message->FindFieldByName(parts[i]);
    if (field == nullptr || field->is_repeated()) return false;
    message = field->message_type();
  }
  return message == nullptr;
}

// Literals come before variables, so that "/v1/agents/me" is not the agent "me".
std::string OrderOf(const Route& route) {
  std::string order;
  for (const Segment& segment : route.segments) order += segment.variable ? '1' : '0';
  return order;
}

std::vector<Segment> ParsePattern(std::string_view text, std::string& verb) {
  const size_t colon = text.rfind(':');
  if (colon != std::string_view::npos && text.find('/', colon) == std::string_view::npos) {
    verb = std::string(text.substr(colon + 1));
    text = text.substr(0, colon);
  }
  std::vector<Segment> segments;
  for (const absl::string_view part : absl::StrSplit(absl::string_view(text.data(), text.size()).substr(1), '/')) {
    const bool variable = !part.empty() && part.front() == '{' && part.back() == '}';
    segments.push_back({std::string(variable ? part.substr(1, part.size() - 2) : part), variable});
  }
  return segments;
}

// The raw segments of a request's path and its verb, which is what follows an unescaped colon in the last one.
std::vector<std::string_view> SplitPath(std::string_view path, std::string_view& verb) {
  std::vector<std::string_view> segments;
  if (path.empty() || path.front() != '/') return segments;
  path.remove_prefix(1);
  for (;;) {
    const size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  std::string_view& last = segments.back();
  const size_t colon = last.rfind(':');
  if (colon != std::string_view::npos) {
    verb = last.substr(colon + 1);
    last = last.substr(0, colon);
  }
  return segments;
}

bool Fits(const Route& route, const std::vector<std::string_view>& segments, std::string_view verb,
          std::vector<std::pair<std::string, std::string>>& variables) {
  if (route.segments.size() != segments.size() || route.verb != verb) return false;
  variables.clear();
  for (size_t i = 0; i < segments.size(); ++i) {
    const Segment& segment = route.segments[i];
    if (!segment.variable) {
      if (segments[i] != segment.text) return false;
      continue;
    }
    auto value = PercentDecode(segments[i], false);
    if (!value || value->empty()) return false;
    variables.emplace_back(segment.text, *std::move(value));
  }
  return true;
}

}  // namespace

bool IsPublic(const access::v1::Access& access) {
  return access.roles_size() > 0 || access.authenticated() || access.anyone();
}

access::v1::Access AccessOf(const pb::MethodDescriptor& rpc) { return rpc.options().GetExtension(access::v1::access); }

bool Route::HasVariable(std::string_view field_path) const {
  return std::any_of(segments.begin(), segments.end(),
                     [&](const Segment& segment) { return segment.variable && segment.text == field_path; });
}

RouteTable::RouteTable(const std::vector<const pb::ServiceDescriptor*>& services) {
  for (const pb::ServiceDescriptor* service : services) {
    for (int i = 0; i < service->method_count(); ++i) Add(*service->method(i));
  }
}

void RouteTable::Add(const pb::MethodDescriptor& rpc) {
  if (!rpc.options().HasExtension(google::api::http) || !IsPublic(AccessOf(rpc))) return;
  if (rpc.client_streaming() || rpc.server_streaming()) {
    throw std::logic_error("streams have no google.api.http: " + rpc.full_name());
  }
  auto add = [&](const google::api::HttpRule& rule) {
    const Pattern pattern = PatternOf(rule);
    Route route;
    route.method = pattern.method;
    route.pattern = pattern.text;
    if (!pattern.text.starts_with('/')) throw std::logic_error("bad google.api.http of " + rpc.full_name());
    route.segments = ParsePattern(pattern.text, route.verb);
    route.body = rule.body();
    route.rpc = &rpc;
    route.rpc_path = absl::StrCat("/", rpc.service()->full_name(), "/", rpc.name());
    route.peer = PeerOf(*rpc.service());
    route.access = AccessOf(rpc);
    route.request = pb::MessageFactory::generated_factory()->GetPrototype(rpc.input_type());
    route.response = pb::MessageFactory::generated_factory()->GetPrototype(rpc.output_type());
    for (const Segment& segment : route.segments) {
      const bool plain = segment.text.find_first_of("{}*=") == std::string::npos && !segment.text.empty();
      if (!plain || (segment.variable && !IsFieldPath(rpc.input_type(), segment.text))) {
        throw std::logic_error("bad path in google.api.http of " + rpc.full_name());
      }
    }
    const pb::FieldDescriptor* body = rpc.input_type()->FindFieldByName(route.body);
    if (!route.body.empty() && route.body != "*" && (body == nullptr || body->message_type() == nullptr || body->is_repeated())) {
      throw std::logic_error("bad body in google.api.http of " + rpc.full_name());
    }
    const auto place = std::upper_bound(routes_.begin(), routes_.end(), OrderOf(route),
                                        [](const std::string& order, const Route& other) { return order < OrderOf(other); });
    routes_.insert(place, std::move(route));
  };
  const google::api::HttpRule& rule = rpc.options().GetExtension(google::api::http);
  add(rule);
  for (const auto& additional : rule.additional_bindings()) add(additional);
}

Match RouteTable::Find(std::string_view method, std::string_view path) const {
  Match match;
  std::string_view verb;
  const std::vector<std::string_view> segments = SplitPath(path, verb);
  for (const Route& route : routes_) {
    if (!Fits(route, segments, verb, match.variables)) continue;
    if (route.method == method) {
      match.route = &route;
      match.allowed_methods.clear();
      return match;
    }
    match.allowed_methods.push_back(route.method);
  }
  match.variables.clear();
  return match;
}

}  // namespace hotline::gateway
