// What a user is in the city's hotline. A user may hold several. In tokens a role is its lower-case name without the prefix: "team_lead". No role implies another: ROLE_ADMIN must be listed where it is meant.
export type Role =
  | "ROLE_UNSPECIFIED" // Not a role; never valid in a list.
  | "ROLE_AGENT" // Takes calls and registers tickets at the centre.
  | "ROLE_REMOTE_AGENT" // An agent who works from a branch or from home.
  | "ROLE_TEAM_LEAD" // Leads a group of agents: listens in, helps, sees the group's figures.
  | "ROLE_DISPATCHER" // Dispatches tickets to units and decides returns.
  | "ROLE_OFFICER" // Handles tickets in a unit.
  | "ROLE_UNIT_LEAD" // Leads the handling in a unit: signs, assigns, asks for extensions.
  | "ROLE_UNIT_HEAD" // Heads a unit: approves what its leads ask for.
  | "ROLE_COUNTY_SUPERVISOR" // Watches over the units of a county.
  | "ROLE_ENTRY_CLERK" // Enters tickets that came in on other ways than a call.
  | "ROLE_SUPERVISOR" // Supervises the centre: urges, decides extensions and returns.
  | "ROLE_LEADER" // A leader of the city who reads figures and briefs and gives instructions.
  | "ROLE_KNOWLEDGE_EDITOR" // Writes articles of the knowledge base.
  | "ROLE_KNOWLEDGE_REVIEWER" // Reviews and releases articles of the knowledge base.
  | "ROLE_INSPECTOR" // Inspects the quality of calls and tickets.
  | "ROLE_ANALYST" // Makes reports and exports figures.
  | "ROLE_CONTRACTOR" // Works for a contractor of the centre and sees only what the contract names.
  | "ROLE_ADMIN" // Administers users, units and settings.
  | "ROLE_OPERATOR"; // Runs the installation: health, logs, maintenance.
