#include "services/gateway/rest/openapi.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <google/protobuf/descriptor.h>

#include <deque>
#include <set>
#include <vector>

#include <nlohmann/json.hpp>

#include "hotline/ticket/v1/attachment_service.pb.h"
#include "hotline/ticket/v1/exchange_service.pb.h"
#include "libs/rpc/auth.h"
#include "services/gateway/domain/url.h"
#include "services/gateway/rest/csv.h"
#include "services/gateway/rest/descriptors.h"

namespace hotline::gateway {
namespace {

namespace pb = google::protobuf;
using Json = nlohmann::ordered_json;
using pb::FieldDescriptor;

constexpr char kSchemas[] = "#/components/schemas/";
constexpr char kPackagePrefix[] = "hotline.";
constexpr char kXlsxType[] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
constexpr int kMaxParameterDepth = 3;
// What frames of the desk's WebSocket (/v1/desk) hold beside messages of the REST API.
constexpr const char* kDeskMessages[] = {"hotline.telephony.v1.LineRequest", "hotline.telephony.v1.LineEvent"};

// "ticket.v1.Ticket": unique, since two services may have a message of the same name.
std::string SchemaName(std::string full_name) {
  return full_name.starts_with(kPackagePrefix) ? full_name.substr(sizeof kPackagePrefix - 1) : full_name;
}

class Builder {
 public:
  explicit Builder(const RouteTable& routes) : routes_(routes) {}

  Json Build() {
    Json api{{"openapi", "3.1.0"}};
    api["info"] = {{"title", "Hotline"},
                   {"version", HOTLINE_VERSION},
                   {"description", "The REST API of the citizens' hotline. Fields with their default value (empty, 0, false) are left out of answers; "
                                   "64-bit numbers are strings; times are RFC 3339. Errors are application/problem+json: branch on `reason`."},
                   {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}};
    api["servers"] = Json::array({{{"url", "/"}}});
    api["security"] = Json::array({{{"token", Json::array()}}, {{"apiKey", Json::array()}}});
    for (const Route& route : routes_.routes()) AddRoute(route);
    AddRecordings();
    AddUpload();
    AddSheets();
    AddMapSettings();
    AddFiles("attachmentId", "/v1/attachments/{attachmentId}", "AttachmentService", "Attachments");
    AddFiles("documentId", "/v1/documents/{documentId}", "DocumentService", "Documents");
    AddFiles("briefId", "/v1/briefs/{briefId}", "BriefService", "Briefs");
    for (const char* name : kDeskMessages) {
      const pb::Descriptor* type = pb::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
      if (type != nullptr) MessageRef(*type);
    }
    api["tags"] = Json::array();
    for (const auto& [name, description] : tags_) api["tags"].push_back({{"name", name}, {"description", description}});
    AddSchemas();
    api["paths"] = std::move(paths_);
    api["components"] = {{"schemas", std::move(schemas_)}, {"responses", {{"Problem", ProblemResponse()}}}, {"securitySchemes", Security()}};
    return api;
  }

 private:
  static Json Security() {
    return {{"token", {{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}, {"description", "The access token of SignIn, or an API key."}}},
            {"apiKey", {{"type", "apiKey"}, {"in", "header"}, {"name", "X-API-Key"}, {"description", "A unit's API key, hk_…"}}}};
  }

  static Json ProblemResponse() {
    return {{"description", "What is wrong (RFC 9457)."},
            {"content", {{"application/problem+json", {{"schema", {{"$ref", std::string(kSchemas) + "Problem"}}}}}}}};
  }

  static Json ProblemSchema() {
    const Json text{{"type", "string"}};
    Json error{{"type", "object"}, {"properties", {{"field", text}, {"reason", text}, {"description", text}}}};
    Json properties{{"type", text}, {"title", text}, {"status", {{"type", "integer"}}}, {"detail", text}};
    properties["reason"] = {{"type", "string"}, {"description", "Stable, UPPER_SNAKE_CASE: branch on it."}};
    properties["traceId"] = {{"type", "string"}, {"description", "Tell it to whoever looks for the cause."}};
    properties["errors"] = {{"type", "array"}, {"items", std::move(error)}, {"description", "The wrong fields, as the client wrote them."}};
    return {{"type", "object"}, {"description", "An error (RFC 9457)."}, {"properties", std::move(properties)},
            {"required", {"type", "title", "status", "detail", "reason", "traceId"}}};
  }

  Json Reference(const std::string& full_name) { return {{"$ref", kSchemas + SchemaName(full_name)}}; }

  Json MessageRef(const pb::Descriptor& type) {
    const std::string& name = type.full_name();
    if (name == "google.protobuf.Timestamp") return {{"type", "string"}, {"format", "date-time"}};
    if (name == "google.protobuf.Duration") return {{"type", "string"}, {"examples", {"1.5s"}}};
    if (name == "google.protobuf.FieldMask") return {{"type", "string"}, {"examples", {"name,unitId"}}};
    if (name.starts_with("google.protobuf.")) return {{"type", "object"}};
    if (seen_.insert(&type).second) messages_.push_back(&type);
    return Reference(name);
  }

  Json Single(const FieldDescriptor& field) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL: return {{"type", "boolean"}};
      case FieldDescriptor::CPPTYPE_INT32:
      case FieldDescriptor::CPPTYPE_UINT32: return {{"type", "integer"}, {"format", "int32"}};
      case FieldDescriptor::CPPTYPE_INT64:
      case FieldDescriptor::CPPTYPE_UINT64: return {{"type", "string"}, {"format", "int64"}};
      case FieldDescriptor::CPPTYPE_DOUBLE:
      case FieldDescriptor::CPPTYPE_FLOAT: return {{"type", "number"}, {"format", "double"}};
      case FieldDescriptor::CPPTYPE_STRING:
        return field.type() == FieldDescriptor::TYPE_BYTES ? Json{{"type", "string"}, {"contentEncoding", "base64"}} : Json{{"type", "string"}};
      case FieldDescriptor::CPPTYPE_ENUM: enums_.insert(field.enum_type()); return Reference(field.enum_type()->full_name());
      case FieldDescriptor::CPPTYPE_MESSAGE: return MessageRef(*field.message_type());
    }
    return Json::object();
  }

  Json FieldSchema(const FieldDescriptor& field) {
    if (field.is_map()) return {{"type", "object"}, {"additionalProperties", Single(*field.message_type()->map_value())}};
    if (field.is_repeated()) return {{"type", "array"}, {"items", Single(field)}};
    return Single(field);
  }

  static Json Described(Json schema, const std::string& description) {
    if (!description.empty()) schema["description"] = description;
    return schema;
  }

  void AddSchemas() {
    schemas_["Problem"] = ProblemSchema();
    while (!messages_.empty()) {
      const pb::Descriptor& type = *messages_.front();
      messages_.pop_front();
      Json properties = Json::object();
      for (int i = 0; i < type.field_count(); ++i) {
        properties[type.field(i)->json_name()] = Described(FieldSchema(*type.field(i)), CommentOf(*type.field(i)));
      }
      schemas_[SchemaName(type.full_name())] =
          Described({{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}}, CommentOf(type));
    }
    for (const pb::EnumDescriptor* type : enums_) {
      Json values = Json::array();
      std::vector<std::string> lines{CommentOf(*type)};
      for (int i = 0; i < type->value_count(); ++i) {
        values.push_back(type->value(i)->name());
        lines.push_back(absl::StrCat("`", type->value(i)->name(), "`: ", CommentOf(*type->value(i))));
      }
      schemas_[SchemaName(type->full_name())] = {{"type", "string"}, {"enum", std::move(values)}, {"description", absl::StrJoin(lines, "\n")}};
    }
  }

  static Json AccessJson(const access::v1::Access& access) {
    Json json = Json::object();
    if (access.anyone()) json["anyone"] = true;
    if (access.authenticated()) json["authenticated"] = true;
    for (int i = 0; i < access.roles_size(); ++i) json["roles"].push_back(rpc::RoleName(access.roles(i)));
    return json;
  }

  // Query parameters of all fields that are neither in the path nor in the body.
  void Parameters(const Route& route, const pb::Descriptor& type, const std::string& path, const std::string& json_path, int depth, Json& out) {
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      const std::string here = path + field.name(), json_here = json_path + field.json_name();
      const bool in_path = route.HasVariable(here);
      if (!in_path && (route.body == "*" || here == route.body || here.starts_with(route.body + ".")) && !route.body.empty()) {
        if (field.message_type() != nullptr && !field.is_repeated()) PathParameters(route, *field.message_type(), here + ".", out);
        continue;
      }
      const Json schema = FieldSchema(field);
      if (schema.contains("$ref") && field.message_type() != nullptr) {
        if (depth < kMaxParameterDepth) Parameters(route, *field.message_type(), here + ".", json_here + ".", depth + 1, out);
        continue;
      }
      if (field.is_map() || (field.is_repeated() && field.message_type() != nullptr)) continue;
      AddParameter(field, in_path ? here : json_here, in_path, out);
    }
  }

  void PathParameters(const Route& route, const pb::Descriptor& type, const std::string& path, Json& out) {
    for (int i = 0; i < type.field_count(); ++i) {
      if (route.HasVariable(path + type.field(i)->name())) AddParameter(*type.field(i), path + type.field(i)->name(), true, out);
    }
  }

  void AddParameter(const FieldDescriptor& field, const std::string& name, bool in_path, Json& out) {
    Json parameter{{"name", in_path ? LowerCamelPath(name) : name}, {"in", in_path ? "path" : "query"}};
    if (in_path) parameter["required"] = true;
    parameter["schema"] = FieldSchema(field);
    out.push_back(Described(std::move(parameter), CommentOf(field)));
  }

  void AddRoute(const Route& route) {
    const pb::MethodDescriptor& rpc = *route.rpc;
    const std::string comment = CommentOf(rpc);
    Json operation{{"tags", {rpc.service()->name()}},
                   {"operationId", absl::StrCat(rpc.service()->name(), ".", rpc.name())},
                   {"summary", comment.substr(0, comment.find(". "))},
                   {"description", comment}};
    tags_.emplace(rpc.service()->name(), CommentOf(*rpc.service()));
    Json parameters = Json::array();
    Parameters(route, *rpc.input_type(), "", "", 0, parameters);
    const FieldDescriptor* rows = RowsOf(*rpc.output_type());
    if (rows != nullptr && route.method == "GET") {
      parameters.push_back({{"name", "format"}, {"in", "query"}, {"description", "csv for a spreadsheet, as with Accept: text/csv."},
                            {"schema", {{"type", "string"}, {"enum", {"json", "csv"}}}}});
    }
    if (!parameters.empty()) operation["parameters"] = std::move(parameters);
    if (!route.body.empty()) {
      const pb::Descriptor* body = route.body == "*" ? rpc.input_type() : rpc.input_type()->FindFieldByName(route.body)->message_type();
      operation["requestBody"] = {{"required", true}, {"content", {{"application/json", {{"schema", MessageRef(*body)}}}}}};
    }
    Json content{{"application/json", {{"schema", MessageRef(*rpc.output_type())}}}};
    if (rows != nullptr) content["text/csv"] = {{"schema", {{"type", "string"}}}};
    operation["responses"] = {{"200", {{"description", "Done."}, {"content", std::move(content)}}},
                              {"default", {{"$ref", "#/components/responses/Problem"}}}};
    if (route.access.anyone()) operation["security"] = Json::array();
    operation["x-hotline-access"] = AccessJson(route.access);
    paths_[LowerCamelPath(route.pattern)][absl::AsciiStrToLower(route.method)] = std::move(operation);
  }

  // What is no RPC of its own: a recording's bytes, and the short-lived ticket with which an <audio> element gets them.
  void AddRecordings() {
    const Json id{{"name", "recordingId"}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}};
    const Json problem{{"$ref", "#/components/responses/Problem"}};
    const Json wav{{"audio/wav", {{"schema", {{"type", "string"}, {"contentMediaType", "audio/wav"}}}}}};
    paths_["/v1/recordings/{recordingId}/audio"]["get"] = {
        {"tags", {"CallService"}}, {"operationId", "Recordings.GetAudio"}, {"summary", "The recording as WAV"},
        {"description", "The recording as WAV, whole or the one range that is asked for. By token, or by the ticket of :audioTicket."},
        {"parameters", {id, {{"name", "t"}, {"in", "query"}, {"description", "A ticket of :audioTicket."}, {"schema", {{"type", "string"}}}}}},
        {"responses", {{"200", {{"description", "The whole."}, {"content", wav}}}, {"206", {{"description", "The range."}, {"content", wav}}}, {"default", problem}}}};
    const Json ticket{{"type", "object"}, {"properties", {{"ticket", {{"type", "string"}}}, {"expireTime", {{"type", "string"}, {"format", "date-time"}}},
                                                          {"url", {{"type", "string"}}}}}};
    paths_["/v1/recordings/{recordingId}:audioTicket"]["post"] = {
        {"tags", {"CallService"}}, {"operationId", "Recordings.CreateAudioTicket"}, {"summary", "A ticket for one recording's audio"},
        {"description", "A ticket that opens this recording's audio for five minutes without a token, for elements that send no headers."},
        {"parameters", Json::array({id})},
        {"responses", {{"200", {{"description", "Made."}, {"content", {{"application/json", {{"schema", ticket}}}}}}}, {"default", problem}}}};
  }

  // What the web client's map is drawn with, from the gateway's own configuration.
  void AddMapSettings() {
    const Json text{{"type", "string"}}, number{{"type", "number"}}, count{{"type", "integer"}};
    const Json settings{{"type", "object"}, {"properties", {{"tiles", {{"type", "array"}, {"items", text}}}, {"attribution", text}, {"maxZoom", count},
                                                            {"longitude", number}, {"latitude", number}, {"zoom", count}}}};
    paths_["/v1/mapSettings"]["get"] = {
        {"tags", Json::array({"Map"})}, {"operationId", "Map.GetSettings"}, {"summary", "What the map is drawn with"},
        {"description", "URL templates of tiles, the lowest layer first, none if there are no tiles here; what to say of their origin; their highest zoom; what is shown before a place is chosen."},
        {"responses", {{"200", {{"description", "Done."}, {"content", {{"application/json", {{"schema", settings}}}}}}},
                       {"default", {{"$ref", "#/components/responses/Problem"}}}}}};
  }

  static Json Parameter(const char* name, const char* description, bool required = false) {
    return {{"name", name}, {"in", "query"}, {"required", required}, {"description", description}, {"schema", {{"type", "string"}}}};
  }

  // A file as the body of a request, streamed through.
  void AddUpload() {
    const Json id{{"name", "ticketId"}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}};
    const Json file{{"schema", {{"type", "string"}, {"format", "binary"}}}};
    const Json made{{"application/json", {{"schema", MessageRef(*ticket::v1::Attachment::descriptor())}}}};
    paths_["/v1/tickets/{ticketId}/attachments"]["post"] = {
        {"tags", {"AttachmentService"}}, {"operationId", "Attachments.Upload"}, {"summary", "Adds a file to a ticket"},
        {"description", "The body is the file, 20 MiB at most; Content-Type says what it is and is checked against the content."},
        {"parameters", {id, Parameter("fileName", "Its name, with an extension that fits.", true),
                        Parameter("fromCaller", "true: the caller gave it; handling units of a protected ticket do not see it."),
                        Parameter("requestId", "A UUID that makes a repeated upload give the first one's attachment.")}},
        {"requestBody", {{"required", true}, {"content", {{"*/*", file}}}}},
        {"responses", {{"200", {{"description", "Kept."}, {"content", made}}}, {"default", {{"$ref", "#/components/responses/Problem"}}}}}};
  }

  // Query parameters of an RPC that the gateway carries by hand; `format` is csv or xlsx.
  Json SheetParameters(const pb::Descriptor& request, bool reading) {
    const Route route;
    Json all = Json::array(), out = Json::array();
    Parameters(route, request, "", "", 0, all);
    for (Json& parameter : all) {
      const std::string name = parameter["name"];
      if (name != "format" && name != "importId" && name != "filter.pageSize" && name != "filter.pageToken") out.push_back(std::move(parameter));
    }
    if (reading) {
      out.push_back({{"name", "format"}, {"in", "query"}, {"description", "csv if not given."}, {"schema", {{"type", "string"}, {"enum", {"csv", "xlsx"}}}}});
    }
    return out;
  }

  void AddSheet(const char* path, const char* operation, const char* summary, const pb::Descriptor& request, bool of_import) {
    Json parameters = SheetParameters(request, true);
    const Json id{{"name", "importId"}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}};
    if (of_import) parameters.insert(parameters.begin(), id);
    const Json bytes{{"schema", {{"type", "string"}, {"format", "binary"}}}};
    paths_[path]["get"] = {
        {"tags", {"ExchangeService"}}, {"operationId", operation}, {"summary", summary}, {"parameters", std::move(parameters)},
        {"responses", {{"200", {{"description", "The file, in chunks."}, {"content", {{"text/csv", bytes}, {kXlsxType, bytes}}}}},
                       {"default", {{"$ref", "#/components/responses/Problem"}}}}}};
  }

  // Tables of tickets in and out.
  void AddSheets() {
    const Json file{{"schema", {{"type", "string"}, {"format", "binary"}}}};
    const Json made{{"application/json", {{"schema", MessageRef(*ticket::v1::Import::descriptor())}}}};
    paths_["/v1/ticketImports"]["post"] = {
        {"tags", {"ExchangeService"}}, {"operationId", "Imports.Create"}, {"summary", "Imports a table of tickets"},
        {"description", "The body is the file, CSV (1 GiB, 1,000,000 rows) or XLSX (64 MiB, 200,000 rows); its rows are registered in the background."},
        {"parameters", SheetParameters(*ticket::v1::ImportInfo::descriptor(), false)},
        {"requestBody", {{"required", true}, {"content", {{"text/csv", file}, {kXlsxType, file}}}}},
        {"responses", {{"200", {{"description", "Taken in."}, {"content", made}}}, {"default", {{"$ref", "#/components/responses/Problem"}}}}}};
    AddSheet("/v1/ticketImports/{importId}/report", "Imports.GetReport", "The refused rows with what is wrong", *ticket::v1::ReadImportReportRequest::descriptor(), true);
    AddSheet("/v1/ticketImportTemplate", "Imports.GetTemplate", "A table with the titles an import takes", *ticket::v1::ReadImportTemplateRequest::descriptor(), false);
    AddSheet("/v1/ticketExport", "Tickets.Export", "The tickets of a filter as a table", *ticket::v1::ExportTicketsRequest::descriptor(), false);
  }

  // Bytes of a kind of file, and the short-lived ticket with which elements that send no headers get them.
  void AddFiles(const char* name, const std::string& path, const char* tag, const std::string& operation) {
    const Json id{{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}};
    const Json problem{{"$ref", "#/components/responses/Problem"}};
    const Json bytes{{"*/*", {{"schema", {{"type", "string"}, {"format", "binary"}}}}}};
    paths_[path + "/content"]["get"] = {
        {"tags", {tag}}, {"operationId", operation + ".GetContent"}, {"summary", "The file's bytes"},
        {"description", "The file, whole or the one range that is asked for. By token, or by the ticket of :contentTicket."},
        {"parameters", {id, Parameter("t", "A ticket of :contentTicket.")}},
        {"responses", {{"200", {{"description", "The whole."}, {"content", bytes}}}, {"206", {{"description", "The range."}, {"content", bytes}}}, {"default", problem}}}};
    const Json ticket{{"type", "object"}, {"properties", {{"ticket", {{"type", "string"}}}, {"expireTime", {{"type", "string"}, {"format", "date-time"}}},
                                                          {"url", {{"type", "string"}}}}}};
    paths_[path + ":contentTicket"]["post"] = {
        {"tags", {tag}}, {"operationId", operation + ".CreateContentTicket"}, {"summary", "A ticket for one file"},
        {"description", "A ticket that opens this file for five minutes without a token, for elements that send no headers."},
        {"parameters", Json::array({id})},
        {"responses", {{"200", {{"description", "Made."}, {"content", {{"application/json", {{"schema", ticket}}}}}}}, {"default", problem}}}};
  }

  const RouteTable& routes_;
  Json paths_ = Json::object();
  Json schemas_ = Json::object();
  std::map<std::string, std::string> tags_;
  std::deque<const pb::Descriptor*> messages_;  // still to be described
  std::set<const pb::Descriptor*> seen_;
  std::set<const pb::EnumDescriptor*> enums_;
};

}  // namespace

std::string OpenApi(const RouteTable& routes) { return Builder(routes).Build().dump(1) + "\n"; }
std::string OpenApi() { return OpenApi(RouteTable(SuiteServices())); }

}  // namespace hotline::gateway
