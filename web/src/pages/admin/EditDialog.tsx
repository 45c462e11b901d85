// A form in a dialog: save, show what the server refused field by field, close when kept.
import { useMutation } from "@tanstack/react-query";
import { App, Modal } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ProblemAlert } from "@/components/Problems";

export function EditDialog({
  title,
  good,
  save,
  onClose,
  children,
}: {
  title: string;
  good: boolean;
  save: () => Promise<unknown>;
  onClose: (kept: boolean) => void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const work = useMutation({
    mutationFn: save,
    onSuccess: () => {
      message.success(t("action.done"));
      onClose(true);
    },
  });
  return (
    <Modal
      open
      title={title}
      onCancel={() => onClose(false)}
      onOk={() => work.mutate()}
      okText={t("common.save")}
      okButtonProps={{ disabled: !good, loading: work.isPending }}
      maskClosable={false}
    >
      {work.isError && <ProblemAlert error={work.error} />}
      {children}
    </Modal>
  );
}
