// Which parts of the configuration a role sees, and what it may change there: as the services decide, only told earlier.
import { hasRole, session } from "@/api/session";
import type { Role, User } from "@/api/types";
import { useStore } from "@/lib/store";

export const PARTS = ["catalogue", "categories", "scripts", "forms", "policies", "calendar", "templates", "callers"] as const;
export type Part = (typeof PARTS)[number];

const SEES: Record<Part, Role[]> = {
  catalogue: ["ROLE_ADMIN", "ROLE_DISPATCHER", "ROLE_SUPERVISOR"],
  categories: ["ROLE_ADMIN"],
  scripts: ["ROLE_ADMIN", "ROLE_KNOWLEDGE_EDITOR"],
  forms: ["ROLE_ADMIN", "ROLE_SUPERVISOR"],
  policies: ["ROLE_ADMIN", "ROLE_SUPERVISOR"],
  calendar: ["ROLE_ADMIN", "ROLE_SUPERVISOR"],
  templates: ["ROLE_ADMIN"],
  callers: ["ROLE_ADMIN", "ROLE_SUPERVISOR", "ROLE_TEAM_LEAD"],
};

const MAY = {
  editCatalogue: ["ROLE_ADMIN", "ROLE_DISPATCHER"],
  publishCatalogue: ["ROLE_ADMIN", "ROLE_SUPERVISOR"],
  trySuggestion: ["ROLE_ADMIN", "ROLE_DISPATCHER", "ROLE_SUPERVISOR"],
  editForms: ["ROLE_ADMIN"],
  readRepeatRule: ["ROLE_ADMIN", "ROLE_SUPERVISOR"],
  editRepeatRule: ["ROLE_ADMIN"],
  ban: ["ROLE_SUPERVISOR"],
  audit: ["ROLE_ADMIN", "ROLE_SUPERVISOR"],
} satisfies Record<string, Role[]>;
export type Right = keyof typeof MAY;

export const partsOf = (user: User | undefined): Part[] => PARTS.filter((part) => hasRole(user, ...SEES[part]));
export const rolesOfConfiguration: Role[] = [...new Set(Object.values(SEES).flat())];
export const may = (user: User | undefined, right: Right): boolean => hasRole(user, ...MAY[right]);

export function useMay(right: Right): boolean {
  return may(useStore(session)?.user, right);
}
