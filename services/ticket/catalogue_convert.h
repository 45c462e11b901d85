// The catalogue, processes and caller records between the contract and what is kept. Pure functions.
#pragma once

#include <optional>

#include "hotline/ticket/v1/caller_record_service.pb.h"
#include "hotline/ticket/v1/catalogue_service.pb.h"
#include "hotline/ticket/v1/process_service.pb.h"
#include "services/ticket/caller_record_store.h"
#include "services/ticket/catalogue_store.h"
#include "services/ticket/catalogue_suggest.h"
#include "services/ticket/process_store.h"

namespace hotline::ticket {

v1::CatalogueEntry ToProto(const domain::CatalogueEntry& in);
v1::CatalogueEntry ToProto(const DraftEntry& in);
v1::CatalogueFinding ToProto(const domain::Finding& in);
v1::CatalogueVersion ToProto(const CatalogueVersion& in);
v1::Script ToProto(const Script& in);
v1::Process ToProto(const KeptProcess& in);
v1::RepeatRule ToProto(const domain::RepeatRule& in);
v1::Ban ToProto(const Ban& in, absl::Time now);
v1::CallerAuditEntry ToProto(const Look& in);
v1::SuggestUnitsResponse ToProto(const Suggested& in);

// INVALID_ARGUMENT naming days that are none.
absl::StatusOr<domain::CatalogueEntry> FromProto(const v1::CatalogueEntry& in);
Script FromProto(const v1::Script& in);
domain::Process FromProto(const v1::Process& in);
domain::RepeatRule FromProto(const v1::RepeatRule& in);

// A version as read; none for an empty etag. INVALID_ARGUMENT naming the field otherwise.
absl::StatusOr<std::optional<int64_t>> ReadEtag(const std::string& etag, std::string_view field);

}  // namespace hotline::ticket
