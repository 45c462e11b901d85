// Files that are part of the program. Constant.
#pragma once

#include <string_view>

namespace hotline::gateway {

// A google.protobuf.FileDescriptorSet of all contracts with their comments.
std::string_view EmbeddedDescriptors();
// The page that shows /openapi.json, its script and its style.
std::string_view EmbeddedDocsHtml();
std::string_view EmbeddedDocsScript();
std::string_view EmbeddedDocsStyle();

}  // namespace hotline::gateway
