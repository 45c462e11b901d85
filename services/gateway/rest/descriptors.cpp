#include "services/gateway/rest/descriptors.h"

#include <absl/strings/str_split.h>
#include <google/protobuf/descriptor.pb.h>

#include <stdexcept>

#include "libs/base/text.h"
#include "services/gateway/embedded.h"

namespace hotline::gateway {
namespace {

namespace pb = google::protobuf;

constexpr char kOwnFiles[] = "hotline/";

struct Contracts {
  pb::DescriptorPool commented;
  std::vector<const pb::ServiceDescriptor*> services;

  Contracts() {
    pb::FileDescriptorSet set;
    const std::string_view bytes = EmbeddedDescriptors();
    if (!set.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) throw std::logic_error("the embedded contracts are damaged");
    for (const pb::FileDescriptorProto& file : set.file()) {
      if (commented.BuildFile(file) == nullptr) throw std::logic_error("cannot read the embedded contract " + file.name());
      if (!file.name().starts_with(kOwnFiles)) continue;
      const pb::FileDescriptor* linked = pb::DescriptorPool::generated_pool()->FindFileByName(file.name());
      if (linked == nullptr) throw std::logic_error("not linked in: " + file.name());
      for (int i = 0; i < linked->service_count(); ++i) services.push_back(linked->service(i));
    }
  }
};

const Contracts& All() {
  static const Contracts* const contracts = new Contracts;  // never destroyed: others may use it until the very end
  return *contracts;
}

template <class Descriptor>
std::string Comment(const Descriptor* commented) {
  pb::SourceLocation location;
  if (commented == nullptr || !commented->GetSourceLocation(&location)) return {};
  std::string text;
  for (const std::string& part : {location.leading_comments, location.trailing_comments}) {
    for (const absl::string_view line : absl::StrSplit(part, '\n')) {
      const std::string_view trimmed = base::Trim(std::string_view(line.data(), line.size()));
      if (trimmed.empty()) continue;
      if (!text.empty()) text += ' ';
      text += trimmed;
    }
  }
  return text;
}

}  // namespace

const std::vector<const pb::ServiceDescriptor*>& SuiteServices() { return All().services; }

std::string CommentOf(const pb::MethodDescriptor& method) { return Comment(All().commented.FindMethodByName(method.full_name())); }
std::string CommentOf(const pb::Descriptor& message) { return Comment(All().commented.FindMessageTypeByName(message.full_name())); }
std::string CommentOf(const pb::FieldDescriptor& field) { return Comment(All().commented.FindFieldByName(field.full_name())); }
std::string CommentOf(const pb::EnumDescriptor& type) { return Comment(All().commented.FindEnumTypeByName(type.full_name())); }
std::string CommentOf(const pb::EnumValueDescriptor& value) { return Comment(All().commented.FindEnumValueByName(value.full_name())); }
std::string CommentOf(const pb::ServiceDescriptor& service) { return Comment(All().commented.FindServiceByName(service.full_name())); }

std::string PeerOf(const pb::ServiceDescriptor& service) {
  const std::vector<std::string> parts = absl::StrSplit(service.full_name(), '.');
  return parts.size() > 1 ? parts[1] : std::string();
}

}  // namespace hotline::gateway
