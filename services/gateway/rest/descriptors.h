// The contracts that are linked in, with their comments, which generated code does not carry. Built once at first use, then
// constant and thread-safe.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

namespace hotline::gateway {

// Every service of the suite ("hotline.*"), in the order of files and declarations.
const std::vector<const google::protobuf::ServiceDescriptor*>& SuiteServices();

// The comments before and behind a declaration as one text; empty if there are none.
std::string CommentOf(const google::protobuf::MethodDescriptor& method);
std::string CommentOf(const google::protobuf::Descriptor& message);
std::string CommentOf(const google::protobuf::FieldDescriptor& field);
std::string CommentOf(const google::protobuf::EnumDescriptor& type);
std::string CommentOf(const google::protobuf::EnumValueDescriptor& value);
std::string CommentOf(const google::protobuf::ServiceDescriptor& service);

// "directory" of "hotline.directory.v1.AuthService": which peer serves it.
std::string PeerOf(const google::protobuf::ServiceDescriptor& service);

}  // namespace hotline::gateway
