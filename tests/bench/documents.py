"""Documents as PDF: how many of each shipped template a second, beside a bare page with the same text."""

import json
import os

from lib import ROOT, figure, program, run_json, say

SECONDS, QUICK_SECONDS = 6, 0.3  # for each template, half of it the baseline
CHARACTERS = 300                 # of what people wrote, in each place for it


def ticket_documents(quick):
    result = run_json([program("ticket_documents"), "--templates", os.path.join(ROOT, "services/ticket/templates"),
                       "--seconds", str(QUICK_SECONDS if quick else SECONDS), "--characters", str(CHARACTERS)], 300)
    made = result["templates"]
    for one in made:
        say("%s: %s" % (one["template"], json.dumps(one)))

    def together(key):  # as many of each
        return len(made) / sum(1 / one[key] for one in made)

    slowest = max(made, key=lambda one: one["p99_ms"])
    memory = {"resident_mb": result["end_mb"], "before_mb": result["start_mb"], "peak_mb": result["peak_mb"]}
    return [figure("ticket_documents", together("per_second"), "1/s", together("bare_per_second"), "bare Pango and Cairo", **memory, templates=made),
            figure("ticket_documents_p99", slowest["p99_ms"], "ms", slowest["bare_p99_ms"], "bare Pango and Cairo", template=slowest["template"])]
