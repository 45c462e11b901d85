// Charts of documents, inside libs/document only.
#pragma once

#include "libs/document/document.h"
#include "libs/document/page.h"

namespace hotline::document::internal {

void DrawChart(Pages& pages, const Chart& chart);

}  // namespace hotline::document::internal
