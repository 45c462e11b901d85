// Administration: users, units, queues, keys and flows as plain tables and forms.
import { Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router-dom";
import { Flows } from "./Flows";
import { Keys } from "./Keys";
import { Queues } from "./Queues";
import { Units } from "./Units";
import { Users } from "./Users";

export default function AdminPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const tab = useParams()["*"] || "users";
  return (
    <div className="page">
      <h1>{t("nav.admin")}</h1>
      <Tabs
        activeKey={tab}
        onChange={(key) => navigate(`/admin/${key}`)}
        destroyOnHidden
        items={[
          { key: "users", label: t("admin.users"), children: <Users /> },
          { key: "units", label: t("admin.units"), children: <Units /> },
          { key: "queues", label: t("admin.queues"), children: <Queues /> },
          { key: "keys", label: t("admin.keys"), children: <Keys /> },
          { key: "flows", label: t("admin.flows"), children: <Flows /> },
        ]}
      />
    </div>
  );
}
