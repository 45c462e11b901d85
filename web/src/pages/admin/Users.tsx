import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Checkbox, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { createUser, listUsers, updateUser } from "@/api/endpoints";
import type { Role, User } from "@/api/types";
import { DataTable } from "@/components/DataTable";
import { Field } from "@/components/Field";
import { Loaded } from "@/components/Problems";
import { UnitSelect } from "@/components/Selects";
import { useUnitName } from "@/lib/catalogue";
import { useDebounced } from "@/lib/debounce";
import { uuid } from "@/lib/format";
import { compact } from "@/lib/tickets";
import { EditDialog } from "./EditDialog";
import { ROLES } from "./roles";

const PASSWORD_MIN = 10;

function UserDialog({ start, onClose }: { start: User; onClose: (kept: boolean) => void }) {
  const { t } = useTranslation();
  const isNew = !start.userId;
  const [user, setUser] = useState(start);
  const [password, setPassword] = useState("");
  const [requestId] = useState(uuid);
  const set = (part: Partial<User>) => setUser((now) => ({ ...now, ...part }));
  const good = !!user.userName && !!user.displayName && !!user.unitId && !!user.roles?.length && (!isNew || password.length >= PASSWORD_MIN);
  return (
    <EditDialog title={t(isNew ? "admin.newUser" : "admin.editUser")} good={good} onClose={onClose} save={() => (isNew ? createUser({ user, password, requestId }) : updateUser(user))}>
      <Field label={t("signIn.userName")} required hint={t("admin.userNameHint")}>
        {(c) => <Input id={c.id} value={user.userName ?? ""} disabled={!isNew} autoComplete="off" onChange={(e) => set({ userName: e.target.value })} />}
      </Field>
      <Field label={t("admin.displayName")} required>
        {(c) => <Input id={c.id} value={user.displayName ?? ""} onChange={(e) => set({ displayName: e.target.value })} />}
      </Field>
      <Field label={t("agent.employeeNumber")}>
        {(c) => <Input id={c.id} value={user.employeeNumber ?? ""} onChange={(e) => set({ employeeNumber: e.target.value })} />}
      </Field>
      <Field label={t("ticket.unit")} required>
        {(c) => <UnitSelect control={c} value={user.unitId ?? ""} onChange={(unitId) => set({ unitId })} />}
      </Field>
      <Field label={t("admin.roles")} required>
        {(c) => (
          <Select<Role[]> id={c.id} mode="multiple" value={user.roles ?? []} onChange={(roles) => set({ roles })} options={ROLES.map((value) => ({ value, label: t(`enum.role.${value}`) }))} style={{ width: "100%" }} />
        )}
      </Field>
      {isNew ? (
        <Field label={t("admin.firstPassword")} required hint={t("admin.passwordHint")}>
          {(c) => <Input.Password id={c.id} value={password} autoComplete="new-password" onChange={(e) => setPassword(e.target.value)} />}
        </Field>
      ) : (
        <Checkbox checked={user.active ?? false} onChange={(e) => set({ active: e.target.checked })}>
          {t("admin.activeUser")}
        </Checkbox>
      )}
    </EditDialog>
  );
}

export function Users() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const unitName = useUnitName();
  const [typed, setTyped] = useState("");
  const [role, setRole] = useState<Role | undefined>();
  const [editing, setEditing] = useState<User | null>(null);
  const words = useDebounced(typed.trim(), 250);
  const query = useQuery({ queryKey: ["users", words, role], queryFn: () => listUsers(compact({ query: words, role, pageSize: 500 })) });
  return (
    <>
      <div className="filters">
        <Input.Search allowClear value={typed} onChange={(e) => setTyped(e.target.value)} placeholder={t("admin.findUser")} aria-label={t("admin.findUser")} style={{ width: 220 }} />
        <Select<Role> allowClear value={role ?? null} onChange={(v) => setRole(v ?? undefined)} placeholder={t("admin.roles")} aria-label={t("admin.roles")} options={ROLES.map((value) => ({ value, label: t(`enum.role.${value}`) }))} style={{ width: 180 }} />
        <Button type="primary" onClick={() => setEditing({ active: true, roles: [] })}>
          {t("admin.newUser")}
        </Button>
      </div>
      <Loaded query={query} isEmpty={(u) => !u.users?.length}>
        {(answer) => (
          <DataTable<User>
            label={t("admin.users")}
            rows={answer.users ?? []}
            rowKey={(u) => u.userId ?? ""}
            empty={t("common.empty")}
            columns={[
              { key: "user", title: t("signIn.userName"), width: "1fr", render: (u) => <span className="mono">{u.userName}</span> },
              { key: "name", title: t("admin.displayName"), width: "1fr", render: (u) => u.displayName },
              { key: "number", title: t("agent.employeeNumber"), width: "110px", render: (u) => u.employeeNumber },
              { key: "unit", title: t("ticket.unit"), width: "1.4fr", render: (u) => unitName(u.unitId) },
              { key: "roles", title: t("admin.roles"), width: "2fr", render: (u) => (u.roles ?? []).map((r) => t(`enum.role.${r}`)).join(t("common.comma")) },
              { key: "state", title: t("admin.state"), width: "80px", render: (u) => (u.active ? t("admin.active") : t("admin.disabled")) },
              {
                key: "actions",
                title: t("common.actions"),
                width: "80px",
                render: (u) => (
                  <Button size="small" onClick={() => setEditing(u)} aria-label={`${t("common.edit")}: ${u.displayName}`}>
                    {t("common.edit")}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      {editing && (
        <UserDialog
          start={editing}
          onClose={(kept) => {
            setEditing(null);
            if (kept) void queries.invalidateQueries({ queryKey: ["users"] });
          }}
        />
      )}
    </>
  );
}
