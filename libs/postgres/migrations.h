// Brings a service's schema up to date.
//
// Applies the library's own tables (outbox, offsets, leases) and then NNNN_name.sql of a directory, in order, each in a
// transaction of its own, under an advisory lock, so that replicas may start together. What was applied is remembered by
// checksum: a file that changed afterwards, or one slipped in before others, is refused. Rows of newer versions are left alone.
#pragma once

#include <absl/status/statusor.h>

#include <string>

#include "libs/postgres/connection.h"

namespace hotline::postgres {

inline constexpr absl::Duration kMigrationTimeout = absl::Minutes(10);

struct MigrationReport {
  int applied = 0;  // Migrations run now.
  int present = 0;  // Migrations found applied already.
};

// `connection.schema` must name an existing schema that the role owns (see provisioning.h). An empty directory name applies
// the library's tables alone. Errors: FAILED_PRECONDITION DATABASE_MIGRATION_REFUSED, or those of the failing SQL.
absl::StatusOr<MigrationReport> Migrate(const ConnectionOptions& connection, const std::string& directory);

}  // namespace hotline::postgres
