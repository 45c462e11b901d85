// The steps and the form of one type of ticket, as a city configures them (PLT-6). Plain values; a ticket keeps the version it
// was registered under for all its life.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "services/ticket/domain/ticket.h"
#include "services/ticket/domain/validate.h"

namespace hotline::ticket::domain {

// Who decides on a return or an extension (TKT-7, TKT-8).
enum class Decider { kDispatcher = 1, kSupervisor = 2 };

enum class FieldKind { kText = 1, kNumber = 2, kDate = 3, kChoice = 4, kYesNo = 5, kPhone = 6 };

// A field beside the built-in ones.
struct FormField {
  std::string id;       // 1 to 64 of a-z, 0-9 and '_'
  std::string name;     // Chinese
  std::string name_en;
  FieldKind kind = FieldKind::kText;
  bool required = false;
  std::vector<std::string> choices = {};  // of kChoice
  int max_length = 0;   // of kText; 0: the most that is allowed
  friend bool operator==(const FormField&, const FormField&) = default;
};

struct Process {
  Type type = Type::kUnspecified;
  int64_t version = 0;  // 0: what the software brings along
  // The form: built-in fields that must be given at registration ("category_id", "area_code", "caller.phone", "place",
  // "content") and fields of its own.
  std::vector<std::string> required = {};
  std::vector<FormField> fields = {};
  // The steps that apply.
  bool review = true;    // the centre reviews each reply (TKT-9)
  bool callback = true;  // the citizen is called back (TKT-10)
  std::vector<std::string> approvals = {};  // roles that approve a reply inside the unit, in order (TKT-25): unit_lead, unit_head
  Decider return_decider = Decider::kDispatcher;
  Decider extension_decider = Decider::kSupervisor;
  int arbitration_after = 2;  // this return of a ticket, and each later one, goes to arbitration (TKT-7); 1 to 10
  int max_rework = 1;         // times a matter is handled once more (TKT-10); 0 to 5
  int reopen_days = 30;       // natural days after closing in which a matter may be taken up again; 0: never
  friend bool operator==(const Process&, const Process&) = default;
};

// What applies to a type while nobody has configured it.
Process DefaultProcess(Type type);

// The built-in fields that a form may require.
bool IsBuiltInField(std::string_view name);

// Whether a process can be published: known built-in fields, own fields with distinct ids and what their kind needs, known
// approvers in order, numbers within their bounds. Fields are named "process.<field>".
Violations CheckProcess(const Process& process);

// The values of a form's own fields, by field id, against the form: unknown fields, missing required ones, wrong kinds. Names
// them "ticket.extra[<id>]"; built-in ones as in the contract.
Violations CheckForm(const Process& process, const Ticket& draft, const std::map<std::string, std::string>& extra);

}  // namespace hotline::ticket::domain
