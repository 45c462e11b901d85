// Who sees which screens. The services decide what a role may do; this only leaves out what would be refused.
import type { Role, User } from "@/api/types";
import { rolesOfConfiguration } from "@/pages/configuration/access";

export type ScreenId = "desk" | "sorting" | "supervision" | "callbacks" | "inbox" | "entry" | "exchange" | "tickets" | "lead" | "wallboard" | "figures" | "knowledge" | "configuration" | "admin";

export interface Screen {
  id: ScreenId;
  path: string;
  roles: Role[] | "all";
}

const AGENTS: Role[] = ["ROLE_AGENT", "ROLE_REMOTE_AGENT"];

export const SCREENS: Screen[] = [
  { id: "desk", path: "/desk", roles: AGENTS },
  { id: "sorting", path: "/sorting", roles: ["ROLE_DISPATCHER", "ROLE_SUPERVISOR"] },
  { id: "supervision", path: "/supervision", roles: ["ROLE_SUPERVISOR", "ROLE_COUNTY_SUPERVISOR"] },
  { id: "callbacks", path: "/callbacks", roles: ["ROLE_AGENT", "ROLE_SUPERVISOR"] },
  { id: "inbox", path: "/inbox", roles: ["ROLE_OFFICER", "ROLE_UNIT_LEAD", "ROLE_UNIT_HEAD"] },
  { id: "entry", path: "/entry", roles: ["ROLE_ENTRY_CLERK", "ROLE_SUPERVISOR"] },
  { id: "exchange", path: "/exchange", roles: ["ROLE_ENTRY_CLERK", "ROLE_DISPATCHER", "ROLE_SUPERVISOR"] },
  { id: "tickets", path: "/tickets", roles: "all" },
  { id: "lead", path: "/lead", roles: ["ROLE_TEAM_LEAD", "ROLE_SUPERVISOR", "ROLE_ADMIN"] },
  { id: "wallboard", path: "/wallboard", roles: ["ROLE_TEAM_LEAD", "ROLE_SUPERVISOR", "ROLE_LEADER", "ROLE_ANALYST", "ROLE_ADMIN", "ROLE_OPERATOR"] },
  {
    id: "figures",
    path: "/figures",
    roles: ["ROLE_ANALYST", "ROLE_LEADER", "ROLE_SUPERVISOR", "ROLE_TEAM_LEAD", "ROLE_ADMIN", "ROLE_UNIT_HEAD", "ROLE_COUNTY_SUPERVISOR"],
  },
  { id: "knowledge", path: "/knowledge", roles: "all" },
  { id: "configuration", path: "/configuration", roles: rolesOfConfiguration },
  { id: "admin", path: "/admin", roles: ["ROLE_ADMIN"] },
];

export function maySee(user: User | undefined, screen: Screen): boolean {
  if (!user) return false;
  const { roles } = screen;
  return roles === "all" || (user.roles ?? []).some((role) => roles.includes(role));
}

export function screensOf(user: User | undefined): Screen[] {
  return SCREENS.filter((screen) => maySee(user, screen));
}

// Where a user starts: the first screen made for their role.
export function homeOf(user: User | undefined): string {
  return screensOf(user)[0]?.path ?? "/tickets";
}

export function isAgent(user: User | undefined): boolean {
  return !!user?.roles?.some((role) => AGENTS.includes(role));
}
